"""The JavaScript program that the bench compares with makes the same stacks, whichever way it loads the bindings."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import loading
from tests.synth.program import EXAMPLES, contents
from tests.waiting import FOR_EVER
from tools import peer


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    peer.unpack(folder)
    return folder


@pytest.mark.parametrize(("example", "how"), [("keys-rotation", "lazily"), ("complete", "ordinary")])
def test_the_peer_makes_the_same_stacks(example: str, how: str, packages: Path, tmp_path: Path) -> None:
    recording = tmp_path / "recording"
    peer.record(EXAMPLES[example], tmp_path / "isthmus", recording)
    node = str(loading.own_node() or "node")
    command = [node, *map(str, (peer.PROGRAM, how, packages, recording, tmp_path / "peer"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=FOR_EVER, check=False)
    assert done.returncode == 0, done.stderr
    made = contents(tmp_path / "peer")
    # Isthmus writes the READMEs itself.
    expected = {name: text for name, text in contents(tmp_path / "isthmus").items() if not name.endswith("README.md")}
    assert made == expected != {}
