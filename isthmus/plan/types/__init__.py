"""What will be built: every name, number and address, frozen.

A plan is a pure function of a topology (``isthmus.plan.planner``). Constructs hand its values over and decide
nothing; what must hold between values is checked here, when they are made, so that a wrong plan cannot exist.

    Plan ── AwsSite ── Vpc, VpnGateway                    Link ── VpnConnection (one an Azure instance)
         └─ AzureSite ── VNet, AzureGateway ── Instance        └── Tunnel (two a connection)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from isthmus.clouds.crypto import PSK_RULE
from isthmus.plan.types.aws import (
    AdoptedTransitGateway,
    AdoptedVpc,
    AdoptedVpnGateway,
    AwsGateway,
    AwsNetwork,
    AwsProviderSettings,
    AwsSite,
    AwsSubnet,
    TransitGateway,
    Vpc,
    VpcFlowLog,
    VpnGateway,
)
from isthmus.plan.types.azure import (
    AdoptedAzureGateway,
    AdoptedVNet,
    AnyAzureGateway,
    AzureGateway,
    AzureNetwork,
    AzureProviderSettings,
    AzureSite,
    AzureStacks,
    Instance,
    VNet,
    VNetFlowLog,
)
from isthmus.plan.types.invariants import InvariantError, must
from isthmus.plan.types.ipsec import AwsTunnelOptions, AzureIpsecPolicy, Initiator, Proposal
from isthmus.plan.types.lifecycle import Lifecycle
from isthmus.plan.types.links import (
    BgpPeering,
    Keys,
    KeySlot,
    KeySource,
    Link,
    Route,
    Routing,
    TrafficForecast,
    Tunnel,
    VpnConnection,
)
from isthmus.plan.types.monitoring import (
    AwsMonitoring,
    AzureMonitoring,
    Dimension,
    MetricAlert,
    Recipient,
    TunnelAlarm,
    TunnelLogs,
)
from isthmus.plan.types.state import AzurermState, CloudState, LocalState, S3State, State, StorageAccess

__all__ = [
    "PSK_RULE",
    "AdoptedAzureGateway",
    "AdoptedTransitGateway",
    "AdoptedVNet",
    "AdoptedVpc",
    "AdoptedVpnGateway",
    "AnyAzureGateway",
    "AwsGateway",
    "AwsMonitoring",
    "AwsNetwork",
    "AwsProviderSettings",
    "AwsSite",
    "AwsSubnet",
    "AwsTunnelOptions",
    "AzureGateway",
    "AzureIpsecPolicy",
    "AzureMonitoring",
    "AzureNetwork",
    "AzureProviderSettings",
    "AzureSite",
    "AzureStacks",
    "AzurermState",
    "BgpPeering",
    "CloudState",
    "Dimension",
    "Initiator",
    "Instance",
    "InvariantError",
    "KeySlot",
    "KeySource",
    "Keys",
    "Lifecycle",
    "Link",
    "LocalState",
    "MetricAlert",
    "Plan",
    "Proposal",
    "Recipient",
    "Route",
    "Routing",
    "S3State",
    "State",
    "StorageAccess",
    "TrafficForecast",
    "TransitGateway",
    "Tunnel",
    "TunnelAlarm",
    "TunnelLogs",
    "VNet",
    "VNetFlowLog",
    "Vpc",
    "VpcFlowLog",
    "VpnConnection",
    "VpnGateway",
    "must",
]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that a topology comes to. Sites and links are in the order of their names and slots."""

    name: str
    aws: tuple[AwsSite, ...]
    azure: tuple[AzureSite, ...]
    links: tuple[Link, ...]
    state: State

    def __post_init__(self) -> None:
        for link in self.links:
            must(link.aws_asn == self.aws_by_key[link.aws].gateway.asn, f"{link.name}: not the ASN of its AWS gateway")
            gateway = self.azure_by_key[link.azure].gateway
            must(link.azure_asn == gateway.asn, f"{link.name}: not the ASN of its Azure gateway")
            for tunnel in link.tunnels:
                if tunnel.bgp:
                    instance = gateway.instances[tunnel.instance]
                    must(tunnel.azure_address in instance.apipa, f"{tunnel.name}: its instance lacks its BGP address")

    @cached_property
    def aws_by_key(self) -> Mapping[str, AwsSite]:
        """The AWS sites by their names in the topology."""
        return {site.key: site for site in self.aws}

    @cached_property
    def azure_by_key(self) -> Mapping[str, AzureSite]:
        """The Azure sites by their names in the topology."""
        return {site.key: site for site in self.azure}

    def links_of_aws(self, site: str) -> tuple[Link, ...]:
        """The links that end on the AWS site ``site``, by Azure site and slot."""
        return tuple(link for link in self.links if link.aws == site)

    def links_of_azure(self, site: str) -> tuple[Link, ...]:
        """The links that end on the Azure site ``site``, by slot."""
        return tuple(link for link in self.links if link.azure == site)

    def tunnels(self) -> Iterator[tuple[Link, Tunnel]]:
        """Every tunnel in use, with its link."""
        return ((link, tunnel) for link in self.links for tunnel in link.tunnels)
