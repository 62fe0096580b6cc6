"""Who hears of whom: everyone that BGP joins, and the two ends of a static link."""

from __future__ import annotations

import pytest

from isthmus.checks.context import Context
from isthmus.checks.groups import bgp_groups, meeting_groups
from isthmus.topology import loads


def subject(links: str) -> Context:
    """AWS sites a1 to a4 and Azure sites b1 to b3; ``links`` such as ``a1-b1 a2=b1`` (a hyphen for BGP)."""
    lines = ["name: t", "aws:"]
    lines += [f"  a{n}: {{region: eu-central-1, network: {{cidr: 10.1{n}.0.0/16}}}}" for n in range(1, 5)]
    lines += ["azure:"]
    lines += [f"  b{n}: {{region: westeurope, network: {{cidr: 10.2{n}.0.0/16}}}}" for n in range(1, 4)]
    lines += ["links:"]
    for slot, link in enumerate(links.split()):
        routing = "static" if "=" in link else "bgp"
        lines.append(f"  - {{aws: {link[:2]}, azure: {link[3:]}, slot: {slot}, routing: {routing}}}")
    return Context.of(loads("\n".join(lines)))


def said(groups: list[list[tuple[str, str]]]) -> list[str]:
    """Each group of more than one as a word of site names."""
    return sorted(" ".join(key for _, key in group) for group in groups if len(group) > 1)


@pytest.mark.parametrize(
    ("links", "groups"),
    [
        ("a1-b1", ["a1 b1"]),
        ("a1-b1 a2-b2", ["a1 b1", "a2 b2"]),
        ("a1-b1 a2-b1", ["a1 a2 b1"]),
        ("a1-b1 a1-b2", ["a1 b1 b2"]),
        ("a1-b1 a2-b1 a2-b2 a3-b2", ["a1 a2 a3 b1 b2"]),
        ("a1-b1 a2=b1", ["a1 b1"]),
        ("a1=b1", []),
    ],
)
def test_bgp_passes_routes_on_and_static_does_not(links: str, groups: list[str]) -> None:
    assert said(bgp_groups(subject(links))) == groups


@pytest.mark.parametrize(
    ("links", "groups"),
    [
        ("a1-b1 a2-b1 a2-b2", ["a1 a2 b1 b2"]),
        # A static link tells each end of the other, and no more.
        ("a1=b1", ["a1 b1"]),
        ("a1=b1 a2=b2", ["a1 b1", "a2 b2"]),
        # What several static links end on hears of all of them; they do not hear of each other.
        ("a1=b1 a2=b1 a3=b1", ["a1 a2 a3 b1", "a1 b1", "a2 b1", "a3 b1"]),
        # An end with BGP announces what its static links lead to.
        ("a1-b1 a2=b1", ["a1 a2 b1", "a2 b1"]),
        ("a1-b1 a1-b2 a2=b2 a3=b1", ["a1 a2 a3 b1 b2", "a2 b2", "a3 b1"]),
        # A chain of static links is not passed on.
        ("a1=b1 a2=b1 a2=b2", ["a1 a2 b1", "a1 b1", "a2 b1 b2", "a2 b2"]),
    ],
)
def test_who_meets(links: str, groups: list[str]) -> None:
    assert said(meeting_groups(subject(links))) == groups


def test_site_without_links_meets_nobody() -> None:
    assert not any("a4" in group for group in said(meeting_groups(subject("a1-b1 a2=b1"))))
