"""Virtual private and transit gateways of the stand-in for AWS: what is attached, routed and refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulate import refusal

AZURE = "10.20.0.0/16"


@pytest.mark.parametrize("asn", [64511, 65535, 4199999999, 4294967295])
def test_an_amazon_side_asn_is_private(ec2: Any, asn: int) -> None:
    assert refusal.code(ec2.create_vpn_gateway, Type="ipsec.1", AmazonSideAsn=asn) == "InvalidParameterValue"
    options = {"AmazonSideAsn": asn}
    assert refusal.code(ec2.create_transit_gateway, Options=options) == "InvalidParameterValue"


def test_a_vgw_without_an_asn_has_the_default(ec2: Any) -> None:
    assert ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["AmazonSideAsn"] == 64512


def test_a_vgw_stays_while_it_is_attached_or_used(ec2: Any, vgw: str, vpc: str, cgw: str) -> None:
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=vpc)
    made = ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=cgw, VpnGatewayId=vgw)["VpnConnection"]
    assert refusal.code(ec2.delete_vpn_gateway, VpnGatewayId=vgw) == "IncorrectState"
    assert refusal.code(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.detach_vpn_gateway(VpnGatewayId=vgw, VpcId=vpc)
    assert refusal.code(ec2.delete_vpn_gateway, VpnGatewayId=vgw) == "IncorrectState"
    ec2.delete_vpn_connection(VpnConnectionId=made["VpnConnectionId"])
    ec2.delete_vpn_gateway(VpnGatewayId=vgw)
    assert refusal.code(ec2.delete_vpn_gateway, VpnGatewayId=vgw) == "InvalidVpnGatewayID.NotFound"
    ec2.delete_vpc(VpcId=vpc)


def test_a_vpc_has_one_vgw(ec2: Any, vgw: str, vpc: str) -> None:
    other = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=vpc)
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=vpc)
    assert refusal.code(ec2.attach_vpn_gateway, VpnGatewayId=other, VpcId=vpc) == "VpnGatewayAttachmentLimitExceeded"


def test_routes_propagate_from_an_attached_vgw_only(ec2: Any, vgw: str, vpc: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    pair = {"RouteTableId": table, "GatewayId": vgw}

    def propagating() -> Any:
        return ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["PropagatingVgws"]

    assert refusal.code(ec2.enable_vgw_route_propagation, **pair) == "Gateway.NotAttached"
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=vpc)
    ec2.enable_vgw_route_propagation(**pair)
    ec2.enable_vgw_route_propagation(**pair)
    assert propagating() == [{"GatewayId": vgw}]
    ec2.disable_vgw_route_propagation(**pair)
    assert propagating() == []


def test_without_default_tables_an_attachment_is_where_it_is_put(ec2: Any, tgw: str, vpc: str) -> None:
    assert ec2.describe_transit_gateway_route_tables(Filters=_of(tgw))["TransitGatewayRouteTables"] == []
    table = _table(ec2, tgw)
    attachment = _attach(ec2, tgw, vpc)
    assert "Association" not in _described(ec2, attachment)
    pair = {"TransitGatewayAttachmentId": attachment, "TransitGatewayRouteTableId": table}
    ec2.associate_transit_gateway_route_table(**pair)
    ec2.enable_transit_gateway_route_table_propagation(**pair)
    assert _described(ec2, attachment)["Association"]["TransitGatewayRouteTableId"] == table
    assert refusal.code(ec2.associate_transit_gateway_route_table, **pair) == "Resource.AlreadyAssociated"
    assert refusal.code(ec2.delete_transit_gateway_route_table, TransitGatewayRouteTableId=table) == "IncorrectState"
    ec2.disable_transit_gateway_route_table_propagation(**pair)
    ec2.disassociate_transit_gateway_route_table(**pair)
    assert refusal.code(ec2.disassociate_transit_gateway_route_table, **pair) == "InvalidAssociation.NotFound"


def test_with_default_tables_an_attachment_is_in_them(ec2: Any, vpc: str) -> None:
    made = ec2.create_transit_gateway()["TransitGateway"]
    attachment = _attach(ec2, made["TransitGatewayId"], vpc)
    table = made["Options"]["AssociationDefaultRouteTableId"]
    assert _described(ec2, attachment)["Association"]["TransitGatewayRouteTableId"] == table
    found = ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=table)
    assert [p["ResourceId"] for p in found["TransitGatewayRouteTablePropagations"]] == [vpc]


def test_an_attachment_keeps_its_tags_and_is_not_made_twice(ec2: Any, tgw: str, vpc: str) -> None:
    attachment = _attach(ec2, tgw, vpc)
    [found] = ec2.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[attachment])[
        "TransitGatewayVpcAttachments"
    ]
    assert found["Tags"] == [{"Key": "Name", "Value": "attachment"}]
    again = {"TransitGatewayId": tgw, "VpcId": vpc, "SubnetIds": found["SubnetIds"]}
    assert refusal.code(ec2.create_transit_gateway_vpc_attachment, **again) == "DuplicateTransitGatewayAttachment"
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    ec2.create_transit_gateway_vpc_attachment(**again)


def test_a_static_route_leads_nowhere_once_its_attachment_is_gone(ec2: Any, tgw: str, vpc: str) -> None:
    table, attachment = _table(ec2, tgw), _attach(ec2, tgw, vpc)
    route = {"DestinationCidrBlock": AZURE, "TransitGatewayRouteTableId": table}

    def found() -> list[tuple[str, str]]:
        filters = [{"Name": "route-search.exact-match", "Values": [AZURE]}, {"Name": "type", "Values": ["static"]}]
        routes = ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=filters)["Routes"]
        return [(r["State"], r.get("TransitGatewayAttachments", [{}])[0].get("ResourceId", "")) for r in routes]

    made = ec2.create_transit_gateway_route(**route, TransitGatewayAttachmentId=attachment)["Route"]
    assert made["State"] == "active"
    assert found() == [("active", vpc)]
    again = route | {"TransitGatewayAttachmentId": attachment}
    assert refusal.code(ec2.create_transit_gateway_route, **again) == "RouteAlreadyExists"
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert found() == [("blackhole", "")]
    ec2.delete_transit_gateway_route(**route)
    assert found() == []
    assert refusal.code(ec2.delete_transit_gateway_route, **route) == "InvalidRoute.NotFound"


def test_a_vpc_routes_to_a_tgw_that_it_is_attached_to(ec2: Any, tgw: str, vpc: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": AZURE, "TransitGatewayId": tgw}
    assert refusal.code(ec2.create_route, **route) == "InvalidTransitGatewayID.NotFound"
    _attach(ec2, tgw, vpc)
    ec2.create_route(**route)
    [found] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert (AZURE, tgw) in [(r["DestinationCidrBlock"], r.get("TransitGatewayId")) for r in found["Routes"]]


def test_a_tgw_stays_while_something_is_attached(ec2: Any, tgw: str, vpc: str, cgw: str) -> None:
    attachment = _attach(ec2, tgw, vpc)
    made = ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=cgw, TransitGatewayId=tgw)["VpnConnection"]
    delete = ec2.delete_transit_gateway
    assert refusal.code(delete, TransitGatewayId=tgw) == "IncorrectState"
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert refusal.code(delete, TransitGatewayId=tgw) == "IncorrectState"
    ec2.delete_vpn_connection(VpnConnectionId=made["VpnConnectionId"])
    delete(TransitGatewayId=tgw)
    assert refusal.code(delete, TransitGatewayId=tgw) == "InvalidTransitGatewayID.NotFound"


def _of(tgw: str) -> list[dict[str, Any]]:
    return [{"Name": "transit-gateway-id", "Values": [tgw]}]


def _table(ec2: Any, tgw: str) -> str:
    made = ec2.create_transit_gateway_route_table(TransitGatewayId=tgw)["TransitGatewayRouteTable"]
    return str(made["TransitGatewayRouteTableId"])


def _attach(ec2: Any, tgw: str, vpc: str) -> str:
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    tags = [{"ResourceType": "transit-gateway-attachment", "Tags": [{"Key": "Name", "Value": "attachment"}]}]
    made = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=tgw, VpcId=vpc, SubnetIds=[subnet], TagSpecifications=tags
    )
    return str(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])


def _described(ec2: Any, attachment: str) -> dict[str, Any]:
    [found] = ec2.describe_transit_gateway_attachments(TransitGatewayAttachmentIds=[attachment])[
        "TransitGatewayAttachments"
    ]
    assert isinstance(found, dict)
    return found
