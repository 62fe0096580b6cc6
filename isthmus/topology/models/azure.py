"""An Azure site: its network and its gateway."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from isthmus.clouds import azure as azure_facts
from isthmus.topology import schema_rules
from isthmus.topology.models.limits import MAX_LISTED, resource
from isthmus.topology.regions import AzureRegion
from isthmus.topology.section import Section
from isthmus.topology.values.addresses import Address, Cidr, GatewaySubnet
from isthmus.topology.values.gateways import ASNS_REFUSED_ON_AZURE, Asn, SkuName
from isthmus.topology.values.ids import RESOURCE_GROUP, SiteName, Uuid, resource_id
from isthmus.topology.values.kinds import one_of, shaped, whole


class AzureFlowLogs(Section):
    """Flow logs of the VNet that Isthmus makes, sent to a storage account that exists already."""

    storage_account_id: Annotated[
        str, resource_id("Microsoft.Storage/storageAccounts", "the resource id of a storage account")
    ] = Field(
        description="Storage account for the logs, in the region of the VNet. Azure bills logs and storage by the GB; "
        "`isthmus cost` does not count them.",
        examples=[resource("logs", "Microsoft.Storage/storageAccounts/acmeflowlogs")],
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
        str, shaped(RESOURCE_GROUP, "the name of a resource group", "NetworkWatcherRG")
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
    resource_group: Annotated[str, shaped(RESOURCE_GROUP, "the name of a resource group", "network-prod")] | None = (
        Field(default=None, description="Resource group of the VNet to adopt.", examples=["network-prod"])
    )
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
    gateway_subnet: GatewaySubnet = Field(
        default=None,
        description="Range of the GatewaySubnet to make. In an adopted VNet: that, or the word existing. In a made "
        "VNet: where it stays when `cidr` grows, since Azure cannot move it; default: the last /27 of `cidr`.",
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
        examples=[{"storage_account_id": resource("logs", "Microsoft.Storage/storageAccounts/acmeflowlogs")}],
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
            resource_id("Microsoft.Network/virtualNetworkGateways", "the resource id of a virtual network gateway"),
        ]
        | None
    ) = Field(
        default=None,
        description="Adopts an existing VPN gateway, which must have the BGP addresses of its links already "
        "(`isthmus plan` lists them); its asn and public_ips must be given.",
        examples=[resource("hub", "Microsoft.Network/virtualNetworkGateways/hub")],
    )
    public_ips: tuple[Address, ...] = Field(
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
        description="Gateway generation. Default: Azure chooses. Leave it out: Azure moves gateways of generation 1 to "
        "generation 2 by itself, and one written here that differs from the gateway's replaces it.",
        examples=[2],
    )
    asn: Asn | None = Field(
        default=None,
        json_schema_extra={"not": {"anyOf": ASNS_REFUSED_ON_AZURE}},
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
        """The SKU; None when the gateway is adopted and its SKU is not said, or when its generation has no such SKU."""
        if self.id and "sku" not in self.model_fields_set:
            return None
        return azure_facts.sku(self.sku, self.generation)


class AzureSite(Section):
    """One VNet on Azure."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AZURE_SITE)

    region: AzureRegion = Field(
        description="Azure region, as `az account list-locations` names it.", examples=["germanywestcentral"]
    )
    subscription_id: Uuid | None = Field(
        default=None,
        description="Subscription of this site. Default: ARM_SUBSCRIPTION_ID.",
        examples=["00000000-0000-0000-0000-000000000000"],
    )
    tenant_id: Uuid | None = Field(
        default=None,
        description="Tenant of this site. Default: ARM_TENANT_ID, or that of the Azure CLI.",
        examples=["00000000-0000-0000-0000-000000000000"],
    )
    formerly: SiteName | None = Field(
        default=None,
        description="Name that this site had when it was deployed first. Everything keeps that name in both clouds and "
        "in Terraform, so that renaming a site in this file changes nothing.",
        examples=["fra"],
    )
    network: AzureNetwork = Field(description="The VNet.", examples=[{"cidr": "10.20.0.0/16"}])
    gateway: AzureGateway = Field(default=AzureGateway(), description="The Azure VPN gateway.")
