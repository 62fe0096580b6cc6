"""What every stack must be, whatever it holds: order, backends, tags, outputs, timeouts, secrets."""

from __future__ import annotations

import json
import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.synth.program import PROJECT
from tests.synth.schemas import schema_of
from tests.synth.terraform_json import Block, Stacks, UnresolvedError, at, blocks, one, origin, strings

NETWORK, GATEWAY, CONNECTIONS = (f"example-azure-fra-{part}" for part in ("network", "gateway", "connections"))
VPN = "example-aws-fra-vpn"

# Attributes that hold a key, or hold everything; a reference without an attribute gives them all.
_SECRET = re.compile(r"preshared_key|shared_key|customer_gateway_configuration|aws_vpn_connection\.[\w-]+[},\])]")


def _dependencies(output: Path) -> dict[str, list[str]]:
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    return {name: stack["dependencies"] for name, stack in manifest["stacks"].items()}


def _order(stacks: Stacks, gateway: Block) -> list[str]:
    """The connections of ``gateway`` in the only order that ``depends_on`` leaves; empty when it leaves several."""
    waits = {b.address: b.body.get("depends_on", []) for b in blocks({gateway.stack: stacks[gateway.stack]})}
    mine = [b.address for b in _connections(stacks) if b.stack == gateway.stack]

    def before(address: str) -> set[str]:
        found = set(waits[address])
        for other in waits[address]:
            found |= before(other)
        return found

    ordered = sorted(mine, key=lambda address: len(before(address)))
    for number, address in enumerate(ordered):
        if before(address) & set(mine) != set(ordered[:number]):
            return []
    return ordered


def _connections(stacks: Stacks) -> list[Block]:
    return list(blocks(stacks, "azurerm_virtual_network_gateway_connection"))


def _exposed(stacks: Stacks) -> list[str]:
    """Outputs that show a key and are not sensitive."""
    return [
        f"{stack}.{name}"
        for stack, config in stacks.items()
        for name, output in config.get("output", {}).items()
        if output.get("sensitive") is not True and any(_SECRET.search(s) for s in _sources(stacks, stack, output))
    ]


def _sources(stacks: Stacks, stack: str, output: object) -> Iterator[str]:
    for text in strings(output):
        yield text
        try:
            yield origin(stacks, stack, text).name
        except UnresolvedError:
            continue


def _untagged(stacks: Stacks) -> list[str]:
    return [
        str(block)
        for block in blocks(stacks, mode="resource")
        if block.type != "terraform_data"
        and "tags" in schema_of("resource", block.type)["attributes"]
        and not {"isthmus": "example", "owner": "platform"}.items() <= block.body.get("tags", {}).items()
    ]


def test_there_are_the_four_stacks_of_the_design(stacks: Stacks) -> None:
    assert set(stacks) == {NETWORK, GATEWAY, VPN, CONNECTIONS}


def test_each_stack_waits_for_those_it_needs_and_for_no_other(output: Path) -> None:
    assert _dependencies(output) == {
        NETWORK: [],
        GATEWAY: [NETWORK],
        VPN: [NETWORK],
        CONNECTIONS: [VPN, GATEWAY],
    }


def test_stacks_wait_for_all_they_read_and_never_for_each_other(stacks: Stacks, output: Path) -> None:
    waits = _dependencies(output)
    for name, config in stacks.items():
        read = set(config["data"].get("terraform_remote_state", {})) if "data" in config else set()
        assert read == {f"cross-stack-reference-input-{other}" for other in waits[name]}
    done: set[str] = set()
    while ready := {name for name in waits if name not in done and set(waits[name]) <= done}:
        done |= ready
    assert done == set(waits)


def test_azure_connections_are_made_one_after_another(stacks: Stacks) -> None:
    ordered = _order(stacks, _connections(stacks)[0])
    assert [address.split(".")[1].split("_")[1] for address in ordered] == ["i0-t1", "i0-t2", "i1-t1", "i1-t2"]


def test_azure_connections_of_several_links_are_made_one_after_another(mesh: Stacks) -> None:
    for stack in ("mesh-azure-fra-connections", "mesh-azure-dub-connections"):
        mine = [b for b in _connections(mesh) if b.stack == stack]
        assert len(_order(mesh, mine[0])) == len(mine) == 8


def test_connections_that_could_be_made_at_once_are_seen(stacks: Stacks) -> None:
    at(stacks, "to-fra/i1-t1/connection").body["depends_on"] = []
    assert _order(stacks, _connections(stacks)[0]) == []


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
    for block, least in ((gateway, 120), *((connection, 60) for connection in _connections(stacks))):
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
    assert _untagged(stacks) == []


