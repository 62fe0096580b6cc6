"""What a topology leaves unsaid and other values decide."""

from __future__ import annotations

from isthmus.clouds.capacity import LinkDesign
from isthmus.plan.proposals import PROPOSALS, explicit
from isthmus.plan.types import Proposal
from isthmus.topology import models

BGP_TUNNELS_ACTIVE_ACTIVE = 4
"""Two instances, two tunnels each."""
BGP_TUNNELS_ACTIVE_STANDBY = 1
"""An active-standby gateway takes one BGP address (Microsoft's AWS tutorial, S), so one session."""
STATIC_TUNNELS = 2
"""Both tunnels of one AWS connection."""


def links_wanted(topology: models.Topology) -> tuple[models.Link, ...]:
    """The links of the file; where it has no links, the default one.

    ``links: []`` says that there is none.
    """
    return topology.links if "links" in topology.model_fields_set else implied_links(topology)


def implied_links(topology: models.Topology) -> tuple[models.Link, ...]:
    """The one link that there can be when there is one site on each side; else none."""
    if len(topology.aws) == len(topology.azure) == 1:
        return (models.Link(aws=next(iter(topology.aws)), azure=next(iter(topology.azure))),)
    return ()


def active_active_sites(topology: models.Topology) -> frozenset[str]:
    """The Azure sites whose gateway has two instances: all that do not say otherwise.

    Nothing else decides it, and no link: a gateway of another mode is another gateway.
    """
    return frozenset(key for key, site in topology.azure.items() if site.gateway.mode != "active-standby")


def tunnels_of(link: models.Link, *, active_active: bool) -> int:
    """How many tunnels ``link`` has: what it says, else what its routing and its gateway's mode call for."""
    if link.tunnels is not None:
        return link.tunnels
    if link.routing == "static":
        return STATIC_TUNNELS
    return BGP_TUNNELS_ACTIVE_ACTIVE if active_active else BGP_TUNNELS_ACTIVE_STANDBY


def instances_of(link: models.Link, *, active_active: bool) -> tuple[int, ...]:
    """The instances of the Azure gateway that ``link`` ends on, with an AWS connection each.

    Static routes cannot choose between instances, so that a static link ends on the first one.
    """
    return (0, 1) if link.routing == "bgp" and active_active else (0,)


def proposal_of(link: models.Link) -> Proposal:
    """What both ends of ``link`` offer."""
    return PROPOSALS[link.ipsec] if isinstance(link.ipsec, str) else explicit(link.ipsec)


def capacity_of(topology: models.Topology, link: models.Link, *, active_active: bool) -> LinkDesign:
    """What decides how much ``link`` carries."""
    gateway = topology.aws[link.aws].gateway
    return LinkDesign(
        tgw=gateway.kind == "tgw",
        large=gateway.kind == "tgw" and gateway.bandwidth == "large",
        bgp=link.routing == "bgp",
        tunnels=tunnels_of(link, active_active=active_active),
        gcm=proposal_of(link).esp_encryption.is_gcm,
        sku=topology.azure[link.azure].gateway.known_sku,
    )
