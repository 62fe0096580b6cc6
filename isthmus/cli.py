"""The command line: parse, call, print. Exit codes: 0 done, 1 it failed on the way, 2 bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from isthmus import __version__
from isthmus.settings import PROJECT, output_folder, topology_path

# Everything else is imported by the command that needs it: `--help` and `check` answer at once.
if TYPE_CHECKING:
    from isthmus.checks import Checked

app = typer.Typer(
    name="isthmus",
    help="Joins AWS VPCs and Azure VNets with the clouds' managed VPN: one topology file in, Terraform out.",
    epilog="Exit codes: 0 done, 1 it failed on the way, 2 bad input.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

Topology = Annotated[
    Path | None,
    typer.Argument(
        help="The topology file. Default: ISTHMUS_TOPOLOGY, else isthmus.yaml here, else the project's.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"isthmus {__version__}")
        raise typer.Exit


@app.command()
def check(topology: Topology = None, as_json: AsJson = False) -> None:
    """Say everything that is wrong with a topology, each with its line. Starts no Node, needs no cloud."""
    checked = _checked(topology, as_json=as_json)
    plan = checked.plan
    if as_json:
        _print_json({"file": checked.file, "ok": True, "problems": _problems_json(checked.file, checked.warnings)})
        return
    tunnels = sum(len(link.tunnels) for link in plan.links)
    print(
        f"{checked.file}: good: {_count(len(plan.aws), 'AWS site')}, {_count(len(plan.azure), 'Azure site')}, "
        f"{_count(len(plan.links), 'link')}, {_count(tunnels, 'tunnel')}"
    )


@app.command()
def plan(topology: Topology = None, as_json: AsJson = False) -> None:
    """Show every tunnel: names, both outside ends, inside block, BGP addresses, ASNs, instance, proposal."""
    from isthmus.show import plan_json, print_plan

    checked = _checked(topology, as_json=as_json)
    if as_json:
        _print_json(plan_json(checked.plan))
        return
    from rich.console import Console

    # Cut at 80 columns a table of addresses is no table: where the width is not known, take what it needs.
    console = Console(width=None if sys.stdout.isatty() else 160)
    print_plan(checked.plan, console)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the topology file, for editors."""
    from isthmus.schema import json_schema_text

    print(json_schema_text(), end="")


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("isthmus.yaml"),
    name: Annotated[str, typer.Option(help="Name of the deployment.")] = "payments",
) -> None:
    """Write a commented topology file to start from. Never overwrites."""
    from isthmus.starter import write_starter
    from isthmus.topology import loads

    for problem in loads(f"name: {json.dumps(name)}\naws: {{}}\nazure: {{}}").problems:
        if problem.path == ("name",):
            _fail(f"--name: {problem.text}")
    try:
        write_starter(path, name=name, schema=PROJECT / "isthmus.schema.json")
    except FileExistsError:
        _fail(f"{path}: exists already and is left as it is: name another file")
    except OSError as error:
        _fail(f"{path}: cannot be written ({error.strerror}): name a place you may write to")
    print(f"{path}: written; now: isthmus check {path}")


@app.command()
def synth(
    topology: Topology = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder for the Terraform JSON. Default: CDKTF_OUTDIR, else cdktf.out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the Terraform JSON of every stack. Needs no credentials."""
    file = topology_path(topology)
    folder = output_folder(output)
    # A process of its own: this package never imports cdktf, and main.py is what the cdktf CLI runs as well.
    environ = {**os.environ, "ISTHMUS_TOPOLOGY": str(file), "CDKTF_OUTDIR": str(folder)}
    done = subprocess.run([sys.executable, str(PROJECT / "main.py")], env=environ, check=False)
    if done.returncode:
        raise typer.Exit(2 if done.returncode == 2 else 1)
    stacks = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    if as_json:
        _print_json({"folder": str(folder), "stacks": sorted(stacks)})
        return
    for name in stacks:
        print(f"{folder / 'stacks' / name / 'cdk.tf.json'}")


@app.command()
def workspaces(topology: Topology = None, as_json: AsJson = False) -> None:
    """List the stacks in the order of apply, and who must be able to read whose state."""
    from isthmus.plan.order import steps
    from isthmus.show import print_steps, steps_json

    plan = _checked(topology, as_json=as_json).plan
    if as_json:
        _print_json(steps_json(steps(plan)))
        return
    from rich.console import Console

    print_steps(steps(plan), plan.state, Console(width=None if sys.stdout.isatty() else 160))


def main() -> None:
    """Run the command line. What a user can mend is told in a line, without a traceback."""
    try:
        app(prog_name="isthmus")
    except OSError as error:
        print(f"isthmus: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(1) from None


def _checked(topology: Path | None, *, as_json: bool) -> Checked:
    """The checked topology, or exit code 2 with all its problems said. Warnings go to standard error."""
    from isthmus.checks import check as check_file
    from isthmus.problems import TopologyError

    try:
        checked = check_file(topology_path(topology))
    except TopologyError as error:
        if as_json:
            _print_json({"file": error.file, "ok": False, "problems": _problems_json(error.file, error.problems)})
        else:
            print(error, file=sys.stderr)
        raise typer.Exit(2) from None
    if not as_json:
        for warning in checked.warnings:
            print(warning.render(checked.file), file=sys.stderr)
    return checked


def _problems_json(file: str, problems: tuple[Any, ...]) -> list[dict[str, Any]]:
    from isthmus.problems import dotted

    return [
        {"file": file, "line": p.line, "path": dotted(p.path), "severity": str(p.severity), "text": p.text}
        for p in problems
    ]


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _fail(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(2)
