"""Address ranges: large enough for what goes in, and never the same on two sites that hear of each other."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from isthmus.checks.context import Context, Rule, error, warning
from isthmus.checks.groups import meeting_groups
from isthmus.clouds import aws, azure
from isthmus.plan.reach import Site, network, sites
from isthmus.problems import KeyPath, Problem
from isthmus.topology.values.addresses import RFC1918


def vpc_fits(context: Context) -> Iterator[Problem]:
    """A VPC is /16 to /28, and two subnets of /28 need a /27."""
    for key, site in context.topology.aws.items():
        cidr = site.network.cidr
        if cidr and not aws.VPC_PREFIX[0] <= cidr.prefixlen < aws.VPC_PREFIX[-1]:
            yield error(
                ("aws", key, "network", "cidr"),
                f"{cidr} does not fit a VPC of two subnets: /{aws.VPC_PREFIX[0]} to /{aws.VPC_PREFIX[-1] - 1} are "
                f"allowed; write for example {_resized(cidr, aws.VPC_PREFIX[0], aws.VPC_PREFIX[-1] - 1)}",
            )


def vnet_fits(context: Context) -> Iterator[Problem]:
    """A VNet holds a GatewaySubnet of at least /28, better /27, and a workload subnet."""
    for key, site in context.topology.azure.items():
        path: KeyPath = ("azure", key, "network", "cidr")
        cidr = site.network.cidr
        if cidr is None:
            continue
        if not azure.VNET_PREFIX[0] <= cidr.prefixlen < azure.VNET_PREFIX[-1]:
            low, high = azure.VNET_PREFIX[0], azure.VNET_PREFIX[-1] - 1
            yield error(
                path,
                f"{cidr} does not fit a VNet with a GatewaySubnet (/28 or larger): /{low} to /{high} are allowed; "
                f"write for example {_resized(cidr, low, 24)}",
            )
        elif cidr.prefixlen > azure.GATEWAY_SUBNET_PREFIX - 1:
            yield warning(path, _small_gateway_subnet(f"{cidr} leaves", cidr.prefixlen + 1, "use a /26 or larger"))


def gateway_subnet_fits(context: Context) -> Iterator[Problem]:
    """A GatewaySubnet to make lies in the adopted VNet and is /28 or larger."""
    for key, site in context.topology.azure.items():
        subnet = site.network.gateway_subnet
        path: KeyPath = ("azure", key, "network", "gateway_subnet")
        if not isinstance(subnet, IPv4Network) or not site.network.ranges:
            continue
        if not any(subnet.subnet_of(cidr) for cidr in site.network.ranges):
            ranges = ", ".join(str(c) for c in site.network.ranges)
            yield error(
                path, f"{subnet} is not in the VNet: its ranges are {ranges}; choose a free part of one of them"
            )
        elif subnet.prefixlen > azure.GATEWAY_SUBNET_SMALLEST:
            yield error(
                path,
                f"{subnet} is too small: Azure takes a /29 for the Basic SKU only, and recommends /27; choose a /27 or "
                "larger",
            )
        elif subnet.prefixlen > azure.GATEWAY_SUBNET_PREFIX:
            yield warning(
                path, _small_gateway_subnet(f"{subnet} gives", subnet.prefixlen, "use a /27 where there is room")
            )


def private(context: Context) -> Iterator[Problem]:
    """Public ranges work over the tunnel, and cut the site off from whoever owns them on the internet."""
    for site in sites(context.topology):
        for path, cidr in _networks(context, site):
            if not any(cidr.subnet_of(block) for block in RFC1918):
                yield warning(
                    path,
                    f"{cidr} is not private: hosts on the internet that have these addresses cannot be reached from "
                    "it; use 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 unless they are yours",
                )


_DOCKER = IPv4Network("172.17.0.0/16")


def docker(context: Context) -> Iterator[Problem]:
    """Docker's default bridge has 172.17.0.0/16 on every host, and so have Cloud9 and SageMaker (VPC user guide, S)."""
    for site in sites(context.topology):
        for path, cidr in _networks(context, site):
            if cidr.overlaps(_DOCKER):
                yield warning(
                    path,
                    f"{cidr} shares addresses with {_DOCKER}, the default network of Docker and of some AWS services: "
                    "hosts that use it cannot reach these addresses over the tunnels; choose another range, or give "
                    "Docker another",
                )


def no_overlap(context: Context) -> Iterator[Problem]:
    """Two sites with the same addresses cannot be told apart by anyone who hears of both."""
    order = {site: number for number, site in enumerate(sites(context.topology))}
    said: set[tuple[KeyPath, KeyPath]] = set()
    for group in meeting_groups(context):
        ranges = sorted(
            ((cidr, order[site], path, site) for site in group for path, cidr in _networks(context, site)),
            key=lambda r: (int(r[0].network_address), r[0].prefixlen, r[1]),
        )
        widest = ranges[0] if ranges else None
        for candidate in ranges[1:]:
            assert widest is not None
            if candidate[0].overlaps(widest[0]):
                later, first = sorted((candidate, widest), key=lambda r: (r[1], str(r[2])), reverse=True)
                if (later[2], first[2]) not in said:
                    said.add((later[2], first[2]))
                    yield error(later[2], _overlap(later[0], first[0], later[3], first[3]))
            if candidate[0].broadcast_address > widest[0].broadcast_address:
                widest = candidate


def _overlap(later: IPv4Network, first: IPv4Network, site: Site, other: Site) -> str:
    if site == other:
        return (
            f"{later} overlaps {first} of the same site: each address may be in one range only; remove one of the two"
        )
    return (
        f"{later} overlaps {first} of {'.'.join(other)}, and routes pass between the two: networks that reach each "
        "other must not overlap; choose another for one of them"
    )


def _networks(context: Context, site: Site) -> Iterator[tuple[KeyPath, IPv4Network]]:
    cloud, key = site
    here = network(context.topology, site)
    if here.cidr:
        yield (cloud, key, "network", "cidr"), here.cidr
        return
    for number, cidr in enumerate(here.cidrs):
        yield (cloud, key, "network", "cidrs", number), cidr


def _small_gateway_subnet(what: str, prefix: int, remedy: str) -> str:
    return (
        f"{what} the GatewaySubnet a /{prefix}: it works, but Azure recommends /{azure.GATEWAY_SUBNET_PREFIX} and a "
        f"smaller one can block a later SKU change; {remedy}"
    )


def _resized(cidr: IPv4Network, low: int, high: int) -> IPv4Network:
    """``cidr`` brought to the nearest prefix length from ``low`` to ``high``."""
    length = min(max(cidr.prefixlen, low), high)
    return IPv4Network((int(cidr.network_address), length), strict=False)


RULES: tuple[Rule, ...] = (vpc_fits, vnet_fits, gateway_subnet_fits, private, docker, no_overlap)
