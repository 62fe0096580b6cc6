"""A README.md beside each stack's configuration: what is in it, what must be applied before, what must be set.

Whoever finds a stack's folder alone (a remote run uploads nothing else) can tell from it what to do.
"""

from __future__ import annotations

from collections.abc import Iterable

from isthmus.plan import Plan
from isthmus.plan.order import Step, steps
from isthmus.plan.types import PSK_RULE, KeySource

KEYS_IN_STATE = """
## Keys

The pre-shared keys of {links} are in this stack's state and in its saved plans, in clear. `terraform show`,
`terraform state pull` and `terraform output` print them. Let few people read this state.
"""


def readmes(plan: Plan) -> dict[str, str]:
    """The README of each stack, by the stack's name."""
    texts = {step.stack: _text(step) for step in steps(plan)}
    for link in plan.links:
        if link.keys.source is KeySource.VARIABLE:
            texts[link.stack] += _variables((tunnel.key_slot.variable, tunnel.name) for tunnel in link.tunnels)
    return texts


def _text(step: Step) -> str:
    order = "".join(f"- `{stack}`\n" for stack in step.after) or "Nothing.\n"
    state = KEYS_IN_STATE.format(links=" and ".join(f"link {name}" for name in step.keys)) if step.keys else ""
    return f"# {step.stack}\n\n{step.what}\n\n## Applied before this one\n\n{order}{state}"


def _variables(variables: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"| `{name}` | `TF_VAR_{name}` | {tunnel} |\n" for name, tunnel in variables)
    return (
        f"\n## Variables\n\nEach is sensitive: {PSK_RULE}.\n\n"
        f"| variable | in the environment | key of tunnel |\n|---|---|---|\n{rows}"
    )
