"""Both clouds emulated on loopback: emulate."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from isthmus.cli.common import AsJson, fail, needs, print_json, say
from isthmus.settings import PROGRAM, topology_path, workspace_folder


def emulate(
    context: typer.Context,
    execute: Annotated[
        str | None,
        typer.Option(
            "--exec", metavar="CMD", help="Run this command in a shell on the emulated clouds, then stop them."
        ),
    ] = None,
    cloud: Annotated[
        Path | None,
        typer.Option(
            "--cloud",
            metavar="FOLDER",
            help="Folder for the files of the emulated clouds and the Terraform states. Azure's resources are kept, "
            "AWS starts empty each time. Default: a temporary folder.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Emulate AWS and Azure on loopback, for the real terraform. Needs no account or credentials; nothing is billed.

    Prints the environment variables to export and runs until Ctrl-C. Or runs one command and ends:
    isthmus emulate -- cdktf deploy '*' --auto-approve

    State, lock files, plugins and plan files of these runs are kept in the folder of the emulated clouds (--cloud). A
    temporary folder is deleted at the end. Files of real deployments are neither read nor changed.
    """
    if execute is not None and context.args:
        fail("isthmus emulate: give a command after --exec or after --, not both")
    if cloud and cloud.exists() and not cloud.is_dir():
        fail(f"--cloud: {cloud} is a file: name a folder, which may not exist yet")
    needs("emulate", "isthmus emulate")
    command = ["/bin/sh", "-c", execute] if execute is not None else context.args
    with _serving(cloud) as (server, told):
        for note in told["notes"]:
            print(f"Note: {note}", file=sys.stderr)
        if command:
            print(told["about"], file=sys.stderr)
            raise typer.Exit(_run(command, told))
        if as_json:
            print_json(told)
        else:
            _print(told)
        sys.stdout.flush()
        try:
            server.wait()
        except KeyboardInterrupt:
            return
    fail("isthmus emulate: the emulated clouds stopped unexpectedly", code=1)


@contextmanager
def _serving(cloud: Path | None) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The emulated clouds in a process of their own, and what they say of themselves."""
    # -P, so that no folder named emulate is found here.
    words = [sys.executable, "-P", "-m", "emulate"]
    words += ["--cloud", str(cloud.absolute())] if cloud else []
    for profile in _profiles():
        words += ["--profile", profile]
    server = subprocess.Popen(
        words,
        env={**os.environ, "PYTHONPATH": str(PROGRAM)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C is for the command that runs on them: it still needs them to end in order.
        start_new_session=True,
        # The clouds know every key.
        umask=0o077,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        line = server.stdout.readline()
        if not line:
            # It has said why on standard error.
            raise typer.Exit(server.wait() or 1)
        yield server, json.loads(line)
    finally:
        server.stdin.close()
        server.wait()


def _profiles() -> list[str]:
    """The AWS profiles that the topology names, if there is a good one."""
    from isthmus.checks import check
    from isthmus.problems import TopologyError

    try:
        plan = check(topology_path()).plan
    except TopologyError:
        return []
    return sorted({site.provider.profile for site in plan.aws if site.provider.profile})


def _environment(told: dict[str, Any]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in told["unset"] and not k.startswith("AWS_ENDPOINT_URL")}
    # So that `cdktf` and the Node that it needs are found without activating anything.
    # The environment's own cdktf comes before the one of Node, which knows nothing of our settings.
    ours = [str(Path(sys.executable).parent), str(workspace_folder() / "node_modules" / ".bin")]
    path = os.pathsep.join([told["path"], kept.get("PATH", os.defpath), *ours])
    return {**kept, "PATH": path, **told["environment"]}


def _run(command: list[str], told: dict[str, Any]) -> int:
    """Run ``command`` and return its exit code, 128 and more where a signal ended it."""
    # The command hears Ctrl-C as well, and ends in its own way; this waits for it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(
            command,
            env=_environment(told),
            # Terraform's state and plans have keys in clear.
            umask=0o077,
            # A child would inherit that it ignores Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        code = process.wait()
    except FileNotFoundError:
        say(f"isthmus emulate: {command[0]} is not on PATH", error=True)
        return 2
    except PermissionError:
        say(f"isthmus emulate: {command[0]} may not be run", error=True)
        return 2
    finally:
        signal.signal(signal.SIGINT, before)
    return 128 - code if code < 0 else code


def _print(told: dict[str, Any]) -> None:
    lines = [f"unset {' '.join(told['unset'])}"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in told["environment"].items()]
    lines.append(f'export PATH={shlex.quote(told["path"])}:"$PATH"')
    print(f"# {told['about']}")
    print(f"# Faults on demand, AWS: {told['aws']['control']}/faults; Azure: {told['azure']['control']}")
    print(f"# States and lock files of these runs: {told['runs']}")
    print("# In another terminal:")
    print("\n".join(lines))
    print("# Then: cdktf deploy '*' --auto-approve. Here: Ctrl-C ends both clouds.")
