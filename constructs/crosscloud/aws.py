"""The AWS end: the VPC, its gateway, and a VPN connection for each Azure instance."""

from __future__ import annotations

from collections.abc import Mapping

from constructs.crosscloud.providers import (
    AwsSubnet,
    Construct,
    CustomerGateway,
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
    Fn,
    RouteTable,
    RouteTableAssociation,
    TerraformResourceLifecycle,
    Vpc,
    VpnConnection,
    VpnGateway,
    VpnGatewayRoutePropagation,
)
from isthmus.plan.types import AwsSite, Link
from isthmus.plan.types import VpnConnection as PlannedConnection

Tags = Mapping[str, str]


def _named(tags: Tags, name: str) -> dict[str, str]:
    return {**tags, "Name": name}


class AwsNetwork(Construct):
    """A VPC with private subnets in different zones and one route table for them."""

    def __init__(self, scope: Construct, id_: str, *, site: AwsSite) -> None:
        super().__init__(scope, id_)
        planned = site.network
        self.vpc = Vpc(
            self,
            "vpc",
            cidr_block=str(planned.cidr),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=_named(site.tags, planned.name),
        )
        self.route_table = RouteTable(self, "routes", vpc_id=self.vpc.id, tags=_named(site.tags, planned.route_table))
        # Local zones have to be opted into and cannot hold what a region's own zones can.
        zones = DataAwsAvailabilityZones(
            self,
            "zones",
            state="available",
            filter=[DataAwsAvailabilityZonesFilter(name="opt-in-status", values=["opt-in-not-required"])],
        )
        self.subnets: dict[str, AwsSubnet] = {}
        for subnet in planned.subnets:
            self.subnets[subnet.key] = made = AwsSubnet(
                self,
                subnet.key,
                vpc_id=self.vpc.id,
                cidr_block=str(subnet.cidr),
                availability_zone=Fn.element(zones.names, subnet.zone),
                # A new zone can shift the list; a running subnet stays where it is.
                lifecycle=TerraformResourceLifecycle(ignore_changes=["availability_zone"]),
                tags=_named(site.tags, subnet.name),
            )
            RouteTableAssociation(self, f"{subnet.key}-routes", subnet_id=made.id, route_table_id=self.route_table.id)


class AwsGateway(Construct):
    """A virtual private gateway on the VPC; what it learns goes into the route table."""

    def __init__(self, scope: Construct, id_: str, *, site: AwsSite, network: AwsNetwork) -> None:
        super().__init__(scope, id_)
        self.gateway = VpnGateway(
            self,
            "vgw",
            vpc_id=network.vpc.id,
            amazon_side_asn=str(site.gateway.asn),
            tags=_named(site.tags, site.gateway.name),
        )
        VpnGatewayRoutePropagation(
            self, "propagation", vpn_gateway_id=self.gateway.id, route_table_id=network.route_table.id
        )


class AwsConnection(Construct):
    """One VPN connection of two tunnels, and the customer gateway that stands for an Azure instance.

    ``public_ip`` is that instance's address; it crosses over from the Azure network stack.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: AwsSite,
        link: Link,
        connection: PlannedConnection,
        public_ip: str,
        gateway: AwsGateway,
    ) -> None:
        super().__init__(scope, id_)
        first, second = connection.tunnels
        options = link.aws_options
        self.customer_gateway = CustomerGateway(
            self,
            "customer-gateway",
            type="ipsec.1",
            ip_address=public_ip,
            bgp_asn=connection.bgp_asn,
            bgp_asn_extended=connection.bgp_asn_extended,
            # AWS answers a request with the address and ASN of an existing gateway with that one; the name
            # keeps two deployments, or two links to one instance, apart.
            device_name=connection.customer_gateway,
            # A new one must be in use before the old one can go.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            tags=_named(site.tags, connection.customer_gateway),
        )
        self.connection = VpnConnection(
            self,
            "connection",
            type="ipsec.1",
            customer_gateway_id=self.customer_gateway.id,
            vpn_gateway_id=gateway.gateway.id,
            static_routes_only=False,
            tunnel1_inside_cidr=str(first.inside),
            tunnel1_ike_versions=[options.ike_version],
            tunnel1_phase1_encryption_algorithms=[options.phase1_encryption],
            tunnel1_phase1_integrity_algorithms=[options.phase1_integrity],
            tunnel1_phase1_dh_group_numbers=[options.phase1_dh_group],
            tunnel1_phase1_lifetime_seconds=options.phase1_lifetime,
            tunnel1_phase2_encryption_algorithms=[options.phase2_encryption],
            tunnel1_phase2_integrity_algorithms=[options.phase2_integrity],
            tunnel1_phase2_dh_group_numbers=[options.phase2_dh_group],
            tunnel1_phase2_lifetime_seconds=options.phase2_lifetime,
            tunnel1_rekey_margin_time_seconds=options.rekey_margin_seconds,
            tunnel1_dpd_timeout_action=options.dpd_action,
            tunnel1_dpd_timeout_seconds=options.dpd_seconds,
            tunnel1_startup_action=options.startup_action,
            tunnel2_inside_cidr=str(second.inside),
            tunnel2_ike_versions=[options.ike_version],
            tunnel2_phase1_encryption_algorithms=[options.phase1_encryption],
            tunnel2_phase1_integrity_algorithms=[options.phase1_integrity],
            tunnel2_phase1_dh_group_numbers=[options.phase1_dh_group],
            tunnel2_phase1_lifetime_seconds=options.phase1_lifetime,
            tunnel2_phase2_encryption_algorithms=[options.phase2_encryption],
            tunnel2_phase2_integrity_algorithms=[options.phase2_integrity],
            tunnel2_phase2_dh_group_numbers=[options.phase2_dh_group],
            tunnel2_phase2_lifetime_seconds=options.phase2_lifetime,
            tunnel2_rekey_margin_time_seconds=options.rekey_margin_seconds,
            tunnel2_dpd_timeout_action=options.dpd_action,
            tunnel2_dpd_timeout_seconds=options.dpd_seconds,
            tunnel2_startup_action=options.startup_action,
            tags=_named(site.tags, connection.name),
        )

    def outside_address(self, tunnel_number: int) -> str:
        """The public address of the AWS end of tunnel 1 or 2; known once the connection exists."""
        return (self.connection.tunnel1_address, self.connection.tunnel2_address)[tunnel_number - 1]

    def preshared_key(self, tunnel_number: int) -> str:
        """The key that AWS generated for tunnel 1 or 2, as a reference; its value is only ever in state."""
        keys = (self.connection.tunnel1_preshared_key, self.connection.tunnel2_preshared_key)
        return keys[tunnel_number - 1]
