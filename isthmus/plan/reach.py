"""Which sites hear of whose networks.

Both clouds' gateways pass on what BGP tells them: an Azure gateway announces learned routes to its other
peers, and so does a virtual private gateway among its VPN connections ("AWS VPN CloudHub") and a transit
gateway. So a route reaches every gateway that BGP links join, however many steps away. A static link tells
each of its two ends of the other, and an end with BGP peers announces that to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isthmus.topology import models

Site = tuple[str, str]
"""Cloud and site name: ``("aws", "fra")``."""


def sites(topology: models.Topology) -> list[Site]:
    """All sites in the order of the file: AWS first."""
    return [("aws", key) for key in topology.aws] + [("azure", key) for key in topology.azure]


def network(topology: models.Topology, site: Site) -> models.AwsNetwork | models.AzureNetwork:
    """The network of ``site`` as the file describes it."""
    cloud, key = site
    return topology.aws[key].network if cloud == "aws" else topology.azure[key].network


def bgp_groups(topology: models.Topology, links: Iterable[models.Link]) -> list[list[Site]]:
    """Sites in groups within which BGP carries every route to everyone; each in the order of the file."""
    order = sites(topology)
    leader: dict[Site, Site] = {site: site for site in order}

    def find(site: Site) -> Site:
        while leader[site] != site:
            leader[site] = leader[leader[site]]
            site = leader[site]
        return site

    for link in links:
        if link.routing == "bgp":
            leader[find(("aws", link.aws))] = find(("azure", link.azure))
    groups: dict[Site, list[Site]] = {}
    for site in order:
        groups.setdefault(find(site), []).append(site)
    return list(groups.values())


def reachable(topology: models.Topology, links: Sequence[models.Link]) -> list[tuple[list[Site], list[Site]]]:
    """For each group of :func:`bgp_groups`: the group, and all sites that its members hear of, themselves included.

    Those are the group and what its members have static links to, in the order of the file.
    """
    order = {site: number for number, site in enumerate(sites(topology))}
    neighbours: dict[Site, set[Site]] = {site: set() for site in order}
    for link in links:
        if link.routing == "static":
            neighbours["aws", link.aws].add(("azure", link.azure))
            neighbours["azure", link.azure].add(("aws", link.aws))
    result = []
    for group in bgp_groups(topology, links):
        together = set(group).union(*(neighbours[site] for site in group))
        result.append((group, sorted(together, key=order.__getitem__)))
    return result
