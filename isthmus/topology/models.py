"""The topology file: what a user wants. The keys are a contract with users; docs/topology.md describes them all.

Only the structure and the single values are checked here; what depends on several values is checked in
``isthmus.checks``.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from isthmus.clouds import aws as aws_facts
from isthmus.clouds import azure as azure_facts
from isthmus.topology import schema_rules, values
from isthmus.topology.regions import AwsRegion, AzureRegion
from isthmus.topology.section import Section
from isthmus.topology.state import AnyState, LocalState
from isthmus.topology.tags import Tags
from isthmus.topology.values import (
    Asn,
    Cidr,
    Name,
    SiteName,
    SkuName,
    amount,
    one_of,
    shaped,
    whole,
)

MAX_SITES = 1_000
MAX_LINKS = 5_000
MAX_LISTED = 1_000
MAX_SUBNETS = 20
MAX_RECIPIENTS = 100
"""Limits of Isthmus's own, above what the clouds take: AWS attaches one subnet a zone, and Azure's action group sends
to 1,000 addresses; more recipients than these belong in a distribution list."""


def _resource(group: str, name: str) -> str:
    """An Azure resource id as an example."""
    return f"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{group}/providers/{name}"


class AwsFlowLogs(Section):
    """Flow logs of the VPC that Isthmus makes, sent to a bucket or a log group that exists already."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AWS_FLOW_LOGS)

    destination: Annotated[
        str,
        shaped(
            values.FLOW_LOG_DESTINATION,
            "the ARN of an S3 bucket or of a CloudWatch log group",
            "arn:aws:s3:::acme-flow-logs",
        ),
    ] = Field(
        description="ARN of the S3 bucket, with a prefix if you like, or of the CloudWatch log group. Its policy must "
        "let delivery.logs.amazonaws.com write. AWS bills delivery and storage by the GB of log; `isthmus cost` does "
        "not count them.",
        examples=["arn:aws:s3:::acme-flow-logs/network"],
    )
    role_arn: Annotated[str, shaped(values.ROLE, "the ARN of a role", values.ROLE_EXAMPLE)] | None = Field(
        default=None,
        description="Role with which VPC flow logs write to the log group. A bucket needs none.",
        examples=[values.ROLE_EXAMPLE],
    )
    traffic: Annotated[Literal["all", "accept", "reject"], one_of("all", "accept", "reject")] = Field(
        default="all", description="Which traffic is logged: all, accept or reject.", examples=["reject"]
    )


