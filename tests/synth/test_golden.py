"""The tree of constructs with their Terraform addresses: a rename destroys and builds anew what runs.

``UPDATE_GOLDEN=1`` writes the file again, for a rename that is meant.
"""

from __future__ import annotations

import difflib
import os

from tests.synth.program import DATA
from tests.synth.stacks import Stacks, at, blocks

GOLDEN = DATA / "tree.txt"


def _tree(stacks: Stacks) -> str:
    addresses = {tuple(b.path.split("/")): b.address for b in blocks(stacks) if b.path}
    known = {path[:depth] for path in addresses for depth in range(1, len(path) + 1)}
    lines = []
    for path in sorted(known):
        label = "  " * (len(path) - 1) + path[-1]
        lines.append(f"{label:<32}{addresses[path]}" if path in addresses else label)
    return "\n".join(lines) + "\n"


def _difference(stacks: Stacks) -> str:
    return "".join(
        difflib.unified_diff(
            GOLDEN.read_text(encoding="utf-8").splitlines(keepends=True),
            _tree(stacks).splitlines(keepends=True),
            fromfile=f"tests/data/{GOLDEN.name}",
            tofile="synthesized",
        )
    )


def test_constructs_and_terraform_addresses_are_those_of_the_golden_file(stacks: Stacks) -> None:
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(_tree(stacks), encoding="utf-8")
    difference = _difference(stacks)
    assert not difference, (
        f"Addresses changed; if that is meant, UPDATE_GOLDEN=1 and a line in CHANGELOG.md\n{difference}"
    )


def test_a_renamed_resource_shows_in_the_difference(stacks: Stacks) -> None:
    block = at(stacks, "gateway/vgw")
    by_id = stacks[block.stack]["resource"][block.type]
    by_id["renamed"] = by_id.pop(block.id)
    assert f"-    vgw                         {block.address}\n" in _difference(stacks)
    assert "+    vgw                         aws_vpn_gateway.renamed\n" in _difference(stacks)
