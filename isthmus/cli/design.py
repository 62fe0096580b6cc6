"""What is wanted and what it comes to: check, plan, schema, workspaces."""

from __future__ import annotations

from isthmus.cli.common import AsJson, AsMarkdown, Topology, checked, one_format, say, show

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


def workspaces(topology: Topology = None, as_json: AsJson = False) -> None:
    """List the stacks in the order of apply, and which stack reads the state of which."""
    from isthmus.plan.order import steps
    from isthmus.views.plan import steps_view

    plan = checked(topology, as_json=as_json).plan
    show(steps_view(steps(plan), plan.state), as_json=as_json)