class AwsNetwork(Section):
    """The VPC: made, when `cidr` is given, or an existing one, named by `vpc_id`."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AWS_NETWORK)

    cidr: Cidr | None = Field(
        default=None,
        description="Isthmus makes a VPC with this range (/16 to /27), two private subnets in two zones, and routes.",
        json_schema_extra={"pattern": "/(1[6-9]|2[0-7])$"},
        examples=["10.10.0.0/16"],
    )
    vpc_id: Annotated[str, shaped(r"vpc-[0-9a-f]{8,17}", "the id of a VPC", "vpc-0a1b2c3d4e5f67890")] | None = Field(
        default=None,
        description="Adopts an existing VPC instead. Isthmus adds routes towards Azure and changes nothing else in it.",
        examples=["vpc-0a1b2c3d4e5f67890"],
    )
    cidrs: tuple[Cidr, ...] = Field(
        default=(),
        strict=False,
        max_length=MAX_LISTED,
        description="All IPv4 CIDR ranges of the adopted VPC.",
        examples=[["10.10.0.0/16"]],
    )
    route_table_ids: tuple[
        Annotated[str, shaped(r"rtb-[0-9a-f]{8,17}", "the id of a route table", "rtb-0a1b2c3d4e5f67890")], ...
    ] = Field(
        default=(),
        strict=False,
        max_length=MAX_LISTED,
        json_schema_extra={"uniqueItems": True},
        description="Route tables of the adopted VPC to which the routes towards Azure are added.",
        examples=[["rtb-0a1b2c3d4e5f67890"]],
    )
    subnet_ids: tuple[
        Annotated[str, shaped(r"subnet-[0-9a-f]{8,17}", "the id of a subnet", "subnet-0a1b2c3d4e5f67890")], ...
    ] = Field(
        default=(),
        strict=False,
        max_length=MAX_SUBNETS,
        json_schema_extra={"uniqueItems": True},
        description="Subnets of the adopted VPC, one for each availability zone, in which the transit gateway is "
        "attached (kind tgw only). Leave it out if the VPC is already attached.",
        examples=[["subnet-0a1b2c3d4e5f67890"]],
    )
    restrict_default_security_group: bool = Field(
        default=True,
        description="Remove all rules from the default security group of the made VPC, so that what is started without "
        "a security group of its own reaches nothing. false leaves the group as AWS makes it.",
        examples=[True],
    )
    flow_logs: AwsFlowLogs | None = Field(
        default=None,
        description="Flow logs of the made VPC. Default: none.",
        examples=[{"destination": "arn:aws:s3:::acme-flow-logs"}],
    )

    @property
    def ranges(self) -> tuple[IPv4Network, ...]:
        """The addresses behind the gateway, whether the VPC is made or adopted."""
        return (self.cidr,) if self.cidr else self.cidrs


class AwsGateway(Section):
    """The AWS end of the tunnels: made, or an existing one, named by `id`."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AWS_GATEWAY)

    kind: Annotated[Literal["vgw", "tgw"], one_of("vgw", "tgw")] = Field(
        default="vgw",
        description="vgw: a virtual private gateway. tgw: a transit gateway, which spreads flows over all tunnels.",
        examples=["vgw"],
    )
    id: Annotated[str, shaped(r"[vt]gw-[0-9a-f]{8,17}", "the id of a gateway", "vgw-0a1b2c3d4e5f67890")] | None = Field(
        default=None,
        description="Adopts an existing gateway: vgw-… (attached to the adopted VPC) or tgw-…; its asn must be given.",
        examples=["tgw-0a1b2c3d4e5f67890"],
    )
    asn: Asn | None = Field(
        default=None,
        json_schema_extra={"not": {"anyOf": values.ASNS_REFUSED_ON_AWS}},
        description="Amazon-side ASN: 64512-65534 without Azure's 65515 and 65517-65520, or 4200000000-4294967294. "
        f"Default {aws_facts.DEFAULT_ASN}.",
        examples=[64512],
    )
    route_table_id: (
        Annotated[
            str,
            shaped(r"tgw-rtb-[0-9a-f]{8,17}", "the id of a transit gateway route table", "tgw-rtb-0a1b2c3d4e5f67890"),
        ]
        | None
    ) = Field(
        default=None,
        description="Route table of an adopted transit gateway to associate with and propagate into. Without it the "
        "gateway's own default association and propagation apply.",
        examples=["tgw-rtb-0a1b2c3d4e5f67890"],
    )
    bandwidth: Annotated[Literal["standard", "large"], one_of("standard", "large")] = Field(
        default="standard",
        description="standard: 1.25 Gbit/s a tunnel. large: 5 Gbit/s a tunnel, for kind tgw without acceleration, "
        "and not in ap-southeast-4, ca-west-1, eu-central-2, il-central-1 and me-central-1. A change replaces all VPN "
        "connections of the transit gateway: AWS can change it in place since May 2026, the pinned provider cannot.",
        examples=["standard"],
    )
    acceleration: bool = Field(
        default=False,
        description="Accelerated tunnels: traffic enters AWS's network at the nearest edge location (kind tgw only; "
        "the links' initiator must be azure).",
        examples=[False],
    )
    maintenance_control: bool = Field(
        default=False,
        description="Tunnel endpoint lifecycle control: you choose when AWS replaces a tunnel endpoint.",
        examples=[True],
    )

    @property
    def effective_asn(self) -> int:
        """The ASN given, or the default."""
        return aws_facts.DEFAULT_ASN if self.asn is None else self.asn


