""".proto files and folders through the real compiler in its child process."""

import asyncio
import os
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from tests.engine.schema.samples import SHOP, SHOP_TYPES, write_tree

from wirelens import bundled
from wirelens.engine.errors import ProtoFileError
from wirelens.engine.schema import proto_files, protoc
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.proto_text import scan_file
from wirelens.engine.schema.schema import Schema

SHOP_TREE = {"protos/shop/v1/orders.proto": SHOP, "protos/shop/v1/types.proto": SHOP_TYPES}


def names(schema: Schema) -> list[str]:
    return [service.full_name for service in schema.services]


async def failure(*paths: Path, import_paths: tuple[Path, ...] = ()) -> ProtoFileError:
    with pytest.raises(ProtoFileError) as caught:
        await load_proto_files(paths, import_paths)
    return caught.value


# -- roots ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["protos/shop/v1/orders.proto", "protos/shop/v1", "protos/shop", "protos", "."])
async def test_a_file_from_the_middle_of_a_tree_and_every_folder_above_it(tmp_path: Path, given: str) -> None:
    write_tree(tmp_path, SHOP_TREE)
    schema = await load_proto_files([tmp_path / given])
    assert names(schema) == ["shop.v1.OrderService"]
    assert set(schema.files) >= {"shop/v1/orders.proto", "shop/v1/types.proto"}
    assert schema.origin.kind == ".proto files"
    assert f"import root: {tmp_path / 'protos'} (inferred)" in schema.origin.details


async def test_a_single_file_lists_its_own_services_and_knows_the_types_it_imports(tmp_path: Path) -> None:
    other = """
        syntax = "proto3"; package o; import "shop/v1/orders.proto";
        service Other { rpc Do(shop.v1.GetOrderRequest) returns (shop.v1.GetOrderRequest); }"""
    write_tree(tmp_path, {**SHOP_TREE, "protos/o/other.proto": other})
    schema = await load_proto_files([tmp_path / "protos/o/other.proto"])
    assert names(schema) == ["o.Other"]
    assert schema.service("shop.v1.OrderService").methods, "known, though not listed"
    assert schema.origin.file_count == 1


async def test_a_file_that_only_gathers_others_lists_what_it_gathers(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SHOP_TREE, "protos/all.proto": 'syntax = "proto3"; import "shop/v1/orders.proto";'})
    assert names(await load_proto_files([tmp_path / "protos/all.proto"])) == ["shop.v1.OrderService"]


async def test_given_roots_are_used_and_a_file_may_be_named_below_them(tmp_path: Path) -> None:
    write_tree(tmp_path, SHOP_TREE)
    schema = await load_proto_files([Path("shop/v1/orders.proto")], [tmp_path / "protos"])
    assert names(schema) == ["shop.v1.OrderService"]
    assert schema.origin.details[0] == f"import root: {tmp_path / 'protos'}"


async def test_a_file_outside_of_the_given_roots_brings_its_own(tmp_path: Path) -> None:
    write_tree(tmp_path, SHOP_TREE)
    (tmp_path / "elsewhere").mkdir()
    schema = await load_proto_files([tmp_path / "protos/shop/v1/orders.proto"], [tmp_path / "elsewhere"])
    assert names(schema) == ["shop.v1.OrderService"]


async def test_several_roots_side_by_side(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "api/shop/v1/orders.proto": SHOP,
            "third_party/shop/v1/types.proto": SHOP_TYPES.replace(
                '"google/protobuf', '"rules/rules.proto";\nimport "google/protobuf'
            ),
            "third_party/rules/rules.proto": 'syntax = "proto3"; package rules; message Rule {}',
        },
    )
    assert names(await load_proto_files([tmp_path])) == ["shop.v1.OrderService"]
    from_one = await load_proto_files([tmp_path / "api"])
    assert names(from_one) == ["shop.v1.OrderService"], "third_party/ is looked into by custom"


