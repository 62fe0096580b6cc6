"""VPN connections and customer gateways of the stand-in for AWS: what is kept, changed, told and refused."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from emulate.aws.outside_addresses import pairs
from tests.emulate import refusal

KEY = re.compile(r"[A-Za-z1-9._][A-Za-z0-9._]{31}")


def connect(ec2: Any, *tunnels: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    options = {**arguments.pop("Options", {}), **({"TunnelOptions": list(tunnels)} if tunnels else {})}
    made = ec2.create_vpn_connection(Type="ipsec.1", Options=options, **arguments)["VpnConnection"]
    assert isinstance(made, dict)
    return made


def described(ec2: Any, connection: dict[str, Any]) -> dict[str, Any]:
    [found] = ec2.describe_vpn_connections(VpnConnectionIds=[connection["VpnConnectionId"]])["VpnConnections"]
    assert isinstance(found, dict)
    return found


def keys(connection: dict[str, Any]) -> list[str | None]:
    """The keys as terraform's provider reads them, in the order of the options."""
    root = ET.fromstring(connection["CustomerGatewayConfiguration"])
    outside = [tunnel["OutsideIpAddress"] for tunnel in connection["Options"]["TunnelOptions"]]
    by_address = {
        tunnel.findtext("vpn_gateway/tunnel_outside_address/ip_address"): tunnel.findtext("ike/pre_shared_key")
        for tunnel in root.iterfind("ipsec_tunnel")
    }
    return [by_address[address] for address in outside]


def test_the_options_of_a_tunnel_are_kept_as_given(ec2: Any, cgw: str, vgw: str) -> None:
    logs = {"LogEnabled": True, "LogGroupArn": "arn:aws:logs:eu-central-1:1:log-group:x", "LogOutputFormat": "json"}
    common = {
        "PreSharedKey": "k.e_y12345",
        "Phase1LifetimeSeconds": 28800,
        "Phase2LifetimeSeconds": 3600,
        "RekeyMarginTimeSeconds": 270,
        "RekeyFuzzPercentage": 50,
        "ReplayWindowSize": 1024,
        "Phase1EncryptionAlgorithms": [{"Value": "AES256"}],
        "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        "Phase1IntegrityAlgorithms": [{"Value": "SHA2-384"}],
        "Phase2IntegrityAlgorithms": [{"Value": "SHA2-384"}],
        "Phase1DHGroupNumbers": [{"Value": 20}],
        "Phase2DHGroupNumbers": [{"Value": 20}],
        "StartupAction": "start",
        "EnableTunnelLifecycleControl": True,
        "LogOptions": {"CloudWatchLogOptions": logs},
    }
    asked = common | {"DPDTimeoutSeconds": 45, "DPDTimeoutAction": "restart", "IKEVersions": [{"Value": "ikev2"}]}
    told = common | {"DpdTimeoutSeconds": 45, "DpdTimeoutAction": "restart", "IkeVersions": [{"Value": "ikev2"}]}
    blocks = [{"TunnelInsideCidr": "169.254.21.0/30"}, {"TunnelInsideCidr": "169.254.22.0/30"}]

    made = connect(ec2, *(asked | block for block in blocks), CustomerGatewayId=cgw, VpnGatewayId=vgw)

    tunnels = described(ec2, made)["Options"]["TunnelOptions"]
    assert [{k: v for k, v in t.items() if k != "OutsideIpAddress"} for t in tunnels] == [told | b for b in blocks]
    assert keys(made) == ["k.e_y12345"] * 2


def test_what_is_not_given_is_made_up_and_stays(ec2: Any, cgw: str, vgw: str) -> None:
    made = connect(ec2, CustomerGatewayId=cgw, VpnGatewayId=vgw)
    tunnels = made["Options"]["TunnelOptions"]
    assert all(KEY.fullmatch(tunnel["PreSharedKey"]) for tunnel in tunnels)
    assert tunnels[0]["PreSharedKey"] != tunnels[1]["PreSharedKey"]
    assert tunnels[0]["TunnelInsideCidr"] != tunnels[1]["TunnelInsideCidr"]
    assert described(ec2, made)["Options"]["TunnelOptions"] == tunnels


def test_no_two_tunnels_have_one_address() -> None:
    some = list(itertools.islice(pairs(), 1000))
    assert len({address for pair in some for address in pair}) == 2000
    # The order that terraform's provider falls back on.
    assert all(str(first) < str(second) for first, second in some)
    assert str(some[0]) == "(IPv4Address('198.51.100.1'), IPv4Address('203.0.113.1'))"


