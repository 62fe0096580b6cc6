"""What any output of the program must be, whatever it holds: order of stacks and connections, tags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.synth.schemas import schema_of
from tests.synth.terraform_json import Block, Stacks, blocks


def dependencies(output: Path) -> dict[str, list[str]]:
    """Which stacks each stack waits for, as the manifest tells it."""
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    return {name: stack["dependencies"] for name, stack in manifest["stacks"].items()}


def apply_order(waits: Mapping[str, list[str]]) -> list[str]:
    """The stacks in an order in which each finds what it waits for; those that never can are left out."""
    done: list[str] = []
    while ready := [name for name in waits if name not in done and set(waits[name]) <= set(done)]:
        done += ready
    return done


def remote_states(stacks: Stacks, name: str) -> set[str]:
    """The stacks whose state ``name`` reads."""
    read = stacks[name].get("data", {}).get("terraform_remote_state", {})
    return {other.removeprefix("cross-stack-reference-input-") for other in read}


def connections(stacks: Stacks) -> list[Block]:
    return list(blocks(stacks, "azurerm_virtual_network_gateway_connection"))


def order(stacks: Stacks, stack: str) -> list[str]:
    """The connections of ``stack`` in the only order that ``depends_on`` leaves; empty when it leaves several."""
    waits = {b.address: b.body.get("depends_on", []) for b in blocks({stack: stacks[stack]})}
    mine = [b.address for b in connections(stacks) if b.stack == stack]

    def before(address: str) -> set[str]:
        found = set(waits[address])
        for other in waits[address]:
            found |= before(other)
        return found

    ordered = sorted(mine, key=lambda address: len(before(address)))
    for number, address in enumerate(ordered):
        if before(address) & set(mine) != set(ordered[:number]):
            return []
    return ordered


def untagged(stacks: Stacks, tags: Mapping[str, str]) -> list[str]:
    """What could carry ``tags`` and does not."""
    return [
        str(block)
        for block in blocks(stacks, mode="resource")
        if block.type != "terraform_data"
        and "tags" in schema_of("resource", block.type)["attributes"]
        and not tags.items() <= block.body.get("tags", {}).items()
    ]
