"""What waits for what: stacks that read each other's state, and resources that ``depends_on`` puts in a row."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from isthmus.observed.observation import Observed
from isthmus.observed.resources import Resource


def reads(observed: Observed) -> dict[str, set[str]]:
    """Of each root the roots whose state it reads, as far as they are among these files."""
    found: dict[str, set[str]] = {root.name: set() for root in observed.roots}
    for data in observed.resources("terraform_remote_state", mode="data"):
        producer, _ = observed.resolver.producer(data)
        if producer is not None:
            found[data.root].add(producer.name)
    return found


def in_order(waits: Mapping[str, AbstractSet[str] | list[str]]) -> list[str]:
    """The names in an order in which each comes after what it waits for; those that never can are left out."""
    done: list[str] = []
    while ready := [name for name in waits if name not in done and set(waits[name]) <= set(done)]:
        done += ready
    return done


def row(observed: Observed, root: str, type_: str) -> list[Resource]:
    """The resources of ``type_`` in the only order that ``depends_on`` leaves; empty where it leaves several."""
    waits = {r.address: r.depends_on for r in observed.resources(root=root)}
    before: dict[str, set[str]] = {}

    def all_before(address: str) -> set[str]:
        if address not in before:
            before[address] = set()
            before[address] |= set(waits.get(address, ())).union(*map(all_before, waits.get(address, ())))
        return before[address]

    mine = {r.address: r for r in observed.resources(type_, root=root)}
    ordered = sorted(mine, key=lambda address: len(all_before(address)))
    for number, address in enumerate(ordered):
        if all_before(address) & set(mine) != set(ordered[:number]):
            return []
    return [mine[address] for address in ordered]
