"""What is wanted and what it comes to: check, plan, schema, workspaces."""

from __future__ import annotations

from isthmus.cli.common import AsJson, Topology, checked, count, print_json, problems_json, say, wide_console

# Everything else is imported by the command that needs it: `--help` and `check` answer at once.


def check(topology: Topology = None, as_json: AsJson = False) -> None:
    """List all problems of a topology, with line numbers. Needs neither Node nor a cloud account."""
    found = checked(topology, as_json=as_json)
    plan = found.plan
    if as_json:
        print_json({"file": found.file, "ok": True, "problems": problems_json(found.file, found.warnings)})
        return
    tunnels = sum(len(link.tunnels) for link in plan.links)
    say(
        f"{found.file}: good: {count(len(plan.aws), 'AWS site')}, {count(len(plan.azure), 'Azure site')}, "
        f"{count(len(plan.links), 'link')}, {count(tunnels, 'tunnel')}"
    )


def plan(topology: Topology = None, as_json: AsJson = False) -> None:
    """Show every tunnel: names, outside addresses, inside CIDR block, BGP addresses, ASNs, instance, proposal."""
    from isthmus.show import plan_json, print_plan

    found = checked(topology, as_json=as_json)
    if as_json:
        print_json(plan_json(found.plan))
        return
    print_plan(found.plan, wide_console())


def schema() -> None:
    """Print the JSON Schema of the topology file, for editors."""
    from isthmus.schema import json_schema_text

    print(json_schema_text(), end="")


def workspaces(topology: Topology = None, as_json: AsJson = False) -> None:
    """List the stacks in the order of apply, and which stack reads the state of which."""
    from isthmus.plan.order import steps
    from isthmus.show import print_steps, steps_json

    plan = checked(topology, as_json=as_json).plan
    if as_json:
        print_json(steps_json(steps(plan)))
        return
    print_steps(steps(plan), plan.state, wide_console())
