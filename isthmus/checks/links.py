"""Which sites are joined, and in what way."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.checks.subject import Rule, Subject, error, warning
from isthmus.problems import Problem
from isthmus.topology.values import nearest

BGP_TUNNELS = 4
"""Two instances of an active-active gateway, two tunnels each."""


def sites_exist(subject: Subject) -> Iterator[Problem]:
    """A link names a site that the file has."""
    for path, link in subject.dangling:
        for cloud, name, known in (
            ("aws", link.aws, subject.declared_aws),
            ("azure", link.azure, subject.declared_azure),
        ):
            if name not in known:
                guess = nearest(name, known)
                hint = f"did you mean {guess}?" if guess else f"add it under {cloud}"
                yield error((*path, cloud), f"{name!r} is no site under {cloud}: known are {_listed(known)}; {hint}")


def links_are_said(subject: Subject) -> Iterator[Problem]:
    """With one site on each side the link goes without saying; otherwise it must be written."""
    topology = subject.topology
    if not subject.whole or topology.links or len(topology.aws) == len(topology.azure) == 1:
        return
    example = f"{{aws: {next(iter(topology.aws))}, azure: {next(iter(topology.azure))}, slot: 0}}"
    yield error(
        ("links",),
        f"is missing: with {len(topology.aws)} AWS and {len(topology.azure)} Azure sites it must be said which are "
        f"joined; for example - {example}",
    )


def one_link_a_pair(subject: Subject) -> Iterator[Problem]:
    """A second link between the same gateways would ask AWS for the same customer gateways again."""
    seen: dict[tuple[str, str], str] = {}
    for path, link in subject.links:
        first = seen.setdefault((link.aws, link.azure), f"{path[0]}[{path[1]}]" if path else "")
        if path and first != f"{path[0]}[{path[1]}]":
            yield error(
                path,
                f"joins {link.aws} and {link.azure} a second time (first in {first}): two gateways have one link, of "
                "four tunnels; remove one",
            )


def tunnels_fit_routing(subject: Subject) -> Iterator[Problem]:
    """BGP on an active-active gateway means one AWS connection, of two tunnels, for each instance."""
    for path, link in subject.links:
        if link.tunnels != BGP_TUNNELS:
            yield error(
                (*path, "tunnels"),
                f"{link.tunnels} tunnels do not fit bgp on an active-active gateway: {BGP_TUNNELS} are allowed, two to "
                f"each instance; write {BGP_TUNNELS} or leave it out",
            )


def every_site_is_linked(subject: Subject) -> Iterator[Problem]:
    """A gateway costs money by the hour whether anything is joined to it or not."""
    if not subject.whole or subject.dangling or not subject.links:
        return
    for key in subject.topology.aws:
        if key not in subject.by_aws:
            yield warning(("aws", key), f"{key} is in no link: its gateway would stand alone; link it or remove it")
    for key in subject.topology.azure:
        if key not in subject.by_azure:
            text = f"{key} is in no link: its gateway would be paid for and used by nobody; link it or remove it"
            yield warning(("azure", key), text)


def _listed(known: frozenset[str]) -> str:
    names = sorted(known)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "none"


RULES: tuple[Rule, ...] = (sites_exist, links_are_said, one_link_a_pair, tunnels_fit_routing, every_site_is_linked)