async def test_the_same_file_name_in_v1_and_v2(tmp_path: Path) -> None:
    """Kreya#44: each version imports its own sibling by bare name."""
    main = 'syntax = "proto3"; package {v}; import "types.proto"; service S {{ rpc Do(T) returns (T); }}'
    types = 'syntax = "proto3"; package {v}; message T {{ int32 only_in_{v} = 1; }}'
    texts = {
        f"{v}/{name}.proto": text.format(v=v) for v in ("v1", "v2") for name, text in (("main", main), ("types", types))
    }
    schema = await load_proto_files([write_tree(tmp_path, texts)])
    assert sorted(names(schema)) == ["v1.S", "v2.S"]
    assert all(service.error is None for service in schema.services)
    for version in ("v1", "v2"):
        assert schema.descriptor(f"{version}.T").fields[0].name == f"only_in_{version}"


async def test_a_second_root_nested_in_the_first(tmp_path: Path) -> None:
    """googleapis has preview/ with its own google/api/annotations.proto."""
    texts = {}
    for root, package in (("", "google"), ("preview/", "google")):
        version = "v2" if root else "v1"
        texts[f"{root}google/shop/rules.proto"] = (
            'syntax = "proto3"; package google.shop; message Rule { int32 a = 1; }'
        )
        texts[f"{root}google/shop/{version}/shop.proto"] = (
            f'syntax = "proto3"; package {package}.shop.{version}; import "google/shop/rules.proto"; '
            "message Get { google.shop.Rule rule = 1; } service Shop { rpc Do(Get) returns (Get); }"
        )
        texts[f"{root}google/shop/{version}/more.proto"] = (
            f'syntax = "proto3"; package {package}.shop.{version}; import "google/shop/rules.proto"; message More {{}}'
        )
    texts["google/shop/v1/third.proto"] = 'syntax = "proto3"; package google.shop.v1; message Third {}'
    schema = await load_proto_files([write_tree(tmp_path, texts)])
    assert sorted(names(schema)) == ["google.shop.v1.Shop", "google.shop.v2.Shop"]
    assert [service.error for service in schema.services] == [None, None]
    assert schema.descriptor("google.shop.v2.Get").fields_by_name["rule"].message_type.full_name == "google.shop.Rule"


async def test_packages_that_do_not_match_the_folders(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "src/a.proto": 'syntax = "proto3"; package com.example.deep; message A {}',
            "src/sub/b.proto": 'syntax = "proto3"; package com.example; import "a.proto"; '
            "service B { rpc Do(com.example.deep.A) returns (com.example.deep.A); }",
        },
    )
    assert names(await load_proto_files([tmp_path])) == ["com.example.B"]


async def test_well_known_google_api_and_google_rpc_imports(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "s.proto": """
            syntax = "proto3"; package s;
            import "google/api/annotations.proto"; import "google/rpc/status.proto"; import "google/protobuf/any.proto";
            import "google/type/money.proto"; import "google/protobuf/descriptor.proto";
            service S {
              rpc Do(google.rpc.Status) returns (google.protobuf.Any) { option (google.api.http) = { get: "/x" }; }
            }
            """
        },
    )
    schema = await load_proto_files([tmp_path / "s.proto"])
    assert names(schema) == ["s.S"]
    assert '  get: "/x"' in schema.proto_source("s.S.Do")


async def test_rules_of_buf_validate_are_found_without_anybody_giving_the_file(tmp_path: Path) -> None:
    ruled = """
        syntax = "proto3"; package ruled.v1; import "buf/validate/validate.proto";
        message Ruled { string name = 1 [(buf.validate.field).string.min_len = 2]; }"""
    write_tree(tmp_path, {"protos/ruled/v1/ruled.proto": ruled})
    schema = await load_proto_files([tmp_path / "protos"])
    assert schema.origin.left_out == ()
    assert "min_len: 2" in schema.proto_source("ruled.v1.Ruled")


async def test_an_import_behind_a_service_and_inside_of_comments(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "x/s.proto": """
            // import "not/there.proto";
            /* import "nor/there.proto"; */
            syntax = "proto3"; package s;
            service S { rpc Do(t.T) returns (t.T); }
            import public "x/t.proto";
            """,
            "x/t.proto": 'syntax = "proto3"; package t; message T { string s = 1; }',
        },
    )
    assert names(await load_proto_files([tmp_path / "x/s.proto"])) == ["s.S"]


