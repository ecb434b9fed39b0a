import grpc
import pytest

from wirelens.engine.calls.events import Status


@pytest.mark.parametrize("code", list(grpc.StatusCode))
def test_every_code_of_grpc_has_its_name(code: grpc.StatusCode) -> None:
    assert Status(code.value[0]).code_name == code.name


def test_a_code_that_grpc_does_not_define_keeps_its_number() -> None:
    assert Status(77).code_name == "CODE_77"
