"""Which topology is meant, and where output goes, when the command line does not say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isthmus.settings import CHECKOUT, output_folder, topology_path, workspace_folder

CONTEXT = json.dumps({"topology": "examples/other.yaml", "excludeStackIdFromLogicalIds": True})


def test_argument_wins() -> None:
    environ = {"ISTHMUS_TOPOLOGY": "/b.yaml", "CDKTF_CONTEXT_JSON": CONTEXT}
    assert topology_path(Path("/a.yaml"), environ=environ) == Path("/a.yaml")


def test_environment_comes_before_context() -> None:
    assert topology_path(environ={"ISTHMUS_TOPOLOGY": "/b.yaml", "CDKTF_CONTEXT_JSON": CONTEXT}) == Path("/b.yaml")


def test_context_is_relative_to_the_project() -> None:
    found = topology_path(environ={"CDKTF_CONTEXT_JSON": CONTEXT}, workspace=Path("/project"))
    assert found == Path("/project/examples/other.yaml")


def test_nothing_named_is_the_file_of_this_folder_and_never_the_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert topology_path(environ={}, workspace=Path("/project")) == Path("isthmus.yaml")
    assert topology_path(environ={"ISTHMUS_TOPOLOGY": ""}, workspace=Path("/project")) == Path("isthmus.yaml")


@pytest.mark.parametrize("context", ["", "{", "[]", "1", '{"topology": 1}', '{"topology": ""}'])
def test_context_of_another_shape_is_passed_over(context: str) -> None:
    assert topology_path(environ={"CDKTF_CONTEXT_JSON": context}) == Path("isthmus.yaml")


def test_output_folder() -> None:
    assert output_folder(Path("/a"), environ={"CDKTF_OUTDIR": "/b"}) == Path("/a")
    assert output_folder(environ={"CDKTF_OUTDIR": "/b"}) == Path("/b")
    assert output_folder(environ={}, workspace=Path("/project")) == Path("/project/cdktf.out")


def test_output_folder_is_where_the_cdktf_cli_looks(tmp_path: Path) -> None:
    assert output_folder(environ={"CDKTF_OUTDIR": "/b", "CDKTF_OUTPUT": "/c"}) == Path("/b")
    assert output_folder(environ={"CDKTF_OUTDIR": "", "CDKTF_OUTPUT": "/c"}) == Path("/c")
    for config, expected in (('{"output": "mine"}', "mine"), ('{"output": 1}', "cdktf.out"), ("[", "cdktf.out")):
        (tmp_path / "cdktf.json").write_text(config, encoding="utf-8")
        assert output_folder(environ={}, workspace=tmp_path) == tmp_path / expected


def test_the_workspace_is_the_nearest_folder_with_a_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the cdktf CLI looks for it."""
    below = tmp_path / "one" / "two"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert workspace_folder() == CHECKOUT
    for folder in (tmp_path, tmp_path / "one"):
        (folder / "cdktf.json").write_text("{}", encoding="utf-8")
        assert workspace_folder() == folder
    assert output_folder(environ={}) == tmp_path / "one" / "cdktf.out"


def test_a_working_directory_that_is_gone_is_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert workspace_folder() == CHECKOUT


def test_the_workspace_names_its_topology(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"context": {"topology": "mine.yaml"}}', encoding="utf-8")
    assert topology_path(environ={}, workspace=tmp_path) == tmp_path / "mine.yaml"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        assert topology_path(environ={}) == Path("mine.yaml")
    # What the cdktf CLI hands over has the options of its command line in it.
    assert topology_path(environ={"CDKTF_CONTEXT_JSON": "{}"}, workspace=tmp_path) == Path("isthmus.yaml")
    (tmp_path / "cdktf.json").write_text('{"context": "mine.yaml"}', encoding="utf-8")
    assert topology_path(environ={}, workspace=tmp_path) == Path("isthmus.yaml")
