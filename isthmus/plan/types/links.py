"""A link, its AWS connections and its tunnels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

from isthmus.clouds import aws, azure
from isthmus.clouds.capacity import LinkDesign
from isthmus.plan.types.invariants import must
from isthmus.plan.types.ipsec import AwsTunnelOptions, AzureIpsecPolicy, Initiator, Proposal
from isthmus.plan.types.lifecycle import Lifecycle
from isthmus.plan.types.monitoring import MetricAlert, TunnelAlarm, TunnelLogs


class Routing(StrEnum):
    """How the two ends learn each other's networks."""

    BGP = "bgp"
    STATIC = "static"


class KeySource(StrEnum):
    """Who makes the pre-shared keys."""

    AWS = "aws"
    RANDOM = "random"
    VARIABLE = "variable"
    SECRETS_MANAGER = "secrets-manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySlot:
    """Where the key of one tunnel comes from; never the key itself.

    ``generation`` makes a new random key when it rises; ``variable`` names a Terraform variable;
    ``secret_key`` is the key's name in the JSON of a secret.
    """

    number: int
    generation: int
    variable: str
    secret_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The key source of a link, and where AWS keeps its copy: ``Standard`` or ``SecretsManager``."""

    source: KeySource
    secret: str | None
    aws_storage: Literal["Standard", "SecretsManager"]

    def __post_init__(self) -> None:
        must((self.secret is not None) == (self.source is KeySource.SECRETS_MANAGER), "a secret has its source")
        must(
            self.aws_storage == "Standard" or self.source is not KeySource.AWS,
            "a key that AWS made and no longer tells cannot reach Azure",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A network to be reached. ``key`` is its identity in Terraform addresses."""

    key: str
    cidr: IPv4Network


@dataclass(frozen=True, slots=True, kw_only=True)
class BgpPeering:
    """The BGP addresses that an Azure connection names: its own, and with two instances one of the other.

    Only the own one is used; ``secondary`` is None on a gateway of one instance.
    """

    primary: IPv4Address
    secondary: IPv4Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """One tunnel: AWS has the first host of ``inside``, Azure the second.

    ``number`` is the tunnel of its AWS connection (1 or 2), ``instance`` the Azure instance it ends on (0 or 1).
    AWS always has both tunnels of a connection; Azure has a counterpart only of those that are ``used``.
    ``bgp`` is None with static routes.
    """

    name: str
    key: str
    instance: int
    number: int
    used: bool
    inside: IPv4Network
    aws_address: IPv4Address
    azure_address: IPv4Address
    local_network_gateway: str
    connection: str
    bgp: BgpPeering | None
    aws_options: AwsTunnelOptions
    key_slot: KeySlot

    def __post_init__(self) -> None:
        must(self.inside.prefixlen == 30, f"{self.inside} is not a /30")
        must(any(self.inside.subnet_of(r) for r in azure.APIPA_RANGES), f"{self.inside} is outside Azure's range")
        must(not aws.reserved_inside(self.inside), f"{self.inside} is reserved by AWS")
        must(self.aws_address == self.inside[1], f"AWS does not have the first host of {self.inside}")
        must(self.azure_address == self.inside[2], f"Azure does not have the second host of {self.inside}")
        if self.bgp:
            own = (self.bgp.primary, self.bgp.secondary)[self.instance]
            must(own == self.azure_address, f"{self.name} does not speak BGP from its own address")


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnConnection:
    """One AWS VPN connection with its customer gateway: two tunnels to one Azure instance.

    The peer's ASN is in ``bgp_asn``, or in ``bgp_asn_extended`` when it is above 2,147,483,647. AWS wants one
    with static routes too. ``static_routes`` are the networks behind Azure. Options that are None are not
    written: a virtual private gateway does not have them, or the file does not say.
    """

    key: str
    instance: int
    name: str
    customer_gateway: str
    bgp_asn: str | None
    bgp_asn_extended: str | None
    static_routes_only: bool
    static_routes: tuple[Route, ...]
    bandwidth: str | None
    acceleration: bool | None
    maintenance_control: bool | None
    key_storage: Literal["Standard", "SecretsManager"]
    tunnels: tuple[Tunnel, Tunnel]
    alarms: tuple[TunnelAlarm, ...]
    logs: TunnelLogs
    lifecycle: Lifecycle

    @property
    def hides_keys(self) -> bool:
        """Whether AWS keeps the keys in Secrets Manager and tells them as REDACTED."""
        return self.key_storage == "SecretsManager"

    def __post_init__(self) -> None:
        must(tuple(t.number for t in self.tunnels) == (1, 2), f"{self.name} has not tunnels 1 and 2")
        must(all(t.instance == self.instance for t in self.tunnels), f"{self.name} spans instances")
        must((self.bgp_asn is None) != (self.bgp_asn_extended is None), f"{self.name}: one ASN, in one form")
        must(bool(self.static_routes) == self.static_routes_only, f"{self.name}: static routes go with static routing")
        must(any(t.used for t in self.tunnels), f"{self.name} has no tunnel in use")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficForecast:
    """What a link is expected to carry: GB (10^9 bytes) a month, and Mbit/s at the busiest moment
    (0: not said) and on the average, in the busier direction. ``least_peak_mbps`` is the larger of the two."""

    aws_to_azure_gb: float
    azure_to_aws_gb: float
    peak_mbps: float
    average_mbps: float
    least_peak_mbps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One AWS site joined to one Azure site. ``stack`` is the Terraform stack of its AWS end and its keys.

    ``address_space`` is what Azure routes into the tunnels by itself: empty with BGP, the AWS site's networks
    with static routes.
    """

    name: str
    stack: str
    aws: str
    azure: str
    slot: int
    routing: Routing
    aws_asn: int
    azure_asn: int
    proposal: Proposal
    azure_policy: AzureIpsecPolicy
    initiator: Initiator
    keys: Keys
    address_space: tuple[IPv4Network, ...]
    connections: tuple[VpnConnection, ...]
    traffic: TrafficForecast
    capacity: LinkDesign
    alerts: tuple[MetricAlert, ...]

    def __post_init__(self) -> None:
        dpd = {t.aws_options.dpd_seconds for t in self.tunnels} | {self.azure_policy.dpd_seconds}
        must(len(dpd) == 1, f"{self.name}: DPD differs")
        blocks = [t.inside for c in self.connections for t in c.tunnels]
        must(len(set(blocks)) == len(blocks), f"{self.name}: an inside block is used twice")
        bgp = self.routing is Routing.BGP
        must(not bgp or self.aws_asn != self.azure_asn, f"{self.name}: both ends have ASN {self.aws_asn}")
        must(all((t.bgp is not None) == bgp for t in self.tunnels), f"{self.name}: routing differs between tunnels")
        must(bool(self.address_space) != bgp, f"{self.name}: an address space goes with static routing")

    @property
    def is_bgp(self) -> bool:
        """Whether routes are learned."""
        return self.routing is Routing.BGP

    @property
    def is_serialized(self) -> bool:
        """Whether its first connection must wait for another link's: slot 0 is always first."""
        return self.slot > 0

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """The tunnels that both ends use, by instance and number."""
        return tuple(t for c in self.connections for t in c.tunnels if t.used)