async def test_proto2_and_both_editions(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "two.proto": 'syntax = "proto2"; package a; message M { required int32 r = 1; '
            "optional group G = 2 { optional int32 x = 1; } extensions 10 to max; }",
            "e23.proto": 'edition = "2023"; package b; '
            "message M { int32 r = 1 [features.field_presence = LEGACY_REQUIRED]; }",
            "e24.proto": 'edition = "2024"; package c; export message M { string s = 1; }',
        },
    )
    schema = await load_proto_files([tmp_path])
    assert schema.descriptor("a.M").fields_by_name["r"].is_required
    assert schema.descriptor("b.M").fields_by_name["r"].is_required
    assert schema.descriptor("c.M").fields_by_name["s"].has_presence


@pytest.mark.skipif(sys.platform == "win32", reason="no such folder names there")
@pytest.mark.parametrize("name", ["with space", "colon:and=equals", "ünïcode", "-dash"])
async def test_folders_with_names_that_protoc_would_take_apart(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path / name, SHOP_TREE)
    assert names(await load_proto_files([tmp_path / name])) == ["shop.v1.OrderService"]
    (tmp_path / name / "protos/shop/v1/types.proto").write_text("nonsense")
    error = await failure(tmp_path / name / "protos/shop/v1/orders.proto")
    assert error.place == f"{tmp_path / name}/protos/shop/v1/types.proto:1:1"


async def test_relative_paths_and_hidden_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {**SHOP_TREE, "protos/.git/x.proto": "nonsense", "protos/node_modules/y.proto": "nonsense"})
    monkeypatch.chdir(tmp_path)
    schema = await load_proto_files([Path("protos")])
    assert names(schema) == ["shop.v1.OrderService"]
    assert schema.origin.details == ("import root: protos (inferred)",)


# -- mistakes --------------------------------------------------------------------------------------------------


async def test_a_mistake_names_file_line_and_column_and_shows_the_line(tmp_path: Path) -> None:
    write_tree(tmp_path, {"bad.proto": 'syntax = "proto3";\npackage p;\nmessage M {\n  Nope field = 1;\n}\n'})
    error = await failure(tmp_path / "bad.proto")
    assert error.place == f"{tmp_path / 'bad.proto'}:4:3"
    assert error.message == '"Nope" is not defined. in: Nope field = 1;'
    assert error.diagnostics[0].source_line == "  Nope field = 1;"


async def test_every_mistake_is_kept(tmp_path: Path) -> None:
    write_tree(tmp_path, {"bad.proto": 'syntax = "proto3";\nmessage M {\n  A a = 1;\n  B b = 2;\n}\n'})
    error = await failure(tmp_path / "bad.proto")
    assert [(one.line, one.text) for one in error.diagnostics] == [
        (3, '"A" is not defined.'),
        (4, '"B" is not defined.'),
    ]


async def test_a_missing_import_names_the_folder_to_give(tmp_path: Path) -> None:
    write_tree(tmp_path, {"p.proto": 'syntax = "proto3";\nimport "validate/validate.proto";\nmessage M {}\n'})
    error = await failure(tmp_path / "p.proto")
    assert error.place == f"{tmp_path / 'p.proto'}:2:1"
    assert 'Import "validate/validate.proto" was not found.' in error.message
    assert "the folder that holds validate/ as an import path" in error.next_step


@pytest.mark.parametrize("root", ["", "protos/shop", "protos/shop/v1"])
async def test_a_root_too_shallow_or_too_deep_names_the_right_one(tmp_path: Path, root: str) -> None:
    """bloomrpc#131, #102, #91 and a dozen more."""
    write_tree(tmp_path, SHOP_TREE)
    error = await failure(tmp_path / "protos/shop/v1/orders.proto", import_paths=(tmp_path / root,))
    assert 'Import "shop/v1/types.proto" was not found.' in error.message
    assert f"-I {tmp_path / 'protos'}" in error.next_step


