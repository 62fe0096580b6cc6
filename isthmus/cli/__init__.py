"""The command line: parse, call, print. Exit codes: 0 done, 1 it failed on the way, 2 bad input."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from isthmus import __version__
from isthmus.cli import design, money, performance, report, state, terraform
from isthmus.cli import emulate as emulation

app = typer.Typer(
    name="isthmus",
    help="Joins AWS VPCs and Azure VNets with the clouds' managed VPN: one topology file in, Terraform out.",
    epilog="Exit codes: 0 done, 1 it failed on the way, 2 bad input.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
for _command in (
    design.check,
    design.plan,
    design.schema,
    design.init,
    terraform.synth,
    design.workspaces,
    money.cost,
    performance.throughput,
    performance.availability,
    performance.regions,
    report.report,
):
    app.command()(_command)
app.add_typer(money.prices, name="prices")
app.add_typer(state.app, name="state")
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
    try:
        app(prog_name="isthmus")
    except OSError as error:
        print(f"isthmus: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(1) from None