class AwsSite(Section):
    """One VPC on AWS."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AWS_SITE)

    region: AwsRegion = Field(description="AWS region.", examples=["eu-central-1"])
    profile: Annotated[str, shaped(r"[\w.@+-]{1,64}", "the name of an AWS CLI profile", "network-admin")] | None = (
        Field(default=None, description="AWS CLI profile to deploy this site with.", examples=["network-admin"])
    )
    role_arn: (
        Annotated[
            str,
            shaped(
                values.ROLE,
                "the ARN of a role",
                values.ROLE_EXAMPLE,
            ),
        ]
        | None
    ) = Field(
        default=None,
        description="ARN of the role to assume for this site. It may be in another account.",
        examples=["arn:aws:iam::111122223333:role/network"],
    )
    network: AwsNetwork = Field(description="The VPC.", examples=[{"cidr": "10.10.0.0/16"}])
    gateway: AwsGateway = Field(default=AwsGateway(), description="The AWS end of the tunnels.")


class AzureFlowLogs(Section):
    """Flow logs of the VNet that Isthmus makes, sent to a storage account that exists already."""

    storage_account_id: Annotated[
        str, values.resource_id("Microsoft.Storage/storageAccounts", "the resource id of a storage account")
    ] = Field(
        description="Storage account for the logs, in the region of the VNet. Azure bills logs and storage by the GB; "
        "`isthmus cost` does not count them.",
        examples=[_resource("logs", "Microsoft.Storage/storageAccounts/acmeflowlogs")],
    )
    retention_days: Annotated[int, whole("days that logs are kept", 1, 365)] = Field(
        default=90, description="After how many days Azure deletes the logs: 1 to 365.", examples=[30]
    )
    network_watcher: (
        Annotated[str, shaped(r"\w[\w.-]{0,78}\w", "the name of a Network Watcher", "NetworkWatcher_westeurope")] | None
    ) = Field(
        default=None,
        description="Network Watcher of the region. Default: NetworkWatcher_<region>, which Azure makes with the first "
        "VNet of a region.",
        examples=["watcher-weu"],
    )
    network_watcher_resource_group: Annotated[
        str, shaped(values.RESOURCE_GROUP, "the name of a resource group", "NetworkWatcherRG")
    ] = Field(
        default="NetworkWatcherRG",
        description="Resource group of the Network Watcher, in the subscription of the site.",
        examples=["network-prod"],
    )


class AzureNetwork(Section):
    """The VNet: made, when `cidr` is given, or an existing one, named by `resource_group` and `vnet`."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AZURE_NETWORK)

    cidr: Cidr | None = Field(
        default=None,
        description="Isthmus makes a VNet with this range (/8 to /27), a GatewaySubnet and a workload subnet.",
        json_schema_extra={"pattern": "/([89]|1[0-9]|2[0-7])$"},
        examples=["10.20.0.0/16"],
    )
    resource_group: (
        Annotated[str, shaped(values.RESOURCE_GROUP, "the name of a resource group", "network-prod")] | None
    ) = Field(default=None, description="Resource group of the VNet to adopt.", examples=["network-prod"])
    vnet: Annotated[str, shaped(r"[A-Za-z0-9][\w.-]{0,62}\w", "the name of a VNet", "hub")] | None = Field(
        default=None,
        description="Adopts an existing VNet. Isthmus adds a GatewaySubnet if it has none, and changes nothing "
        "else in it.",
        examples=["hub"],
    )
    cidrs: tuple[Cidr, ...] = Field(
        default=(),
        strict=False,
        max_length=MAX_LISTED,
        description="All IPv4 address ranges of the adopted VNet.",
        examples=[["10.20.0.0/16"]],
    )
    gateway_subnet: values.GatewaySubnet = Field(
        default=None,
        description="Range of the GatewaySubnet to make in the adopted VNet, or the word existing.",
        json_schema_extra={"pattern": "^existing$|/(1?[0-9]|2[0-8])$"},
        examples=["10.20.255.0/27"],
    )
    zones: bool | None = Field(
        default=None,
        description="Whether the region has availability zones. Default: what Isthmus knows of the region; false if "
        "it does not know the region.",
        examples=[True],
    )
    flow_logs: AzureFlowLogs | None = Field(
        default=None,
        description="Flow logs of the made VNet. Default: none.",
        examples=[{"storage_account_id": _resource("logs", "Microsoft.Storage/storageAccounts/acmeflowlogs")}],
    )

    @property
    def ranges(self) -> tuple[IPv4Network, ...]:
        """The addresses behind the gateway, whether the VNet is made or adopted."""
        return (self.cidr,) if self.cidr else self.cidrs


