"""Regions: known or taken on trust, and in the same kind of cloud on both ends."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.checks.context import Context, Rule, error, warning
from isthmus.clouds import aws, azure
from isthmus.problems import Problem


def aws_region_is_known(context: Context) -> Iterator[Problem]:
    """A region that AWS may have opened since is taken on trust."""
    for key, site in context.topology.aws.items():
        if site.region not in aws.REGIONS:
            yield warning(
                ("aws", key, "region"),
                f"{site.region} is not a region that Isthmus knows: its prices and distances are not known, and AWS "
                "refuses the name if there is no such region; check the spelling",
            )


def long_outages(context: Context) -> Iterator[Problem]:
    """Who plans there should know what others met."""
    for key, site in context.topology.aws.items():
        if site.region in aws.LONG_OUTAGES:
            yield warning(
                ("aws", key, "region"),
                f"{site.region} has had long outages since March 2026 (public reports): look at AWS's health dashboard "
                "before you build there",
            )


def azure_region_is_known(context: Context) -> Iterator[Problem]:
    """Whether a region has zones decides the public IPs, and those cannot be changed afterwards."""
    for key, site in context.topology.azure.items():
        if site.region in azure.REGIONS:
            continue
        if site.network.zones is None and site.gateway.id is None:
            what = (
                "it is assumed to have no availability zones, which cannot be changed once the gateway is made; check "
                f"the spelling, and add zones: true or false under azure.{key}.network"
            )
        else:
            what = (
                "its prices and distances are not known, and Azure refuses the name if there is no such region; check "
                "the spelling"
            )
        yield warning(("azure", key, "region"), f"{site.region} is not a region that Isthmus knows: {what}")


def government(context: Context) -> Iterator[Problem]:
    """A government cloud is a partition of its own; only the public addresses of the tunnels lead across."""
    for path, link in context.links:
        ours, theirs = context.topology.aws[link.aws].region, context.topology.azure[link.azure].region
        if aws.is_government(ours) == azure.is_government(theirs):
            continue
        inside, outside = (f"aws.{link.aws} ({ours})", f"azure.{link.azure} ({theirs})")
        if azure.is_government(theirs):
            inside, outside = outside, inside
        yield warning(
            path or ("azure", link.azure, "region"),
            f"{inside} is in a government cloud and {outside} is not: the tunnels work, since they use public "
            "addresses, but traffic leaves what the government cloud is certified for, and each side needs an account "
            "in its own cloud; check that this is allowed, or choose regions of one kind",
        )


def azure_government(context: Context) -> Iterator[Problem]:
    """The provider asks the public cloud unless its environment variable says otherwise."""
    for key, site in context.topology.azure.items():
        if azure.is_government(site.region):
            yield warning(
                ("azure", key, "region"),
                f"{site.region} is in Azure Government: the provider signs in to public Azure by default; set "
                "ARM_ENVIRONMENT=usgovernment for the stacks of this site",
            )


def role_in_partition(context: Context) -> Iterator[Problem]:
    """A role of one partition cannot be assumed in another."""
    for key, site in context.topology.aws.items():
        wanted = "aws-us-gov" if aws.is_government(site.region) else "aws"
        if site.role_arn and (partition := site.role_arn.split(":")[1]) != wanted:
            yield error(
                ("aws", key, "role_arn"),
                f"the role is in partition {partition} and {site.region} in {wanted}: a role works in its own "
                f"partition only; write a role of an account in {wanted}, or change the region",
            )


RULES: tuple[Rule, ...] = (
    aws_region_is_known,
    long_outages,
    azure_region_is_known,
    government,
    azure_government,
    role_in_partition,
)