def test_the_configuration_tells_both_ends(ec2: Any, cgw: str, vgw: str, address: str) -> None:
    made = connect(ec2, {"TunnelInsideCidr": "169.254.21.4/30"}, CustomerGatewayId=cgw, VpnGatewayId=vgw)
    tunnel, _ = ET.fromstring(made["CustomerGatewayConfiguration"]).findall("ipsec_tunnel")
    outside = made["Options"]["TunnelOptions"][0]["OutsideIpAddress"]
    for end, expected in (
        ("vpn_gateway", [outside, "169.254.21.5", "64600"]),
        ("customer_gateway", [address, "169.254.21.6", "65010"]),
    ):
        paths = ("tunnel_outside_address/ip_address", "tunnel_inside_address/ip_address", "bgp/asn")
        assert [tunnel.findtext(f"{end}/{path}") for path in paths] == expected
    assert tunnel.findtext("ike/pre_shared_key") == made["Options"]["TunnelOptions"][0]["PreSharedKey"]


@pytest.mark.parametrize(("asn", "status"), [(65010, "UP"), (64600, "DOWN")])
def test_a_tunnel_is_up_unless_both_ends_have_one_asn(ec2: Any, vgw: str, address: str, asn: int, status: str) -> None:
    cgw = ec2.create_customer_gateway(Type="ipsec.1", IpAddress=address, BgpAsn=asn)["CustomerGateway"]
    made = connect(ec2, CustomerGatewayId=cgw["CustomerGatewayId"], VpnGatewayId=vgw)
    assert [t["Status"] for t in made["VgwTelemetry"]] == [status] * 2


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("TunnelInsideCidr", "169.254.21.0/29"),
        ("TunnelInsideCidr", "169.254.21.2/30"),
        ("TunnelInsideCidr", "10.0.0.0/30"),
        ("TunnelInsideCidr", "169.254.0.0/30"),
        ("TunnelInsideCidr", "169.254.169.252/30"),
        ("TunnelInsideCidr", "nonsense"),
        ("PreSharedKey", "0startswithzero"),
        ("PreSharedKey", "has-hyphen"),
        ("PreSharedKey", "short12"),
        ("PreSharedKey", "x" * 65),
        ("DPDTimeoutSeconds", 29),
        ("Phase1LifetimeSeconds", 28_801),
        ("Phase2LifetimeSeconds", 899),
        ("RekeyMarginTimeSeconds", 59),
        ("ReplayWindowSize", 63),
        ("StartupAction", "restart"),
        ("DPDTimeoutAction", "hold"),
        ("IKEVersions", [{"Value": "ikev3"}]),
        ("Phase1EncryptionAlgorithms", [{"Value": "3DES"}]),
        ("Phase1DHGroupNumbers", [{"Value": 1}]),
    ],
)
def test_an_option_that_aws_does_not_take_is_refused(ec2: Any, cgw: str, vgw: str, option: str, value: Any) -> None:
    said = refusal.text(
        connect, ec2=ec2, CustomerGatewayId=cgw, VpnGatewayId=vgw, Options={"TunnelOptions": [{option: value}]}
    )
    assert said.startswith("InvalidParameterValue: ")
    # A key is never told, least of all in an error.
    assert option != "PreSharedKey" or value not in said


def test_an_inside_block_is_used_once_on_a_vgw_and_freely_on_a_tgw(ec2: Any, cgw: str, vgw: str, tgw: str) -> None:
    block = {"TunnelInsideCidr": "169.254.30.0/30"}
    connect(ec2, block, CustomerGatewayId=cgw, VpnGatewayId=vgw)
    options = {"TunnelOptions": [block]}
    assert "already in use" in refusal.text(connect, ec2=ec2, CustomerGatewayId=cgw, VpnGatewayId=vgw, Options=options)
    for _ in range(2):
        connect(ec2, block, CustomerGatewayId=cgw, TransitGatewayId=tgw)


@pytest.mark.parametrize("option", [{"EnableAcceleration": True}, {"TunnelBandwidth": "large"}])
def test_what_needs_a_transit_gateway_is_refused_on_a_vgw(
    ec2: Any, cgw: str, vgw: str, tgw: str, option: dict[str, Any]
) -> None:
    said = refusal.text(connect, ec2=ec2, CustomerGatewayId=cgw, VpnGatewayId=vgw, Options=option)
    assert said.startswith("InvalidParameterCombination: ")
    made = connect(ec2, CustomerGatewayId=cgw, TransitGatewayId=tgw, Options=option)
    assert option.items() <= described(ec2, made)["Options"].items()


