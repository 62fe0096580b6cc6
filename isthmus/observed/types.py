"""Both ends of every tunnel in neutral words. Every value is known, unknown until apply, or absent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from isthmus.observed.observation import Target
from isthmus.observed.resources import Resource
from isthmus.observed.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What an end offers or takes: sets (``frozenset``) of algorithms in the words of RFC 7296's registries in short.

    Ciphers ``aes256-cbc``, ``aes256-gcm``; integrity ``sha256``; groups by number, 0 for no forward secrecy; versions
    ``IKEv2``. A name that nobody knows stands as it is. Where an end says nothing the set is what its cloud takes then.
    """

    ike_versions: Value
    ike_encryption: Value
    ike_integrity: Value
    ike_groups: Value
    esp_encryption: Value
    esp_integrity: Value
    pfs_groups: Value
    ike_lifetime: Value
    """Seconds; on Azure fixed."""
    esp_lifetime: Value
    """Seconds."""
    stated: frozenset[str]
    """What the end names itself, in the words of :func:`agreement.proposals`; the rest it leaves to its cloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsGateway:
    """A virtual private gateway or a transit gateway at which tunnels end."""

    target: Target
    kind: str
    """``vgw``, ``tgw``, or empty where neither is named."""
    asn: Value
    vpcs: tuple[Target, ...]
    """What is attached to it, as far as these files do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance of an Azure gateway: one IP configuration, in the order in which they are written."""

    number: int
    name: Value
    public_ip: Target
    address: Value
    apipa: Value
    """Its addresses for BGP inside the tunnels (a tuple); absent where none are given."""
    subnet: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureGateway:
    """A virtual network gateway. Of one that others made only the target is known."""

    target: Target
    sku: Value
    active_active: Value
    bgp: Value
    asn: Value
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsEnd:
    """Tunnel 1 or 2 of an AWS VPN connection."""

    connection: Resource
    number: int
    gateway: AwsGateway
    customer_gateway: Target
    outside_address: Value
    peer_address: Value
    """The address of the customer gateway: the public IP of an Azure instance."""
    peer_asn: Value
    inside_block: Value
    bgp_address: Value
    bgp_asn: Value
    """AWS's own, as the tunnel has it; else as its gateway has it."""
    peer_bgp_address: Value
    key: Value
    """A :class:`Secret`, or unknown: then its meaning is compared."""
    key_is_given: bool
    """Whether the configuration gives the key; else AWS makes it."""
    static: Value
    """Whether routes are static; else BGP."""
    proposals: Proposals
    dpd_seconds: Value
    dpd_action: Value
    startup: Value
    """``start`` where AWS begins, ``add`` where it waits."""

    def __str__(self) -> str:
        return f"tunnel{self.number} of {self.connection}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureEnd:
    """An Azure connection with its local network gateway."""

    connection: Resource
    local_network_gateway: Target
    gateway: AzureGateway
    peer_address: Value
    """``gateway_address``: where the tunnel goes, the outside address of an AWS tunnel."""
    peer_asn: Value
    peer_bgp_address: Value
    address_space: Value
    """The static routes to AWS; an empty tuple where there are none."""
    custom_bgp: tuple[Value, Value]
    """``custom_bgp_addresses``: primary and secondary."""
    bgp: Value
    key: Value
    proposals: Proposals
    dpd_seconds: Value
    mode: Value
    """``Default``, ``InitiatorOnly`` or ``ResponderOnly``."""

    def __str__(self) -> str:
        return str(self.connection)


class Evidence(StrEnum):
    """By what the two ends of a tunnel were found to belong together; in the order in which it is asked for."""

    ADDRESS = "outside address"
    PEER = "BGP peer inside the inside block"
    REFERENCE = "reference"
    ASSUMED = "equal index, assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """Both ends of a tunnel."""

    azure: AzureEnd
    aws: AwsEnd
    evidence: Evidence
    instance: Instance | None
    """The instance of the Azure gateway that has the address of AWS's customer gateway; None where none is seen to."""

    def __str__(self) -> str:
        return str(self.azure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Every end, with its other end or alone."""

    tunnels: tuple[Tunnel, ...]
    lone_azure: tuple[AzureEnd, ...]
    lone_aws: tuple[AwsEnd, ...]


class RouteKind(StrEnum):
    """What a route is made of."""

    CONNECTION = "static route of a VPN connection"
    TRANSIT = "static route of a transit gateway"
    TABLE = "route of a VPC"
    PROPAGATION = "propagation into a route table"
    ASSOCIATION = "association with a route table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route on AWS, or what makes routes: a propagation or an association."""

    resource: Resource
    kind: RouteKind
    destination: Value
    """A block of addresses; absent of a propagation."""
    table: Target | None
    to: Target
    """The gateway, connection or attachment that it leads to."""
