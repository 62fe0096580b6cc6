"""An Azure site: its network and its gateway, each made or adopted."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from isthmus.clouds import azure
from isthmus.plan.types.invariants import must
from isthmus.plan.types.lifecycle import Lifecycle
from isthmus.plan.types.monitoring import AzureMonitoring


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureProviderSettings:
    """How Terraform reaches the subscription; what is None is left to the environment."""

    subscription_id: str | None
    tenant_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VNetFlowLog:
    """Flow logs of a VNet, by the Network Watcher of its region, into a storage account that exists.

    ``retention_days`` is after how many days Azure deletes them.
    """

    name: str
    network_watcher: str
    network_watcher_resource_group: str
    storage_account_id: str
    retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VNet:
    """A VNet that Isthmus makes, in the site's resource group, with a network security group on its workload subnet.

    ``allowed_sources`` are the ranges that may open connections to that subnet: the VNet's own and those of all sites
    it hears of. ``lock`` is the name of the delete lock, if there is to be one.
    """

    name: str
    cidr: IPv4Network
    gateway_subnet: IPv4Network
    workload_subnet_name: str
    workload_subnet: IPv4Network
    security_group: str
    allowed_sources: tuple[IPv4Network, ...]
    flow_log: VNetFlowLog | None
    lifecycle: Lifecycle
    subnet_lifecycle: Lifecycle
    lock: str | None

    def __post_init__(self) -> None:
        must(self.gateway_subnet.prefixlen <= azure.GATEWAY_SUBNET_SMALLEST, f"{self.gateway_subnet} is too small")
        must(self.gateway_subnet.subnet_of(self.cidr), f"{self.name} does not hold its GatewaySubnet")
        must(self.workload_subnet.subnet_of(self.cidr), f"{self.name} does not hold its workload subnet")
        must(self.cidr in self.allowed_sources, f"{self.name} shuts itself out")
        must(not self.gateway_subnet.overlaps(self.workload_subnet), f"{self.name} has subnets that overlap")

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """All ranges of the VNet."""
        return (self.cidr,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedVNet:
    """A VNet that exists already; ``gateway_subnet`` None means that its GatewaySubnet does too."""

    resource_group: str
    name: str
    cidrs: tuple[IPv4Network, ...]
    gateway_subnet: IPv4Network | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance of a gateway: its public IP and its BGP addresses, one a tunnel."""

    number: int
    key: str
    public_ip: str
    ip_configuration: str
    apipa: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureGateway:
    """An Azure VPN gateway that Isthmus makes. ``zones`` is empty in a region that has none.

    BGP is always on, whatever its links are: it costs nothing, and a link with BGP can come later. ``generation`` is
    None unless the topology names one: Azure changes it by itself, and Terraform would replace the gateway. ``lock`` is
    the name of the delete lock, if there is to be one.
    """

    name: str
    sku: str
    generation: str | None
    asn: int
    active_active: bool
    zones: tuple[str, ...]
    instances: tuple[Instance, ...]
    lifecycle: Lifecycle
    public_ip_lifecycle: Lifecycle
    lock: str | None

    def __post_init__(self) -> None:
        must(self.active_active == (len(self.instances) == 2), f"{self.name}: active-active means two instances")
        addresses = [a for i in self.instances for a in i.apipa]
        must(len(set(addresses)) == len(addresses), f"{self.name}: a BGP address is used twice")
        must(self.active_active or len(addresses) <= 1, f"{self.name}: active-standby takes one BGP address")

    @property
    def public_ip_zones(self) -> list[str] | None:
        """The zones of the public IPs; None, and so not written, in a region that has none."""
        return list(self.zones) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedAzureGateway:
    """A VPN gateway that exists already, with the public address of each instance.

    Its owner must have given it the BGP addresses in ``instances``: Isthmus does not change it. ``sku`` is None
    when the topology does not say it.
    """

    id: str
    name: str
    sku: str | None
    asn: int
    active_active: bool
    public_ips: tuple[IPv4Address, ...]
    instances: tuple[Instance, ...]

    def __post_init__(self) -> None:
        must(len(self.public_ips) == len(self.instances), f"{self.name}: one public address an instance")


AzureNetwork = VNet | AdoptedVNet
AnyAzureGateway = AzureGateway | AdoptedAzureGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureStacks:
    """The Terraform stacks of an Azure site, in order of apply; ``gateway`` is None when that is adopted."""

    network: str
    gateway: str | None
    connections: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureSite:
    """One VNet with its gateway. ``resource_group`` is made, for everything that Isthmus makes.

    ``identity`` is the name of the site in stacks, resources and addresses; ``key`` that in the topology. ``lifecycle``
    holds for every resource that has none of its own.
    """

    key: str
    identity: str
    stacks: AzureStacks
    region: str
    provider: AzureProviderSettings
    resource_group: str
    network: AzureNetwork
    gateway: AnyAzureGateway
    monitoring: AzureMonitoring | None
    lifecycle: Lifecycle
    tags: dict[str, str]

    def __post_init__(self) -> None:
        adopted = isinstance(self.gateway, AdoptedAzureGateway)
        must((self.stacks.gateway is None) == adopted, f"{self.key}: a gateway that is made has a stack")
