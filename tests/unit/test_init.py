"""`isthmus init`: a workspace or a topology file, written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from isthmus.checks import check
from isthmus.cli import app
from isthmus.settings import topology_path
from isthmus.template import IGNORED

PROJECT = Path(__file__).parents[2]
WORKSPACE = {".github/workflows/isthmus.yml", ".gitignore", "cdktf.json", "isthmus.schema.json", "isthmus.yaml"}


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], prog_name="isthmus")


def files(folder: Path) -> dict[str, str]:
    """The text of every file below ``folder``."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in found}


# A topology file alone


def test_init_writes_a_file_that_passes_check(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    done = run("init", file, "--name", "mine")
    assert (done.exit_code, done.stdout) == (0, f"{file}: written; now: isthmus check {file}\n")
    checked = check(file)
    assert (checked.topology.name, checked.warnings) == ("mine", ())


def test_init_writes_the_schema_where_editors_find_it(tmp_path: Path) -> None:
    """Beside the topology and named relative to it: that holds in any folder, in a container and offline."""
    file = tmp_path / "mine.yaml"
    run("init", file)
    schema = file.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
    assert schema == "isthmus.schema.json"
    assert (tmp_path / schema).read_bytes() == (PROJECT / "isthmus.schema.json").read_bytes()
    again = run("init", tmp_path / "other.yaml")
    assert (again.exit_code, again.stderr) == (0, "")


def test_init_leaves_another_schema_alone_and_says_so(tmp_path: Path) -> None:
    schema = tmp_path / "isthmus.schema.json"
    schema.write_text("{}", encoding="utf-8")
    done = run("init", tmp_path / "mine.yaml")
    assert (done.exit_code, schema.read_text(encoding="utf-8")) == (0, "{}")
    assert done.stderr == (f"{schema}: already exists and was not changed: update it with isthmus schema > {schema}\n")


def test_init_never_overwrites(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("mine\n", encoding="utf-8")
    done = run("init", file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"{file}: already exists and was not changed: name another file, or replace it with --force\n"
    assert file.read_text(encoding="utf-8") == "mine\n"


def test_init_leaves_nothing_behind_when_it_fails(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").touch()
    run("init", tmp_path / "mine.yaml")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.yaml"]


def test_init_in_a_missing_folder(tmp_path: Path) -> None:
    file = tmp_path / "none" / "mine.yaml"
    done = run("init", file)
    reason = "cannot be written (No such file or directory): name a folder that you may write to"
    assert (done.exit_code, done.stderr) == (2, f"{file}: {reason}\n")


@pytest.mark.parametrize("name", ["Mine", "", "x: y", "a\nb", '"', "a" * 23])
def test_init_refuses_a_name_that_check_would(name: str, tmp_path: Path) -> None:
    done = run("init", tmp_path / "mine.yaml", "--name", name)
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert done.stderr.startswith("--name: ")
    assert len(done.stderr.splitlines()) == 1


def test_init_of_a_file_writes_no_workspace(tmp_path: Path) -> None:
    run("init", tmp_path / "mine.yml")
    assert files(tmp_path).keys() == {"mine.yml", "isthmus.schema.json"}


# A workspace


def test_init_writes_a_workspace(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "network"
    done = run("init", folder, "--name", "mine")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{folder}/cdktf.json: written",
        f"{folder}/.github/workflows/isthmus.yml: written; change the lines marked CHANGE",
        f"{folder}/.gitignore: written",
        f"{folder}/isthmus.yaml: written; now: isthmus check {folder}/isthmus.yaml",
    ]
    assert files(folder).keys() == WORKSPACE
    assert check(folder / "isthmus.yaml").topology.name == "mine"
    assert (folder / ".gitignore").read_text(encoding="utf-8").splitlines() == list(IGNORED)


def test_without_a_name_it_is_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init").stdout.splitlines()[-1] == "isthmus.yaml: written; now: isthmus check isthmus.yaml"
    assert files(tmp_path).keys() == WORKSPACE


def test_the_workspace_runs_the_installed_program_on_its_topology(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", tmp_path)
    settings = json.loads((tmp_path / "cdktf.json").read_text(encoding="utf-8"))
    assert settings["app"] == "isthmus synth"
    # Without this one the cdktf CLI would change the file.
    assert settings["projectId"]
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert topology_path(environ={}) == tmp_path / "isthmus.yaml"


@pytest.mark.parametrize(
    ("service", "place", "example"),
    [
        ("github", ".github/workflows/isthmus.yml", "github-actions.yml"),
        ("gitlab", ".gitlab-ci.yml", "gitlab-ci.yml"),
    ],
)
def test_the_pipeline_is_that_of_the_examples(service: str, place: str, example: str, tmp_path: Path) -> None:
    run("init", tmp_path, "--pipeline", service)
    written = (PROJECT / "examples" / "pipelines" / example).read_text(encoding="utf-8")
    assert files(tmp_path)[place] == written
    assert "ISTHMUS_TOPOLOGY: isthmus.yaml" in written


def test_a_workspace_without_a_pipeline(tmp_path: Path) -> None:
    assert run("init", tmp_path, "--pipeline", "none").exit_code == 0
    assert files(tmp_path).keys() == WORKSPACE - {".github/workflows/isthmus.yml"}


def test_a_second_init_names_every_file_and_changes_none(tmp_path: Path) -> None:
    run("init", tmp_path)
    before = files(tmp_path)
    done = run("init", tmp_path, "--name", "other")
    said = "already exists and was not changed: name another folder, or replace it with --force"
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"{tmp_path}/{name}: {said}" for name in ("cdktf.json", ".github/workflows/isthmus.yml", "isthmus.yaml")
    ]
    assert files(tmp_path) == before


def test_one_file_that_exists_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text("{}", encoding="utf-8")
    assert run("init", tmp_path).exit_code == 2
    assert files(tmp_path) == {"cdktf.json": "{}"}


def test_force_replaces_and_says_so(tmp_path: Path) -> None:
    for name in ("cdktf.json", "isthmus.yaml", "isthmus.schema.json"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    done = run("init", tmp_path, "--force")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"{tmp_path}/cdktf.json: replaced" in done.stdout.splitlines()
    assert f"{tmp_path}/isthmus.yaml: replaced; now: isthmus check {tmp_path}/isthmus.yaml" in done.stdout.splitlines()
    assert "old" not in files(tmp_path).values()


def test_an_ignore_file_keeps_its_lines_and_gets_those_that_it_lacks(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine/\n*.tfstate", encoding="utf-8")
    done = run("init", tmp_path)
    said = "now also names what must not be committed, such as Terraform's states"
    assert f"{tmp_path}/.gitignore: {said}" in done.stdout.splitlines()
    lines = files(tmp_path)[".gitignore"].splitlines()
    assert lines[:2] == ["mine/", "*.tfstate"]
    assert sorted(lines) == sorted(["mine/", *IGNORED])
    before = files(tmp_path)[".gitignore"]
    run("init", tmp_path, "--force")
    assert files(tmp_path)[".gitignore"] == before


def test_an_ignore_file_that_is_no_text_stops_it(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"\xff")
    done = run("init", tmp_path)
    said = f"{tmp_path}/.gitignore: is not UTF-8 text: correct it, or remove it and run again\n"
    assert (done.exit_code, done.stderr) == (2, said)
    assert [file.name for file in tmp_path.iterdir()] == [".gitignore"]


def test_a_file_where_a_folder_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("init", tmp_path / "file")
    said = f"{tmp_path}/file: is a file: name a folder, or a topology file that ends in .yaml\n"
    assert (done.exit_code, done.stderr) == (2, said)


def test_a_workspace_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the last of its files fails, and with those replaced that were there."""
    (tmp_path / "cdktf.json").write_text("{}", encoding="utf-8")
    place = Path.replace

    def fails_at_the_topology(self: Path, target: Path) -> Path:
        if target.name == "isthmus.yaml":
            raise OSError(28, "No space left on device")
        return place(self, target)

    monkeypatch.setattr(Path, "replace", fails_at_the_topology)
    done = run("init", tmp_path, "--force")
    said = f"{tmp_path}: cannot be written (No space left on device): name a folder that you may write to\n"
    assert (done.exit_code, done.stderr) == (2, said)
    assert files(tmp_path) == {"cdktf.json": "{}"}
    assert [one.name for one in tmp_path.iterdir()] == ["cdktf.json"]


def test_folders_that_were_made_for_it_go_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", fail)
    assert run("init", tmp_path / "a" / "b").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_init_as_json(tmp_path: Path) -> None:
    told = json.loads(run("init", tmp_path, "--json").stdout)
    assert told["topology"] == f"{tmp_path}/isthmus.yaml"
    assert told["files"] == {f"{tmp_path}/{name}": "written" for name in WORKSPACE}
    again = json.loads(run("init", tmp_path, "--json").stdout)
    assert (again["ok"], len(again["problems"])) == (False, 3)
