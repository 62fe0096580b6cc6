"""Counts and speeds: what a gateway, its SKU and a region's quotas can take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import ceil

from isthmus.checks.context import Context, Rule, error, warning
from isthmus.clouds import aws, azure
from isthmus.clouds.capacity import LinkDesign, aws_tunnel, tunnel
from isthmus.plan.reach import network
from isthmus.problems import KeyPath, Problem
from isthmus.topology import Link
from isthmus.topology.models import AwsGateway, AwsSite, AzureGateway
from isthmus.topology.models.links import MONTH_SECONDS


def generation_has_sku(context: Context) -> Iterator[Problem]:
    """VpnGw4AZ and VpnGw5AZ exist in generation 2 only."""
    for key, site in context.topology.azure.items():
        wanted = site.gateway
        unsaid = wanted.id and "sku" not in wanted.model_fields_set
        if not unsaid and azure.sku(wanted.sku, wanted.generation) is None:
            has = next(s.generation for s in azure.SKUS if s.name == wanted.sku)
            yield error(
                ("azure", key, "gateway", "generation"),
                f"{wanted.generation} does not exist for {wanted.sku}: generation {has} is allowed; write {has} or "
                "leave it out",
            )


def tunnels_fit_sku(context: Context) -> Iterator[Problem]:
    """A SKU ends a fixed number of tunnels, and those above ten are billed one by one."""
    for key, links in context.by_azure.items():
        gateway = context.topology.azure[key].gateway
        sku = gateway.known_sku
        tunnels = _tunnels(context, links)
        if sku and tunnels > sku.tunnels:
            larger = azure.skus_for(tunnels=tunnels, generation=gateway.generation)
            yield error(
                ("azure", key, "gateway", "sku"),
                f"{sku.name} supports {sku.tunnels} tunnels and the links have {tunnels}: "
                + (
                    f"{larger.name} supports {larger.tunnels}; {_instead(gateway, larger)} or remove links"
                    if larger
                    else "no SKU supports more than 100; spread the links over several sites"
                ),
            )


def quotas(context: Context) -> Iterator[Problem]:
    """AWS's default quotas; all can be raised, so that going over one is a warning."""
    per_region: Counter[tuple[str, str]] = Counter()
    accelerated: Counter[tuple[str, str]] = Counter()
    large: Counter[tuple[str, str]] = Counter()
    for key, links in context.by_aws.items():
        connections = sum(context.connections(link) for _, link in links)
        site = context.topology.aws[key]
        per_region[site.region, _account(site)] += connections
        accelerated[site.region, _account(site)] += connections if site.gateway.acceleration else 0
        large[site.region, _account(site)] += connections if site.gateway.bandwidth == "large" else 0
        if connections > aws.CONNECTIONS_PER_VGW and site.gateway.kind == "vgw":
            yield warning(
                ("aws", key, "gateway"),
                f"{connections} VPN connections on one virtual private gateway: AWS's default quota is "
                f"{aws.CONNECTIONS_PER_VGW}; request an increase before you deploy",
            )
    gateways = Counter(
        (site.region, _account(site))
        for site in context.topology.aws.values()
        if site.gateway.kind == "vgw" and not site.gateway.id
    )
    for counts, quota, what in (
        (gateways, aws.VGWS_PER_REGION, "virtual private gateways"),
        (accelerated, aws.ACCELERATED_PER_REGION, "accelerated VPN connections"),
        (large, aws.LARGE_PER_REGION, "VPN connections with large tunnels"),
    ):
        for (region, _), number in counts.items():
            if number > quota:
                yield warning(
                    ("aws",),
                    f"{number} {what} in one account in {region}: AWS's default quota is {quota}; request an "
                    "increase before you deploy",
                )
    for (region, _), connections in per_region.items():
        if connections > aws.CONNECTIONS_PER_REGION:
            yield warning(
                ("aws",),
                f"{connections} VPN connections and as many customer gateways in one account in {region}: AWS's "
                f"default quota is {aws.CONNECTIONS_PER_REGION} of each; request an increase before you deploy",
            )


