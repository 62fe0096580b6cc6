"""The same topology gives the same bytes: twice, in another folder, by the cdktf CLI, loaded slowly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loading import package_cache
from tests.synth.program import CDKTF, EXAMPLE, PROJECT, contents, environment, run
from tests.waiting import FOR_EVER


@pytest.fixture(scope="module", autouse=True)
def loaded_slowly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A synthesis without fast loading, started first: it takes half a minute or more, and others can run meanwhile."""
    outdir = tmp_path_factory.mktemp("slow") / "cdktf.out"
    log = outdir.with_name("log")
    with (
        log.open("w", encoding="utf-8") as stream,
        subprocess.Popen(
            [sys.executable, PROJECT / "main.py"],
            env=environment(CDKTF_OUTDIR=str(outdir), ISTHMUS_TOPOLOGY=str(EXAMPLE), ISTHMUS_FAST_LOADING="0"),
            stdout=stream,
            stderr=stream,
            text=True,
        ) as process,
    ):
        yield process, outdir
        process.kill()


def _cdktf_synth(outdir: Path, topology: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    assert CDKTF.exists(), "make setup installs it"
    return subprocess.run(
        [CDKTF, "synth", "-o", outdir],
        cwd=PROJECT,
        env=environment(PATH=path, CI="1", CHECKPOINT_DISABLE="1", ISTHMUS_TOPOLOGY=str(topology)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_runs_from_different_folders_give_the_same_bytes(output: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    env = environment(CDKTF_OUTDIR=str(again), PYTHONHASHSEED="7", ISTHMUS_TOPOLOGY=str(PROJECT / "isthmus.yaml"))
    done = run(PROJECT / "main.py", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert contents(again) == contents(output)


def test_a_copy_of_the_project_elsewhere_run_by_another_user_gives_the_same_bytes(output: Path, tmp_path: Path) -> None:
    copy, home = tmp_path / "another place" / "isthmus", tmp_path / "home"
    home.mkdir()
    for part in ("isthmus", "loading", "stacks", "constructs"):
        shutil.copytree(PROJECT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("main.py", "cdktf.json", "isthmus.yaml"):
        shutil.copy(PROJECT / part, copy)
    cache = package_cache()
    env = environment(
        HOME=str(home),
        USER="somebody",
        LOGNAME="somebody",
        JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(cache),
        TZ="Asia/Tokyo",
        ISTHMUS_TOPOLOGY=str(copy / "isthmus.yaml"),
    )
    done = run(copy / "main.py", cwd=home, env=env)
    assert done.returncode == 0, done.stderr
    # The environment's own path has the original project on it: byte code shows which files were run.
    for package in ("isthmus", "isthmus/plan", "stacks", "constructs/crosscloud"):
        assert list((copy / package).glob("__pycache__/*.pyc"))
    assert contents(copy / "cdktf.out") == contents(output)


def test_the_cdktf_cli_gives_the_same_bytes(output: Path, tmp_path: Path) -> None:
    done = _cdktf_synth(tmp_path / "cdktf.out", EXAMPLE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(tmp_path / "cdktf.out") == contents(output)


def test_the_cdktf_cli_tells_the_problems_of_a_topology_as_isthmus_check_does(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("10.20.0.0/16", "10.10.0.0/16").replace("65010", "65517")
    broken.write_text(text, encoding="utf-8")
    problems = run("-m", "isthmus", "check", broken).stderr.splitlines()
    assert len(problems) == 2
    done = _cdktf_synth(tmp_path / "cdktf.out", broken)
    assert done.returncode != 0
    # The CLI indents what it passes on, and passes it on whole.
    said = [line.strip() for line in done.stderr.splitlines()]
    assert [line for line in said if line.startswith(str(broken))] == problems
    assert "Traceback" not in done.stdout + done.stderr
    assert not re.search(r"^\s+at .+:\d+:\d+\)?$", done.stdout + done.stderr, re.MULTILINE)
    assert not (tmp_path / "cdktf.out").exists()


def test_bindings_loaded_the_ordinary_way_give_the_same_bytes(
    output: Path, loaded_slowly: tuple[subprocess.Popen[str], Path]
) -> None:
    process, outdir = loaded_slowly
    assert process.wait(timeout=FOR_EVER) == 0, outdir.with_name("log").read_text(encoding="utf-8")
    assert contents(outdir) == contents(output)
