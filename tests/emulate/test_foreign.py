"""The real terraform on roots that Isthmus did not write: what it prints today is what tests/data/foreign has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulate import terraform
from tests.deploy.emulated import emulated
from tests.foreign import FILES, FOLDER, links, told
from tests.needs import terraform_with_aws
from tests.synth.program import environment

OF_THE_MOMENT = ("timestamp", "relevant_attributes")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the roots in which terraform has printed each anew."""
    terraform_with_aws()
    folder = tmp_path_factory.mktemp("foreign")
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.json"))
    with emulated(tmp_path_factory.mktemp("clouds")) as clouds:
        environ = {**environment(), **clouds.variables}
        for files in FILES.values():
            for file in files:
                _print(folder / file, environ)
        yield folder


def _print(file: Path, environ: dict[str, str]) -> None:
    """Plan the root in which ``file`` is, or apply it where ``file`` is a state."""
    is_state = file.name == "state.json"
    commands = [["init"], ["apply", "-auto-approve"] if is_state else ["plan", "-out=tfplan"]]
    for command in commands:
        _run(file.parent, environ, *command, "-input=false", "-no-color")
    content = json.loads(_run(file.parent, environ, "show", "-json", *([] if is_state else ["tfplan"])))
    for name in OF_THE_MOMENT:
        content.pop(name, None)
    file.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


def _run(folder: Path, environ: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [terraform.binary(), *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"terraform {' '.join(arguments)}\n{done.stdout[-2000:]}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("root", FILES)
def test_what_terraform_prints_today_reads_as_what_is_kept(printed: Path, root: str) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        for file in FILES[root]:
            shutil.copy(printed / file, FOLDER / file)
    assert told(links(root, printed)) == told(links(root))
    for file in FILES[root]:
        new, kept = (json.loads((folder / file).read_text(encoding="utf-8")) for folder in (printed, FOLDER))
        assert new.keys() == kept.keys()
