"""What any output of the program must be, whatever it holds: dependencies in the manifest, tags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from isthmus.observed.ordering import reads, row
from tests.synth.schemas import schema_of
from tests.synth.stacks import Block, Stacks, blocks, observed

CONNECTION = "azurerm_virtual_network_gateway_connection"


def dependencies(output: Path) -> dict[str, list[str]]:
    """Which stacks each stack waits for, as the manifest tells it."""
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    return {name: stack["dependencies"] for name, stack in manifest["stacks"].items()}


def remote_states(stacks: Stacks, name: str) -> set[str]:
    """The stacks whose state ``name`` reads."""
    return reads(observed(stacks))[name]


def connections(stacks: Stacks) -> list[Block]:
    return list(blocks(stacks, CONNECTION))


def order(stacks: Stacks, stack: str) -> list[str]:
    """The connections of ``stack`` in the only order that ``depends_on`` leaves; empty when it leaves several."""
    return [resource.address for resource in row(observed(stacks), stack, CONNECTION)]


def untagged(stacks: Stacks, tags: Mapping[str, str]) -> list[str]:
    """What could carry ``tags`` and does not."""
    return [
        str(block)
        for block in blocks(stacks, mode="resource")
        if block.type != "terraform_data"
        and "tags" in schema_of("resource", block.type)["attributes"]
        and not tags.items() <= block.body.get("tags", {}).items()
    ]
