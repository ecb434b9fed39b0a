from google.protobuf.descriptor import Descriptor
from pytestqt.modeltest import ModelTester
from tests.presentation.draft.schemas import person, person_schema

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.wire.byte_sizes import FieldSizesModel, SizeColumn, SizedField, sizes_of

__all__ = ["person", "person_schema"]


def test_fields_are_sized_in_both_forms(person: Descriptor, person_schema: Schema, qtmodeltester: ModelTester) -> None:
    sizes = sizes_of(b"\x0a\x03Ada\x2a\x01x\x2a\x02yz\xa2\x06\x02hi", person, person_schema)
    assert (sizes.size, sizes.json_size) == (17, len('{"name":"Ada","tags":["x","yz"]}'))
    assert sizes.fields == (
        SizedField("tags", 2, 7, len('"tags":["x","yz"]')),
        SizedField("name", 1, 5, len('"name":"Ada"')),
        SizedField("#100", 1, 5, 0),
    )
    model = FieldSizesModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.set_sizes(sizes)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    assert model.index(2, SizeColumn.JSON).data() == "–"
    assert model.path_name(0) == "tags"
    assert model.index(0, SizeColumn.SHARE).data(FieldSizesModel.SHARE_ROLE) == 7 / 17
