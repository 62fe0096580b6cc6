"""The AWS network and its gateway, each made or adopted.

Whatever they are, the rest asks the same of them: :class:`AwsNetwork` and :class:`AwsGateway`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from constructs.crosscloud import providers as tf
from constructs.crosscloud.lifecycle import lifecycle
from isthmus.plan import types

Tags = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class AwsNetwork:
    """A VPC as the rest sees it. Route tables and subnets are by their key in Terraform addresses."""

    vpc_id: str
    route_table_ids: Mapping[str, str]
    subnet_ids: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class AwsGateway:
    """A gateway as a VPN connection sees it: one of the two ids is set.

    ``tgw_route_table_id`` is None where a transit gateway associates and propagates by itself. ``adopted`` is True
    for a transit gateway that may do so all the same.
    """

    vpn_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    tgw_route_table_id: str | None = None
    adopted: bool | None = None


def named(tags: Tags, name: str) -> dict[str, str]:
    """``tags`` with AWS's own way of naming a thing."""
    return {**tags, "Name": name}


def aws_network(scope: tf.Construct, id_: str, *, site: types.AwsSite) -> AwsNetwork:
    """The network of ``site``: made in ``scope``, or found where the plan says."""
    match site.network:
        case types.Vpc():
            return MadeVpc(scope, id_, planned=site.network, tags=site.tags).network
        case types.AdoptedVpc() as adopted:
            return AwsNetwork(
                vpc_id=adopted.vpc_id,
                route_table_ids={rtb: rtb for rtb in adopted.route_table_ids},
                subnet_ids={subnet: subnet for subnet in adopted.subnet_ids},
            )
        case never:
            assert_never(never)


def aws_gateway(scope: tf.Construct, id_: str, *, site: types.AwsSite, network: AwsNetwork) -> AwsGateway:
    """The gateway of ``site`` on ``network``, with the routes towards Azure."""
    match site.gateway:
        case types.VpnGateway() | types.AdoptedVpnGateway() as planned:
            return VirtualPrivateGateway(scope, id_, planned=planned, network=network, tags=site.tags).gateway
        case types.TransitGateway() | types.AdoptedTransitGateway() as planned:
            return TransitGateway(scope, id_, site=site, planned=planned, network=network).gateway
        case never:
            assert_never(never)


class MadeVpc(tf.Construct):
    """A VPC with private subnets in different zones and one route table for them."""

    def __init__(self, scope: tf.Construct, id_: str, *, planned: types.Vpc, tags: Tags) -> None:
        super().__init__(scope, id_)
        vpc = tf.Vpc(
            self,
            "vpc",
            cidr_block=str(planned.cidr),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            lifecycle=lifecycle(planned.lifecycle),
            tags=named(tags, planned.name),
        )
        if planned.default_security_group is not None:
            # Without rules of its own this resource removes those that AWS has made.
            tf.DefaultSecurityGroup(
                self, "default-security-group", vpc_id=vpc.id, tags=named(tags, planned.default_security_group)
            )
        if planned.flow_log is not None:
            tf.FlowLog(
                self,
                "flow-log",
                vpc_id=vpc.id,
                traffic_type=planned.flow_log.traffic_type,
                log_destination_type=planned.flow_log.destination_type,
                log_destination=planned.flow_log.destination,
                iam_role_arn=planned.flow_log.role_arn,
                tags=named(tags, planned.flow_log.name),
            )
        route_table = tf.RouteTable(self, "routes", vpc_id=vpc.id, tags=named(tags, planned.route_table))
        # Local zones have to be opted into and cannot hold what a region's own zones can.
        zones = tf.DataAwsAvailabilityZones(
            self,
            "zones",
            state="available",
            filter=[tf.DataAwsAvailabilityZonesFilter(name="opt-in-status", values=["opt-in-not-required"])],
        )
        subnets: dict[str, tf.AwsSubnet] = {}
        for subnet in planned.subnets:
            subnets[subnet.key] = made = tf.AwsSubnet(
                self,
                subnet.key,
                vpc_id=vpc.id,
                cidr_block=str(subnet.cidr),
                availability_zone=tf.Fn.element(zones.names, subnet.zone),
                # A new zone can shift the list; a running subnet stays where it is.
                lifecycle=tf.TerraformResourceLifecycle(ignore_changes=["availability_zone"]),
                tags=named(tags, subnet.name),
            )
            tf.RouteTableAssociation(self, f"{subnet.key}-routes", subnet_id=made.id, route_table_id=route_table.id)
        self.network = AwsNetwork(
            vpc_id=vpc.id,
            route_table_ids={"private": route_table.id},
            subnet_ids={key: subnet.id for key, subnet in subnets.items()},
        )