@pytest.mark.parametrize("name", ["../shop/v1/types.proto", "shop\\\\v1\\\\types.proto", "shop//v1/types.proto"])
async def test_imports_that_protobuf_does_not_allow(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {**SHOP_TREE, "protos/shop/bad.proto": f'syntax = "proto3";\nimport "{name}";\n'})
    error = await failure(tmp_path / "protos/shop/bad.proto")
    assert error.place == f"{tmp_path / 'protos/shop/bad.proto'}:2:1"


async def test_an_import_that_does_not_compile_is_blamed_itself(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"p.proto": 'syntax = "proto3"; import "q.proto";', "q.proto": 'syntax = "proto3";\nmessage {}\n'}
    )
    error = await failure(tmp_path / "p.proto")
    assert error.place == f"{tmp_path / 'q.proto'}:2:9"


async def test_one_bad_file_does_not_spoil_a_folder(tmp_path: Path) -> None:
    start = 'syntax = "proto3"; package broken;'
    write_tree(
        tmp_path,
        {
            **SHOP_TREE,
            "protos/broken/syntax.proto": "this is no proto",
            "protos/broken/type.proto": f"{start} message M {{ Nope n = 1; }}",
            "protos/broken/user.proto": f'{start} import "broken/type.proto"; message U {{ M m = 1; }}',
            "protos/broken/lost.proto": f'{start} import "gone/gone.proto"; message L {{}}',
            "protos/broken/lost_user.proto": f'{start} import "broken/lost.proto"; message LU {{ L l = 1; }}',
        },
    )
    schema = await load_proto_files([tmp_path / "protos"])
    assert names(schema) == ["shop.v1.OrderService"]
    left_out = [line for line in schema.origin.details if line.startswith("left out: ")]
    for name in ("syntax", "type", "user", "lost", "lost_user"):
        assert any(f"broken{os.sep}{name}.proto:" in line for line in left_out), name
    assert len(left_out) == 5
    assert any('Import "gone/gone.proto" was not found.' in line for line in left_out)
    assert {Path(one.file).name for one in schema.origin.diagnostics} >= {"syntax.proto", "type.proto", "lost.proto"}


async def test_a_named_file_that_does_not_compile_is_never_left_out_in_silence(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SHOP_TREE, "protos/bad.proto": "nonsense"})
    error = await failure(tmp_path / "protos/shop/v1/orders.proto", tmp_path / "protos/bad.proto")
    assert error.place.endswith("bad.proto:1:1")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a link that leads nowhere")
async def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    write_tree(tmp_path, SHOP_TREE)
    (tmp_path / "protos/lost.proto").symlink_to(tmp_path / "nowhere")
    schema = await load_proto_files([tmp_path])
    assert names(schema) == ["shop.v1.OrderService"]
    assert (
        f"left out: {tmp_path / 'protos/lost.proto'}: cannot be read: No such file or directory"
        in schema.origin.details
    )
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone/lost.proto").symlink_to(tmp_path / "nowhere")
    assert "cannot be read" in (await failure(tmp_path / "alone")).message


async def test_a_folder_in_which_nothing_compiles(tmp_path: Path) -> None:
    error = await failure(write_tree(tmp_path, {"a.proto": "nonsense", "b.proto": "nonsense"}))
    assert error.place.endswith("a.proto:1:1")
    error = await failure(write_tree(tmp_path / "x", {"p.proto": 'syntax = "proto3"; import "gone.proto";'}))
    assert 'Import "gone.proto"' in error.message


async def test_definitions_that_two_files_of_a_folder_have(tmp_path: Path) -> None:
    texts = {
        f"{name}.proto": 'syntax = "proto3"; package p; message M {} service S { rpc Do(M) returns (M); }'
        for name in "ab"
    }
    schema = await load_proto_files([write_tree(tmp_path, texts)])
    assert names(schema) == ["p.S"]
    assert any("already defined" in line for line in schema.origin.details)


async def test_an_import_cycle_is_explained(tmp_path: Path) -> None:
    error = await failure(
        write_tree(
            tmp_path,
            {"a.proto": 'syntax = "proto3"; import "b.proto";', "b.proto": 'syntax = "proto3"; import "a.proto";'},
        )
    )
    assert "recursively imports itself" in error.message


