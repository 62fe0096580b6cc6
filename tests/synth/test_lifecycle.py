"""What a topology says about changes: what may not be destroyed, what others set, and names that stay."""

from __future__ import annotations

import pytest

from isthmus.changes.behaviour import known_types
from isthmus.clouds import arguments
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.schemas import schema_of
from tests.synth.stacks import blocks

SIMPLE = """
name: pay
aws: {fra: {region: eu-central-1, network: {cidr: 10.1.0.0/16}}}
azure: {west: {region: westeurope, network: {cidr: 10.20.0.0/16}}}
"""
RENAMED = """
name: payments
formerly: pay
aws: {frankfurt: {formerly: fra, region: eu-central-1, network: {cidr: 10.1.0.0/16}}}
azure: {hub: {formerly: west, region: westeurope, network: {cidr: 10.20.0.0/16}}}
"""
GATEWAYS = {"aws_vpn_gateway", "aws_ec2_transit_gateway", "azurerm_virtual_network_gateway"}
PROTECTED = {*GATEWAYS, "aws_vpc", "azurerm_virtual_network", "azurerm_public_ip"}

every_example = pytest.mark.parametrize("example", sorted(EXAMPLES))


@every_example
def test_no_generation_is_written_that_the_topology_does_not_name(synthesized: Synthesized, example: str) -> None:
    for gateway in blocks(synthesized.stacks(example), "azurerm_virtual_network_gateway"):
        assert gateway.body.get("generation") == ("Generation2" if example == "complete" else None)


@pytest.mark.parametrize(("zones", "ignored"), [("", ["zones"]), (", zones: true", None)])
def test_zones_of_a_public_ip_change_only_where_the_topology_names_them(
    synthesized: Synthesized, zones: str, ignored: list[str] | None
) -> None:
    stacks = synthesized.stacks(SIMPLE.replace("10.20.0.0/16", f"10.20.0.0/16{zones}"))
    found = [ip.body.get("lifecycle", {}).get("ignore_changes") for ip in blocks(stacks, "azurerm_public_ip")]
    assert found == [ignored, ignored]


def test_a_renamed_deployment_is_the_same_to_terraform(synthesized: Synthesized) -> None:
    before, after = synthesized.stacks(SIMPLE), synthesized.stacks(RENAMED)
    assert list(after) == list(before)
    assert after == before


@pytest.mark.parametrize("kind", ["vgw", "tgw"])
@pytest.mark.parametrize("protect", ["true", "false"])
def test_what_is_protected_is_never_destroyed(synthesized: Synthesized, kind: str, protect: str) -> None:
    text = SIMPLE.replace("}}}\nazure", f"}}, gateway: {{kind: {kind}}}}}}}\nazure") + f"protect: {protect}\n"
    stacks = synthesized.stacks(text)
    made = [block for type_ in sorted(PROTECTED) for block in blocks(stacks, type_)]
    assert len(made) == 6
    for block in made:
        kept = block.body.get("lifecycle", {}).get("prevent_destroy")
        assert kept is (True if protect == "true" else None), block


def test_locks_are_on_what_links_depend_on(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks(SIMPLE + "azure_locks: true\n")
    locks = list(blocks(stacks, "azurerm_management_lock"))
    assert {lock.body["lock_level"] for lock in locks} == {"CanNotDelete"}
    kinds = {lock.body["scope"].removeprefix("${").partition(".")[0] for lock in locks}
    assert kinds == {"azurerm_virtual_network_gateway", "azurerm_virtual_network", "azurerm_public_ip"}
    assert len(locks) == 4
    assert len({lock.body["name"] for lock in locks}) == 4


def test_tags_of_others_are_left_on_every_resource(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks(SIMPLE + 'ignore: {tags: [CostCenter, "created by"]}\n')
    tagged = 0
    for name, stack in stacks.items():
        if providers := stack.get("provider", {}).get("aws"):
            assert providers[0]["ignore_tags"] == [{"keys": ["CostCenter", "created by"]}], name
        for type_, resources in stack.get("resource", {}).items():
            for body in resources.values() if type_.startswith("azurerm_") else ():
                if "tags" in body:
                    tagged += 1
                    ignored = body["lifecycle"]["ignore_changes"]
                    assert ignored[:2] == ['tags["CostCenter"]', 'tags["created by"]'], type_
    assert tagged > 15


@pytest.mark.parametrize(
    ("type_", "names"),
    [
        ("azurerm_virtual_network", arguments.VNET),
        ("azurerm_virtual_network_gateway", arguments.GATEWAY),
        ("azurerm_public_ip", arguments.PUBLIC_IP),
        ("azurerm_subnet", arguments.SUBNET),
    ],
)
def test_arguments_of_others_exist_and_are_left_where_they_are(
    synthesized: Synthesized, type_: str, names: tuple[str, ...]
) -> None:
    schema = schema_of("resource", type_)
    assert set(names) <= {*schema["attributes"], *schema.get("block_types", {})}
    stacks = synthesized.stacks(SIMPLE + f"ignore: {{arguments: [{', '.join(arguments.FOREIGN_ARGUMENTS)}]}}\n")
    ignored = [set(b.body.get("lifecycle", {}).get("ignore_changes", [])) - {"zones"} for b in blocks(stacks, type_)]
    # Nobody else has a say on a GatewaySubnet.
    assert [found for found in ignored if found] == [set(names)] * (2 if type_ == "azurerm_public_ip" else 1)


def test_a_vnet_grows_around_a_gateway_subnet_that_is_written_down(synthesized: Synthesized) -> None:
    grown = SIMPLE.replace("cidr: 10.20.0.0/16", "cidr: 10.20.0.0/15, gateway_subnet: 10.20.255.224/27")
    before, after = (
        {subnet.body["name"]: subnet.body["address_prefixes"] for subnet in blocks(stacks, "azurerm_subnet")}
        for stacks in (synthesized.stacks(SIMPLE), synthesized.stacks(grown))
    )
    assert after == before


@every_example
def test_what_replaces_a_resource_is_known_of_every_type(synthesized: Synthesized, example: str) -> None:
    made = {type_ for stack in synthesized.stacks(example).values() for type_ in stack.get("resource", {})}
    assert made - known_types() == set()
