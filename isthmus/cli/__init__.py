"""The command line: parse, call, print. Exit codes: 0 done, 1 it failed on the way, 2 bad input."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer

from isthmus import __version__
from isthmus.cli import changes, design, money, performance, pipeline, report, state, terraform
from isthmus.cli import emulate as emulation
from isthmus.cli.common import Commands, fail
from isthmus.cli.init import init
from isthmus.streams import any_encoding

READER_GONE: Final = 141
"""As a shell says it of a program that SIGPIPE ended."""

app = typer.Typer(
    name="isthmus",
    cls=Commands,
    help="Connects AWS VPCs and Azure VNets with the clouds' managed VPN: one topology file in, Terraform JSON out.",
    epilog="Exit codes: 0 done, 1 the command started and failed, 2 bad input.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
for _command in (
    design.check,
    design.plan,
    design.schema,
    init,
    terraform.synth,
    design.workspaces,
    changes.diff,
    money.cost,
    performance.throughput,
    performance.availability,
    performance.regions,
    report.report,
):
    app.command()(_command)
app.add_typer(money.prices, name="prices")
app.add_typer(state.app, name="state")
app.add_typer(pipeline.app, name="pipeline")
# What follows is another program's, with its own options.
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(emulation.emulate)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"isthmus {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line. What a user can mend is told in a line, without a traceback."""
    # Closed by whoever started this, as with `>&-`.
    sys.stdout = out = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    any_encoding()
    try:
        app(prog_name="isthmus")
    except SystemExit as ended:
        raise SystemExit(_after_output(ended.code, out)) from None
    except OSError as error:
        with suppress(typer.Exit, OSError):
            fail(f"isthmus: {error.strerror or error}", code=1)
        raise SystemExit(1) from None


def _after_output(code: str | int | None, out: TextIO) -> str | int | None:
    """The exit code, or 141 where whoever reads the output has stopped: `isthmus plan | head -1`."""
    # Typer ends such a program with 1, and puts something else there that does not mind.
    if sys.stdout is not out:
        return READER_GONE
    try:
        out.flush()
    except BrokenPipeError:
        # Python would try once more at its end, and say so.
        sys.stdout = _nowhere()
        return READER_GONE
    return code


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