async def test_warnings_are_counted_and_kept(tmp_path: Path) -> None:
    write_tree(tmp_path, {"p.proto": 'syntax = "proto3"; import "google/protobuf/any.proto"; message M {}'})
    schema = await load_proto_files([tmp_path])
    assert "1 warning of the compiler" in schema.origin.details
    assert schema.origin.diagnostics[0].is_warning


async def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    assert "no such file" in (await failure(tmp_path / "gone.proto")).message
    (tmp_path / "empty").mkdir()
    assert "no .proto files" in (await failure(tmp_path / "empty")).message
    write_tree(tmp_path, SHOP_TREE)
    error = await failure(tmp_path / "protos", import_paths=(tmp_path / "gone",))
    assert error.place == str(tmp_path / "gone")


async def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "binary.proto").write_bytes(bytes(range(256)) * 4)
    assert (await failure(tmp_path / "binary.proto")).place.startswith(str(tmp_path / "binary.proto"))


async def test_an_edition_of_the_future(tmp_path: Path) -> None:
    error = await failure(write_tree(tmp_path, {"p.proto": 'edition = "2099";\nmessage M {}\n'}) / "p.proto")
    assert "2099" in error.message


# -- the child -------------------------------------------------------------------------------------------------


async def test_cancelling_ends_the_compiler_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    started = asyncio.Event()
    loop = asyncio.get_running_loop()
    children = []
    real = protoc.subprocess.Popen

    def popen(command: list[str], **settings: object) -> object:
        sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
        children.append(real(sleeper, **settings))  # type: ignore[call-overload]
        loop.call_soon_threadsafe(started.set)
        return children[-1]

    monkeypatch.setattr(protoc.subprocess, "Popen", popen)
    write_tree(tmp_path, SHOP_TREE)
    async with asyncio.TaskGroup() as group:
        loading = group.create_task(load_proto_files([tmp_path]))
        await asyncio.wait_for(started.wait(), 5)
        loading.cancel()
    assert await asyncio.to_thread(children[0].wait, 5) != 0
    assert os.listdir(tmp_path / "temporary") == []


async def test_cancelling_ends_the_reading_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, SHOP_TREE)
    loop = asyncio.get_running_loop()
    started, go_on, read = asyncio.Event(), threading.Event(), []

    def scan(path: Path) -> object:
        read.append(path)
        loop.call_soon_threadsafe(started.set)
        go_on.wait(5)
        return scan_file(path)

    monkeypatch.setattr(proto_files, "scan_file", scan)
    async with asyncio.TaskGroup() as group:
        loading = group.create_task(load_proto_files([tmp_path]))
        await asyncio.wait_for(started.wait(), 5)
        loading.cancel()
    go_on.set()
    await asyncio.to_thread(lambda: None)
    assert len(read) == 1


async def test_a_compiler_that_cannot_be_started_or_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, SHOP_TREE)
    monkeypatch.setattr(bundled, "this_program", lambda: [str(tmp_path / "gone")])
    assert "could not be started" in (await failure(tmp_path)).message
    monkeypatch.setattr(bundled, "this_program", lambda: [sys.executable, "-c", "import os; os.abort()"])
    assert "protoc ended with exit code" in (await failure(tmp_path)).message


async def test_the_loop_goes_on_while_protoc_works(tmp_path: Path) -> None:
    fields = " ".join(f"string f{n} = {n};" for n in range(1, 60))
    texts = {f"p/f{i}.proto": f'syntax = "proto3"; package p; message M{i} {{ {fields} }}' for i in range(150)}
    write_tree(tmp_path, texts)
    loop = asyncio.get_running_loop()
    widest, last = 0.0, loop.time()

    async def tick() -> None:
        nonlocal widest, last
        while True:
            await asyncio.sleep(0.002)
            widest, last = max(widest, loop.time() - last), loop.time()

    ticker = loop.create_task(tick())
    schema = await load_proto_files([tmp_path])
    ticker.cancel()
    assert schema.origin.file_count == 150
    assert widest < 0.2, "a compile in this process would hold the loop for all of it"