class AzureGateway(Section):
    """The Azure VPN gateway: made, or an existing one, named by `id`."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AZURE_GATEWAY)

    id: (
        Annotated[
            str,
            values.resource_id(
                "Microsoft.Network/virtualNetworkGateways", "the resource id of a virtual network gateway"
            ),
        ]
        | None
    ) = Field(
        default=None,
        description="Adopts an existing VPN gateway, which must have the BGP addresses of its links already "
        "(`isthmus plan` lists them); its asn and public_ips must be given.",
        examples=[_resource("hub", "Microsoft.Network/virtualNetworkGateways/hub")],
    )
    public_ips: tuple[values.Address, ...] = Field(
        default=(),
        strict=False,
        max_length=8,
        json_schema_extra={"uniqueItems": True},
        description="Public addresses of the adopted gateway, instance 0 first.",
        examples=[["203.0.113.10", "203.0.113.11"]],
    )
    sku: SkuName = Field(default="VpnGw1AZ", description="Gateway SKU.", examples=["VpnGw1AZ"])
    generation: Annotated[int, whole("a gateway generation", 1, 2)] | None = Field(
        default=None,
        description="Gateway generation; a change replaces the gateway. Default: 1 for VpnGw1AZ, 2 for all others. To "
        "resize a VpnGw1AZ without replacing it, write 1 with the larger SKU.",
        examples=[2],
    )
    asn: Asn | None = Field(
        default=None,
        json_schema_extra={"not": {"anyOf": values.ASNS_REFUSED_ON_AZURE}},
        description="The gateway's ASN; not one that Azure, IANA or Amazon reserves. 65515, Azure's own default, is "
        "for a VNet that has an ExpressRoute gateway too; its GatewaySubnet is then /27 or larger. "
        f"Default {azure_facts.DEFAULT_ASN}.",
        examples=[65010],
    )
    mode: Annotated[Literal["active-active", "active-standby"], one_of("active-active", "active-standby")] | None = (
        Field(
            default=None,
            description="active-active: two instances with a public IP each, both in use; the default. "
            "active-standby: one public IP; for a site whose links are all static, or that has one link with a single "
            "tunnel. A change replaces the gateway.",
            examples=["active-active"],
        )
    )

    @property
    def effective_asn(self) -> int:
        """The ASN given, or the default."""
        return azure_facts.DEFAULT_ASN if self.asn is None else self.asn

    @property
    def known_sku(self) -> azure_facts.Sku | None:
        """The SKU; None when its generation has none such, or when the gateway is adopted and its SKU is not said."""
        if self.id and "sku" not in self.model_fields_set:
            return None
        return azure_facts.sku(self.sku, self.generation)


class AzureSite(Section):
    """One VNet on Azure."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AZURE_SITE)

    region: AzureRegion = Field(
        description="Azure region, as `az account list-locations` names it.", examples=["germanywestcentral"]
    )
    subscription_id: values.Uuid | None = Field(
        default=None,
        description="Subscription of this site. Default: ARM_SUBSCRIPTION_ID.",
        examples=["00000000-0000-0000-0000-000000000000"],
    )
    tenant_id: values.Uuid | None = Field(
        default=None,
        description="Tenant of this site. Default: ARM_TENANT_ID, or that of the Azure CLI.",
        examples=["00000000-0000-0000-0000-000000000000"],
    )
    network: AzureNetwork = Field(description="The VNet.", examples=[{"cidr": "10.20.0.0/16"}])
    gateway: AzureGateway = Field(default=AzureGateway(), description="The Azure VPN gateway.")