def _account(site: AwsSite) -> str:
    """Whose quota counts: the account of the role, or else whatever account the profile leads to."""
    return site.role_arn.split(":")[4] if site.role_arn else f"profile {site.profile}"


def peak_fits(context: Context) -> Iterator[Problem]:
    """The busiest moment against the Azure SKU and against the one tunnel that a VGW sends through."""
    for key, links in context.by_azure.items():
        gateway = context.topology.azure[key].gateway
        sku = gateway.known_sku
        peak = ceil(sum(link.traffic.least_peak_mbps for _, link in links))
        if sku and peak > sku.mbps:
            fit = azure.skus_for(mbps=peak, tunnels=_tunnels(context, links), generation=gateway.generation)
            yield warning(
                ("azure", key, "gateway", "sku"),
                f"{sku.name} carries about {sku.mbps:,} Mbit/s and its links need {peak:,} at their peak: "
                + (f"{_called(fit, sku)} carries {fit.mbps:,}; {_instead(gateway, fit)}" if fit else
                   "no SKU carries that; use several sites"),
            )  # fmt: skip
    for key, links in context.by_aws.items():
        peak = ceil(sum(link.traffic.least_peak_mbps for _, link in links))
        if peak > aws.VGW_EGRESS_MBPS and context.topology.aws[key].gateway.kind == "vgw":
            yield warning(
                ("aws", key, "gateway"),
                f"a virtual private gateway sends through one tunnel of {aws.VGW_EGRESS_MBPS:,} Mbit/s and its links "
                f"need {peak:,} at their peak: only a transit gateway spreads traffic over several; expect less "
                "from AWS",
            )


def volume_fits_peak(context: Context) -> Iterator[Problem]:
    """A month's volume is an average speed, and an average is never above the peak."""
    for path, link in context.links:
        traffic = link.traffic
        for key, volume in (("aws_to_azure_gb", traffic.aws_to_azure_gb), ("azure_to_aws_gb", traffic.azure_to_aws_gb)):
            average = volume * 8_000 / MONTH_SECONDS
            if 0 < traffic.peak_mbps < average:
                yield warning(
                    (*path, "traffic", key),
                    f"{volume:,.0f} GB a month is {average:,.0f} Mbit/s on average, above peak_mbps of "
                    f"{traffic.peak_mbps:,.0f}: the peak is at least the average; correct one of the two",
                )


def static_routes_fit(context: Context) -> Iterator[Problem]:
    """A connection on a virtual private gateway takes a hundred static routes."""
    for path, link in context.links:
        ranges = context.topology.azure[link.azure].network.ranges
        if (
            link.routing == "static"
            and context.topology.aws[link.aws].gateway.kind == "vgw"
            and len(ranges) > aws.STATIC_ROUTES_PER_CONNECTION
        ):
            yield error(
                (*path, "routing"),
                f"static needs {len(ranges)} routes to azure.{link.azure}: a connection on a virtual private gateway "
                f"accepts {aws.STATIC_ROUTES_PER_CONNECTION}; write bgp, or give that site fewer and larger ranges",
            )


def learned_routes_fit(context: Context) -> Iterator[Problem]:
    """A gateway that hears of too many networks over BGP drops the session."""
    for group, together in context.reachable():
        ranges = {site: len(network(context.topology, site).ranges) for site in together}
        total = sum(ranges.values())
        for cloud, key in group if len(group) > 1 else ():
            links = (context.by_aws if cloud == "aws" else context.by_azure)[key]
            others = {("azure", link.azure) if cloud == "aws" else ("aws", link.aws) for _, link in links}
            # Its own static routes are no announcements, unless the same network is announced as well.
            heard = total - ranges[cloud, key] - sum(ranges[site] for site in others.difference(group))
            if cloud == "azure":
                limit, what = azure.PREFIXES_LEARNED_MAX, "an Azure gateway"
            elif context.topology.aws[key].gateway.kind == "vgw":
                limit, what = aws.BGP_ROUTES_TO_VGW, "a virtual private gateway"
            else:
                limit, what = aws.BGP_ROUTES_TO_TGW, "a transit gateway"
            if heard > limit:
                yield error(
                    (cloud, key, "gateway"),
                    f"{heard:,} ranges would be announced to it over BGP: {what} accepts {limit:,} and drops the "
                    "session above that; give the other sites fewer and larger ranges",
                )


