"""Isthmus installed from its wheel, in environments that have what the wheel asks for and nothing of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[2]
_SITE = Path(sysconfig.get_path("purelib"))


def build(folder: Path) -> Path:
    """Build the wheel into ``folder``, without a package index, and return it."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True, kw_only=True)
class Installed:
    """An environment in ``folder`` with the wheel and the packages that it asks for."""

    folder: Path
    wheel: Path

    @property
    def commands(self) -> Path:
        """The folder of `isthmus` and `python`."""
        return self.folder / "bin"

    def run(self, *words: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment, or of a path, with nothing of this one in its variables."""
        return subprocess.run(
            [self.commands / words[0], *words[1:]],
            cwd=cwd,
            env={"PATH": str(self.commands), "HOME": os.environ.get("HOME", str(cwd)), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def install(wheel: Path, folder: Path, *extras: str) -> Installed:
    """Install ``wheel`` with ``extras`` into a new environment in ``folder``.

    The packages that it asks for are linked from the environment of the tests: no index is asked.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    words = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *words], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    for name in _asked_for(site, extras):
        for top in {file.parts[0] for file in distribution(name).files or () if file.parts[0] != ".."}:
            link = site / top
            if top != "__pycache__" and not link.exists():
                link.symlink_to(_SITE / top)
    return Installed(folder=folder, wheel=wheel)


def _asked_for(site: Path, extras: tuple[str, ...]) -> set[str]:
    """The packages that the wheel in ``site`` asks for with ``extras``, and what these ask for in their turn."""
    [metadata] = site.glob("isthmus-*.dist-info/METADATA")
    lines = metadata.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
    wanted = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    waiting = [(line, extra) for line in wanted for extra in ("", *extras)]
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    while waiting:
        line, extra = waiting.pop()
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        found.add(requirement.name)
        for further in {"", *requirement.extras}:
            if (requirement.name, further) not in seen:
                seen.add((requirement.name, further))
                waiting += [(line, further) for line in distribution(requirement.name).requires or ()]
    return found


def program_files() -> Iterator[str]:
    """Every file that the wheel has to hold, as the wheel names it."""
    for folder, place in {
        "isthmus": "isthmus",
        "constructs": "isthmus/_program/constructs",
        "stacks": "isthmus/_program/stacks",
        "emulate": "isthmus/_program/emulate",
        "loading": "isthmus/_program/loading",
    }.items():
        for file in (PROJECT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield f"{place}/{file.relative_to(PROJECT / folder).as_posix()}"
    yield "isthmus/_program/main.py"