class IkeProposal(Section):
    """IKE (phase 1): authenticates the peer and makes the keys for phase 2."""

    model_config = ConfigDict(json_schema_extra=schema_rules.IKE)

    encryption: Annotated[values.CipherName, one_of(*values.CIPHERS)] = Field(
        description="aes128, aes256, aes128-gcm or aes256-gcm.", examples=["aes256"]
    )
    integrity: Annotated[values.HashName, values.ike_hash] = Field(
        description="sha256 or sha384; sha1 on a legacy link only.", examples=["sha384"]
    )
    dh_group: Annotated[int, values.group_number] = Field(
        description="Diffie-Hellman group: 14, 19 or 20; 2 and 24 on a legacy link only.", examples=[20]
    )
    version: Annotated[int, whole("an IKE version", 1, 2)] = Field(
        default=2, description="2; 1 on a legacy link only.", examples=[2]
    )


class EspProposal(Section):
    """ESP (phase 2): protects the traffic."""

    model_config = ConfigDict(json_schema_extra=schema_rules.ESP)

    encryption: Annotated[values.CipherName, one_of(*values.CIPHERS)] = Field(
        description="aes128, aes256, aes128-gcm or aes256-gcm; gcm carries two to three times as much.",
        examples=["aes256-gcm"],
    )
    integrity: Annotated[values.HashName, values.esp_hash] | None = Field(
        default=None,
        description="sha256 (sha1 on a legacy link only). Leave it out with gcm, which includes integrity.",
        examples=["sha256"],
    )
    pfs_group: Annotated[int, values.pfs_group_number] = Field(
        description="Perfect forward secrecy: 14, 19 or 20; 2, 24 and 0 (none) on a legacy link only.", examples=[20]
    )


class Lifetimes(Section):
    """Lifetimes of the keys, in seconds."""

    esp: Annotated[int, whole("seconds a key of the second phase lives", 900, 3600)] = Field(
        default=3600,
        description="Phase 2, 900 to 3600 (AWS's limits). Phase 1 is 28800: Azure does not allow another value.",
        examples=[3600],
    )


class Ipsec(Section):
    """A custom proposal that both clouds support."""

    ike: IkeProposal = Field(
        description="IKE (phase 1).", examples=[{"encryption": "aes256", "integrity": "sha384", "dh_group": 20}]
    )
    esp: EspProposal = Field(description="ESP (phase 2).", examples=[{"encryption": "aes256-gcm", "pfs_group": 20}])
    lifetimes: Lifetimes = Field(default=Lifetimes(), description="Lifetimes of the keys.")


class Psk(Section):
    """Source of the pre-shared keys: one key for each tunnel. The keys themselves must not be in this file."""

    model_config = ConfigDict(json_schema_extra=schema_rules.PSK)

    source: Annotated[
        Literal["aws", "random", "variable", "secrets-manager"],
        one_of("aws", "random", "variable", "secrets-manager", hidden=True),
    ] = Field(
        default="aws",
        description="aws: AWS generates each key. random: Terraform generates it. variable: you set one "
        "sensitive Terraform variable for each tunnel. secrets-manager: an existing AWS secret has the keys. The Azure "
        "stacks read the keys from the link's stack.",
        examples=["aws"],
    )
    generation: dict[str, Annotated[int, whole("a generation of a key", 1, 1_000_000, hidden=True)]] = Field(
        default={},
        max_length=16,
        json_schema_extra={"propertyNames": {"pattern": "^[1-4]$"}},
        description="Generation of each tunnel's key, by number in the plan's order (1 to 4); all start at 1, and a "
        "higher one makes a new key (source random only).",
        examples=[{"1": 2, "2": 1}],
    )
    secret: (
        Annotated[str, shaped(r"[\w/+=.@:-]{1,2048}", "the name or ARN of a secret", "vpn/payments", hidden=True)]
        | None
    ) = Field(
        default=None,
        description="Name or ARN of the secret: JSON with a key for each tunnel (source secrets-manager only). "
        "Terraform reads the whole secret into the state of the link: give each link a secret of its own.",
        examples=["vpn/payments"],
    )
    preshared_key_storage: Annotated[
        Literal["standard", "secrets-manager"], one_of("standard", "secrets-manager", hidden=True)
    ] = Field(
        default="standard",
        description="Where AWS stores the keys. With secrets-manager AWS does not return them, so that source: aws is "
        "not allowed.",
        examples=["standard"],
    )


