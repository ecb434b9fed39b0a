"""Which folder files mean when they import each other, from their text alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.schema.samples import write_tree

from wirelens.engine.schema.import_roots import CompileGroup, forget_disk, groups_for_given_roots, infer_import_roots
from wirelens.engine.schema.proto_text import ScannedFile, scan_file, scan_text


def scanned(folder: Path, texts: dict[str, str]) -> list[ScannedFile]:
    forget_disk()
    write_tree(folder, texts)
    return [scan_file(folder / name) for name in texts]


def names(group: CompileGroup) -> list[str]:
    return sorted(group.files)


def test_the_package_spells_the_way(tmp_path: Path) -> None:
    (group,) = infer_import_roots(scanned(tmp_path, {"x/y/acme/shop/v1/a.proto": "package acme.shop.v1;"}))
    assert group.roots == (tmp_path / "x/y",)
    assert names(group) == ["acme/shop/v1/a.proto"]


def test_imports_weigh_more_than_the_package(tmp_path: Path) -> None:
    texts = {"r/api/a/a.proto": 'package a; import "api/b/b.proto";', "r/api/b/b.proto": "package b;"}
    groups = infer_import_roots(scanned(tmp_path, texts)[:1])
    assert groups[0].roots == (tmp_path / "r",)


def test_a_folder_goes_by_the_vote_of_its_files(tmp_path: Path) -> None:
    texts = {f"r/p/f{i}.proto": "package p;" for i in range(3)} | {"r/odd.proto": "package q.w;", "r/p/none.proto": ""}
    (group,) = infer_import_roots(scanned(tmp_path, texts), top=tmp_path)
    assert group.roots == (tmp_path / "r",)
    assert names(group) == ["odd.proto", "p/f0.proto", "p/f1.proto", "p/f2.proto", "p/none.proto"]


def test_nothing_speaks_for_a_root(tmp_path: Path) -> None:
    (group,) = infer_import_roots(scanned(tmp_path, {"a/x.proto": "", "b/x.proto": ""}), top=tmp_path)
    assert group.roots == (tmp_path,)
    assert names(group) == ["a/x.proto", "b/x.proto"]
    (group,) = infer_import_roots(scanned(tmp_path, {"a/x.proto": ""}))
    assert group.roots == (tmp_path / "a",)


def test_roots_that_disagree_about_a_name_are_compiled_apart(tmp_path: Path) -> None:
    texts = {
        f"{version}/{name}.proto": text
        for version in ("v1", "v2")
        for name, text in (("main", 'import "types.proto";'), ("types", ""))
    }
    groups = infer_import_roots(scanned(tmp_path, texts), top=tmp_path)
    assert sorted(group.roots[0].name for group in groups) == ["v1", "v2"]
    for group in groups:
        assert "main.proto" in group.files
        assert group.files["main.proto"].path.parent == group.roots[0]


def test_a_file_is_named_as_others_import_it(tmp_path: Path) -> None:
    texts = {
        "r/common/types.proto": 'import "sub.proto";',
        "r/common/sub.proto": "",
        "r/api.proto": 'import "common/types.proto";',
        "r/web.proto": 'import "common/types.proto";',
    }
    (group,) = infer_import_roots(scanned(tmp_path, texts), top=tmp_path)
    assert names(group) == ["api.proto", "common/types.proto", "sub.proto", "web.proto"]


def test_given_roots_and_a_file_outside_of_them(tmp_path: Path) -> None:
    files = scanned(tmp_path, {"r/p/a.proto": "package p;", "s/q/b.proto": "package q;"})
    (group,) = groups_for_given_roots(files, [tmp_path / "r"])
    assert group.roots == (tmp_path / "r", tmp_path / "s")
    assert names(group) == ["p/a.proto", "q/b.proto"]


def test_places_of_imports() -> None:
    package, imports = scan_text(
        '// import "no.proto";\r\nsyntax = "proto3"; package  a . b ;\nimport \'x y.proto\' ;\n'
        '  /* import "no.proto"; */ import public "z.proto"; import weak "w.proto"; import option "o.proto";\n'
        'option x = "import \\"no.proto\\";";'
    )
    assert package == "a.b"
    assert [(one.name, one.line, one.column) for one in imports] == [
        ("x y.proto", 3, 1),
        ("z.proto", 4, 28),
        ("w.proto", 4, 53),
        ("o.proto", 4, 76),
    ]
    assert imports[0].source_line == "import 'x y.proto' ;"


@given(st.text(alphabet="\"'/*\\\nimport public;package ab.", max_size=120))
def test_any_text_can_be_scanned(text: str) -> None:
    _, imports = scan_text(text)
    for one in imports:
        assert text.split("\n")[one.line - 1][one.column - 1 :].startswith("import")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_texts_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.proto"
    path.write_text('// grün\nimport "a.proto";', encoding=encoding)
    assert [one.name for one in scan_file(path).imports] == ["a.proto"]