def test_gateways_that_are_not_there_are_refused(ec2: Any, cgw: str, vgw: str, tgw: str) -> None:
    for arguments, expected in (
        ({"CustomerGatewayId": "cgw-0", "VpnGatewayId": vgw}, "InvalidCustomerGatewayID.NotFound"),
        ({"CustomerGatewayId": cgw, "VpnGatewayId": "vgw-0"}, "InvalidVpnGatewayID.NotFound"),
        ({"CustomerGatewayId": cgw, "TransitGatewayId": "tgw-0"}, "InvalidTransitGatewayID.NotFound"),
        ({"CustomerGatewayId": cgw, "VpnGatewayId": vgw, "TransitGatewayId": tgw}, "InvalidParameterCombination"),
    ):
        assert refusal.code(connect, ec2=ec2, **arguments) == expected


def test_one_tunnel_is_changed_in_place(ec2: Any, cgw: str, vgw: str) -> None:
    made = connect(ec2, CustomerGatewayId=cgw, VpnGatewayId=vgw)
    before = made["Options"]["TunnelOptions"]

    def change(**options: Any) -> Any:
        return ec2.modify_vpn_tunnel_options(
            VpnConnectionId=made["VpnConnectionId"],
            VpnTunnelOutsideIpAddress=before[1]["OutsideIpAddress"],
            TunnelOptions=options,
        )

    change(PreSharedKey="another.key_1", DPDTimeoutSeconds=60)
    after = described(ec2, made)
    assert after["Options"]["TunnelOptions"][0] == before[0]
    changed = {"PreSharedKey": "another.key_1", "DpdTimeoutSeconds": 60}
    assert after["Options"]["TunnelOptions"][1] == before[1] | changed
    assert keys(after) == [before[0]["PreSharedKey"], "another.key_1"]
    assert refusal.code(change, PreSharedKey="0bad.key_123") == "InvalidParameterValue"
    assert refusal.code(change, TunnelInsideCidr=before[0]["TunnelInsideCidr"]) == "InvalidParameterValue"


def test_a_connection_moves_to_another_gateway_and_keeps_its_keys(ec2: Any, cgw: str, vgw: str, tgw: str) -> None:
    made = connect(ec2, CustomerGatewayId=cgw, VpnGatewayId=vgw)
    id_ = made["VpnConnectionId"]
    ec2.modify_vpn_connection(VpnConnectionId=id_, TransitGatewayId=tgw)
    ec2.modify_vpn_connection_options(VpnConnectionId=id_, RemoteIpv4NetworkCidr="10.1.0.0/16", TunnelBandwidth="large")
    moved = described(ec2, made)
    assert (moved["TransitGatewayId"], moved.get("VpnGatewayId")) == (tgw, None)
    assert moved["Options"]["RemoteIpv4NetworkCidr"] == "10.1.0.0/16"
    assert keys(moved) == keys(made)
    [attachment] = ec2.describe_transit_gateway_attachments(Filters=[{"Name": "resource-id", "Values": [id_]}])[
        "TransitGatewayAttachments"
    ]
    assert (attachment["ResourceType"], attachment["State"]) == ("vpn", "available")


def test_keys_in_secrets_manager_read_back_redacted(ec2: Any, client: Callable[..., Any], cgw: str, vgw: str) -> None:
    given = {"PreSharedKey": "kept.elsewhere"}
    made = connect(ec2, given, CustomerGatewayId=cgw, VpnGatewayId=vgw, PreSharedKeyStorage="SecretsManager")
    assert keys(made) == ["REDACTED"] * 2
    # Whoever cannot tell them by their keys must not go by their order.
    listed = ET.fromstring(made["CustomerGatewayConfiguration"]).iterfind(
        "ipsec_tunnel/vpn_gateway/tunnel_outside_address/ip_address"
    )
    order = [tunnel["OutsideIpAddress"] for tunnel in made["Options"]["TunnelOptions"]]
    assert [address.text for address in listed] == order[::-1]
    assert "kept.elsewhere" not in str(described(ec2, made))
    secrets = client("secretsmanager")
    arn = made["PreSharedKeyArn"]
    assert json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])["tunnel1"] == "kept.elsewhere"
    ec2.modify_vpn_tunnel_options(
        VpnConnectionId=made["VpnConnectionId"],
        VpnTunnelOutsideIpAddress=made["Options"]["TunnelOptions"][0]["OutsideIpAddress"],
        TunnelOptions={},
        PreSharedKeyStorage="Standard",
    )
    assert keys(described(ec2, made))[0] == "kept.elsewhere"
    ec2.delete_vpn_connection(VpnConnectionId=made["VpnConnectionId"])
    assert refusal.code(secrets.get_secret_value, SecretId=arn) == "ResourceNotFoundException"


