"""`isthmus emulate`: what it tells, what it runs, and that nothing of it stays."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emulate.environment import AWS_PROVIDER
from tests.needs import unavailable
from tests.synth.program import EXAMPLES, PROJECT, environment, synthesize
from tests.waiting import FOR_EVER, until

COMMAND = [sys.executable, "-m", "isthmus", "emulate"]


def _run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=PROJECT, env=environment(**variables), capture_output=True, text=True, check=False
    )


@contextmanager
def _staying(*arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=PROJECT, env=environment(**variables), stdout=pipe, stderr=pipe, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _answers(told: dict[str, Any]) -> bool:
    try:
        with urllib.request.urlopen(told["aws"]["control"], timeout=FOR_EVER) as answer:
            return "Nothing here is real" in json.load(answer)["about"]
    except OSError:
        return False


def test_a_command_runs_on_both_clouds_and_its_exit_code_is_passed_on() -> None:
    program = (
        "import json, os, sys, urllib.request as u;"
        "about = json.load(u.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_emulate'))['about'];"
        "print(about, os.environ['PATH'].split(':')[0], os.environ.get('AWS_PROFILE'));"
        "sys.exit(7)"
    )
    done = _run("--", sys.executable, "-c", program, AWS_PROFILE="production", AWS_ENDPOINT_URL_EC2="https://elsewhere")
    assert done.returncode == 7, done.stderr
    assert done.stdout.startswith("A stand-in for AWS on loopback")
    assert re.search(r" /\S+/bin None\n$", done.stdout)
    assert "Stand-ins for AWS and Azure on loopback. Nothing here is real" in done.stderr


def test_exec_takes_a_line_of_shell() -> None:
    done = _run("--exec", 'test "$ARM_SUBSCRIPTION_ID" = 00000000-0000-0000-0000-000000000000 && kill -TERM $$')
    assert done.returncode == 128 + signal.SIGTERM
    assert _run("--exec", "true", "--", "true").returncode == 2


def test_a_command_that_is_not_there_is_bad_input() -> None:
    done = _run("--", "no-such-command")
    assert done.returncode == 2
    assert done.stderr.endswith("isthmus emulate: no-such-command is not on PATH\n")


def test_a_folder_that_cannot_be_written_is_told_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    done = _run("--cloud", str(file), "--", "true")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"--cloud: {file} is a file: name a folder, which may not exist yet\n"
    done = _run("--cloud", str(file / "below"), "--", "true")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{file / 'below'}: Not a directory\n"


def test_it_stays_until_ctrl_c_and_then_nothing_is_left(tmp_path: Path) -> None:
    with _staying("--json", "--cloud", str(tmp_path), ISTHMUS_TOPOLOGY=str(EXAMPLES["accounts"])) as process:
        assert process.stdout is not None
        text = ""
        while not text.endswith("\n}\n"):
            text += process.stdout.readline()
        told = json.loads(text)
        assert _answers(told)
        # The profile that the topology names is one of the stand-in's.
        assert "[test-network]" in Path(told["environment"]["AWS_SHARED_CREDENTIALS_FILE"]).read_text(encoding="utf-8")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=FOR_EVER) == 0
    assert not _answers(told)


def test_the_clouds_end_with_a_command_that_was_killed() -> None:
    with _staying("--json") as process:
        assert process.stdout is not None
        text = ""
        while not text.endswith("\n}\n"):
            text += process.stdout.readline()
    until(lambda: not _answers(json.loads(text)))


def test_what_it_prints_is_for_a_shell() -> None:
    with _staying() as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(process.stdout.readline())
    script = "".join(lines) + 'echo "$AWS_ENDPOINT_URL|$CI|$AWS_PROFILE|$PATH"'
    said = subprocess.run(
        ["/bin/sh", "-c", script], env={**os.environ, "AWS_PROFILE": "x"}, capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("http://127.0.0.1:")
    assert re.search(r"\|1\|\|/\S+/bin:", said.stdout)
    assert not shlex.split(lines[0], comments=True)


def test_it_stands_for_the_version_that_the_stacks_pin(tmp_path: Path) -> None:
    [stack] = synthesize(EXAMPLES["active-standby"], tmp_path / "cdktf.out").glob("stacks/*-aws-*")
    config = json.loads((stack / "cdk.tf.json").read_text(encoding="utf-8"))
    assert config["terraform"]["required_providers"]["aws"]["version"] == AWS_PROVIDER


def test_without_terraform_it_says_what_to_install() -> None:
    done = _run("--", "true", TERRAFORM_BINARY_NAME="no-such-terraform")
    assert done.returncode == 0
    assert "Note: no-such-terraform is not on PATH: install Terraform or OpenTofu, 1.11 or later\n" in done.stderr


def test_cdktf_needs_no_network_to_lock_providers() -> None:
    """It would ask the public registry for what stands for it here."""
    done = _run("--", "sh", "-c", '"$TERRAFORM_BINARY_NAME" providers lock -platform=linux_amd64')
    if "is not on PATH" in done.stderr:
        unavailable("terraform is not on this machine")
    assert (done.returncode, done.stdout) == (0, "")
