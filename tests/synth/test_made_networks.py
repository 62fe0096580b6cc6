"""What guards a network that Isthmus makes: the VPC's default security group, the group on the workload subnet."""

from __future__ import annotations

import pytest

from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.stacks import Attribute, blocks, origin

every_example = pytest.mark.parametrize("example", sorted(EXAMPLES))

LEFT_ALONE = """
name: t
aws: {fra: {region: eu-central-1, network: {cidr: 10.1.0.0/16, restrict_default_security_group: false}}}
azure: {fra: {region: germanywestcentral, network: {cidr: 10.2.0.0/16}}}
"""


@every_example
def test_a_made_vpc_has_a_default_security_group_without_rules(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    groups = list(blocks(stacks, "aws_default_security_group"))
    assert {origin(stacks, group.stack, group.body["vpc_id"]) for group in groups} == {
        Attribute(vpc, "id") for vpc in blocks(stacks, "aws_vpc")
    }
    for group in groups:
        assert not {"ingress", "egress"} & group.body.keys()


def test_a_default_security_group_can_be_left_alone(synthesized: Synthesized) -> None:
    assert list(blocks(synthesized.stacks(LEFT_ALONE), "aws_default_security_group")) == []


@every_example
def test_every_made_subnet_but_the_gateways_has_a_security_group(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    guarded = {
        origin(stacks, association.stack, association.body["subnet_id"])
        for association in blocks(stacks, "azurerm_subnet_network_security_group_association")
    }
    assert guarded == {
        Attribute(subnet, "id") for subnet in blocks(stacks, "azurerm_subnet") if subnet.body["name"] != "GatewaySubnet"
    }


def test_the_workload_subnet_lets_in_its_own_vnet_and_the_linked_sites_and_no_others(synthesized: Synthesized) -> None:
    rules = {rule.stack: rule.body for rule in blocks(synthesized.stacks(TWO_PAIRS), "azurerm_network_security_rule")}
    assert {stack: body["source_address_prefixes"] for stack, body in rules.items()} == {
        "t-azure-one-network": ["10.1.0.0/16", "10.2.0.0/16"],
        "t-azure-two-network": ["10.3.0.0/16", "10.4.0.0/16"],
    }
    for body in rules.values():
        assert (body["direction"], body["access"], body["protocol"]) == ("Inbound", "Allow", "*")


TWO_PAIRS = """
name: t
aws:
  one: {region: eu-central-1, network: {cidr: 10.1.0.0/16}}
  two: {region: eu-central-1, network: {cidr: 10.3.0.0/16}}
azure:
  one: {region: germanywestcentral, network: {cidr: 10.2.0.0/16}, gateway: {mode: active-standby}}
  two: {region: germanywestcentral, network: {cidr: 10.4.0.0/16}, gateway: {mode: active-standby, asn: 65020}}
links:
  - {aws: one, azure: one, routing: static}
  - {aws: two, azure: two}
"""
