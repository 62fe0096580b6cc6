"""What the commands share: arguments, the checked topology, how they print and how they fail."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from typer.core import TyperGroup

from isthmus.printable import one_line
from isthmus.settings import topology_path

if TYPE_CHECKING:
    from rich.console import Console

    from isthmus.checks import Checked
    from isthmus.extras import Extra
    from isthmus.views.types import View

T = TypeVar("T")

_UsageError: Any = typer.BadParameter.__bases__[0]
"""What typer raises of a bad option or argument, by whatever package it has it from."""

STANDARD_INPUT = Path("-")
"""What is named instead of a file."""

Topology = Annotated[
    Path | None,
    typer.Argument(
        help="The topology file, or - for standard input. Default: ISTHMUS_TOPOLOGY, or isthmus.yaml in this folder.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a comment on a pull request.")]


class Commands(TyperGroup):
    """The commands. Where ``--json`` is asked for, bad options and arguments are told as JSON, too."""

    as_json = False
    """Whether the command that runs was asked for JSON."""

    def main(  # type: ignore[override]  # all but the first are named
        self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **named: Any
    ) -> Any:
        words = sys.argv[1:] if args is None else list(args)
        # What follows -- is no option of ours.
        Commands.as_json = "--json" in words[: words.index("--") if "--" in words else None]
        if not (Commands.as_json and standalone_mode):
            return super().main(args, standalone_mode=standalone_mode, **named)
        try:
            ended = super().main(args, standalone_mode=False, **named)
        except _UsageError as error:
            print_failed(error.format_message())
            sys.exit(2)
        except typer.Abort:
            print("Aborted.", file=sys.stderr)
            sys.exit(1)
        sys.exit(ended if isinstance(ended, int) else 0)


def checked(topology: Path | None, *, as_json: bool, as_markdown: bool = False) -> Checked:
    """The checked topology, or exit code 2 with all its problems said. Warnings go to standard error."""
    from isthmus.checks import check as check_file
    from isthmus.checks import check_loaded
    from isthmus.problems import TopologyError
    from isthmus.topology import load_stream
    from isthmus.views.problems import refused_view

    try:
        if topology == STANDARD_INPUT:
            if sys.stdin is None:
                fail("standard input is closed: give it a topology, or name a file")
            checked = check_loaded(load_stream(sys.stdin.buffer, file="standard input"))
        else:
            checked = check_file(topology_path(topology))
    except TopologyError as error:
        if as_json or as_markdown:
            show(refused_view(error), as_json=as_json, as_markdown=as_markdown)
        else:
            print(error.report, file=sys.stderr)
        raise typer.Exit(2) from None
    if not (as_json or as_markdown):
        for warning in checked.warnings:
            print(warning.render(checked.file), file=sys.stderr)
    return checked


def show(view: View, *, as_json: bool = False, as_markdown: bool = False, as_csv: bool = False) -> None:
    """Print ``view`` as it was asked for, or as tables for a terminal."""
    from isthmus.render import csv, markdown, terminal
    from isthmus.render import json as as_json_text

    if as_json:
        print(as_json_text.render(view))
    elif as_markdown:
        print(markdown.render(view), end="")
    elif as_csv:
        print(csv.render(view), end="")
    else:
        terminal.show(view, wide_console())


def one_format(**asked: bool) -> None:
    """Exit code 2 where more than one of the options that ``asked`` names, such as ``json``, is given."""
    given = [f"--{name}" for name, wanted in asked.items() if wanted]
    if len(given) > 1:
        left = "one" if len(given) == 2 else "all but one"
        fail(f"{', '.join(given[:-1])} and {given[-1]} cannot be combined: leave {left} out")


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, indent=2))


def say(text: str, *, error: bool = False) -> None:
    """Print one line, on standard error if ``error``; nothing that it quotes of a file can forge another."""
    print(one_line(text), file=sys.stderr if error else sys.stdout)


def fail(*texts: str, file: str | None = None, code: int = 2) -> NoReturn:
    """Say what is wrong, a line each, and exit with ``code``: as JSON where the command was asked for that.

    ``file`` is the one that the texts are about, if they are about one; it is in them already.
    """
    if Commands.as_json:
        print_failed(*texts, file=file)
    else:
        for text in texts:
            say(text, error=True)
    raise typer.Exit(code)


def print_failed(*texts: str, file: str | None = None) -> None:
    """Print what is wrong as JSON, in the form that a bad topology has."""
    from isthmus.problems import Problem
    from isthmus.views.problems import problems_data

    problems = problems_data(file, tuple(Problem(text=text.removeprefix(f"{file}: ")) for text in texts))
    print_json({"file": file, "ok": False, "whole": True, "problems": problems})


def wide_console() -> Console:
    """A console for tables. Where the width is not known it takes what they need: cut at 80 they are none."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to whoever ends the program; rich would end it with 1."""
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    return Quiet(width=None if sys.stdout.isatty() else 160)


def needs(extra: Extra, command: str) -> None:
    """Exit code 2 with what to install, where packages of ``extra`` are missing that ``command`` runs on."""
    from isthmus.extras import missing

    if what := missing(extra):
        fail(f"{command}: {what}")


def read(option: str, reader: Callable[[str], T], text: str | None) -> T | None:
    """What ``text`` means, or exit code 2 with what is allowed."""
    if text is None:
        return None
    try:
        return reader(text)
    except ValueError as error:
        fail(f"{option}: {error}")
