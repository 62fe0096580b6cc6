"""What AWS Site-to-Site VPN allows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Final

# Region names from botocore's endpoints.json (S), newest from general knowledge (M). Only used to catch slips of the
# pen: the provider itself refuses a region that does not exist before it makes anything.
REGIONS: Final = frozenset(
    """
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
    ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
    ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2
    eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1
    us-west-2 us-gov-east-1 us-gov-west-1
""".split()
)

_DIRECTIONS: Final = "central east north northeast northwest south southeast southwest west".split()


def _plausible() -> frozenset[str]:
    """The next region of each pair of area and direction: ``eu-central-3`` after two, ``sa-west-1`` after none."""
    count: dict[str, int] = {}
    for region in REGIONS:
        pair, _, number = region.rpartition("-")
        count[pair] = max(count.get(pair, 0), int(number))
    areas = {pair.rpartition("-")[0] for pair in count}
    pairs = {f"{area}-{direction}" for area in areas for direction in _DIRECTIONS}
    return frozenset(f"{pair}-{count.get(pair, 0) + 1}" for pair in pairs)


PLAUSIBLE_REGIONS: Final = _plausible()
"""Regions that AWS may have opened since: they pass with a warning. Whatever else is not known is a slip of the pen."""

_UNSUPPORTED: Final = {
    "cn-": "AWS's China partition",
    "eusc-": "the AWS European Sovereign Cloud",
    "us-iso": "an isolated partition of AWS",
    "eu-iso": "an isolated partition of AWS",
}


def unsupported_partition(region: str) -> str | None:
    """The partition of ``region`` where that is one that Isthmus does not support, else None."""
    fits = re.fullmatch(r"[a-z]{2,6}(-[a-z]{1,12}){1,4}-[0-9]", region)
    return next((name for start, name in _UNSUPPORTED.items() if fits and region.startswith(start)), None)


def is_government(region: str) -> bool:
    """Whether ``region`` is in AWS GovCloud (US), a partition of its own."""
    return region.startswith("us-gov-")


DEFAULT_ASN: Final = 64512
"""What AWS gives a gateway when asked for none (EC2 API model, S)."""

ASN_RANGES: Final = (range(64512, 65535), range(4_200_000_000, 4_294_967_295))
"""Amazon-side ASNs of a virtual private gateway or transit gateway (EC2 API model, S)."""

CUSTOMER_GATEWAY_RESERVED_ASNS: Final = frozenset({7224, 9059, 10124, 17943})
"""ASNs that Amazon uses itself: 7224 everywhere, 10124 in Tokyo, 17943 in Singapore, 9059 in Ireland (S)."""

CUSTOMER_GATEWAY_MAX_BGP_ASN: Final = 2_147_483_647
"""Above it a customer gateway takes the number as ``bgp_asn_extended`` (EC2 API model, S)."""

RESERVED_INSIDE: Final = tuple(
    IPv4Network(block)
    for block in (
        "169.254.0.0/30",
        "169.254.1.0/30",
        "169.254.2.0/30",
        "169.254.3.0/30",
        "169.254.4.0/30",
        "169.254.5.0/30",
        "169.254.169.252/30",
    )
)
"""Inside blocks that AWS keeps (EC2 API model, S)."""

VPC_PREFIX: Final = range(16, 29)
"""Prefix lengths of a VPC and of a subnet (VPC user guide, M)."""

TUNNEL_MBPS: Final = 1_250
"""One standard tunnel (Site-to-Site VPN quotas, S)."""
FLOW_MBPS: Final = 5_000
"""One flow of an EC2 instance to another that is not in its cluster placement group (EC2 user guide, instance network
bandwidth; S)."""

LARGE_TUNNEL_MBPS: Final = 5_000
"""One large tunnel, transit gateway only, of up to 400,000 packets/s (Site-to-Site VPN user guide, S)."""
WITHOUT_LARGE_TUNNELS: Final = frozenset(
    {"ap-southeast-4", "ca-west-1", "eu-central-2", "il-central-1", "me-central-1"}
)
"""Regions that have no large tunnels (Site-to-Site VPN user guide, 2026-09-17, S)."""
LONG_OUTAGES: Final = frozenset({"me-central-1", "me-south-1"})
"""Regions with long outages since March 2026 (public reports, S)."""
VGW_EGRESS_MBPS: Final = 1_250
"""A virtual private gateway sends through one tunnel of all its connections (user guide, "Site-to-Site VPN
routing options", S)."""

CONNECTIONS_PER_VGW: Final = 10
CONNECTIONS_PER_REGION: Final = 50
VGWS_PER_REGION: Final = 5
ACCELERATED_PER_REGION: Final = 10
LARGE_PER_REGION: Final = 50
"""Default quotas, all adjustable (user guide, June 2023, S): going over one is a warning."""

STATIC_ROUTES_PER_CONNECTION: Final = 100
"""Static routes of a connection on a virtual private gateway (user guide, June 2023, S)."""
BGP_ROUTES_TO_VGW: Final = 100
BGP_ROUTES_TO_TGW: Final = 1_000
"""Routes that a customer gateway may announce; above it the session goes down (user guide, June 2023, S)."""

ROUTES_PER_TABLE: Final = 50
"""Default quota of routes in a VPC route table that were not propagated, adjustable (VPC quotas, M)."""

REKEY_MARGIN_SECONDS: Final = 270
"""The API's default; the Terraform documentation says 540, so it is always set (S)."""


def is_valid_asn(asn: int) -> bool:
    """Whether AWS takes ``asn`` for its own side of a gateway."""
    return any(asn in allowed for allowed in ASN_RANGES)


def reserved_inside(block: IPv4Network) -> bool:
    """Whether AWS keeps the inside block ``block`` for itself."""
    return any(block.overlaps(reserved) for reserved in RESERVED_INSIDE)


def next_free_asn(taken: Iterable[int], *, refused: Iterable[int] = ()) -> int:
    """The lowest Amazon-side ASN that is neither ``taken`` nor ``refused``."""
    out = {*taken, *refused}
    return next(asn for allowed in ASN_RANGES for asn in allowed if asn not in out)
