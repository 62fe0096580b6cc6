"""Both ends agree in every kind of link; and the check of that sees what can go wrong in each kind."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.observed.agreement import proposals
from isthmus.observed.negotiation import NO_PFS
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.stacks import Json, at, disagreements, json_of, roles, tunnels
from tests.synth.topologies import KINDS, KNOWN, PUBLIC_IPS, TABLE_ID

DROPPED, GONE = object(), object()
"""As a value: the argument is missing; the block is."""

ONE_STATIC, TGW_STATIC, TO_ADOPTED = (
    "static of one tunnel", "static on a transit gateway", "static to an adopted transit gateway"
)  # fmt: skip
AZURE = "small-azure-fra-connections/to-fra/i0-t1/connection"
LOCAL = "to-fra/i0-t1/local-network-gateway"
AWS = "small-link-fra-fra/to-fra/i0/connection"
HUB_AWS = "hub-link-iad-hub/to-hub/i0/connection"


@pytest.mark.parametrize("example", EXAMPLES)
def test_both_ends_of_every_tunnel_of_every_example_agree(synthesized: Synthesized, example: str) -> None:
    assert disagreements(synthesized.stacks(example), KNOWN) == []


@pytest.mark.parametrize("kind", KINDS)
def test_both_ends_agree_in_every_kind_of_link(synthesized: Synthesized, kind: str) -> None:
    assert disagreements(synthesized.stacks(KINDS[kind]), KNOWN) == []


def test_every_example_has_the_tunnels_that_it_tells_of(synthesized: Synthesized) -> None:
    found = {example: len(tunnels(synthesized.stacks(example))) for example in EXAMPLES}
    other = {"accounts": 8, "active-standby": 1, "hub": 12, "static": 2, "subscriptions": 8}
    assert found == {example: other.get(example, 4) for example in EXAMPLES}


@pytest.mark.parametrize(
    ("topology", "expected"),
    [
        ("simple", ("start", "restart", "Default")),
        ("active-standby", ("start", "restart", "ResponderOnly")),
        (KINDS["started by Azure"], ("add", "clear", "InitiatorOnly")),
    ],
)
def test_the_one_who_shall_start_starts(synthesized: Synthesized, topology: str, expected: tuple[str, ...]) -> None:
    assert roles(tunnels(synthesized.stacks(topology))) == {expected}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "explicit proposal",
            ["aes128-gcm", "sha256", 19, "aes128-cbc", 14, "sha256", "IKEv2", 28_800, 1_800],
        ),
        (
            "legacy proposal",
            ["aes128-cbc", "sha1", 2, "aes256-cbc", NO_PFS, "sha1", "IKEv1", 28_800, 3_600],
        ),
    ],
)
def test_a_proposal_that_is_written_out_is_what_both_ends_offer(
    synthesized: Synthesized, kind: str, expected: list[object]
) -> None:
    for tunnel in tunnels(synthesized.stacks(KINDS[kind])):
        compared = list(proposals(tunnel.azure.proposals, tunnel.aws.proposals))
        assert [str(c.azure) for c in compared] == list(map(str, expected))
        assert all(c.equal for c in compared)


@pytest.mark.parametrize("topology", ["active-standby", KINDS[ONE_STATIC]])
def test_of_a_link_of_one_tunnel_the_second_aws_tunnel_waits(synthesized: Synthesized, topology: str) -> None:
    stacks = synthesized.stacks(topology)
    (tunnel,) = tunnels(stacks)
    assert tunnel.aws.number == 1
    aws = json_of(stacks, tunnel.aws.connection).body
    for option, value in (("startup_action", "add"), ("dpd_timeout_action", "clear")):
        assert aws[f"tunnel2_{option}"] == value
        aws[f"tunnel2_{option}"] = "start"
        assert any("and does" in line for line in disagreements(stacks))
        aws[f"tunnel2_{option}"] = value


def test_an_active_standby_gateway_has_one_instance_with_one_bgp_address(synthesized: Synthesized) -> None:
    gateway = at(synthesized.stacks("active-standby"), "vpn/gateway").body
    assert gateway["active_active"] is False
    (peering,) = gateway["bgp_settings"]["peering_addresses"]
    assert peering["apipa_addresses"] == ["169.254.21.2"]


def _change(body: Json, keys: str, value: object) -> None:
    *way, last = keys.split(".")
    container: Any = body
    for step in way:
        container = container[int(step)] if isinstance(container, list) else container[step]
    if value is DROPPED:
        del container[last]
    else:
        container[last] = value


@pytest.mark.parametrize(
    ("topology", "path", "argument", "value", "said"),
    [
        # Static routes
        ("static", "to-lon/i0-t1/connection", "enable_bgp", True, "BGP of the connection: Azure has True"),
        ("static", "to-lon/i0-t1/connection", "custom_bgp_addresses", {"primary": "169.254.21.2"}, "BGP addresses of"),
        ("static", "to-lon/i0-t1/local-network-gateway", "address_space", ["10.51.0.0/16"], "ranges of AWS"),
        ("static", "to-lon/i0-t1/local-network-gateway", "address_space", DROPPED, "ranges of AWS: Azure has nothing"),
        (
            "static",
            "to-lon/i0-t1/local-network-gateway",
            "bgp_settings",
            {"asn": 64512},
            "BGP peer beside static routes",
        ),
        ("static", "i0/route-10.60.0.0-16", "destination_cidr_block", "10.61.0.0/16", "ranges of Azure"),
        ("static", "i0/route-10.60.0.0-16", "vpn_connection_id", "vpn-0a1b2c3d", "AWS has nothing"),
        ("static", "to-lon/i0/connection", "static_routes_only", False, "BGP of the connection"),
        ("static", "network/vpc", "cidr_block", "10.52.0.0/16", "ranges of AWS"),
        ("static", "network/vnet", "address_space", ["10.62.0.0/16"], "ranges of Azure"),
        ("static", "vpn/gateway", "bgp_settings", DROPPED, "BGP settings of the gateway"),
        ("static", "vpn/gateway", "active_active", True, "has 1 IP configurations, not 2"),
        ("static", "gateway/propagation-private", "", GONE, "propagates nowhere"),
        ("static", "gateway/propagation-private", "route_table_id", "rtb-0a1b2c3d", "does not propagate into"),
        (KINDS[TGW_STATIC], "i0/route-10.20.0.0-16", "", GONE, "ranges of Azure"),
        (KINDS[TGW_STATIC], "i0/route-10.20.0.0-16", "destination_cidr_block", "10.0.0.0/8", "ranges of Azure"),
        (KINDS[TO_ADOPTED], "i0/route-10.20.0.0-16", "transit_gateway_route_table_id", "tgw-rtb-1", "AWS has nothing"),
        (KINDS[TO_ADOPTED], LOCAL, "address_space", ["10.10.0.0/16"], "ranges of AWS"),
        ("simple", "i0-t1/local-network-gateway", "address_space", ["10.10.0.0/16"], "static routes beside BGP"),
        # One tunnel
        ("active-standby", "i0-t1/connection", "custom_bgp_addresses.secondary", "169.254.21.6", "number of BGP"),
        ("active-standby", "i0-t1/connection", "custom_bgp_addresses.primary", "169.254.21.6", "primary BGP address"),
        ("active-standby", "vpn/gateway", "active_active", True, "has 1 IP configurations, not 2"),
        ("active-standby", "i0-t1/connection", "", GONE, "tunnel1 of"),
        (KINDS["started by Azure"], "i1-t2/connection", "", GONE, "tunnel2 of"),
        ("static", "to-lon/i0-t1/connection", "", GONE, "tunnel1 of"),
        ("static", "to-lon/i0-t2/connection", "", GONE, "and does ('start', 'restart')"),
        # Transit gateways
        ("tgw-large", "i0/vpn-association", "", GONE, "has 0 route table associations, where 1 must be"),
        ("tgw-large", "i1/vpn-propagation", "", GONE, "has 0 route table propagations, where 1 must be"),
        ("tgw-large", "gateway/vpc-association", "", GONE, "vpc-attachment has 0 route table associations"),
        ("tgw-large", "gateway/vpc-propagation", "", GONE, "vpc-attachment has 0 route table propagations"),
        ("tgw-large", "gateway/vpc-attachment", "", GONE, "has no VPC attached"),
        ("tgw-large", "gateway/vpc-attachment", "transit_gateway_id", "tgw-0a1b2c3d", "has no VPC attached"),
        ("tgw-large", "gateway/private-to-10.20.0.0-16", "", GONE, "leads [] to"),
        ("tgw-large", "private-to-10.20.0.0-16", "destination_cidr_block", "10.21.0.0/16", "['10.20.0.0/16'] must"),
        ("tgw-large", "gateway/tgw", "amazon_side_asn", 64_531, "AWS's ASN: Azure has 64530, AWS has 64531"),
        ("hub", HUB_AWS, "vpn_gateway_id", "vgw-0a1b2c3d", "ends on vpn_gateway_id and transit_gateway_id"),
        ("adopted", "i0/vpn-association", "transit_gateway_route_table_id", TABLE_ID, "2 route tables in use"),
        ("adopted", "gateway/rtb-0a1b2c3d4e5f67890-to-10.20.0.0-16", "destination_cidr_block", "10.2.0.0/16", "leads"),
        # What is adopted
        ("adopted", "i0-t1/local-network-gateway", "bgp_settings.asn", 64_541, "the ASN of tgw-0a1b2c3d4e5f67890"),
        ("adopted", "i0/connection", "transit_gateway_id", "tgw-0a1b2c3e", "the VPC of tgw-0a1b2c3e leads []"),
        (KINDS["adopted Azure gateway"], "i0/customer-gateway", "bgp_asn", "65041", "is 65040 and 65041"),
        (KINDS["adopted Azure gateway"], "i0/customer-gateway", "ip_address", PUBLIC_IPS[1], "is 0 and 1"),
        (KINDS["adopted Azure gateway"], AZURE, "virtual_network_gateway_id", "hub", "is hub, which is no id of"),
        (KINDS["adopted VGW on a made VPC"], AWS, "vpn_gateway_id", "tgw-0a1b2c3d", "which is no id of"),
        # Keys
        ("keys-variable", "to-fra/i0/connection", "tunnel1_preshared_key", "${var.psk_fra_fra_i0_t2}", "key: Azure"),
        ("keys-variable", "to-fra/i0/connection", "tunnel1_preshared_key", DROPPED, "tunnel of the key"),
        ("keys-variable", "to-fra/i0/connection", "tunnel1_preshared_key", "abcdefgh", "key: Azure has"),
        ("keys-variable", "to-fra/i0/connection", "tunnel1_preshared_key", "${var.other}", "var.other is not in"),
        ("keys-secret", "to-fra/i0/connection", "tunnel1_preshared_key", "${local.other}", "local.other is not in"),
    ],
)
def test_what_is_wrong_with_one_kind_of_link_is_reported(
    synthesized: Synthesized, topology: str, path: str, argument: str, value: object, said: str
) -> None:
    stacks = synthesized.stacks(topology)
    block = at(stacks, path)
    if value is GONE:
        del stacks[block.stack][block.mode][block.type][block.id]
    else:
        _change(block.body, argument, value)
    found = disagreements(stacks, KNOWN)
    assert any(said in line for line in found), found


@pytest.mark.parametrize("example", ["keys-rotation", "keys-variable", "keys-secret", "complete"])
def test_keys_swapped_at_one_end_are_reported(synthesized: Synthesized, example: str) -> None:
    for end, key in (("i0-t1/connection", "shared_key"), ("i0/connection", "tunnel1_preshared_key")):
        stacks = synthesized.stacks(example)
        one = at(stacks, end).body
        other = at(stacks, end.replace("i0", "i1")).body
        one[key], other[key] = other[key], one[key]
        assert len([line for line in disagreements(stacks) if ": key: Azure has" in line]) == 2


def test_a_key_with_another_letter_in_front_is_reported(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("keys-rotation")
    body = at(stacks, "i0-t1/connection").body
    assert body["shared_key"].startswith("k${")
    body["shared_key"] = "x" + body["shared_key"][1:]
    assert len(disagreements(stacks)) == 1


def test_a_key_of_another_name_in_the_secret_is_reported(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("keys-secret")
    key_names = stacks["keys-secret-link-fra-fra"]["locals"]
    first, second, *_ = key_names
    key_names[first] = key_names[second]
    assert any("2 tunnels share the key" in line for line in disagreements(stacks))


def test_a_key_that_aws_redacts_is_not_what_azure_may_read(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks(KINDS["keys in Secrets Manager"])
    aws = at(stacks, AWS)
    assert aws.body["preshared_key_storage"] == "SecretsManager"
    stacks[aws.stack]["output"]["told"] = {"value": f"${{{aws.address}.tunnel1_preshared_key}}", "sensitive": True}
    body = at(stacks, AZURE).body
    body["shared_key"] = "${data.terraform_remote_state.cross-stack-reference-input-small-link-fra-fra.outputs.told}"
    assert any(": key: Azure has" in line for line in disagreements(stacks))
