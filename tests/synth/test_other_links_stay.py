"""Adding or removing a link leaves every resource of all other links as it is, byte for byte."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.synth.changes import ABSENT, Change, changes
from tests.synth.inside import Synthesized
from tests.synth.program import DATA, EXAMPLES, contents
from tests.synth.stacks import Json, Stacks, blocks
from tests.synth.topologies import TGW

HUB, MESH = EXAMPLES["hub"], DATA / "mesh.yaml"
GATEWAY, CONNECTIONS = "hub-azure-hub-gateway", "hub-azure-hub-connections"


def _without(file: Path, *links: str, sites: bool = False) -> str:
    """The topology without ``links`` (by ``aws>azure``), and with ``sites`` without their AWS sites either."""
    topology: Json = yaml.safe_load(file.read_text(encoding="utf-8"))
    gone = [link for link in topology["links"] if f"{link['aws']}>{link['azure']}" in links]
    assert len(gone) == len(links)
    topology["links"] = [link for link in topology["links"] if link not in gone]
    if sites:
        for link in gone:
            del topology["aws"][link["aws"]]
    return yaml.safe_dump(topology, sort_keys=False)


def _of_others(stacks: Stacks, link: str) -> dict[str, str]:
    """The JSON of every block that does not belong to ``link``, but for turns and what lists all links or networks."""
    aws, azure = link.split(">")
    own = rf"[\w-]+-link-{aws}-{azure}/.*|[\w-]+-azure-{azure}-connections/to-{aws}/.*"
    of_all = (
        "terraform_data",
        "terraform_remote_state",
        "azurerm_virtual_network_gateway",
        "azurerm_network_security_rule",
    )
    return {
        block.full_address: json.dumps(block.body)
        for block in blocks(stacks)
        if block.type not in of_all and not re.fullmatch(own, block.path)
    }


# A VPC on a transit gateway has a route to each network that the gateway hears of, through whatever link.
RANGES = {"fra": "10.1.0.0/16", "dub": "10.2.0.0/16", "iad": "10.3.0.0/16"}
ROUTE = r"hub-aws-iad-vpn\.resource\.aws_route\.gateway_private-to-{}_\w+"


def _is_route_to(site: str, change: Change) -> bool:
    """Whether ``change`` is the route to ``site`` that goes with it."""
    key = re.sub(r"[./]", lambda m: "" if m[0] == "." else "-", RANGES[site])
    return change.after == ABSENT and bool(re.fullmatch(ROUTE.format(key), change.path))


# The rule of the workload subnet lists the networks that the gateway hears of: it is changed in place.
LETS_IN = re.compile(
    r"[\w-]+-network\.resource\.azurerm_network_security_rule\.network_allow-linked-networks_\w+"
    r"\.source_address_prefixes\[\d+\]"
)


def _changed(before: Stacks, after: Stacks) -> list[Change]:
    """Changes of what is deployed: without what cdktf notes for itself."""
    return [c for c in changes(before, after) if ".//." not in c.path]


@pytest.mark.parametrize("sites", [False, True])
def test_adding_the_link_of_the_highest_slot_only_adds(synthesized: Synthesized, sites: bool) -> None:
    before, after = synthesized.stacks(_without(HUB, "iad>hub", sites=sites)), synthesized.stacks(HUB)
    found = changes(before, after)
    assert found
    assert [c for c in found if not c.is_addition and not LETS_IN.fullmatch(c.path)] == []
    gateway = [c.path for c in found if c.path.startswith(GATEWAY)]
    assert len(gateway) == 4
    assert all("apipa_addresses[" in path for path in gateway)


@pytest.mark.parametrize(("link", "turn"), [("fra>hub", "to-dub/turn"), ("dub>hub", "to-iad/turn"), ("iad>hub", None)])
@pytest.mark.parametrize("sites", [False, True])
def test_removing_a_link_changes_the_turn_of_the_next_and_what_lists_all(
    synthesized: Synthesized, link: str, turn: str | None, sites: bool
) -> None:
    before, after = synthesized.stacks(HUB), synthesized.stacks(_without(HUB, link, sites=sites))
    aws = link.partition(">")[0]
    own, link_stack = f"hub-aws-{aws}-vpn", f"hub-link-{aws}-hub"
    outputs = (GATEWAY, f"{CONNECTIONS}.output.connection_ids.value")
    for change in _changed(before, after):
        stack = change.path.partition(".")[0]
        if _is_route_to(aws, change) or LETS_IN.fullmatch(change.path):
            continue
        assert stack in (own, link_stack, GATEWAY, CONNECTIONS), change
        if stack == GATEWAY:
            assert re.search(r"bgp_settings\.peering_addresses\[[01]\]\.apipa_addresses\[\d+\]", change.path), change
        elif stack == CONNECTIONS and not change.path.startswith(outputs):
            gone = change.after == ABSENT and re.search(rf"\.to-{aws}_|-{link_stack}$", change.path)
            turned = turn and re.search(rf"terraform_data\.{turn.replace('/', '_')}_\w+\.depends_on", change.path)
            assert gone or turned, change
    assert len([c for c in _changed(before, after) if "terraform_data" in c.path and c.after != ABSENT]) <= 1


@pytest.mark.parametrize("sites", [False, True])
def test_the_files_of_other_aws_sites_stay_byte_for_byte(synthesized: Synthesized, sites: bool) -> None:
    topology = _without(HUB, "dub>hub", sites=sites)
    before, after = contents(synthesized.output(HUB)), contents(synthesized.output(topology))
    links = ("hub-link-fra-hub", "hub-link-iad-hub")
    same = [f"stacks/{s}/cdk.tf.json" for s in ("hub-aws-fra-vpn", *links)]
    same += [f"stacks/{s}/README.md" for s in ("hub-aws-fra-vpn", "hub-aws-iad-vpn", "hub-azure-hub-network", *links)]
    for file in same:
        assert before[file] == after[file]
    found = _changed(synthesized.stacks(HUB), synthesized.stacks(topology))
    (route,) = (c for c in found if "hub-aws-iad-vpn" in c.path)
    assert _is_route_to("dub", route)
    network = [c.path for c in found if c.path.startswith("hub-azure-hub-network")]
    assert network
    assert [path for path in network if not LETS_IN.fullmatch(path)] == []


@pytest.mark.parametrize(
    ("file", "link"),
    [(HUB, f"{site}>hub") for site in ("fra", "dub", "iad")]
    + [(MESH, f"{aws}>{azure}") for aws in ("fra", "dub") for azure in ("fra", "dub")],
)
def test_every_block_of_all_other_links_stays_byte_for_byte(synthesized: Synthesized, file: Path, link: str) -> None:
    before, after = synthesized.stacks(file), synthesized.stacks(_without(file, link))
    others = _of_others(before, link)
    # Routes and providers of the site itself go with its only link.
    site = link.partition(">")[0] if file == HUB else None
    kept = {
        a: body
        for a, body in others.items()
        if f"-aws-{site}-vpn/" not in a and not (site and "aws_route." in a and f'"{RANGES[site]}"' in body)
    }
    assert kept.items() <= _of_others(after, link).items()
    assert len(kept) < len(list(blocks(before)))


@pytest.mark.parametrize("file", [HUB, MESH])
def test_the_bgp_addresses_that_stay_keep_their_order(synthesized: Synthesized, file: Path) -> None:
    link = "dub>hub" if file == HUB else "fra>fra"
    before, after = (
        {
            (b.full_address, number): peering["apipa_addresses"]
            for b in blocks(stacks, "azurerm_virtual_network_gateway")
            for number, peering in enumerate(b.body["bgp_settings"]["peering_addresses"])
        }
        for stacks in (synthesized.stacks(file), synthesized.stacks(_without(file, link)))
    )
    shorter = 0
    for place, addresses in before.items():
        assert [a for a in addresses if a in after[place]] == after[place]
        shorter += len(addresses) > len(after[place])
    assert shorter == 2


def test_a_second_azure_site_at_a_transit_gateway_only_adds(synthesized: Synthesized) -> None:
    sites = [
        f"  {key}: {{region: {region}, network: {{cidr: {cidr}}}, gateway: {{asn: {asn}}}}}"
        for key, region, cidr, asn in (
            ("ams", "westeurope", "10.20.0.0/16", 65_010),
            ("zrh", "switzerlandnorth", "10.19.0.0/16", 65_011),
        )
    ]
    head = (
        f"name: two\naws:\n  fra: {{region: eu-central-1, network: {{cidr: 10.10.0.0/16}}, gateway: {TGW}}}\nazure:\n"
    )
    link = "  - {{aws: fra, azure: {}, slot: {}}}\n"
    one = f"{head}{sites[0]}\nlinks:\n{link.format('ams', 0)}"
    two = head + "\n".join(sites) + f"\nlinks:\n{link.format('ams', 0)}{link.format('zrh', 1)}"
    found = changes(synthesized.stacks(one), synthesized.stacks(two))
    assert len([c for c in found if "aws_route." in c.path]) == 1
    assert [c for c in found if not c.is_addition and not LETS_IN.fullmatch(c.path)] == []


MIXED = """
name: mix
aws:
  fra: {region: eu-central-1, network: {cidr: 10.1.0.0/16}, gateway: {asn: 64601}}
  dub: {region: eu-west-1, network: {cidr: 10.2.0.0/16}, gateway: {asn: 64602}}
