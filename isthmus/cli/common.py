"""What the commands share: arguments, the checked topology, how they print and how they fail."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from isthmus.printable import one_line
from isthmus.settings import PROJECT, topology_path

if TYPE_CHECKING:
    from rich.console import Console

    from isthmus.checks import Checked

T = TypeVar("T")

STANDARD_INPUT = Path("-")
"""What is named instead of a file."""

Topology = Annotated[
    Path | None,
    typer.Argument(
        help="The topology file, or - for standard input. "
        "Default: ISTHMUS_TOPOLOGY, else isthmus.yaml here, else the project's.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def checked(topology: Path | None, *, as_json: bool) -> Checked:
    """The checked topology, or exit code 2 with all its problems said. Warnings go to standard error."""
    from isthmus.checks import check as check_file
    from isthmus.checks import check_loaded
    from isthmus.problems import TopologyError
    from isthmus.topology import load_stream

    try:
        if topology == STANDARD_INPUT:
            if sys.stdin is None:
                fail("standard input is closed: give it a topology, or name a file")
            checked = check_loaded(load_stream(sys.stdin.buffer, file="standard input"))
        else:
            checked = check_file(meant(topology))
    except TopologyError as error:
        if as_json:
            print_json(
                {
                    "file": error.file,
                    "ok": False,
                    "whole": error.whole,
                    "problems": problems_json(error.file, error.problems),
                }
            )
        else:
            print(error.told, file=sys.stderr)
        raise typer.Exit(2) from None
    if not as_json:
        for warning in checked.warnings:
            print(warning.render(checked.file), file=sys.stderr)
    return checked


def meant(topology: Path | None) -> Path:
    """The topology file that is meant; a note says so where it is the project's own, seen from elsewhere."""
    path = topology_path(topology)
    if topology is None and path.is_absolute() and path.parent == PROJECT != Path.cwd():
        say(f"Note: no topology is named and none is here: this is about {path}", error=True)
    return path


def problems_json(file: str, problems: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Problems as plain values."""
    from isthmus.problems import dotted

    return [
        {"file": file, "line": p.line, "path": dotted(p.path), "severity": str(p.severity), "text": p.text}
        for p in problems
    ]


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, indent=2))


def count(number: int, what: str) -> str:
    """A number with its noun, in the plural unless it is one."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def say(text: str, *, error: bool = False) -> None:
    """Print one line, on standard error if ``error``; nothing that it quotes of a file can forge another."""
    print(one_line(text), file=sys.stderr if error else sys.stdout)


def fail(*lines: str) -> NoReturn:
    """Say what is wrong with the input and exit with 2."""
    for line in lines:
        say(line, error=True)
    raise typer.Exit(2)


def wide_console() -> Console:
    """A console for tables. Where the width is not known it takes what they need: cut at 80 they are none."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to whoever ends the program; rich would end it with 1."""
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    return Quiet(width=None if sys.stdout.isatty() else 160)


def read(option: str, reader: Callable[[str], T], text: str | None) -> T | None:
    """What ``text`` means, or exit code 2 with what is allowed."""
    if text is None:
        return None
    try:
        return reader(text)
    except ValueError as error:
        fail(f"{option}: {error}")