@pytest.mark.parametrize("path", ["network/vnet", "vpn/gateway", "gateway/vgw", "network/private-1"])
def test_a_resource_without_its_tags_is_seen(stacks: Stacks, path: str) -> None:
    block = at(stacks, path)
    del block.body["tags"]["owner"]
    assert _untagged(stacks) == [str(block)]


def test_every_stack_gives_what_its_users_look_for(stacks: Stacks) -> None:
    def named(stack: str) -> set[str]:
        return {name for name in stacks[stack]["output"] if not name.startswith("cross-stack-")}

    assert named(NETWORK) == {"public_ip_addresses", "resource_group_name", "virtual_network_id", "workload_subnet_id"}
    assert named(GATEWAY) == {"virtual_network_gateway_id", "virtual_network_gateway_name"}
    assert named(CONNECTIONS) == {"connection_ids"}
    assert named(VPN) == {
        "private_route_table_id",
        "private_subnet_ids",
        "tunnel_outside_addresses",
        "vpc_id",
        "vpn_connection_ids",
        "vpn_gateway_id",
    }


def test_outputs_lead_to_resources_that_exist(stacks: Stacks) -> None:
    for stack, config in stacks.items():
        for output in config["output"].values():
            for reference in strings(output["value"]):
                assert origin(stacks, stack, reference).block.stack == stack


def test_no_output_shows_a_key(stacks: Stacks) -> None:
    assert _exposed(stacks) == []
    shown = [n for n, o in stacks[VPN]["output"].items() if any(_SECRET.search(s) for s in strings(o["value"]))]
    assert len(shown) == 4


@pytest.mark.parametrize(
    "value",
    [
        "${aws_vpn_connection.to-fra_i0_connection_A8484937.tunnel1_preshared_key}",
        {"keys": ["${aws_vpn_connection.to-fra_i0_connection_A8484937.tunnel1_preshared_key}"]},
        "${aws_vpn_connection.to-fra_i0_connection_A8484937}",
        "${aws_vpn_connection.to-fra_i0_connection_A8484937.customer_gateway_configuration}",
    ],
)
def test_an_output_that_shows_a_key_is_seen(stacks: Stacks, value: object) -> None:
    stacks[VPN]["output"]["shown"] = {"value": value}
    assert _exposed(stacks) == [f"{VPN}.shown"]


def test_a_key_that_crosses_a_stack_and_is_then_shown_is_seen(stacks: Stacks) -> None:
    shared = at(stacks, "to-fra/i0-t1/connection").body["shared_key"]
    stacks[CONNECTIONS]["output"]["shown"] = {"value": shared}
    assert _exposed(stacks) == [f"{CONNECTIONS}.shown"]


def test_no_key_is_written_out(stacks: Stacks) -> None:
    for block in blocks(stacks):
        for argument, value in block.body.items():
            if re.fullmatch(r".*(shared_key|password|secret)", argument):
                assert origin(stacks, block.stack, value).name.endswith("preshared_key")


def test_states_lie_beside_the_output_folder_and_are_read_where_they_are_written(stacks: Stacks) -> None:
    written = {name: config["terraform"]["backend"] for name, config in stacks.items()}
    assert written == {name: {"local": {"path": f"../../../terraform.{name}.tfstate"}} for name in stacks}
    read = [block.body for block in blocks(stacks, "terraform_remote_state")]
    assert len(read) == 4
    for remote in read:
        assert {remote["backend"]: remote["config"]} in written.values()


def test_nothing_of_the_machine_is_in_any_file(output: Path) -> None:
    machine = {str(PROJECT), str(Path.home()), str(output), tempfile.gettempdir(), socket.gethostname()}
    for file in output.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            assert not [word for word in machine if word in text]
            assert not re.findall(r'"(?:/[A-Za-z~]|~/|[A-Za-z]:\\|file:)[^"]*', text)


def test_providers_are_pinned_to_one_version(stacks: Stacks) -> None:
    wanted = {name: config["terraform"]["required_providers"] for name, config in stacks.items()}
    azure = {"azurerm": {"source": "azurerm", "version": "4.55.0"}}
    assert wanted == {
        NETWORK: azure,
        GATEWAY: azure,
        CONNECTIONS: azure,
        VPN: {"aws": {"source": "aws", "version": "6.25.0"}},
    }


def test_each_provider_is_told_its_region_and_no_credentials(stacks: Stacks) -> None:
    assert stacks[VPN]["provider"] == {"aws": [{"region": "eu-central-1"}]}
    for name in (NETWORK, GATEWAY, CONNECTIONS):
        assert stacks[name]["provider"] == {"azurerm": [{"features": [{}]}]}
