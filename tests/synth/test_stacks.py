"""What every stack must be, whatever it holds: order, backends, tags, outputs, timeouts, secrets."""

from __future__ import annotations

import re
import socket
import tempfile
from pathlib import Path

import pytest

from isthmus.observed.ordering import in_order
from tests.synth.program import PROJECT
from tests.synth.stacks import Stacks, at, blocks, one, origin, strings
from tests.synth.structure import connections, dependencies, order, remote_states, untagged

NETWORK, GATEWAY, CONNECTIONS = (f"example-azure-fra-{part}" for part in ("network", "gateway", "connections"))
VPN, LINK = "example-aws-fra-vpn", "example-link-fra-fra"

TAGS = {"isthmus": "example", "owner": "platform"}


def test_there_are_the_five_stacks(stacks: Stacks) -> None:
    assert set(stacks) == {NETWORK, GATEWAY, VPN, LINK, CONNECTIONS}


def test_each_stack_waits_for_those_it_needs_and_for_no_other(output: Path) -> None:
    assert dependencies(output) == {
        NETWORK: [],
        GATEWAY: [NETWORK],
        VPN: [],
        LINK: [VPN, NETWORK],
        CONNECTIONS: [GATEWAY, LINK],
    }


def test_stacks_wait_for_all_they_read_and_never_for_each_other(stacks: Stacks, output: Path) -> None:
    waits = dependencies(output)
    for name in stacks:
        assert remote_states(stacks, name) == set(waits[name])
    assert set(in_order(waits)) == set(waits)


def test_azure_connections_are_made_one_after_another(stacks: Stacks) -> None:
    ordered = order(stacks, CONNECTIONS)
    assert [address.split(".")[1].split("_")[1] for address in ordered] == ["i0-t1", "i0-t2", "i1-t1", "i1-t2"]


def test_azure_connections_of_several_links_are_made_one_after_another(mesh: Stacks) -> None:
    for stack in ("mesh-azure-fra-connections", "mesh-azure-dub-connections"):
        assert len(order(mesh, stack)) == len([b for b in connections(mesh) if b.stack == stack]) == 8


def test_connections_that_could_be_made_at_once_are_seen(stacks: Stacks) -> None:
    at(stacks, "to-fra/i1-t1/connection").body["depends_on"] = []
    assert order(stacks, CONNECTIONS) == []


def test_a_customer_gateway_is_replaced_before_the_old_one_goes(stacks: Stacks) -> None:
    found = list(blocks(stacks, "aws_customer_gateway"))
    assert len(found) == 2
    assert all(block.body["lifecycle"] == {"create_before_destroy": True} for block in found)


def test_public_ips_are_static_and_in_every_zone(stacks: Stacks) -> None:
    found = list(blocks(stacks, "azurerm_public_ip"))
    assert len(found) == 2
    for block in found:
        assert block.body["allocation_method"] == "Static"
        assert block.body["sku"] == "Standard"
        assert block.body["zones"] == ["1", "2", "3"]


def test_the_gateway_is_active_active_with_bgp_on_two_public_ips(stacks: Stacks) -> None:
    (gateway,) = blocks(stacks, "azurerm_virtual_network_gateway")
    assert gateway.body["type"] == "Vpn"
    assert gateway.body["vpn_type"] == "RouteBased"
    assert gateway.body["active_active"] is True
    assert gateway.body["enable_bgp"] is True
    held = {origin(stacks, GATEWAY, c["public_ip_address_id"]) for c in gateway.body["ip_configuration"]}
    assert {end.block.type for end in held} == {"azurerm_public_ip"}
    assert len(held) == 2


def test_the_gateway_stands_in_its_gatewaysubnet(stacks: Stacks) -> None:
    (gateway,) = blocks(stacks, "azurerm_virtual_network_gateway")
    (subnet,) = {origin(stacks, GATEWAY, c["subnet_id"]).block for c in gateway.body["ip_configuration"]}
    assert subnet.body["name"] == "GatewaySubnet"


def test_long_operations_have_long_timeouts(stacks: Stacks) -> None:
    (gateway,) = blocks(stacks, "azurerm_virtual_network_gateway")
    for block, least in ((gateway, 120), *((connection, 60) for connection in connections(stacks))):
        timeouts = one(block.body["timeouts"])
        assert set(timeouts) >= {"create", "update", "delete"}
        assert all(int(value.removesuffix("m")) >= least for value in timeouts.values())


