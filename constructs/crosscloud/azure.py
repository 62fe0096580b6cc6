"""The Azure end: the VNet with its public IPs, the VPN gateway, and a connection for each tunnel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from constructs.crosscloud import providers as tf
from constructs.crosscloud.lifecycle import lifecycle
from isthmus.clouds.azure import GATEWAY_SUBNET
from isthmus.plan import types

# Microsoft: "creating a gateway can often take 45 minutes or more"; the provider's own 90 minutes have been
# seen to run out. A connection waits for the gateway whenever that is busy.
GATEWAY_TIMEOUT = "180m"
CONNECTION_TIMEOUT = "90m"


class AzureNetwork(tf.Construct):
    """A resource group for everything that is made, the VNet or its GatewaySubnet, and the public IPs.

    ``gateway_subnet_id`` is None when the gateway is adopted; ``public_ip_addresses`` are known all the same.
    """

    def __init__(self, scope: tf.Construct, id_: str, *, site: types.AzureSite) -> None:
        super().__init__(scope, id_)
        self.resource_group = tf.ResourceGroup(
            self,
            "resource-group",
            name=site.resource_group,
            location=site.region,
            lifecycle=lifecycle(site.lifecycle),
            tags=site.tags,
        )
        self.outputs: dict[str, str] = {"resource_group_name": self.resource_group.name}
        self.gateway_subnet_id: str | None = None
        self.public_ip_ids: dict[int, str] = {}
        self.public_ip_addresses: dict[int, str] = {}
        match site.gateway:
            case types.AzureGateway() as gateway:
                self.gateway_subnet_id = self._gateway_subnet(site)
                self._public_ips(site, gateway)
            case types.AdoptedAzureGateway() as adopted:
                self.public_ip_addresses = {i: str(address) for i, address in enumerate(adopted.public_ips)}
            case never:
                assert_never(never)

    def _gateway_subnet(self, site: types.AzureSite) -> str:
        match site.network:
            case types.VNet() as planned:
                return self._vnet(site, planned)
            case types.AdoptedVNet(gateway_subnet=None) as adopted:
                return tf.DataAzurermSubnet(
                    self,
                    "gateway-subnet",
                    name=GATEWAY_SUBNET,
                    resource_group_name=adopted.resource_group,
                    virtual_network_name=adopted.name,
                ).id
            case types.AdoptedVNet() as adopted:
                return tf.AzureSubnet(
                    self,
                    "gateway-subnet",
                    name=GATEWAY_SUBNET,
                    resource_group_name=adopted.resource_group,
                    virtual_network_name=adopted.name,
                    address_prefixes=[str(adopted.gateway_subnet)],
                ).id
            case never:
                assert_never(never)

    def _vnet(self, site: types.AzureSite, planned: types.VNet) -> str:
        vnet = tf.VirtualNetwork(
            self,
            "vnet",
            name=planned.name,
            location=site.region,
            resource_group_name=self.resource_group.name,
            address_space=[str(planned.cidr)],
            lifecycle=lifecycle(planned.lifecycle),
            tags=site.tags,
        )
        gateway_subnet = tf.AzureSubnet(
            self,
            "gateway-subnet",
            name=GATEWAY_SUBNET,
            resource_group_name=self.resource_group.name,
            virtual_network_name=vnet.name,
            address_prefixes=[str(planned.gateway_subnet)],
        )
        workload_subnet = tf.AzureSubnet(
            self,
            "workload-subnet",
            name=planned.workload_subnet_name,
            resource_group_name=self.resource_group.name,
            virtual_network_name=vnet.name,
            address_prefixes=[str(planned.workload_subnet)],
            lifecycle=lifecycle(planned.subnet_lifecycle),
        )
        if planned.lock:
            _lock(self, "vnet-lock", planned.lock, vnet.id)
        self._security_group(site, planned, workload_subnet.id)
        if planned.flow_log is not None:
            tf.NetworkWatcherFlowLog(
                self,
                "flow-log",
                name=planned.flow_log.name,
                location=site.region,
                network_watcher_name=planned.flow_log.network_watcher,
                resource_group_name=planned.flow_log.network_watcher_resource_group,
                target_resource_id=vnet.id,
                storage_account_id=planned.flow_log.storage_account_id,
                enabled=True,
                version=2,
                retention_policy=tf.NetworkWatcherFlowLogRetentionPolicy(
                    enabled=True, days=planned.flow_log.retention_days
                ),
                lifecycle=lifecycle(site.lifecycle),
                tags=site.tags,
            )
        self.outputs |= {"virtual_network_id": vnet.id, "workload_subnet_id": workload_subnet.id}
        return gateway_subnet.id

    def _security_group(self, site: types.AzureSite, planned: types.VNet, subnet_id: str) -> None:
        """A network security group on the workload subnet; Azure allows none on a GatewaySubnet.

        Its rule is a resource of its own, so that the subnet's owner can add others without Terraform removing them.
        """
        group = tf.NetworkSecurityGroup(
            self,
            "workload-nsg",
            name=planned.security_group,
            location=site.region,
            resource_group_name=self.resource_group.name,
            lifecycle=lifecycle(site.lifecycle),
            tags=site.tags,
        )
        tf.NetworkSecurityRule(
            self,
            "allow-linked-networks",
            name="AllowLinkedNetworksInBound",
            description="From the ranges of this VNet and of the sites linked to it",
            resource_group_name=self.resource_group.name,
            network_security_group_name=group.name,
            priority=1000,
            direction="Inbound",
            access="Allow",
            protocol="*",
            source_address_prefixes=[str(cidr) for cidr in planned.allowed_sources],
            source_port_range="*",
            destination_address_prefix=str(planned.workload_subnet),
            destination_port_range="*",
        )
        tf.SubnetNetworkSecurityGroupAssociation(
            self, "workload-nsg-association", subnet_id=subnet_id, network_security_group_id=group.id
        )

    def _public_ips(self, site: types.AzureSite, gateway: types.AzureGateway) -> None:
        for instance in gateway.instances:
            public_ip = tf.PublicIp(
                self,
                instance.key,
                name=instance.public_ip,
                location=site.region,
                resource_group_name=self.resource_group.name,
                allocation_method="Static",
                sku="Standard",
                zones=gateway.public_ip_zones,
                lifecycle=lifecycle(gateway.public_ip_lifecycle),
                tags=site.tags,
            )
            if gateway.lock:
                _lock(self, f"{instance.key}-lock", f"{instance.public_ip}-ip", public_ip.id)
            self.public_ip_ids[instance.number] = public_ip.id
            self.public_ip_addresses[instance.number] = public_ip.ip_address


class AzureGateway(tf.Construct):
    """The VPN gateway, with every BGP address of every link. Subnet and public IPs cross over by their ids."""

    def __init__(
        self,
        scope: tf.Construct,
        id_: str,
        *,
        site: types.AzureSite,
        planned: types.AzureGateway,
        gateway_subnet_id: str,
        public_ip_ids: Mapping[int, str],
    ) -> None:
        super().__init__(scope, id_)
        self.gateway = tf.VirtualNetworkGateway(
            self,
            "gateway",
            name=planned.name,
            location=site.region,
            resource_group_name=site.resource_group,
            type="Vpn",
            vpn_type="RouteBased",
            sku=planned.sku,
            generation=planned.generation,
            active_active=planned.active_active,
            enable_bgp=True,
            ip_configuration=[
                tf.VirtualNetworkGatewayIpConfiguration(
                    name=instance.ip_configuration,
                    public_ip_address_id=public_ip_ids[instance.number],
                    private_ip_address_allocation="Dynamic",
                    subnet_id=gateway_subnet_id,
                )
                for instance in planned.instances
            ],
            bgp_settings=_bgp_settings(planned),
            timeouts=tf.VirtualNetworkGatewayTimeouts(
                create=GATEWAY_TIMEOUT, update=GATEWAY_TIMEOUT, delete=GATEWAY_TIMEOUT
            ),
            lifecycle=lifecycle(planned.lifecycle),
            tags=site.tags,
        )
        if planned.lock:
            _lock(self, "lock", planned.lock, self.gateway.id)


def _lock(scope: tf.Construct, id_: str, name: str, resource_id: str) -> None:
    """A delete lock of Azure; Terraform removes it before the resource."""
    tf.ManagementLock(
        scope,
        id_,
        name=name,
        scope=resource_id,
        lock_level="CanNotDelete",
        notes="Both ends of the VPN depend on it: remove this lock only to replace it on purpose",
    )


def _bgp_settings(planned: types.AzureGateway) -> tf.VirtualNetworkGatewayBgpSettings:
    return tf.VirtualNetworkGatewayBgpSettings(
        asn=planned.asn,
        peering_addresses=[
            tf.VirtualNetworkGatewayBgpSettingsPeeringAddresses(
                ip_configuration_name=instance.ip_configuration,
                apipa_addresses=[str(address) for address in instance.apipa] or None,
            )
            for instance in planned.instances
        ],
    )


class AzureTunnel(tf.Construct):
    """One tunnel as Azure sees it: a local network gateway that stands for the AWS end, and the connection.

    ``outside_address`` and ``preshared_key`` cross over from the AWS stack. ``after`` is what must be done
    before: Azure takes one operation on a gateway at a time and fails the others.
    """

    def __init__(
        self,
        scope: tf.Construct,
        id_: str,
        *,
        site: types.AzureSite,
        link: types.Link,
        tunnel: types.Tunnel,
        gateway_id: str,
        outside_address: str,
        preshared_key: str,
        after: Sequence[tf.TerraformResource],
    ) -> None:
        super().__init__(scope, id_)
        policy = link.azure_policy
        self.local_network_gateway = tf.LocalNetworkGateway(
            self,
            "local-network-gateway",
            name=tunnel.local_network_gateway,
            location=site.region,
            resource_group_name=site.resource_group,
            gateway_address=outside_address,
            # With BGP it is empty: each further prefix here would become a static route.
            address_space=[str(cidr) for cidr in link.address_space] or None,
            bgp_settings=tf.LocalNetworkGatewayBgpSettings(
                asn=link.aws_asn, bgp_peering_address=str(tunnel.aws_address)
            )
            if tunnel.bgp
            else None,
            lifecycle=lifecycle(site.lifecycle),
            tags=site.tags,
        )
        self.connection = tf.VirtualNetworkGatewayConnection(
            self,
            "connection",
            name=tunnel.connection,
            location=site.region,
            resource_group_name=site.resource_group,
            type="IPsec",
            virtual_network_gateway_id=gateway_id,
            local_network_gateway_id=self.local_network_gateway.id,
            shared_key=preshared_key,
            enable_bgp=link.is_bgp,
            connection_protocol=policy.connection_protocol,
            connection_mode=policy.connection_mode,
            dpd_timeout_seconds=policy.dpd_seconds,
            custom_bgp_addresses=_custom_bgp_addresses(tunnel.bgp) if tunnel.bgp else None,
            ipsec_policy=tf.VirtualNetworkGatewayConnectionIpsecPolicy(
                ike_encryption=policy.ike_encryption,
                ike_integrity=policy.ike_integrity,
                dh_group=policy.dh_group,
                ipsec_encryption=policy.ipsec_encryption,
                ipsec_integrity=policy.ipsec_integrity,
                pfs_group=policy.pfs_group,
                sa_lifetime=policy.sa_lifetime,
                sa_datasize=policy.sa_datasize,
            ),
            timeouts=tf.VirtualNetworkGatewayConnectionTimeouts(
                create=CONNECTION_TIMEOUT, update=CONNECTION_TIMEOUT, delete=CONNECTION_TIMEOUT
            ),
            depends_on=list(after),
            lifecycle=lifecycle(site.lifecycle),
            tags=site.tags,
        )


def _custom_bgp_addresses(peering: types.BgpPeering) -> tf.VirtualNetworkGatewayConnectionCustomBgpAddresses:
    """Without these every connection would speak BGP from the first address of the gateway's list.

    All sessions but one per instance would then stay down.
    """
    return tf.VirtualNetworkGatewayConnectionCustomBgpAddresses(
        primary=str(peering.primary), secondary=str(peering.secondary) if peering.secondary else None
    )
