"""An AWS site: its network and its gateway, each made or adopted.

Made and adopted are different types, so that nothing can be asked of one that only the other has.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from isthmus.plan.types.invariants import disjoint, must
from isthmus.plan.types.lifecycle import Lifecycle
from isthmus.plan.types.links import Route
from isthmus.plan.types.monitoring import AwsMonitoring


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsProviderSettings:
    """How Terraform reaches the account; what is None is left to the environment.

    ``ignored_tags`` are those that it leaves on every resource.
    """

    profile: str | None
    role_arn: str | None
    ignored_tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSubnet:
    """A private subnet in the ``zone``-th availability zone of the region (from 0)."""

    key: str
    name: str
    cidr: IPv4Network
    zone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcFlowLog:
    """Flow logs of a VPC. ``destination`` is the ARN of what exists; the other values are AWS's own words."""

    name: str
    destination: str
    destination_type: str
    role_arn: str | None
    traffic_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """A VPC that Isthmus makes.

    ``default_security_group`` is the name to give to the VPC's default security group, whose rules are removed; None
    leaves that group alone.
    """

    name: str
    cidr: IPv4Network
    subnets: tuple[AwsSubnet, ...]
    route_table: str
    default_security_group: str | None
    flow_log: VpcFlowLog | None
    lifecycle: Lifecycle

    def __post_init__(self) -> None:
        must(len({s.zone for s in self.subnets}) >= 2, f"{self.name} is in one zone only")
        must(all(s.cidr.subnet_of(self.cidr) for s in self.subnets), f"{self.name} does not hold its subnets")
        must(disjoint(s.cidr for s in self.subnets), f"{self.name} has subnets that overlap")

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """All ranges of the VPC."""
        return (self.cidr,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedVpc:
    """A VPC that exists already. ``subnet_ids`` is empty when it needs no attachment, or has one already."""

    vpc_id: str
    cidrs: tuple[IPv4Network, ...]
    route_table_ids: tuple[str, ...]
    subnet_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnGateway:
    """A virtual private gateway that Isthmus makes."""

    name: str
    asn: int
    lifecycle: Lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedVpnGateway:
    """A virtual private gateway that exists already; ``attach`` when it goes to a VPC that Isthmus makes."""

    id: str
    asn: int
    attach: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitGateway:
    """A transit gateway that Isthmus makes, with one route table for everything attached."""

    name: str
    asn: int
    route_table: str
    attachment: str
    lifecycle: Lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedTransitGateway:
    """A transit gateway that exists already.

    Without ``route_table_id`` its own default association and propagation apply. ``attachment`` is None when
    the VPC is attached already.
    """

    id: str
    asn: int
    route_table_id: str | None
    attachment: str | None


AwsNetwork = Vpc | AdoptedVpc
AwsGateway = VpnGateway | AdoptedVpnGateway | TransitGateway | AdoptedTransitGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSite:
    """One VPC with its gateway. ``stack`` is the Terraform stack of both; each link has its own.

    ``identity`` is the name of the site in stacks, resources and addresses; ``key`` that in the topology.
    ``far_networks`` are the ranges of all other sites that its gateway hears of, each once, in order.
    ``far_networks`` are the ranges of all other sites that its gateway hears of, each once, in order.
    """

    key: str
    identity: str
    stack: str
    region: str
    provider: AwsProviderSettings
    network: AwsNetwork
    gateway: AwsGateway
    far_networks: tuple[Route, ...]
    monitoring: AwsMonitoring | None
    tags: dict[str, str]

    @property
    def is_tgw(self) -> bool:
        """Whether the gateway is a transit gateway."""
        return isinstance(self.gateway, (TransitGateway, AdoptedTransitGateway))
