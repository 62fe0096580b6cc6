"""The topology file: what a user wants. The keys are a contract with users; docs/topology.md tells them all.

Only the shape and the single values are checked here; what depends on several values is checked in
``isthmus.checks``. ``later`` names keys of the contract that this version refuses as not supported yet.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from isthmus.clouds import aws as aws_facts
from isthmus.clouds import azure as azure_facts
from isthmus.topology.values import (
    Asn,
    AwsRegion,
    AzureRegion,
    Cidr,
    Name,
    SiteName,
    SkuName,
    Tags,
    amount,
    one_of,
    whole,
)


class Section(BaseModel):
    """A mapping in the file: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    later: ClassVar[frozenset[str]] = frozenset()


class State(Section):
    """Where Terraform keeps its state."""

    later = frozenset(
        {
            "bucket", "region", "prefix", "kms_key_id", "resource_group", "storage_account", "container",
            "organization", "project", "hostname",
        }
    )  # fmt: skip

    backend: Annotated[Literal["local"], one_of("local", later=("s3", "azurerm", "cloud"))] = Field(
        default="local", description="local: one file a stack, beside the output folder.", examples=["local"]
    )


class AwsNetwork(Section):
    """The VPC."""

    later = frozenset({"vpc_id", "cidrs", "route_table_ids", "subnet_ids"})

    cidr: Cidr = Field(
        description="Isthmus makes a VPC with this range (/16 to /27), two private subnets in two zones, and routes.",
        examples=["10.10.0.0/16"],
    )


class AwsGateway(Section):
    """The AWS end of the tunnels."""

    later = frozenset({"id", "bandwidth", "acceleration", "maintenance_control"})

    kind: Annotated[Literal["vgw"], one_of("vgw", later=("tgw",))] = Field(
        default="vgw", description="vgw: a virtual private gateway.", examples=["vgw"]
    )
    asn: Asn = Field(
        default=aws_facts.DEFAULT_ASN,
        description="Amazon-side ASN: 64512-65534 without Azure's 65515 and 65517-65520, or 4200000000-4294967294.",
        examples=[64512],
    )


class AwsSite(Section):
    """One VPC on AWS."""

    region: AwsRegion = Field(description="AWS region.", examples=["eu-central-1"])
    network: AwsNetwork = Field(description="The VPC.", examples=[{"cidr": "10.10.0.0/16"}])
    gateway: AwsGateway = Field(default=AwsGateway(), description="The AWS end of the tunnels.")


class AzureNetwork(Section):
    """The VNet."""

    later = frozenset({"resource_group", "vnet", "cidrs", "gateway_subnet"})

    cidr: Cidr = Field(
        description="Isthmus makes a VNet with this range (/8 to /28), a GatewaySubnet and a workload subnet.",
        examples=["10.20.0.0/16"],
    )
    zones: bool | None = Field(
        default=None,
        description="Whether the region has availability zones; needed only for a region that Isthmus does not know.",
        examples=[True],
    )


class AzureGateway(Section):
    """The Azure VPN gateway."""

    sku: SkuName = Field(default="VpnGw1AZ", description="Gateway SKU.", examples=["VpnGw1AZ"])
    generation: Annotated[int, whole("a gateway generation", 1, 2)] | None = Field(
        default=None,
        description="Hardware generation, fixed for the life of a gateway. Default: 1 for VpnGw1AZ, else 2.",
        examples=[2],
    )
    asn: Asn = Field(
        default=azure_facts.DEFAULT_ASN,
        description="The gateway's ASN; not 65515 and the other numbers that Azure or IANA reserve.",
        examples=[65010],
    )
    mode: Annotated[Literal["active-active"], one_of("active-active", later=("active-standby",))] = Field(
        default="active-active",
        description="active-active: two instances with a public IP each, both in use.",
        examples=["active-active"],
    )


class AzureSite(Section):
    """One VNet on Azure."""

    region: AzureRegion = Field(
        description="Azure region, as `az account list-locations` names it.", examples=["germanywestcentral"]
    )
    network: AzureNetwork = Field(description="The VNet.", examples=[{"cidr": "10.20.0.0/16"}])
    gateway: AzureGateway = Field(default=AzureGateway(), description="The Azure VPN gateway.")


class Psk(Section):
    """Where the pre-shared keys come from: one key a tunnel, never in this file."""

    source: Annotated[Literal["aws"], one_of("aws", later=("random", "variable", "secrets-manager"), hidden=True)] = (
        Field(
            default="aws",
            description="aws: AWS generates each key and Azure reads it from the other stack.",
            examples=["aws"],
        )
    )


class Traffic(Section):
    """What a link will carry, for cost, throughput and sizing; nothing is built from it."""

    aws_to_azure_gb: Annotated[float, amount("gigabytes a month")] = Field(
        default=0.0, description="GB a month from AWS to Azure.", examples=[1000]
    )
    azure_to_aws_gb: Annotated[float, amount("gigabytes a month")] = Field(
        default=0.0, description="GB a month from Azure to AWS.", examples=[500]
    )
    peak_mbps: Annotated[float, amount("megabits a second")] = Field(
        default=0.0, description="Busiest moment, Mbit/s in the busier direction; 0 when not known.", examples=[300]
    )


class Link(Section):
    """One AWS site joined to one Azure site."""

    later = frozenset({"initiator", "legacy"})

    aws: SiteName = Field(description="Name of the AWS site.", examples=["fra"])
    azure: SiteName = Field(description="Name of the Azure site.", examples=["fra"])
    routing: Annotated[Literal["bgp"], one_of("bgp", later=("static",))] = Field(
        default="bgp",
        description="bgp: routes are learned, and traffic leaves a dead tunnel by itself.",
        examples=["bgp"],
    )
    tunnels: Annotated[int, whole("tunnels of a link", 1, 4)] = Field(
        default=4, description="Tunnels of the link: 4 with bgp on an active-active gateway.", examples=[4]
    )
    slot: Annotated[int, whole("slots of a gateway", 0, azure_facts.SLOTS - 1)] | None = Field(
        default=None,
        description="Which part of Azure's BGP address range the link owns; required once a gateway has two links.",
        examples=[0],
    )
    ipsec: Annotated[Literal["strong", "max", "compat"], one_of("strong", "max", "compat")] = Field(
        default="strong", description="The one IKE and IPsec proposal that both ends offer.", examples=["strong"]
    )
    psk: Psk = Field(default=Psk(), description="Where the pre-shared keys come from.")
    traffic: Traffic = Field(default=Traffic(), description="What the link will carry.")


class Topology(Section):
    """Isthmus topology: which AWS VPCs and Azure VNets to join, and how."""

    later = frozenset({"monitoring"})

    name: Name = Field(description="First part of every stack, resource name and tag.", examples=["payments"])
    tags: Tags = Field(
        default={}, description="On every resource that can carry tags.", examples=[{"owner": "platform"}]
    )
    state: State = Field(default=State(), description="Where Terraform keeps its state.")
    aws: dict[SiteName, AwsSite] = Field(min_length=1, description="AWS sites by name.")
    azure: dict[SiteName, AzureSite] = Field(min_length=1, description="Azure sites by name.")
    links: tuple[Link, ...] = Field(
        default=(),
        strict=False,
        description="Which sites are joined. May be left out when there is one site on each side.",
    )
