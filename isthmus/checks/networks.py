"""Address ranges: large enough for what goes in, and never the same on two sites that learn of each other."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from isthmus.checks.groups import Site, routing_groups
from isthmus.checks.subject import Rule, Subject, error, warning
from isthmus.clouds import aws, azure
from isthmus.problems import Path, Problem
from isthmus.topology.values import RFC1918


def vpc_fits(subject: Subject) -> Iterator[Problem]:
    """A VPC is /16 to /28, and two subnets of /28 need a /27."""
    for key, site in subject.topology.aws.items():
        cidr = site.network.cidr
        if not aws.VPC_PREFIX[0] <= cidr.prefixlen < aws.VPC_PREFIX[-1]:
            yield error(
                ("aws", key, "network", "cidr"),
                f"{cidr} does not fit a VPC of two subnets: /{aws.VPC_PREFIX[0]} to /{aws.VPC_PREFIX[-1] - 1} are "
                f"allowed; write for example {_resized(cidr, aws.VPC_PREFIX[0], aws.VPC_PREFIX[-1] - 1)}",
            )


def vnet_fits(subject: Subject) -> Iterator[Problem]:
    """A VNet holds a GatewaySubnet of at least /29, better /27, and a workload subnet."""
    for key, site in subject.topology.azure.items():
        path: Path = ("azure", key, "network", "cidr")
        cidr = site.network.cidr
        if not azure.VNET_PREFIX[0] <= cidr.prefixlen < azure.VNET_PREFIX[-1]:
            low, high = azure.VNET_PREFIX[0], azure.VNET_PREFIX[-1] - 1
            yield error(
                path,
                f"{cidr} does not fit a VNet with a GatewaySubnet (/29 at the least): /{low} to /{high} are allowed; "
                f"write for example {_resized(cidr, low, 24)}",
            )
        elif cidr.prefixlen > azure.GATEWAY_SUBNET_PREFIX - 1:
            yield warning(
                path,
                f"{cidr} leaves the GatewaySubnet a /{cidr.prefixlen + 1}: it works, but Azure recommends "
                f"/{azure.GATEWAY_SUBNET_PREFIX} and a smaller one can block a later SKU change; use a /26 or larger",
            )


def region_is_known(subject: Subject) -> Iterator[Problem]:
    """Whether a region has zones decides the public IPs, and those can not be changed afterwards."""
    for key, site in subject.topology.azure.items():
        if site.region not in azure.REGIONS and site.network.zones is None:
            yield error(
                ("azure", key, "region"),
                f"{site.region} is not a region that Isthmus knows: it must know whether there are availability zones; "
                f"mend the name, or add zones: true or false under azure.{key}.network",
            )


def private(subject: Subject) -> Iterator[Problem]:
    """Public ranges work over the tunnel, and cut the site off from whoever owns them on the internet."""
    for site, cidr in _networks(subject):
        if not any(cidr.subnet_of(block) for block in RFC1918):
            yield warning(
                (*site, "network", "cidr"),
                f"{cidr} is not private: it hides whoever has these addresses on the internet; use 10.0.0.0/8, "
                "172.16.0.0/12 or 192.168.0.0/16 unless they are yours",
            )


def no_overlap(subject: Subject) -> Iterator[Problem]:
    """Two sites with the same addresses cannot be told apart by anyone who learns of both."""
    cidrs = dict(_networks(subject))
    for group in routing_groups(subject):
        ordered = sorted(((cidrs[site], site) for site in group), key=lambda pair: (pair[0], group.index(pair[1])))
        widest: tuple[IPv4Network, Site] | None = None
        for cidr, site in ordered:
            if widest and cidr.overlaps(widest[0]):
                later, first = sorted((site, widest[1]), key=lambda s: subject_order(subject, s), reverse=True)
                yield error(
                    (*later, "network", "cidr"),
                    f"{cidrs[later]} overlaps {cidrs[first]} of {'.'.join(first)}, and routes pass between the two: "
                    "ranges that meet must be disjoint; choose another for one of them",
                )
            if widest is None or cidr.broadcast_address > widest[0].broadcast_address:
                widest = (cidr, site)


def subject_order(subject: Subject, site: Site) -> tuple[int, int]:
    """Where a site stands in the file: AWS first, then Azure, each in the order written."""
    cloud, key = site
    keys = list(subject.topology.aws if cloud == "aws" else subject.topology.azure)
    return (0 if cloud == "aws" else 1, keys.index(key))


def _networks(subject: Subject) -> Iterator[tuple[Site, IPv4Network]]:
    for key, aws_site in subject.topology.aws.items():
        yield ("aws", key), aws_site.network.cidr
    for key, azure_site in subject.topology.azure.items():
        yield ("azure", key), azure_site.network.cidr


def _resized(cidr: IPv4Network, low: int, high: int) -> IPv4Network:
    """``cidr`` brought to the nearest prefix length from ``low`` to ``high``."""
    length = min(max(cidr.prefixlen, low), high)
    return IPv4Network((int(cidr.network_address), length), strict=False)


RULES: tuple[Rule, ...] = (vpc_fits, vnet_fits, region_is_known, private, no_overlap)
