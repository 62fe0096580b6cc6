"""What is adopted is used by its id, never managed: nothing of it changes but what a link needs."""

from __future__ import annotations

import pytest

from isthmus.observed import Outside
from tests.synth.inside import Synthesized
from tests.synth.stacks import Attribute, Stacks, at, blocks, origin, strings, tunnels
from tests.synth.structure import dependencies
from tests.synth.topologies import (
    AZURE_ID,
    GATEWAY_ID,
    KINDS,
    PUBLIC_IPS,
    SUBNET_IDS,
    TABLE_IDS,
    TGW_ID,
    VGW_ID,
    VPC_ID,
)

AWS_NETWORK = ("aws_vpc", "aws_subnet", "aws_route_table", "aws_route_table_association")
AZURE_NETWORK = ("azurerm_virtual_network", "azurerm_subnet")
GATEWAYS = ("aws_vpn_gateway", "aws_ec2_transit_gateway", "aws_ec2_transit_gateway_route_table")


def _types(stacks: Stacks, mode: str = "resource") -> set[str]:
    return {b.type for b in blocks(stacks, mode=mode)} - {"terraform_remote_state"}


def _kind(synthesized: Synthesized, kind: str) -> Stacks:
    return synthesized.stacks(KINDS[kind])


def test_nothing_of_the_adopted_example_is_managed(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("adopted")
    assert _types(stacks) & {*AWS_NETWORK, *AZURE_NETWORK, *GATEWAYS} == set()
    assert _types(stacks) == {
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_metric_alarm",
        "aws_customer_gateway",
        "aws_ec2_transit_gateway_route_table_association",
        "aws_ec2_transit_gateway_route_table_propagation",
        "aws_ec2_transit_gateway_vpc_attachment",
        "aws_route",
        "aws_sns_topic",
        "aws_vpn_connection",
        "azurerm_local_network_gateway",
        "azurerm_log_analytics_workspace",
        "azurerm_monitor_action_group",
        "azurerm_monitor_diagnostic_setting",
        "azurerm_monitor_metric_alert",
        "azurerm_public_ip",
        "azurerm_resource_group",
        "azurerm_virtual_network_gateway",
        "azurerm_virtual_network_gateway_connection",
    }


def test_only_the_gatewaysubnet_is_looked_up(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("adopted")
    assert _types(stacks, "data") == {"azurerm_subnet"}
    (subnet,) = blocks(stacks, "azurerm_subnet")
    assert {name: value for name, value in subnet.body.items() if name != "//"} == {
        "name": "GatewaySubnet",
        "resource_group_name": "network-prod",
        "virtual_network_name": "hub",
    }
    gateway = at(stacks, "vpn/gateway")
    assert {origin(stacks, gateway.stack, c["subnet_id"]) for c in gateway.body["ip_configuration"]} == {
        Attribute(subnet, "id")
    }


def test_what_is_made_beside_adopted_networks_is_in_a_resource_group_of_its_own(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("adopted")
    (group,) = blocks(stacks, "azurerm_resource_group")
    assert group.body["name"] == "adopted-azure-hub"
    for block in blocks(stacks, mode="resource"):
        if "resource_group_name" in block.body:
            named = block.body["resource_group_name"]
            assert named == group.body["name"] or origin(stacks, block.stack, named).block == group


def test_the_adopted_example_uses_the_ids_that_it_names(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("adopted")
    attachment = at(stacks, "gateway/vpc-attachment").body
    assert attachment["vpc_id"] == "vpc-0a1b2c3d4e5f67890"
    assert attachment["transit_gateway_id"] == "tgw-0a1b2c3d4e5f67890"
    assert attachment["subnet_ids"] == ["subnet-0a1b2c3d4e5f67890", "subnet-0a1b2c3d4e5f67891"]
    assert attachment["transit_gateway_default_route_table_association"] is False
    assert attachment["transit_gateway_default_route_table_propagation"] is False
    assert {(b.body["route_table_id"], b.body["destination_cidr_block"]) for b in blocks(stacks, "aws_route")} == {
        ("rtb-0a1b2c3d4e5f67890", "10.20.0.0/16"),
        ("rtb-0a1b2c3d4e5f67891", "10.20.0.0/16"),
    }
    for kind in ("association", "propagation"):
        tables = [
            b.body["transit_gateway_route_table_id"]
            for b in blocks(stacks, f"aws_ec2_transit_gateway_route_table_{kind}")
        ]
        assert tables == ["tgw-rtb-0a1b2c3d4e5f67890"] * 3


def test_an_adopted_vgw_is_attached_to_a_vpc_that_is_made(synthesized: Synthesized) -> None:
    stacks = _kind(synthesized, "adopted VGW on a made VPC")
    assert not _types(stacks) & set(GATEWAYS)
    (attachment,) = blocks(stacks, "aws_vpn_gateway_attachment")
    assert attachment.body["vpn_gateway_id"] == VGW_ID
    assert origin(stacks, attachment.stack, attachment.body["vpc_id"]).block.type == "aws_vpc"
    (propagation,) = blocks(stacks, "aws_vpn_gateway_route_propagation")
    # A gateway that is not attached cannot propagate.
    assert propagation.body["depends_on"] == [attachment.address]
    assert {b.body["vpn_gateway_id"] for b in blocks(stacks, "aws_vpn_connection")} == {VGW_ID}


def test_an_adopted_vgw_on_an_adopted_vpc_is_only_propagated(synthesized: Synthesized) -> None:
    stacks = _kind(synthesized, "adopted VGW on an adopted VPC")
    assert not _types(stacks) & {*AWS_NETWORK, *GATEWAYS, "aws_vpn_gateway_attachment"}
    found = [
        (b.body["route_table_id"], b.body["vpn_gateway_id"])
        for b in blocks(stacks, "aws_vpn_gateway_route_propagation")
    ]
    assert found == [(table, VGW_ID) for table in TABLE_IDS]


def test_a_vgw_that_is_made_is_attached_to_an_adopted_vpc(synthesized: Synthesized) -> None:
    stacks = _kind(synthesized, "made VGW on an adopted VPC")
    assert not _types(stacks) & set(AWS_NETWORK)
    (gateway,) = blocks(stacks, "aws_vpn_gateway")
    assert "vpc_id" not in gateway.body
    (attachment,) = blocks(stacks, "aws_vpn_gateway_attachment")
    assert attachment.body["vpc_id"] == VPC_ID
    assert origin(stacks, attachment.stack, attachment.body["vpn_gateway_id"]) == Attribute(gateway, "id")


def test_an_adopted_tgw_without_route_table_keeps_its_own_defaults(synthesized: Synthesized) -> None:
    stacks = _kind(synthesized, "adopted TGW with its own defaults")
    assert not [type_ for type_ in _types(stacks) if "transit_gateway_route" in type_]
    (attachment,) = blocks(stacks, "aws_ec2_transit_gateway_vpc_attachment")
    assert attachment.body["subnet_ids"] == list(SUBNET_IDS)
    assert not [name for name in attachment.body if "default_route_table" in name]
    found = [(b.body["route_table_id"], b.body["transit_gateway_id"]) for b in blocks(stacks, "aws_route")]
    assert found == [(table, TGW_ID) for table in TABLE_IDS]
    # A route to a gateway that the VPC is not attached to is refused.
    assert all(b.body["depends_on"] == [attachment.address] for b in blocks(stacks, "aws_route"))


def test_an_adopted_tgw_whose_vpc_is_attached_already_is_not_attached_again(synthesized: Synthesized) -> None:
    stacks = _kind(synthesized, "adopted TGW with its VPC")
    assert "aws_ec2_transit_gateway_vpc_attachment" not in _types(stacks)
    assert len(list(blocks(stacks, "aws_route"))) == 2
    assert len(list(blocks(stacks, "aws_ec2_transit_gateway_route_table_association"))) == 2


def test_a_gatewaysubnet_is_made_in_an_adopted_vnet_that_has_none(synthesized: Synthesized) -> None:
    stacks = _kind(synthesized, "adopted VNet without GatewaySubnet")
    assert "azurerm_virtual_network" not in _types(stacks)
    (subnet,) = blocks(stacks, "azurerm_subnet")
    assert subnet.mode == "resource"
    assert {name: value for name, value in subnet.body.items() if name != "//"} == {
        "name": "GatewaySubnet",
        "resource_group_name": "network",
        "virtual_network_name": "hub",
        "address_prefixes": ["10.20.255.0/27"],
    }


@pytest.mark.parametrize(
    ("kind", "public_ips"),
    [
        ("adopted Azure gateway", PUBLIC_IPS),
        ("adopted Azure gateway of one instance", PUBLIC_IPS[:1]),
        ("static to an adopted Azure gateway", PUBLIC_IPS[:1]),
    ],
)
def test_an_adopted_azure_gateway_is_used_by_its_id_and_addresses(
    synthesized: Synthesized, kind: str, public_ips: tuple[str, ...]
) -> None:
    stacks = _kind(synthesized, kind)
    assert set(stacks) == {
        f"small-{name}" for name in ("aws-fra-vpn", "azure-fra-network", "link-fra-fra", "azure-fra-connections")
    }
    assert not _types(stacks) & {*AZURE_NETWORK, "azurerm_virtual_network_gateway", "azurerm_public_ip"}
    assert _types(stacks, "data") == {"aws_availability_zones"}
    found = tunnels(stacks)
    assert {t.azure.gateway.target for t in found} == {Outside(GATEWAY_ID)}
    by_instance = {(t.aws.connection.path.split("/")[-2], str(t.aws.peer_address)) for t in found}
    assert by_instance == {(f"i{number}", ip) for number, ip in enumerate(public_ips)}
    # Nothing is read from a stack that there is not.
    waits = dependencies(synthesized.output(KINDS[kind]))
    # It refers to AWS only, but what it makes goes into the resource group of the network stack.
    assert sorted(waits["small-azure-fra-connections"]) == ["small-azure-fra-network", "small-link-fra-fra"]
    for stack in stacks:
        assert "azure-fra-gateway" not in "".join(strings(stacks[stack]))


def test_an_adopted_thing_is_named_and_never_in_the_state_of_a_resource(synthesized: Synthesized) -> None:
    """No managed resource has an adopted thing's own identity: name and group of the VNet, id of the gateway."""
    for kind in (k for k in KINDS if "adopted" in k):
        for block in blocks(_kind(synthesized, kind), mode="resource"):
            assert block.body.get("name") != "hub", block
            assert AZURE_ID not in str(block.body.get("name"))
