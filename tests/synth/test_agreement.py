"""Both ends of every tunnel agree; and the check of that sees each way in which they can fail to."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.observed import known
from tests.synth.stacks import Json, Stacks, at, disagreements, roles, tunnels

DROPPED = object()

AWS = "to-fra/i{}/connection"
CUSTOMER = "to-fra/i{}/customer-gateway"
AZURE = "example-azure-fra-connections/to-fra/{}/connection"
LOCAL = "to-fra/{}/local-network-gateway"
GATEWAY = "vpn/gateway"


def _place(stacks: Stacks, path: str, keys: str) -> tuple[Json, str]:
    """Where the argument ``keys`` (``bgp_settings.asn``, ``ip_configuration.0.name``) of a block stands."""
    *way, last = keys.split(".")
    value: Any = at(stacks, path).body
    for step in way:
        value = value[int(step)] if isinstance(value, list) else value[step]
    assert last in value
    return value, last


def test_both_ends_of_every_tunnel_agree(stacks: Stacks) -> None:
    assert disagreements(stacks) == []


def test_the_example_has_four_tunnels_two_at_each_azure_instance(stacks: Stacks) -> None:
    found = tunnels(stacks)
    assert len({t.azure.key for t in found}) == len({t.azure.peer_address for t in found}) == 4
    assert len({t.aws.inside_block for t in found}) == 4
    assert sorted(t.instance.number for t in found if t.instance) == [0, 0, 1, 1]


def test_the_inside_addresses_are_those_of_microsofts_tutorial(stacks: Stacks) -> None:
    expected = {
        ("i0", 1): ("169.254.21.0/30", "169.254.21.1", "169.254.21.2", "169.254.21.6"),
        ("i0", 2): ("169.254.22.0/30", "169.254.22.1", "169.254.22.2", "169.254.21.6"),
        ("i1", 1): ("169.254.21.4/30", "169.254.21.5", "169.254.21.2", "169.254.21.6"),
        ("i1", 2): ("169.254.22.4/30", "169.254.22.5", "169.254.21.2", "169.254.22.6"),
    }
    found = {}
    for tunnel in tunnels(stacks):
        aws, azure = tunnel.aws, tunnel.azure
        found[aws.connection.path.split("/")[-2], aws.number] = tuple(
            known(value) for value in (aws.inside_block, azure.peer_bgp_address, *azure.custom_bgp)
        )
    assert found == expected


def test_both_ends_start_as_in_the_vendors_recipe(stacks: Stacks) -> None:
    assert roles(tunnels(stacks)) == {("start", "restart", "Default")}


def test_both_ends_of_every_tunnel_of_a_mesh_agree(mesh: Stacks) -> None:
    assert disagreements(mesh) == []
    found = tunnels(mesh)
    assert len(found) == 16
    assert len({(str(t.aws.gateway.target), str(t.azure.gateway.target)) for t in found}) == 4


@pytest.mark.parametrize(
    ("path", "argument", "value", "said"),
    [
        (AZURE.format("i0-t1"), "ipsec_policy.dh_group", "ECP256", "dh_group: Azure has 19, AWS has 20"),
        (AZURE.format("i0-t1"), "ipsec_policy.pfs_group", "PFS2048", "pfs_group: Azure has 14, AWS has 20"),
        (AZURE.format("i0-t1"), "ipsec_policy.ike_encryption", "AES128", "ike_encryption: Azure has aes128-cbc"),
        (AZURE.format("i0-t1"), "ipsec_policy.ike_integrity", "SHA256", "ike_integrity: Azure has sha256"),
        (AZURE.format("i0-t1"), "ipsec_policy.ipsec_encryption", "AES256", "ipsec_encryption: Azure has aes256-cbc"),
        (AZURE.format("i0-t1"), "ipsec_policy.ipsec_integrity", "SHA256", "ipsec_integrity: Azure has sha256"),
        (AZURE.format("i0-t1"), "ipsec_policy.ipsec_integrity", "SHA1024", "ipsec_integrity: Azure has SHA1024"),
        (AZURE.format("i0-t1"), "ipsec_policy.sa_lifetime", 27_000, "ESP lifetime: Azure has 27000, AWS has 3600"),
        (AZURE.format("i0-t1"), "ipsec_policy", DROPPED, "dh_group: Azure has 2, AWS has 20"),
        (AZURE.format("i0-t1"), "connection_protocol", "IKEv1", "IKE version: Azure has IKEv1, AWS has IKEv2"),
        (AZURE.format("i0-t1"), "dpd_timeout_seconds", 30, "DPD seconds: Azure has 30, AWS has 45"),
        (AZURE.format("i0-t1"), "connection_mode", "InitiatorOnly", "who starts"),
        (AZURE.format("i0-t1"), "enable_bgp", False, "BGP of the connection"),
        (AZURE.format("i0-t1"), "custom_bgp_addresses", DROPPED, "number of BGP"),
        (
            AZURE.format("i0-t1"),
            "custom_bgp_addresses.primary",
            "169.254.22.2",
            "Azure's BGP address: Azure has 169.254.22.2",
        ),
        (
            AZURE.format("i1-t1"),
            "custom_bgp_addresses.secondary",
            "169.254.21.2",
            "Azure's BGP address: Azure has 169.254.21.2",
        ),
        (
            AZURE.format("i0-t1"),
            "custom_bgp_addresses.secondary",
            "169.254.21.10",
            "secondary BGP address is one of instance 1",
        ),
        (AZURE.format("i0-t1"), "shared_key", "secret", "address: Azure has (secret)"),
        (AZURE.format("i0-t1"), "location", "westeurope", "place of"),
        (LOCAL.format("i0-t1"), "bgp_settings.asn", 64_513, "AWS's ASN: Azure has 64513, AWS has 64512"),
        (LOCAL.format("i0-t1"), "bgp_settings.bgp_peering_address", "169.254.21.2", "AWS's BGP address"),
        (LOCAL.format("i0-t1"), "gateway_address", DROPPED, "gateway_address of"),
        (GATEWAY, "bgp_settings.asn", 65_011, "Azure's ASN: Azure has 65011, AWS has 65010"),
        (GATEWAY, "bgp_settings.peering_addresses.1.apipa_addresses", ["169.254.21.6"], "BGP address at instance 1"),
        (
            GATEWAY,
            "bgp_settings.peering_addresses.0.apipa_addresses",
            ["169.254.21.2", "169.254.22.2", "169.254.21.10"],
            "which no tunnel uses",
        ),
        (GATEWAY, "bgp_settings.peering_addresses.0.ip_configuration_name", "default", "BGP address at instance 0"),
        (GATEWAY, "enable_bgp", False, "BGP of the gateway"),
        ("gateway/vgw", "amazon_side_asn", "64513", "AWS's ASN: Azure has 64512, AWS has 64513"),
        (CUSTOMER.format(0), "bgp_asn", "65000", "Azure's ASN: Azure has 65010, AWS has 65000"),
        (AWS.format(0), "tunnel1_inside_cidr", "169.254.21.8/30", "AWS's BGP address: Azure has 169.254.21.1"),
        (AWS.format(0), "tunnel1_inside_cidr", "169.254.22.0/30", "share the inside block"),
        (AWS.format(0), "tunnel1_inside_cidr", DROPPED, "no inside block for tunnel 1"),
        (AWS.format(0), "tunnel1_phase1_dh_group_numbers", [14, 20], "where one value must stand"),
        (AWS.format(0), "tunnel1_phase1_encryption_algorithms", DROPPED, "where one value must stand"),
        (AWS.format(0), "tunnel1_phase1_lifetime_seconds", 3_600, "IKE lifetime: Azure has 28800, AWS has 3600"),
        (AWS.format(0), "tunnel2_phase2_lifetime_seconds", 1_800, "ESP lifetime: Azure has 3600, AWS has 1800"),
        (AWS.format(0), "tunnel2_dpd_timeout_seconds", 30, "DPD seconds: Azure has 45, AWS has 30"),
        (AWS.format(1), "tunnel1_startup_action", "add", "who starts"),
        (AWS.format(1), "static_routes_only", True, "BGP of the connection"),
    ],
)
def test_a_value_that_one_end_has_alone_is_reported(
    stacks: Stacks, path: str, argument: str, value: object, said: str
) -> None:
    block, key = _place(stacks, path, argument)
    if value is DROPPED:
        del block[key]
    else:
        block[key] = value
    assert any(said in line for line in disagreements(stacks)), disagreements(stacks)


@pytest.mark.parametrize(
    ("one_path", "other_path", "argument", "said"),
    [
        (AZURE.format("i0-t1"), AZURE.format("i0-t2"), "shared_key", "tunnel of the key and of the address"),
        (AZURE.format("i0-t1"), AZURE.format("i1-t1"), "shared_key", "tunnel of the key and of the address"),
        (LOCAL.format("i0-t1"), LOCAL.format("i1-t1"), "gateway_address", "tunnel of the key and of the address"),
        (LOCAL.format("i0-t1"), LOCAL.format("i0-t2"), "bgp_settings", "AWS's BGP address"),
        (AZURE.format("i0-t1"), AZURE.format("i0-t2"), "custom_bgp_addresses", "Azure's BGP address"),
        (AZURE.format("i0-t1"), AZURE.format("i0-t2"), "local_network_gateway_id", "tunnel of the key"),
        (CUSTOMER.format(0), CUSTOMER.format(1), "ip_address", "BGP address at instance"),
        (AWS.format(0), AWS.format(1), "customer_gateway_id", "BGP address at instance"),
        (AWS.format(0), AWS.format(1), "tunnel1_inside_cidr", "AWS's BGP address"),
    ],
)
def test_what_two_tunnels_have_swapped_is_reported(
    stacks: Stacks, one_path: str, other_path: str, argument: str, said: str
) -> None:
    (one, key), (other, _) = _place(stacks, one_path, argument), _place(stacks, other_path, argument)
    one[key], other[key] = other[key], one[key]
    assert any(said in line for line in disagreements(stacks)), disagreements(stacks)


def test_public_ips_swapped_between_the_instances_are_reported(stacks: Stacks) -> None:
    first, second = at(stacks, GATEWAY).body["ip_configuration"]
    first["public_ip_address_id"], second["public_ip_address_id"] = (
        second["public_ip_address_id"],
        first["public_ip_address_id"],
    )
    assert any("BGP address at instance" in line for line in disagreements(stacks))


def test_a_public_ip_that_the_gateway_does_not_have_is_reported(stacks: Stacks) -> None:
    first, second = at(stacks, GATEWAY).body["ip_configuration"]
    first["public_ip_address_id"] = second["public_ip_address_id"]
    assert any("does not have the public IP" in line for line in disagreements(stacks))


def test_a_key_used_twice_is_reported(stacks: Stacks) -> None:
    (one, key), (other, _) = (_place(stacks, AZURE.format(t), "shared_key") for t in ("i0-t1", "i0-t2"))
    one[key] = other[key]
    assert any("2 tunnels share the key" in line for line in disagreements(stacks))


def test_an_aws_tunnel_without_an_azure_connection_is_reported(stacks: Stacks) -> None:
    block = at(stacks, AZURE.format("i1-t2"))
    del stacks[block.stack]["resource"][block.type][block.id]
    said = disagreements(stacks)
    assert any("tunnel2" in line and "has no Azure connection" in line for line in said), said


def test_an_output_that_is_gone_is_reported(stacks: Stacks) -> None:
    outputs = stacks["example-link-fra-fra"]["output"]
    (name,) = [n for n, o in outputs.items() if "_i0_" in n and str(o["value"]).endswith("tunnel1_preshared_key}")]
    del outputs[name]
    assert any("which example-link-fra-fra does not have" in line for line in disagreements(stacks))


def test_a_remote_state_that_reads_another_stack_is_reported(stacks: Stacks) -> None:
    remote = stacks["example-azure-fra-connections"]["data"]["terraform_remote_state"]
    remote["cross-stack-reference-input-example-link-fra-fra"]["config"]["path"] = "elsewhere.tfstate"
    assert any("reads the state of no stack" in line for line in disagreements(stacks))
