"""What a pipeline runs: pipeline report, plan, comment."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.common import fail, say
from isthmus.settings import output_folder

app = typer.Typer(
    help="What the jobs of a pipeline run; isthmus init writes the pipeline.",
    no_args_is_help=True,
)


class Keys(StrEnum):
    """Which stacks are planned, by whether their state holds pre-shared keys."""

    WITHOUT = "without"
    ONLY = "only"
    ALL = "all"


@app.command()
def report(
    folder: Annotated[Path, typer.Option("--report", help="Folder to write to.")] = Path("report"),
) -> None:
    """Run isthmus check, cost and plan on the topology, and write what they say as Markdown."""
    from isthmus.pipeline import plans

    raise typer.Exit(plans.report(folder))


@app.command()
def plan(
    keys: Annotated[Keys, typer.Option(help="What to do with stacks whose state holds pre-shared keys.")] = Keys.ALL,
    folder: Annotated[
        Path | None,
        typer.Option(help="What isthmus synth wrote. Default: where it writes to.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("report/plan.json"),
) -> None:
    """Plan the stacks with terraform in the order of apply. Exit code 1 where a plan fails."""
    from isthmus.pipeline import plans

    raise typer.Exit(plans.plan_all(output_folder(folder), out, keys=keys))


@app.command()
def comment(
    folder: Annotated[Path, typer.Option("--report", help="Folder that report and plan wrote to.")] = Path("report"),
    number: Annotated[
        int | None,
        typer.Option(
            min=1, envvar="CI_MERGE_REQUEST_IID", help="Of the pull request. Without it the comment is printed."
        ),
    ] = None,
) -> None:
    """Show check, cost and plans in a comment on the pull request of GitHub or GitLab, over the former one."""
    from isthmus.pipeline.comment import comment as written
    from isthmus.pipeline.comment import post

    body = written(folder)
    if number is None:
        sys.stdout.write(body)
        return
    try:
        say(post(body, dict(os.environ), str(number)))
    except KeyError as error:
        fail(f"the comment was not written: {error.args[0]} is not set", code=1)
    except OSError as error:
        fail(f"the comment was not written: {error}", code=1)