def vpc_routes_fit(context: Context) -> Iterator[Problem]:
    """A VPC on a transit gateway has a route of its own to each network that the gateway hears of."""
    for group, together in context.reachable():
        total = sum(len(network(context.topology, site).ranges) for site in together)
        for cloud, key in group:
            if cloud != "aws" or context.topology.aws[key].gateway.kind != "tgw":
                continue
            routes = total - len(network(context.topology, (cloud, key)).ranges)
            if routes > aws.ROUTES_PER_TABLE:
                yield warning(
                    (cloud, key, "network"),
                    f"{routes} routes to other sites in each route table of the VPC: AWS's default quota is "
                    f"{aws.ROUTES_PER_TABLE}; request an increase before you deploy, or give the other sites fewer and "
                    "larger ranges",
                )


def peak_fits_tunnels(context: Context) -> Iterator[Problem]:
    """All tunnels of a link together, where AWS spreads flows over them or has only one."""
    for path, link in context.links:
        gateway = context.topology.aws[link.aws].gateway
        shape = context.capacity(link)
        peak = ceil(link.traffic.least_peak_mbps)
        each = tunnel(shape)
        # A VGW's one tunnel and a small SKU as a whole have warnings of their own.
        if peak > each.mbps * shape.spread and shape.tgw and not (shape.sku and peak > shape.sku.mbps):
            count = f"{shape.spread} tunnel{'' if shape.spread == 1 else 's'}"
            yield warning(
                (*path, "traffic", "peak_mbps"),
                f"{peak:,} is more than this link carries: {count} of {each.mbps:,} Mbit/s on "
                f"{_end(shape)} are {each.mbps * shape.spread:,}; {_more(gateway, shape)}",
            )


def _end(shape: LinkDesign) -> str:
    """The end of a tunnel that carries less; AWS when both carry the same."""
    if shape.sku is None or tunnel(shape) == aws_tunnel(shape):
        return "AWS"
    return shape.sku.name if shape.gcm else f"{shape.sku.name} without AES-GCM"


def _more(gateway: AwsGateway, shape: LinkDesign) -> str:
    if tunnel(shape) == aws_tunnel(shape) and gateway.bandwidth != "large":
        return "use bandwidth: large"
    if shape.sku and tunnel(replace(shape, gcm=True)).mbps > tunnel(shape).mbps:
        return "use ipsec: strong (AES-GCM carries more), a larger SKU or several links"
    return "use a larger SKU or several links"


def _called(fit: azure.Sku, sku: azure.Sku) -> str:
    return f"{fit.name} of generation {fit.generation}" if fit.name == sku.name else fit.name


def _instead(gateway: AzureGateway, fit: azure.Sku) -> str:
    """How to get ``fit``, given what ``gateway`` says already."""
    if gateway.generation in (None, fit.generation):
        return "write that"
    what = "remove generation" if gateway.sku == fit.name else "write that, and remove generation"
    return f"{what} (a gateway that runs keeps its generation: replace it to get the other)"


def _tunnels(context: Context, links: Iterable[tuple[KeyPath, Link]]) -> int:
    return sum(context.tunnels(link) for _, link in links)


RULES: tuple[Rule, ...] = (
    generation_has_sku,
    tunnels_fit_sku,
    quotas,
    peak_fits,
    volume_fits_peak,
    static_routes_fit,
    learned_routes_fit,
    vpc_routes_fit,
    peak_fits_tunnels,
)
