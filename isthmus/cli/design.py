"""What is wanted and what it comes to: check, plan, schema, init, workspaces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.common import AsJson, AsMarkdown, Topology, checked, fail, one_format, say, show

# Everything else is imported by the command that needs it: `--help` and `check` answer at once.


def check(topology: Topology = None, as_json: AsJson = False, as_markdown: AsMarkdown = False) -> None:
    """List all problems of a topology, with line numbers. Needs neither Node nor a cloud account."""
    from isthmus.views.problems import contents, good_view

    one_format(json=as_json, markdown=as_markdown)
    found = checked(topology, as_json=as_json, as_markdown=as_markdown)
    if as_json or as_markdown:
        show(good_view(found.file, found.plan, found.warnings), as_json=as_json, as_markdown=as_markdown)
        return
    say(f"{found.file}: good: {contents(found.plan)}")


def plan(topology: Topology = None, as_json: AsJson = False, as_markdown: AsMarkdown = False) -> None:
    """Show every tunnel: names, outside addresses, inside CIDR block, BGP addresses, ASNs, instance, proposal."""
    from isthmus.views.plan import plan_view

    one_format(json=as_json, markdown=as_markdown)
    found = checked(topology, as_json=as_json)
    show(plan_view(found.plan), as_json=as_json, as_markdown=as_markdown)


def schema() -> None:
    """Print the JSON Schema of the topology file, for editors."""
    from isthmus.schema import json_schema_text

    print(json_schema_text(), end="")


def init(
    path: Annotated[Path, typer.Argument(help="File to write.")] = Path("isthmus.yaml"),
    name: Annotated[str, typer.Option(help="Name of the deployment.")] = "payments",
) -> None:
    """Write a commented topology file to start from, and its JSON Schema for editors. Never overwrites a file."""
    from isthmus.schema import json_schema_text
    from isthmus.starter import SCHEMA_NAME, write_starter
    from isthmus.topology import loads

    for problem in loads(f"name: {json.dumps(name)}\naws: {{}}\nazure: {{}}").problems:
        if problem.path == ("name",):
            fail(f"--name: {problem.text}")
    try:
        current = write_starter(path, name=name, schema=json_schema_text())
    except FileExistsError:
        fail(f"{path}: already exists and was not changed: name another file")
    except OSError as error:
        fail(f"{path}: cannot be written ({error.strerror}): name a folder that you may write to")
    if not current:
        beside = path.with_name(SCHEMA_NAME)
        say(f"{beside}: already exists and was not changed: update it with isthmus schema > {beside}", error=True)
    say(f"{path}: written; now: isthmus check {path}")


def workspaces(topology: Topology = None, as_json: AsJson = False) -> None:
    """List the stacks in the order of apply, and which stack reads the state of which."""
    from isthmus.plan.order import steps
    from isthmus.views.plan import steps_view

    plan = checked(topology, as_json=as_json).plan
    show(steps_view(steps(plan), plan.state), as_json=as_json)
