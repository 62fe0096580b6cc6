"""From a checked topology to the plan. Pure: the same topology gives the same plan, on any machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from ipaddress import IPv4Network

from isthmus.plan import names
from isthmus.plan.planner.aws import aws_site
from isthmus.plan.planner.azure import azure_site
from isthmus.plan.planner.defaults import active_active_sites, links_wanted
from isthmus.plan.planner.links import build_link
from isthmus.plan.planner.state import build_state
from isthmus.plan.reach import Site, network, reachable
from isthmus.plan.types import Link, Plan
from isthmus.topology import models

__all__ = ["build", "links_wanted"]


def build(topology: models.Topology) -> Plan:
    """Work out everything that ``topology`` comes to. It must have passed ``isthmus.checks``."""
    wanted = sorted(links_wanted(topology), key=lambda link: (link.azure, link.slot or 0, link.aws))
    active_active = active_active_sites(topology)
    links = tuple(build_link(topology, link, active_active=link.azure in active_active) for link in wanted)
    far = _far_networks(topology, wanted)
    by_azure: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_azure[link.azure].append(link)
    return Plan(
        name=names.deployment(topology),
        aws=tuple(aws_site(topology, key, far["aws", key]) for key in sorted(topology.aws)),
        azure=tuple(
            azure_site(topology, key, by_azure[key], far["azure", key], active_active=key in active_active)
            for key in sorted(topology.azure)
        ),
        links=links,
        state=build_state(topology),
    )


def _far_networks(topology: models.Topology, links: Sequence[models.Link]) -> dict[Site, list[IPv4Network]]:
    """For each site: the ranges of all other sites that its gateway hears of."""
    far: dict[Site, list[IPv4Network]] = {}
    for group, together in reachable(topology, links):
        ranges = {site: network(topology, site).ranges for site in together}
        for site in group:
            far[site] = [cidr for other, cidrs in ranges.items() if other != site for cidr in cidrs]
    return far
