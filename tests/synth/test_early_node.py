"""Node is started and asked before it is needed: nothing but time may depend on it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest

from loading import early
from tests.synth.program import EXAMPLES, PROJECT, contents, environment, run
from tests.waiting import FOR_EVER

LOOK = f"""
import sys
sys.path.insert(0, {str(PROJECT)!r})
from loading import early
print(early.start())
import stacks
from jsii import _runtime
print(type(_runtime.kernel.provider._process).__name__)
"""


def look(**environ: str) -> list[str]:
    done = run("-c", LOOK, env=environment(**environ))
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_node_is_started_early() -> None:
    assert look() == ["True", "EarlyNode"]


def test_switched_off_jsii_starts_it_itself() -> None:
    assert look(ISTHMUS_FAST_LOADING="0") == ["False", "_NodeProcess"]


@pytest.mark.parametrize("environ", [{"JSII_RUNTIME": "/somewhere/jsii-runtime.js"}, {"JSII_NODE": "/nowhere/node"}])
def test_what_a_user_names_is_left_to_jsii(environ: dict[str, str]) -> None:
    assert early.start(environ) is False


@pytest.mark.parametrize("example", ["keys-rotation", "complete"])
def test_output_is_the_same_when_loaded_the_ordinary_way(example: str, tmp_path: Path) -> None:
    """The first of them needs a package that Node was not asked for ahead."""
    for folder, switch in (("early", "1"), ("ordinary", "0")):
        done = run(
            PROJECT / "main.py",
            env=environment(
                ISTHMUS_TOPOLOGY=str(EXAMPLES[example]),
                CDKTF_OUTDIR=str(tmp_path / folder),
                ISTHMUS_FAST_LOADING=switch,
            ),
        )
        assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "early") == contents(tmp_path / "ordinary")


def test_a_mistake_in_the_topology_leaves_no_node_behind(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: 7\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, PROJECT / "main.py"],
        env=environment(ISTHMUS_TOPOLOGY=str(bad)),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said = process.communicate(timeout=FOR_EVER)[1]
    assert process.returncode == 2
    assert "Traceback" not in said
    left = subprocess.run(["pgrep", "-s", str(process.pid)], capture_output=True, text=True, check=False)
    assert left.stdout == ""


def test_what_was_asked_ahead_is_not_sent_again() -> None:
    pipe = io.BytesIO()
    requests = early._Requests(pipe)
    requests.ahead(deque([b"load a\n", b"load b\n"]))
    for line in (b"load a\n", b"create\n", b"load b\n", b"load b\n"):
        requests.write(line)
    assert pipe.getvalue() == b"load a\nload b\ncreate\nload b\n"
    assert requests.last == b"load b\n"