# Of 30 days; a GB is 10^9 bytes, as both clouds' traffic is forecast.
MONTH_SECONDS = 30 * 24 * 3600


class Traffic(Section):
    """Expected traffic of a link, for cost, throughput and sizing. It does not change what is deployed."""

    aws_to_azure_gb: Annotated[float, amount("gigabytes a month")] = Field(
        default=0.0, description="GB a month from AWS to Azure.", examples=[1000]
    )
    azure_to_aws_gb: Annotated[float, amount("gigabytes a month")] = Field(
        default=0.0, description="GB a month from Azure to AWS.", examples=[500]
    )
    peak_mbps: Annotated[float, amount("megabits a second")] = Field(
        default=0.0, description="Peak in Mbit/s, in the busier direction; 0 if not known.", examples=[300]
    )

    @property
    def average_mbps(self) -> float:
        """Mbit/s, on the average of a month, in the busier direction."""
        return max(self.aws_to_azure_gb, self.azure_to_aws_gb) * 8_000 / MONTH_SECONDS

    @property
    def least_peak_mbps(self) -> float:
        """Mbit/s at the busiest moment, which are at least those on the average."""
        return max(self.peak_mbps, self.average_mbps)


class Link(Section):
    """Connects one AWS site to one Azure site."""

    model_config = ConfigDict(json_schema_extra=schema_rules.LINK)

    aws: SiteName = Field(description="Name of the AWS site.", examples=["fra"])
    azure: SiteName = Field(description="Name of the Azure site.", examples=["fra"])
    routing: Annotated[Literal["bgp", "static"], one_of("bgp", "static")] = Field(
        default="bgp",
        description="bgp: both ends learn routes, and traffic moves away from a failed tunnel. static: routes are "
        "configured on both ends.",
        examples=["bgp"],
    )
    tunnels: Annotated[int, whole("tunnels of a link", 1, 4)] | None = Field(
        default=None,
        description="Tunnels of the link. bgp: 4 on an active-active gateway, 1 on active-standby. static: 2 or 1.",
        examples=[4],
    )
    slot: Annotated[int, whole("slots of a gateway", 0, azure_facts.SLOTS - 1)] | None = Field(
        default=None,
        description="Which part of Azure's range of BGP addresses (APIPA) the link uses. Required if a gateway has "
        "more than one link.",
        examples=[0],
    )
    initiator: Annotated[Literal["both", "aws", "azure"], one_of("both", "aws", "azure")] = Field(
        default="both",
        description="Which end initiates IKE, and initiates it again when a tunnel was lost.",
        examples=["both"],
    )
    ipsec: Annotated[
        Annotated[values.ProposalName, Tag("(named)")] | Annotated[Ipsec, Tag("(explicit)")],
        Discriminator(lambda value: "(explicit)" if isinstance(value, (dict, Ipsec)) else "(named)"),
    ] = Field(
        default="strong",
        description="The single IKE and IPsec proposal that both ends offer: strong, max, compat, or a custom one.",
        examples=["strong"],
    )
    legacy: bool = Field(
        default=False,
        description="Allow algorithms that are no longer safe: sha1, groups 2 and 24, IKEv1, no forward secrecy.",
        examples=[False],
    )
    psk: Psk = Field(default=Psk(), description="Where the pre-shared keys come from.")
    traffic: Traffic = Field(default=Traffic(), description="Expected traffic of the link.")


