"""Counts and speeds: what a gateway, its SKU and a region's quotas can take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import ceil

from isthmus.checks.subject import Rule, Subject, error, warning
from isthmus.clouds import aws, azure
from isthmus.problems import Problem

# Seconds of a 30-day month; a GB is 10^9 bytes, as both clouds' traffic is forecast.
_MONTH_SECONDS = 30 * 24 * 3600


def generation_has_sku(subject: Subject) -> Iterator[Problem]:
    """VpnGw1AZ exists in generation 1 only, VpnGw4AZ and VpnGw5AZ in generation 2 only."""
    for key, site in subject.topology.azure.items():
        wanted = site.gateway
        if azure.sku(wanted.sku, wanted.generation) is None:
            has = next(s.generation for s in azure.SKUS if s.name == wanted.sku)
            yield error(
                ("azure", key, "gateway", "generation"),
                f"{wanted.generation} does not exist for {wanted.sku}: generation {has} is allowed; write {has} or "
                "leave it out",
            )


def tunnels_fit_sku(subject: Subject) -> Iterator[Problem]:
    """A SKU ends a fixed number of tunnels, and those above ten are billed one by one."""
    for key, links in subject.by_azure.items():
        gateway = subject.topology.azure[key].gateway
        sku = azure.sku(gateway.sku, gateway.generation)
        tunnels = sum(link.tunnels for _, link in links)
        if sku and tunnels > sku.tunnels:
            larger = azure.skus_for(tunnels=tunnels)
            yield error(
                ("azure", key, "gateway", "sku"),
                f"{sku.name} ends {sku.tunnels} tunnels and {tunnels} are wanted: "
                + (f"{larger.name} ends {larger.tunnels}; write that or remove links" if larger else
                   "no SKU ends more than 100; spread the links over several sites"),
            )  # fmt: skip


def quotas(subject: Subject) -> Iterator[Problem]:
    """AWS's default quotas; all can be raised, so that going over one is a warning."""
    per_region: Counter[str] = Counter()
    for key, links in subject.by_aws.items():
        connections = sum(link.tunnels // 2 for _, link in links)
        per_region[subject.topology.aws[key].region] += connections
        if connections > aws.CONNECTIONS_PER_VGW:
            yield warning(
                ("aws", key, "gateway"),
                f"{connections} VPN connections on one virtual private gateway: AWS's default quota is "
                f"{aws.CONNECTIONS_PER_VGW}; ask for more before you deploy",
            )
    for region, connections in per_region.items():
        if connections > aws.CONNECTIONS_PER_REGION:
            yield warning(
                ("aws",),
                f"{connections} VPN connections and as many customer gateways in {region}: AWS's default quota is "
                f"{aws.CONNECTIONS_PER_REGION} of each; ask for more before you deploy",
            )


def peak_fits(subject: Subject) -> Iterator[Problem]:
    """The busiest moment against the Azure SKU and against the one tunnel that a VGW sends through."""
    for key, links in subject.by_azure.items():
        gateway = subject.topology.azure[key].gateway
        sku = azure.sku(gateway.sku, gateway.generation)
        peak = ceil(sum(link.traffic.peak_mbps for _, link in links))
        if sku and peak > sku.mbps:
            fit = azure.skus_for(mbps=peak, tunnels=sum(link.tunnels for _, link in links))
            yield warning(
                ("azure", key, "gateway", "sku"),
                f"{sku.name} carries about {sku.mbps:,} Mbit/s and its links want {peak:,} at their peak: "
                + (f"{fit.name} carries {fit.mbps:,}; write that" if fit else "no SKU carries that; use several sites"),
            )
    for key, links in subject.by_aws.items():
        peak = ceil(sum(link.traffic.peak_mbps for _, link in links))
        if peak > aws.VGW_EGRESS_MBPS:
            yield warning(
                ("aws", key, "gateway"),
                f"a virtual private gateway sends through one tunnel of {aws.VGW_EGRESS_MBPS:,} Mbit/s and its links "
                f"want {peak:,} at their peak: only a transit gateway spreads over several; expect less from AWS",
            )


def volume_fits_peak(subject: Subject) -> Iterator[Problem]:
    """A month's volume is an average speed, and an average is never above the peak."""
    for path, link in subject.links:
        traffic = link.traffic
        for key, volume in (("aws_to_azure_gb", traffic.aws_to_azure_gb), ("azure_to_aws_gb", traffic.azure_to_aws_gb)):
            average = volume * 8_000 / _MONTH_SECONDS
            if 0 < traffic.peak_mbps < average:
                yield warning(
                    (*path, "traffic", key),
                    f"{volume:,.0f} GB a month is {average:,.0f} Mbit/s on average, above peak_mbps of "
                    f"{traffic.peak_mbps:,.0f}: the peak is at least the average; mend one of the two",
                )


RULES: tuple[Rule, ...] = (generation_has_sku, tunnels_fit_sku, quotas, peak_fits, volume_fits_peak)