azure:
  ams: {region: westeurope, network: {cidr: 10.20.0.0/16}MODE}
links:
"""
STATIC, BGP = "  - {aws: fra, azure: ams, slot: 0, routing: static}\n", "  - {aws: dub, azure: ams, slot: 1}\n"


@pytest.mark.parametrize("mode", ["", "active-active", "active-standby"])
def test_the_first_bgp_link_of_a_gateway_changes_nothing_of_it_but_its_addresses(
    synthesized: Synthesized, mode: str
) -> None:
    """A gateway that all links of one kind left would be another one: mode, BGP and its ASN do not hang on them."""
    head = MIXED.replace("MODE", f", gateway: {{mode: {mode}}}" if mode else "")
    before, after = synthesized.stacks(head + STATIC), synthesized.stacks(head + STATIC + BGP)
    gateway = [c for c in _changed(before, after) if c.path.startswith("mix-azure-ams-gateway")]
    assert gateway
    assert [c for c in gateway if not c.is_addition or "apipa_addresses" not in c.path] == []
    back = [c for c in _changed(after, synthesized.stacks(head + BGP)) if c.path.startswith("mix-azure-ams-gateway")]
    assert back == []
    none = synthesized.stacks(head.replace("links:\n", "links: []\n"))
    gone = [c for c in _changed(synthesized.stacks(head + STATIC), none) if c.path.startswith("mix-azure-ams-gateway")]
    assert gone == []


def test_a_change_that_is_no_addition_is_seen() -> None:
    before: Json = {"a": {"list": [1, 2], "same": "x"}, "gone": 1}
    after: Json = {"a": {"list": [1, 3, 4], "same": "x", "new": 0}}
    assert changes(before, after) == [
        Change("a.list[1]", 2, 3),
        Change("a.list[2]", ABSENT, 4),
        Change("a.new", ABSENT, 0),
        Change("gone", 1, ABSENT),
    ]
    assert [c.is_addition for c in changes(before, after)] == [False, True, True, False]
