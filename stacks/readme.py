"""A README.md beside each stack's configuration: what is in it, what must be applied before, what must be set.

Whoever finds a stack's folder alone (a remote run uploads nothing else) can tell from it what to do.
"""

from __future__ import annotations

from collections.abc import Iterable

from constructs.crosscloud.psk import PSK_WORDS
from isthmus.plan import Plan
from isthmus.plan.order import Step, steps
from isthmus.plan.types import KeySource

KEYS_IN_STATE = """
## State

The pre-shared keys are in this stack's state in clear: see to it that few can read it.
"""


def readmes(plan: Plan) -> dict[str, str]:
    """The README of each stack, by the stack's name."""
    texts = {step.stack: _text(step) for step in steps(plan)}
    for site in plan.aws:
        variables = [
            (tunnel.key_slot.variable, tunnel.name)
            for link in plan.links_of_aws(site.key)
            if link.keys.source is KeySource.VARIABLE
            for tunnel in link.tunnels
        ]
        texts[site.stack] += _variables(variables) if variables else ""
    return texts


def _text(step: Step) -> str:
    order = "".join(f"- `{stack}`\n" for stack in step.after) or "Nothing.\n"
    state = KEYS_IN_STATE if step.keys else ""
    return f"# {step.stack}\n\n{step.what}\n\n## Applied before this one\n\n{order}{state}"


def _variables(variables: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"| `{name}` | `TF_VAR_{name}` | {tunnel} |\n" for name, tunnel in variables)
    return (
        f"\n## Variables\n\nEach is sensitive: {PSK_WORDS}.\n\n"
        f"| variable | in the environment | key of tunnel |\n|---|---|---|\n{rows}"
    )
