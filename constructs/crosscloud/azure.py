"""The Azure end: the VNet with its public IPs, the VPN gateway, and a connection for each tunnel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs.crosscloud.providers import (
    AzureSubnet,
    Construct,
    LocalNetworkGateway,
    LocalNetworkGatewayBgpSettings,
    PublicIp,
    ResourceGroup,
    TerraformResource,
    VirtualNetwork,
    VirtualNetworkGateway,
    VirtualNetworkGatewayBgpSettings,
    VirtualNetworkGatewayBgpSettingsPeeringAddresses,
    VirtualNetworkGatewayConnection,
    VirtualNetworkGatewayConnectionCustomBgpAddresses,
    VirtualNetworkGatewayConnectionIpsecPolicy,
    VirtualNetworkGatewayConnectionTimeouts,
    VirtualNetworkGatewayIpConfiguration,
    VirtualNetworkGatewayTimeouts,
)
from isthmus.clouds.azure import GATEWAY_SUBNET
from isthmus.plan.types import AzureSite, Link, Tunnel

# Microsoft: "creating a gateway can often take 45 minutes or more"; the provider's own 90 minutes have been
# seen to run out. A connection waits for the gateway whenever that is busy.
GATEWAY_TIMEOUT = "180m"
CONNECTION_TIMEOUT = "90m"


class AzureNetwork(Construct):
    """A resource group with the VNet, its GatewaySubnet and a workload subnet, and the gateway's public IPs."""

    def __init__(self, scope: Construct, id_: str, *, site: AzureSite) -> None:
        super().__init__(scope, id_)
        planned = site.network
        self.resource_group = ResourceGroup(
            self, "resource-group", name=planned.resource_group, location=site.region, tags=site.tags
        )
        self.vnet = VirtualNetwork(
            self,
            "vnet",
            name=planned.name,
            location=site.region,
            resource_group_name=self.resource_group.name,
            address_space=[str(planned.cidr)],
            tags=site.tags,
        )
        self.gateway_subnet = AzureSubnet(
            self,
            "gateway-subnet",
            name=GATEWAY_SUBNET,
            resource_group_name=self.resource_group.name,
            virtual_network_name=self.vnet.name,
            address_prefixes=[str(planned.gateway_subnet)],
        )
        self.workload_subnet = AzureSubnet(
            self,
            "workload-subnet",
            name=planned.workload_subnet_name,
            resource_group_name=self.resource_group.name,
            virtual_network_name=self.vnet.name,
            address_prefixes=[str(planned.workload_subnet)],
        )
        self.public_ips = {
            instance.number: PublicIp(
                self,
                instance.key,
                name=instance.public_ip,
                location=site.region,
                resource_group_name=self.resource_group.name,
                allocation_method="Static",
                sku="Standard",
                zones=site.gateway.public_ip_zones,
                tags=site.tags,
            )
            for instance in site.gateway.instances
        }


class AzureGateway(Construct):
    """The VPN gateway, with every BGP address of every link. Subnet and public IPs cross over by their ids."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: AzureSite,
        gateway_subnet_id: str,
        public_ip_ids: Mapping[int, str],
    ) -> None:
        super().__init__(scope, id_)
        planned = site.gateway
        self.gateway = VirtualNetworkGateway(
            self,
            "gateway",
            name=planned.name,
            location=site.region,
            resource_group_name=site.network.resource_group,
            type="Vpn",
            vpn_type="RouteBased",
            sku=planned.sku,
            generation=planned.generation,
            active_active=planned.active_active,
            enable_bgp=True,
            ip_configuration=[
                VirtualNetworkGatewayIpConfiguration(
                    name=instance.ip_configuration,
                    public_ip_address_id=public_ip_ids[instance.number],
                    private_ip_address_allocation="Dynamic",
                    subnet_id=gateway_subnet_id,
                )
                for instance in planned.instances
            ],
            bgp_settings=VirtualNetworkGatewayBgpSettings(
                asn=planned.asn,
                peering_addresses=[
                    VirtualNetworkGatewayBgpSettingsPeeringAddresses(
                        ip_configuration_name=instance.ip_configuration,
                        apipa_addresses=[str(address) for address in instance.apipa],
                    )
                    for instance in planned.instances
                ],
            ),
            timeouts=VirtualNetworkGatewayTimeouts(
                create=GATEWAY_TIMEOUT, update=GATEWAY_TIMEOUT, delete=GATEWAY_TIMEOUT
            ),
            tags=site.tags,
        )


class AzureTunnel(Construct):
    """One tunnel as Azure sees it: a local network gateway that stands for the AWS end, and the connection.

    ``outside_address`` and ``preshared_key`` cross over from the AWS stack. ``after`` is what must be done
    before: Azure takes one operation on a gateway at a time and fails the others.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: AzureSite,
        link: Link,
        tunnel: Tunnel,
        gateway_id: str,
        outside_address: str,
        preshared_key: str,
        after: Sequence[TerraformResource],
    ) -> None:
        super().__init__(scope, id_)
        policy = link.azure_policy
        self.local_network_gateway = LocalNetworkGateway(
            self,
            "local-network-gateway",
            name=tunnel.local_network_gateway,
            location=site.region,
            resource_group_name=site.network.resource_group,
            gateway_address=outside_address,
            # No address space: with BGP each further prefix here would become a static route.
            bgp_settings=LocalNetworkGatewayBgpSettings(asn=link.aws_asn, bgp_peering_address=str(tunnel.aws_address)),
            tags=site.tags,
        )
        self.connection = VirtualNetworkGatewayConnection(
            self,
            "connection",
            name=tunnel.connection,
            location=site.region,
            resource_group_name=site.network.resource_group,
            type="IPsec",
            virtual_network_gateway_id=gateway_id,
            local_network_gateway_id=self.local_network_gateway.id,
            shared_key=preshared_key,
            enable_bgp=True,
            connection_protocol=policy.connection_protocol,
            connection_mode=policy.connection_mode,
            dpd_timeout_seconds=policy.dpd_seconds,
            # Without these every connection would speak BGP from the first address of the gateway's list, and
            # all sessions but one per instance would stay down.
            custom_bgp_addresses=VirtualNetworkGatewayConnectionCustomBgpAddresses(
                primary=str(tunnel.custom_bgp_primary), secondary=str(tunnel.custom_bgp_secondary)
            ),
            ipsec_policy=VirtualNetworkGatewayConnectionIpsecPolicy(
                ike_encryption=policy.ike_encryption,
                ike_integrity=policy.ike_integrity,
                dh_group=policy.dh_group,
                ipsec_encryption=policy.ipsec_encryption,
                ipsec_integrity=policy.ipsec_integrity,
                pfs_group=policy.pfs_group,
                sa_lifetime=policy.sa_lifetime,
                sa_datasize=policy.sa_datasize,
            ),
            timeouts=VirtualNetworkGatewayConnectionTimeouts(
                create=CONNECTION_TIMEOUT, update=CONNECTION_TIMEOUT, delete=CONNECTION_TIMEOUT
            ),
            depends_on=list(after),
            tags=site.tags,
        )
