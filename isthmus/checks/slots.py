"""Slots: which part of Azure's BGP range a link owns, at both of its ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from isthmus.checks.context import Context, Rule, error
from isthmus.clouds.azure import SLOTS
from isthmus.problems import KeyPath, Problem
from isthmus.topology import Link


def slots_are_given(context: Context) -> Iterator[Problem]:
    """Numbering by position would renumber running links when one is added or removed."""
    proposed: list[tuple[Link, int]] = []
    for path, link in context.links:
        if link.slot is None and path and (len(context.by_aws[link.aws]) > 1 or len(context.by_azure[link.azure]) > 1):
            which = f"aws.{link.aws}" if len(context.by_aws[link.aws]) > 1 else f"azure.{link.azure}"
            free = _next_free(context, link, proposed)
            if free is not None:
                proposed.append((link, free))
            yield error(
                (*path, "slot"),
                f"is missing: {which} has more than one link, so each must say which slot it owns (0 to {SLOTS - 1}; "
                "a link that was deployed without one has slot 0); "
                + (f"write slot: {free}" if free is not None else "no slot is free at both ends"),
            )


def slots_are_unique(context: Context) -> Iterator[Problem]:
    """Two links of one gateway in one slot would use the same inside addresses."""
    for cloud, groups in (("aws", context.by_aws), ("azure", context.by_azure)):
        yield from _twice(context, cloud, groups)


def _twice(context: Context, cloud: str, groups: Mapping[str, tuple[tuple[KeyPath, Link], ...]]) -> Iterator[Problem]:
    for site, links in groups.items():
        owners: dict[int, Link] = {}
        for path, link in links:
            if link.slot is None:
                continue
            owner = owners.setdefault(link.slot, link)
            if owner is not link and (owner.aws, owner.azure) != (link.aws, link.azure):
                free = _next_free(context, link)
                hint = f"write slot: {free}" if free is not None else "no slot is free at both ends"
                yield error(
                    (*path, "slot"),
                    f"{link.slot} is taken on {cloud}.{site} by the link of {owner.aws} and {owner.azure}: a slot has "
                    f"one link at each end; {hint}",
                )


def _next_free(context: Context, link: Link, proposed: Sequence[tuple[Link, int]] = ()) -> int | None:
    """The lowest slot that no link of either gateway has, nor has been ``proposed`` to one."""
    taken = {
        other.slot
        for group in (context.by_aws[link.aws], context.by_azure[link.azure])
        for _, other in group
        if other.slot is not None
    }
    taken |= {slot for other, slot in proposed if other.aws == link.aws or other.azure == link.azure}
    return next((slot for slot in range(SLOTS) if slot not in taken), None)


RULES: tuple[Rule, ...] = (slots_are_given, slots_are_unique)
