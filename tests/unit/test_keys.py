"""Pre-shared keys: where each comes from, and that renewing one touches nothing else. The keys are never here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from isthmus.plan.types import Keys, KeySlot, KeySource, Link, Tunnel
from tests.unit.plans import all_tunnels, one, one_link, plan_of


@pytest.mark.parametrize(
    ("psk", "keys"),
    [
        ("{}", Keys(source=KeySource.AWS, secret=None, aws_storage="Standard")),
        ("{source: random}", Keys(source=KeySource.RANDOM, secret=None, aws_storage="Standard")),
        ("{source: variable}", Keys(source=KeySource.VARIABLE, secret=None, aws_storage="Standard")),
        (
            "{source: secrets-manager, secret: vpn/payments}",
            Keys(source=KeySource.SECRETS_MANAGER, secret="vpn/payments", aws_storage="Standard"),
        ),
        (
            "{source: random, preshared_key_storage: secrets-manager}",
            Keys(source=KeySource.RANDOM, secret=None, aws_storage="SecretsManager"),
        ),
    ],
)
def test_source(psk: str, keys: Keys) -> None:
    link = one_link(link=f"psk: {psk}")
    assert link.keys == keys
    assert {connection.key_storage for connection in link.connections} == {keys.aws_storage}


def test_slots_are_numbered_in_the_plans_order() -> None:
    assert [t.key_slot for t in one_link().tunnels] == [
        KeySlot(number=1, generation=1, variable="psk_a_b_i0_t1", secret_key="a-b-i0-t1"),
        KeySlot(number=2, generation=1, variable="psk_a_b_i0_t2", secret_key="a-b-i0-t2"),
        KeySlot(number=3, generation=1, variable="psk_a_b_i1_t1", secret_key="a-b-i1-t1"),
        KeySlot(number=4, generation=1, variable="psk_a_b_i1_t2", secret_key="a-b-i1-t2"),
    ]


def test_tunnel_that_azure_lacks_has_a_slot_of_its_own() -> None:
    """AWS wants a key for each of its two, and the idle one must not be handed that of the other."""
    slots = [t.key_slot for t in all_tunnels(one_link(link="routing: static, tunnels: 1"))]
    assert [(s.number, s.variable) for s in slots] == [(1, "psk_a_b_i0_t1"), (2, "psk_a_b_i0_t2")]


def without_generations(link: Link) -> Link:
    def without(tunnel: Tunnel) -> Tunnel:
        return replace(tunnel, key_slot=replace(tunnel.key_slot, generation=0))

    pairs = [(c, c.tunnels) for c in link.connections]
    connections = tuple(replace(c, tunnels=(without(first), without(second))) for c, (first, second) in pairs)
    return replace(link, connections=connections)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_generation_changes_one_key_and_nothing_else(number: int) -> None:
    before = one(link="psk: {source: random}")
    after = one(link=f"psk: {{source: random, generation: {{{number}: 2}}}}")
    generations = [t.key_slot.generation for t in after.links[0].tunnels]
    assert generations == [2 if n == number else 1 for n in (1, 2, 3, 4)]
    assert replace(after, links=()) == replace(before, links=())
    assert [without_generations(link) for link in after.links] == [without_generations(link) for link in before.links]


def test_generation_1_written_out_is_the_one_that_goes_without_saying() -> None:
    assert one(link="psk: {source: random, generation: {1: 1, 2: 1, 3: 1, 4: 1}}") == one(link="psk: {source: random}")


def test_two_links_never_share_a_variable() -> None:
    """``cdktf deploy`` gives every stack the same environment: one ``TF_VAR_…`` must not be the key of two tunnels."""
    made = plan_of(
        """
        name: two
        aws:
          fra: {region: eu-central-1, network: {cidr: 10.10.0.0/16}}
          dub: {region: eu-west-1, network: {cidr: 10.11.0.0/16}, gateway: {asn: 64513}}
        azure:
          hub: {region: westeurope, network: {cidr: 10.20.0.0/16}}
        links:
          - {aws: fra, azure: hub, slot: 0, psk: {source: variable}}
          - {aws: dub, azure: hub, slot: 1, psk: {source: variable}}
        """
    )
    variables = [tunnel.key_slot.variable for _, tunnel in made.tunnels()]
    assert len(set(variables)) == len(variables) == 8