class VirtualPrivateGateway(tf.Construct):
    """A virtual private gateway on the VPC; what it learns goes into the route tables."""

    def __init__(
        self,
        scope: tf.Construct,
        id_: str,
        *,
        planned: types.VpnGateway | types.AdoptedVpnGateway,
        network: AwsNetwork,
        tags: Tags,
    ) -> None:
        super().__init__(scope, id_)
        gateway_id, attachment = self._gateway(planned, network, tags)
        for key, route_table_id in network.route_table_ids.items():
            tf.VpnGatewayRoutePropagation(
                self,
                f"propagation-{key}",
                vpn_gateway_id=gateway_id,
                route_table_id=route_table_id,
                depends_on=attachment,
            )
        self.gateway = AwsGateway(vpn_gateway_id=gateway_id)

    def _gateway(
        self, planned: types.VpnGateway | types.AdoptedVpnGateway, network: AwsNetwork, tags: Tags
    ) -> tuple[str, list[tf.TerraformResource] | None]:
        """The gateway's id, and what must exist before it can propagate."""
        match planned:
            case types.VpnGateway():
                made = tf.VpnGateway(
                    self,
                    "vgw",
                    amazon_side_asn=str(planned.asn),
                    lifecycle=lifecycle(planned.lifecycle),
                    tags=named(tags, planned.name),
                )
                # Apart from the gateway, so that the VPC or the gateway can be exchanged while the other stays.
                return made.id, [self._attached(made.id, network)]
            case types.AdoptedVpnGateway(attach=True):
                return planned.id, [self._attached(planned.id, network)]
            case types.AdoptedVpnGateway():
                return planned.id, None
            case never:
                assert_never(never)

    def _attached(self, gateway_id: str, network: AwsNetwork) -> tf.TerraformResource:
        return tf.VpnGatewayAttachment(self, "attachment", vpc_id=network.vpc_id, vpn_gateway_id=gateway_id)


class TransitGateway(tf.Construct):
    """A transit gateway with the VPC attached to it, and routes from the VPC to all networks behind it.

    A made one has neither default association nor default propagation: what is attached, and what it may
    reach, is written down.
    """

    def __init__(
        self,
        scope: tf.Construct,
        id_: str,
        *,
        site: types.AwsSite,
        planned: types.TransitGateway | types.AdoptedTransitGateway,
        network: AwsNetwork,
    ) -> None:
        super().__init__(scope, id_)
        gateway_id, route_table_id = self._gateway(planned, site.tags)
        before = self._attach(planned.attachment, site, network, gateway_id, route_table_id)
        for table_key, vpc_route_table_id in network.route_table_ids.items():
            for route in site.far_networks:
                tf.Route(
                    self,
                    f"{table_key}-to-{route.key}",
                    route_table_id=vpc_route_table_id,
                    destination_cidr_block=str(route.cidr),
                    transit_gateway_id=gateway_id,
                    depends_on=before,
                )
        self.gateway = AwsGateway(
            transit_gateway_id=gateway_id,
            tgw_route_table_id=route_table_id,
            adopted=isinstance(planned, types.AdoptedTransitGateway) or None,
        )

    def _gateway(
        self, planned: types.TransitGateway | types.AdoptedTransitGateway, tags: Tags
    ) -> tuple[str, str | None]:
        if isinstance(planned, types.AdoptedTransitGateway):
            return planned.id, planned.route_table_id
        gateway = tf.Ec2TransitGateway(
            self,
            "tgw",
            description=planned.name,
            amazon_side_asn=planned.asn,
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            vpn_ecmp_support="enable",
            dns_support="enable",
            lifecycle=lifecycle(planned.lifecycle),
            tags=named(tags, planned.name),
        )
        route_table = tf.Ec2TransitGatewayRouteTable(
            self, "tgw-routes", transit_gateway_id=gateway.id, tags=named(tags, planned.route_table)
        )
        return gateway.id, route_table.id

    def _attach(
        self,
        attachment_name: str | None,
        site: types.AwsSite,
        network: AwsNetwork,
        gateway_id: str,
        route_table_id: str | None,
    ) -> list[tf.TerraformResource] | None:
        """Attach the VPC, unless it is already; returns what a VPC route must wait for."""
        if attachment_name is None:
            return None
        attachment = tf.Ec2TransitGatewayVpcAttachment(
            self,
            "vpc-attachment",
            transit_gateway_id=gateway_id,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.subnet_ids.values()),
            # With a route table of our own the gateway's default one must keep out; else it applies.
            transit_gateway_default_route_table_association=False if route_table_id else None,
            transit_gateway_default_route_table_propagation=False if route_table_id else None,
            tags=named(site.tags, attachment_name),
        )
        tgw_routes(self, "vpc", attachment_id=attachment.id, route_table_id=route_table_id)
        return [attachment]


def tgw_routes(
    scope: tf.Construct, id_: str, *, attachment_id: str, route_table_id: str | None, replace: bool | None = None
) -> None:
    """Let an attachment use ``route_table_id`` and announce itself there; None leaves both to the gateway.

    ``replace`` takes the place of an association that the gateway has made by itself.
    """
    if route_table_id is None:
        return
    tf.Ec2TransitGatewayRouteTableAssociation(
        scope,
        f"{id_}-association",
        transit_gateway_attachment_id=attachment_id,
        transit_gateway_route_table_id=route_table_id,
        replace_existing_association=replace,
    )
    tf.Ec2TransitGatewayRouteTablePropagation(
        scope,
        f"{id_}-propagation",
        transit_gateway_attachment_id=attachment_id,
        transit_gateway_route_table_id=route_table_id,
    )
