"""What of a plan is billed, counted: the plan without its names and addresses.

A shape that a plan is compared with is a change of these counts; nothing of it has to be planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from isthmus.clouds.capacity import LinkDesign
from isthmus.plan import Plan
from isthmus.plan.types import (
    AdoptedAzureGateway,
    AdoptedTransitGateway,
    AwsSite,
    AzureSite,
    KeySource,
    Link,
    TransitGateway,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUse:
    """A link. Traffic is GB a month; ``alert_series`` are the time series that its Azure alerts watch."""

    name: str
    aws: str
    azure: str
    connections: int
    tunnels: int
    large: bool
    accelerated: bool
    alarms: int
    alert_series: int
    secrets: int
    aws_to_azure_gb: Decimal
    azure_to_aws_gb: Decimal
    peak_mbps: Decimal
    carrier: LinkDesign | None = None
    """What decides how much it carries; None: not known."""

    @property
    def gb(self) -> Decimal:
        """Both directions together."""
        return self.aws_to_azure_gb + self.azure_to_aws_gb


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsUse:
    """An AWS site. ``attachment``: a VPC attachment of its own. ``logs``: log streams a tunnel has, 0 to 2."""

    key: str
    region: str
    tgw: bool
    attachment: bool
    logs: int
    retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureUse:
    """An Azure site. ``sku`` is None when the gateway exists already. ``watched``: each tunnel's bandwidth is."""

    key: str
    region: str
    sku: str | None
    public_ips: int
    watched: bool
    logs: bool
    retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """All that is billed. ``existing`` names what is used and was there before: it is on no line."""

    name: str
    aws: tuple[AwsUse, ...]
    azure: tuple[AzureUse, ...]
    links: tuple[LinkUse, ...]
    existing: tuple[str, ...]

    @property
    def gb(self) -> Decimal:
        """GB a month over all links, both directions."""
        return sum((link.gb for link in self.links), Decimal(0))


def of_plan(plan: Plan) -> Usage:
    """Count what of ``plan`` is billed."""
    return Usage(
        name=plan.name,
        aws=tuple(_aws(site) for site in plan.aws),
        azure=tuple(_azure(site) for site in plan.azure),
        links=tuple(_link(link) for link in plan.links),
        existing=tuple(_existing(plan)),
    )


def _link(link: Link) -> LinkUse:
    hidden = link.keys.aws_storage == "SecretsManager"
    return LinkUse(
        name=link.name,
        aws=link.aws,
        azure=link.azure,
        connections=len(link.connections),
        tunnels=len(link.tunnels),
        large=any(c.bandwidth == "large" for c in link.connections),
        accelerated=any(c.acceleration for c in link.connections),
        alarms=sum(len(c.alarms) for c in link.connections),
        alert_series=sum(len(alert.dimension.values) for alert in link.alerts),
        # AWS keeps the two keys of a connection in one secret (EC2 API model: one ARN a connection).
        secrets=len(link.connections) if hidden else 0,
        aws_to_azure_gb=Decimal(str(link.traffic.aws_to_azure_gb)),
        azure_to_aws_gb=Decimal(str(link.traffic.azure_to_aws_gb)),
        peak_mbps=Decimal(ceil(link.traffic.least_peak_mbps)),
        carrier=link.capacity,
    )


def _aws(site: AwsSite) -> AwsUse:
    logs = site.monitoring
    gateway = site.gateway
    return AwsUse(
        key=site.key,
        region=site.region,
        tgw=site.is_tgw,
        attachment=isinstance(gateway, (TransitGateway, AdoptedTransitGateway)) and gateway.attachment is not None,
        logs=(logs.tunnel_logs + logs.bgp_logs) if logs else 0,
        retention_days=logs.retention_days if logs else 0,
    )


def _azure(site: AzureSite) -> AzureUse:
    adopted = isinstance(site.gateway, AdoptedAzureGateway)
    logs = site.monitoring
    return AzureUse(
        key=site.key,
        region=site.region,
        sku=None if adopted else site.gateway.sku,
        public_ips=0 if adopted else len(site.gateway.instances),
        watched=logs is not None,
        logs=logs is not None and bool(logs.log_categories),
        retention_days=logs.retention_days if logs else 0,
    )


def _existing(plan: Plan) -> Iterator[str]:
    for aws in plan.aws:
        if isinstance(aws.gateway, AdoptedTransitGateway) and aws.gateway.attachment is None:
            yield f"the VPC attachment of {aws.gateway.id} (aws.{aws.key})"
    for azure in plan.azure:
        if isinstance(azure.gateway, AdoptedAzureGateway):
            yield f"the gateway {azure.gateway.name} and its public IPs (azure.{azure.key})"
    for link in plan.links:
        if link.keys.source is KeySource.SECRETS_MANAGER:
            yield f"the secret {link.keys.secret} ({link.name})"
