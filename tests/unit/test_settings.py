"""Which topology is meant, and where output goes, when the command line does not say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isthmus.settings import PROJECT, output_folder, topology_path

CONTEXT = json.dumps({"topology": "examples/other.yaml", "excludeStackIdFromLogicalIds": True})


def test_argument_wins() -> None:
    environ = {"ISTHMUS_TOPOLOGY": "/b.yaml", "CDKTF_CONTEXT_JSON": CONTEXT}
    assert topology_path(Path("/a.yaml"), environ=environ) == Path("/a.yaml")


def test_environment_comes_before_context() -> None:
    assert topology_path(environ={"ISTHMUS_TOPOLOGY": "/b.yaml", "CDKTF_CONTEXT_JSON": CONTEXT}) == Path("/b.yaml")


def test_context_is_relative_to_the_project() -> None:
    found = topology_path(environ={"CDKTF_CONTEXT_JSON": CONTEXT}, project=Path("/project"))
    assert found == Path("/project/examples/other.yaml")


def test_file_here_comes_before_the_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "isthmus.yaml").touch()
    assert topology_path(environ={}, project=Path("/project")) == Path("isthmus.yaml")


def test_projects_file_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert topology_path(environ={}, project=Path("/project")) == Path("/project/isthmus.yaml")


@pytest.mark.parametrize("context", ["", "{", "[]", "1", '{"topology": 1}'])
def test_context_of_another_shape_is_passed_over(context: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert topology_path(environ={"CDKTF_CONTEXT_JSON": context}) == PROJECT / "isthmus.yaml"


def test_output_folder() -> None:
    assert output_folder(Path("/a"), environ={"CDKTF_OUTDIR": "/b"}) == Path("/a")
    assert output_folder(environ={"CDKTF_OUTDIR": "/b"}) == Path("/b")
    assert output_folder(environ={}, project=Path("/project")) == Path("/project/cdktf.out")