def test_what_the_gateway_learns_goes_into_the_route_table_of_the_subnets(stacks: Stacks) -> None:
    (propagation,) = blocks(stacks, "aws_vpn_gateway_route_propagation")
    table = origin(stacks, VPN, propagation.body["route_table_id"])
    associations = list(blocks(stacks, "aws_route_table_association"))
    assert {origin(stacks, VPN, a.body["route_table_id"]) for a in associations} == {table}
    subnets = {origin(stacks, VPN, a.body["subnet_id"]).block for a in associations}
    assert subnets == set(blocks(stacks, "aws_subnet"))


def test_all_that_can_carry_tags_has_the_users_and_our_own(stacks: Stacks) -> None:
    assert untagged(stacks, TAGS) == []


@pytest.mark.parametrize("path", ["network/vnet", "vpn/gateway", "gateway/vgw", "network/private-1"])
def test_a_resource_without_its_tags_is_seen(stacks: Stacks, path: str) -> None:
    block = at(stacks, path)
    del block.body["tags"]["owner"]
    assert untagged(stacks, TAGS) == [str(block)]


def test_every_stack_gives_what_its_users_look_for(stacks: Stacks) -> None:
    def named(stack: str) -> set[str]:
        return {name for name in stacks[stack]["output"] if not name.startswith("cross-stack-")}

    assert named(NETWORK) == {"public_ip_addresses", "resource_group_name", "virtual_network_id", "workload_subnet_id"}
    assert named(GATEWAY) == {"virtual_network_gateway_id", "virtual_network_gateway_name"}
    assert named(CONNECTIONS) == {"connection_ids"}
    assert named(VPN) == {
        "gateway_id",
        "route_table_ids",
        "subnet_ids",
        "vpc_id",
    }
    assert named(LINK) == {"tunnel_outside_addresses", "vpn_connection_ids"}


def test_outputs_lead_to_resources_that_exist(stacks: Stacks) -> None:
    for stack, config in stacks.items():
        for output in config["output"].values():
            for reference in strings(output["value"]):
                assert origin(stacks, stack, reference).block.stack == stack


def test_states_lie_beside_the_output_folder_and_are_read_where_they_are_written(stacks: Stacks) -> None:
    written = {name: config["terraform"]["backend"] for name, config in stacks.items()}
    assert written == {name: {"local": {"path": f"../../../terraform.{name}.tfstate"}} for name in stacks}
    read = [block.body for block in blocks(stacks, "terraform_remote_state")]
    assert len(read) == 5
    for remote in read:
        assert {remote["backend"]: remote["config"]} in written.values()


def test_nothing_of_the_machine_is_in_any_file(output: Path) -> None:
    machine = {str(PROJECT), str(Path.home()), str(output), tempfile.gettempdir(), socket.gethostname()}
    for file in output.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            assert not [word for word in machine if word in text]
            # /aws/vendedlogs/… is the name of a log group.
            assert not re.findall(r'"(?:/(?!aws/vendedlogs/)[A-Za-z~]|~/|[A-Za-z]:\\|file:)[^"]*', text)


def test_providers_are_pinned_to_one_version(stacks: Stacks) -> None:
    wanted = {name: config["terraform"]["required_providers"] for name, config in stacks.items()}
    azure = {"azurerm": {"source": "azurerm", "version": "4.55.0"}}
    aws = {"aws": {"source": "aws", "version": "6.25.0"}}
    assert wanted == {
        NETWORK: azure,
        GATEWAY: azure,
        CONNECTIONS: azure,
        VPN: aws,
        LINK: aws,
    }


def test_each_provider_is_told_its_region_and_no_credentials(stacks: Stacks) -> None:
    for name in (VPN, LINK):
        assert stacks[name]["provider"] == {"aws": [{"region": "eu-central-1"}]}
    for name in (NETWORK, GATEWAY, CONNECTIONS):
        assert stacks[name]["provider"] == {"azurerm": [{"features": [{}], "resource_provider_registrations": "none"}]}