class Monitoring(Section):
    """Logs and alarms on both ends."""

    notify: tuple[Annotated[str, shaped(values.EMAIL, "an e-mail address", "ops@example.com")], ...] = Field(
        default=(),
        strict=False,
        max_length=MAX_RECIPIENTS,
        description=f"E-mail addresses that receive alarms, up to {MAX_RECIPIENTS}.",
        examples=[["ops@example.com"]],
    )
    log_retention_days: Annotated[int, values.retention] = Field(
        default=365,
        description="How long both clouds keep the logs: 30, 60, 90, 120, 150, 180, 365, 400 or 545 days.",
        examples=[365],
    )
    tunnel_logs: bool = Field(default=True, description="Log the negotiation of each AWS tunnel.", examples=[True])
    bgp_logs: bool = Field(
        default=False,
        description="BGP logs of each AWS tunnel. They need AWS provider 6.25, which Isthmus pins.",
        examples=[True],
    )
    kms_key_arns: dict[
        SiteName,
        Annotated[
            str,
            shaped(
                r"arn:aws(-[a-z]{2,10}){0,3}:kms:[a-z0-9-]{5,30}:\d{12}:key/[\w-]{1,64}",
                "the ARN of a KMS key",
                "arn:aws:kms:eu-central-1:111122223333:key/…",
            ),
        ],
    ] = Field(
        default={},
        max_length=MAX_SITES,
        json_schema_extra={"additionalProperties": False},
        description="Customer managed KMS key that encrypts the log group and the SNS topic, by AWS site; each in that "
        "site's region. Its key policy must allow CloudWatch Logs (logs.<region>.amazonaws.com) and CloudWatch alarms "
        "(cloudwatch.amazonaws.com) to use it, or alarms send no notification.",
        examples=[{"fra": "arn:aws:kms:eu-central-1:111122223333:key/1b2c"}],
    )
    workspace_ids: dict[
        SiteName,
        Annotated[
            str,
            values.resource_id(
                "Microsoft.OperationalInsights/workspaces", "the resource id of a Log Analytics workspace"
            ),
        ],
    ] = Field(
        default={},
        max_length=MAX_SITES,
        json_schema_extra={"additionalProperties": False},
        description="Log Analytics workspace to adopt, by Azure site. Isthmus makes one for each site that is not "
        "listed.",
        examples=[{"fra": _resource("logs", "Microsoft.OperationalInsights/workspaces/logs")}],
    )


class Topology(Section):
    """Isthmus topology: which AWS VPCs and Azure VNets to connect, and how."""

    name: Name = Field(description="First part of every stack, resource name and tag.", examples=["payments"])
    tags: Tags = Field(
        default={}, description="On every resource that can carry tags.", examples=[{"owner": "platform"}]
    )
    state: AnyState = Field(
        default=LocalState(), description="Where Terraform keeps its state; it holds the keys in clear."
    )
    aws: dict[SiteName, AwsSite] = Field(
        min_length=1,
        max_length=MAX_SITES,
        json_schema_extra={"additionalProperties": False},
        description="AWS sites by name.",
        examples=[{"fra": {"region": "eu-central-1", "network": {"cidr": "10.10.0.0/16"}}}],
    )
    azure: dict[SiteName, AzureSite] = Field(
        min_length=1,
        max_length=MAX_SITES,
        json_schema_extra={"additionalProperties": False},
        description="Azure sites by name.",
        examples=[{"fra": {"region": "germanywestcentral", "network": {"cidr": "10.20.0.0/16"}}}],
    )
    links: tuple[Link, ...] = Field(
        default=(),
        strict=False,
        max_length=MAX_LINKS,
        description="Which sites are connected. May be left out if there is one site on each side.",
    )
    monitoring: Annotated[
        Annotated[Literal[False], Tag("(off)")] | Annotated[Monitoring, Tag("(on)")],
        Discriminator(lambda value: "(off)" if isinstance(value, bool) else "(on)"),
    ] = Field(default=Monitoring(), description="Logs and alarms on both ends; false turns them off.", examples=[False])
