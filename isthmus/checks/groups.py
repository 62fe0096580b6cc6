"""Which sites learn whose routes.

Both clouds' gateways pass on what BGP tells them: an Azure gateway announces learned routes to its other
peers, and so does a virtual private gateway among its VPN connections ("AWS VPN CloudHub"). So a route
reaches every gateway that BGP links join, however many steps away.
"""

from __future__ import annotations

from isthmus.checks.subject import Subject

Site = tuple[str, str]
"""Cloud and site name: ``("aws", "fra")``."""


def routing_groups(subject: Subject) -> list[list[Site]]:
    """Sites in groups within which BGP carries every route to everyone; each in the order of the file."""
    order: list[Site] = [("aws", k) for k in subject.topology.aws] + [("azure", k) for k in subject.topology.azure]
    leader: dict[Site, Site] = {site: site for site in order}

    def find(site: Site) -> Site:
        while leader[site] != site:
            leader[site] = leader[leader[site]]
            site = leader[site]
        return site

    for _, link in subject.links:
        leader[find(("aws", link.aws))] = find(("azure", link.azure))
    groups: dict[Site, list[Site]] = {}
    for site in order:
        groups.setdefault(find(site), []).append(site)
    return list(groups.values())
