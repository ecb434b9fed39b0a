import json
from pathlib import Path

import pytest

from wirelens.presentation.source import SourceKind, SourceSettings

FULL = SourceSettings(
    kind=SourceKind.SERVER,
    address="grpcs://api.example:443",
    plaintext=False,
    ca_file=Path("ca.pem"),
    certificate_file=Path("me.pem"),
    key_file=Path("me.key"),
    server_name="api.internal",
    authority="api.internal:443",
    use_proxy=False,
    max_message_size=8_000_000,
    reflection="v1",
    headers=("x-tenant: 7",),
    proto_paths=(Path("a.proto"), Path("b")),
    import_paths=(Path("include"),),
    descriptor_sets=(Path("set.binpb"),),
)


def test_settings_survive_the_session_file() -> None:
    assert SourceSettings.from_json(json.loads(json.dumps(FULL.to_json()))) == FULL


def test_credentials_are_never_saved() -> None:
    settings = SourceSettings(address="a:1", headers=("authorization: Bearer hush", "x-api-key: hush", "x-tenant: 7"))
    saved = json.dumps(settings.to_json())
    assert "hush" not in saved
    assert "x-tenant: 7" in saved


@pytest.mark.parametrize("data", [{}, {"kind": "spaceship"}, {"kind": "server", "headers": 7}])
def test_a_damaged_entry_is_refused(data: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        SourceSettings.from_json(data)


def test_the_scheme_is_left_out_of_the_title() -> None:
    assert FULL.title == "api.example:443"
    assert SourceSettings(SourceKind.DEMO, address="127.0.0.1:1", demo_name="users").title == "users"
    assert SourceSettings(SourceKind.FILES, proto_paths=(Path("x/a.proto"), Path("b"))).title == "a.proto and 1 more"