def test_static_routes_come_and_go(ec2: Any, cgw: str, vgw: str) -> None:
    made = connect(ec2, CustomerGatewayId=cgw, VpnGatewayId=vgw, Options={"StaticRoutesOnly": True})
    route = {"VpnConnectionId": made["VpnConnectionId"], "DestinationCidrBlock": "10.60.0.0/16"}
    ec2.create_vpn_connection_route(**route)
    filters = [{"Name": "route.destination-cidr-block", "Values": ["10.60.0.0/16"]}]
    [found] = ec2.describe_vpn_connections(Filters=filters)["VpnConnections"]
    assert found["Routes"] == [{"DestinationCidrBlock": "10.60.0.0/16", "State": "available"}]
    assert "<asn>" not in found["CustomerGatewayConfiguration"]
    ec2.delete_vpn_connection_route(**route)
    assert described(ec2, made)["Routes"] == []
    assert refusal.code(ec2.delete_vpn_connection_route, **route) == "InvalidRoute.NotFound"


def test_static_routes_have_no_place_beside_bgp_or_on_a_tgw(ec2: Any, cgw: str, vgw: str, tgw: str) -> None:
    for arguments, expected in (
        ({"VpnGatewayId": vgw}, "IncorrectState"),
        ({"TransitGatewayId": tgw, "Options": {"StaticRoutesOnly": True}}, "UnsupportedOperation"),
    ):
        id_ = connect(ec2, CustomerGatewayId=cgw, **arguments)["VpnConnectionId"]
        call = ec2.create_vpn_connection_route
        assert refusal.code(call, VpnConnectionId=id_, DestinationCidrBlock="10.1.0.0/16") == expected


def test_the_same_customer_gateway_is_not_made_twice(ec2: Any, address: str) -> None:
    def make(**more: Any) -> dict[str, Any]:
        made = ec2.create_customer_gateway(Type="ipsec.1", IpAddress=address, BgpAsn=65010, **more)["CustomerGateway"]
        assert isinstance(made, dict)
        return made

    first = make(DeviceName="one")
    assert first["DeviceName"] == "one"
    assert make(DeviceName="one")["CustomerGatewayId"] == first["CustomerGatewayId"]
    assert make(DeviceName="two")["CustomerGatewayId"] != first["CustomerGatewayId"]
    ec2.delete_customer_gateway(CustomerGatewayId=first["CustomerGatewayId"])
    assert make(DeviceName="one")["CustomerGatewayId"] != first["CustomerGatewayId"]


def test_a_customer_gateway_may_have_four_bytes_of_asn_or_a_certificate(ec2: Any, address: str) -> None:
    make = ec2.create_customer_gateway
    four = make(Type="ipsec.1", IpAddress=address, BgpAsnExtended=4200000000)["CustomerGateway"]
    assert (four["BgpAsnExtended"], four.get("BgpAsn")) == ("4200000000", None)
    arn = "arn:aws:acm:eu-central-1:123456789012:certificate/x"
    assert make(Type="ipsec.1", CertificateArn=arn)["CustomerGateway"]["CertificateArn"] == arn
    assert make(Type="ipsec.1", IpAddress=address)["CustomerGateway"]["BgpAsn"] == "65000"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"IpAddress": "192.0.2.250", "BgpAsn": 2**31}, "InvalidParameterValue"),
        ({"IpAddress": "192.0.2.250", "BgpAsn": 0}, "InvalidParameterValue"),
        ({"IpAddress": "192.0.2.250", "BgpAsnExtended": 65010}, "InvalidParameterValue"),
        ({"IpAddress": "192.0.2.250", "BgpAsn": 1, "BgpAsnExtended": 2**31}, "InvalidParameterCombination"),
        ({"BgpAsn": 65010}, "MissingParameter"),
    ],
)
def test_a_customer_gateway_that_aws_does_not_take_is_refused(ec2: Any, arguments: Any, expected: str) -> None:
    assert refusal.code(ec2.create_customer_gateway, Type="ipsec.1", **arguments) == expected


def test_a_customer_gateway_stays_while_a_connection_uses_it(ec2: Any, cgw: str, vgw: str) -> None:
    made = connect(ec2, CustomerGatewayId=cgw, VpnGatewayId=vgw)
    assert refusal.code(ec2.delete_customer_gateway, CustomerGatewayId=cgw) == "IncorrectState"
    ec2.delete_vpn_connection(VpnConnectionId=made["VpnConnectionId"])
    ec2.delete_customer_gateway(CustomerGatewayId=cgw)
    assert refusal.code(ec2.delete_vpn_connection, VpnConnectionId=made["VpnConnectionId"]) == (
        "InvalidVpnConnectionID.NotFound"
    )
