"""What `isthmus workspaces` says is what the stacks do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isthmus.plan.order import steps
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.topologies import KINDS


@pytest.mark.parametrize("file", [*EXAMPLES.values(), *KINDS.values()], ids=[*EXAMPLES, *KINDS])
def test_the_order_told_is_that_of_the_manifest_and_of_the_states_read(
    synthesized: Synthesized, file: Path | str
) -> None:
    stacks = synthesized.stacks(file)
    manifest = json.loads(Path(synthesized.output(file), "manifest.json").read_text(encoding="utf-8"))["stacks"]
    told = steps(synthesized.plan(file))
    assert {step.stack: set(step.after) for step in told} == {
        name: set(stack["dependencies"]) for name, stack in manifest.items()
    }
    assert {step.stack: set(step.reads) for step in told} == {
        name: {
            key.removeprefix("cross-stack-reference-input-")
            for key in stack.get("data", {}).get("terraform_remote_state", {})
        }
        for name, stack in stacks.items()
    }
    applied: set[str] = set()
    for step in told:
        assert applied.issuperset(step.after)
        applied.add(step.stack)
