"""What both ends of every tunnel must agree on, worked out from the Terraform JSON alone.

Each reference is followed to its source, so that a key, an address or a public IP of another tunnel is seen even
though every single resource looks right:

    Azure connection ── shared_key ─────────────────────> AWS VPN connection, tunnel 1 or 2
          ├── local network gateway ── gateway_address ──> the same tunnel
          └── VPN gateway ── ip_configuration ── public IP <── customer gateway of that VPN connection
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from tests.synth.terraform_json import Attribute, Block, Json, Stacks, UnresolvedError, blocks, one, origin

# Written down here anew, from the vendors' pages: the program's own tables are what is tested.
AWS_WORDS = {
    "AES128": "aes128-cbc",
    "AES256": "aes256-cbc",
    "AES128-GCM-16": "aes128-gcm",
    "AES256-GCM-16": "aes256-gcm",
    "SHA1": "sha1",
    "SHA2-256": "sha256",
    "SHA2-384": "sha384",
    "SHA2-512": "sha512",
    "ikev1": "IKEv1",
    "ikev2": "IKEv2",
}
AZURE_WORDS = {
    "AES128": "aes128-cbc",
    "AES256": "aes256-cbc",
    "GCMAES128": "aes128-gcm",
    "GCMAES256": "aes256-gcm",
    "SHA1": "sha1",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "DHGroup2": 2,
    "DHGroup14": 14,
    "DHGroup2048": 14,
    "DHGroup24": 24,
    "PFS2": 2,
    "PFS2048": 14,
    "PFS14": 14,
    "PFS24": 24,
    "ECP256": 19,
    "ECP384": 20,
    "IKEv1": "IKEv1",
    "IKEv2": "IKEv2",
}
AZURE_IKE_LIFETIME = 28_800
"""Fixed on Azure's side ("IKE Main Mode lifetime is fixed at 28,800 seconds"), so nothing says it there."""

# AWS startup action, AWS action on a dead peer, Azure connection mode: somebody starts, and who starts restarts.
ROLES = {
    ("start", "restart", "Default"),
    ("start", "restart", "ResponderOnly"),
    ("add", "clear", "InitiatorOnly"),
}

_OF_TUNNEL = re.compile(r"tunnel(?P<number>[12])_(?P<what>preshared_key|address)")


@dataclass(frozen=True, slots=True)
class Tunnel:
    """Both ends of a tunnel, each found by following references from the Azure connection."""

    connection: Block
    local_network_gateway: Block
    gateway: Block
    key: Attribute
    address: Attribute
    number: int
    aws: Block
    aws_gateway: Block
    customer_gateway: Block
    public_ip: Block

    def option(self, name: str) -> object:
        """An option of the AWS end."""
        return self.aws.body.get(f"tunnel{self.number}_{name}")

    @property
    def inside(self) -> IPv4Network:
        block = self.option("inside_cidr")
        if not isinstance(block, str):
            raise UnresolvedError(f"{self.aws} has no inside block for tunnel {self.number}")
        return IPv4Network(block)


@dataclass(frozen=True, slots=True)
class Instance:
    """The Azure gateway's instance that holds a public IP."""

    number: int
    apipa: list[str]


def tunnels(stacks: Stacks) -> list[Tunnel]:
    """Every tunnel, as the Azure connections see them.

    Raises:
        UnresolvedError: a reference leads nowhere, or to something of another kind.
    """
    return [_tunnel(stacks, block) for block in blocks(stacks, "azurerm_virtual_network_gateway_connection")]


def disagreements(stacks: Stacks) -> list[str]:
    """Everything that the two ends do not agree on; nothing for stacks that can work."""
    found: list[str] = []
    whole: list[Tunnel] = []
    for block in blocks(stacks, "azurerm_virtual_network_gateway_connection"):
        try:
            tunnel = _tunnel(stacks, block)
            for what, azure, aws in _pairs(stacks, tunnel):
                if azure != aws:
                    found.append(f"{block}: {what}: Azure has {azure}, AWS has {aws}")
            whole.append(tunnel)
        except (UnresolvedError, ValueError) as error:
            found.append(f"{block}: {error}")
    return [*found, *_shared(whole), *_idle(stacks, whole), *_apipa(whole)]


def _tunnel(stacks: Stacks, connection: Block) -> Tunnel:
    def follow(block: Block, argument: str) -> Attribute:
        try:
            return origin(stacks, block.stack, block.body.get(argument))
        except UnresolvedError as error:
            raise UnresolvedError(f"{argument} of {block}: {error}") from None

    def follow_to(type_: str, block: Block, argument: str, attribute: str = "id") -> Block:
        end = follow(block, argument)
        if (end.block.type, end.name) != (type_, attribute):
            raise UnresolvedError(f"{argument} of {block} is the {end}, not the {attribute} of a {type_}")
        return end.block

    local = follow_to("azurerm_local_network_gateway", connection, "local_network_gateway_id")
    key, address = follow(connection, "shared_key"), follow(local, "gateway_address")
    for end, what in ((key, "preshared_key"), (address, "address")):
        match = _OF_TUNNEL.fullmatch(end.name)
        if end.block.type != "aws_vpn_connection" or not match or match["what"] != what:
            raise UnresolvedError(f"the {end} stands where the {what} of an AWS tunnel must")
    customer_gateway = follow_to("aws_customer_gateway", key.block, "customer_gateway_id")
    return Tunnel(
        connection=connection,
        local_network_gateway=local,
        gateway=follow_to("azurerm_virtual_network_gateway", connection, "virtual_network_gateway_id"),
        key=key,
        address=address,
        number=int(key.name[len("tunnel")]),
        aws=key.block,
        aws_gateway=follow_to("aws_vpn_gateway", key.block, "vpn_gateway_id"),
        customer_gateway=customer_gateway,
        public_ip=follow_to("azurerm_public_ip", customer_gateway, "ip_address", "ip_address"),
    )


def _pairs(stacks: Stacks, tunnel: Tunnel) -> Iterator[tuple[str, object, object]]:
    """What is compared, Azure's value, AWS's value; all in neutral words."""
    yield "tunnel of the key and of the address", _end(tunnel.address), _end(tunnel.key)
    yield from _bgp(stacks, tunnel)
    yield from _proposal(tunnel)
    place = ("location", "resource_group_name")
    for block in (tunnel.connection, tunnel.local_network_gateway):
        yield f"place of {block.type}", [block.body.get(k) for k in place], [tunnel.gateway.body.get(k) for k in place]


def _end(attribute: Attribute) -> str:
    return f"{attribute.name.split('_')[0]} of {attribute.block}"


def _bgp(stacks: Stacks, tunnel: Tunnel) -> Iterator[tuple[str, object, object]]:
    instance = _instance(stacks, tunnel)
    peer = one(tunnel.local_network_gateway.body.get("bgp_settings"))
    custom = one(tunnel.connection.body.get("custom_bgp_addresses"))
    own = str(tunnel.inside[2])
    yield "prefix length of the inside block", 30, tunnel.inside.prefixlen
    yield "AWS's BGP address", peer.get("bgp_peering_address"), str(tunnel.inside[1])
    yield "Azure's BGP address", custom.get(("primary", "secondary")[instance.number]), own
    yield f"Azure's BGP address at instance {instance.number}", own if own in instance.apipa else instance.apipa, own
    addresses = _instances(tunnel.gateway)
    for word, other in (("primary", 0), ("secondary", 1)):
        known = custom.get(word) in addresses[other]
        yield f"{word} BGP address is one of instance {other}", known, True
    yield "AWS's ASN", str(peer.get("asn")), str(tunnel.aws_gateway.body.get("amazon_side_asn"))
    named = tunnel.customer_gateway.body.get("bgp_asn") or tunnel.customer_gateway.body.get("bgp_asn_extended")
    yield "Azure's ASN", str(one(tunnel.gateway.body.get("bgp_settings")).get("asn")), str(named)
    with_bgp = not tunnel.aws.body.get("static_routes_only", False)
    yield "BGP of the connection", tunnel.connection.body.get("enable_bgp"), with_bgp
    yield "BGP of the gateway", tunnel.gateway.body.get("enable_bgp"), with_bgp
    yield "static routes beside BGP", tunnel.local_network_gateway.body.get("address_space", []), []


def _instances(gateway: Block) -> list[list[str]]:
    """The BGP addresses of each instance, by its place among the gateway's IP configurations."""
    peerings = one(gateway.body.get("bgp_settings")).get("peering_addresses", [])
    by_name = {p.get("ip_configuration_name"): p.get("apipa_addresses", []) for p in peerings}
    found = [by_name.get(c.get("name"), []) for c in gateway.body.get("ip_configuration", [])]
    if len(found) != 2:
        raise UnresolvedError(f"{gateway} has {len(found)} IP configurations, not 2")
    return found


def _instance(stacks: Stacks, tunnel: Tunnel) -> Instance:
    """The instance that AWS's customer gateway stands for: the one that has its public IP."""
    addresses = _instances(tunnel.gateway)
    held = [
        origin(stacks, tunnel.gateway.stack, c.get("public_ip_address_id"))
        for c in tunnel.gateway.body["ip_configuration"]
    ]
    for number, end in enumerate(held):
        if end == Attribute(tunnel.public_ip, "id"):
            return Instance(number, addresses[number])
    raise UnresolvedError(f"{tunnel.gateway} does not have the public IP of {tunnel.customer_gateway}")


def _proposal(tunnel: Tunnel) -> Iterator[tuple[str, object, object]]:
    body = tunnel.connection.body
    policy = one(body.get("ipsec_policy"))
    for azure, aws in (
        ("ike_encryption", "phase1_encryption_algorithms"),
        ("ike_integrity", "phase1_integrity_algorithms"),
        ("dh_group", "phase1_dh_group_numbers"),
        ("ipsec_encryption", "phase2_encryption_algorithms"),
        ("pfs_group", "phase2_dh_group_numbers"),
    ):
        yield azure, _azure(policy, azure), _aws(tunnel, aws)
    cipher = _azure(policy, "ipsec_encryption")
    # A GCM cipher is its own integrity: Azure wants its name there, and what AWS lists is not negotiated.
    gcm = "gcm" in str(cipher)
    yield (
        "ipsec_integrity",
        _azure(policy, "ipsec_integrity"),
        cipher if gcm else _aws(tunnel, "phase2_integrity_algorithms"),
    )
    yield "IKE version", _azure(body, "connection_protocol"), _aws(tunnel, "ike_versions")
    yield "IKE lifetime", AZURE_IKE_LIFETIME, tunnel.option("phase1_lifetime_seconds")
    yield "ESP lifetime", policy.get("sa_lifetime"), tunnel.option("phase2_lifetime_seconds")
    yield "DPD seconds", body.get("dpd_timeout_seconds"), tunnel.option("dpd_timeout_seconds")
    roles = (tunnel.option("startup_action"), tunnel.option("dpd_timeout_action"), body.get("connection_mode"))
    yield f"who starts ({roles})", roles in ROLES, True


def _azure(block: Json, argument: str) -> object:
    word = block.get(argument)
    return AZURE_WORDS.get(str(word), f"the unknown {word}")


def _aws(tunnel: Tunnel, argument: str) -> object:
    values = tunnel.option(argument)
    if not isinstance(values, list) or len(values) != 1:
        return f"{values}, where one value must stand"
    (value,) = values
    return value if isinstance(value, int) else AWS_WORDS.get(str(value), f"unknown {value}")


def _shared(whole: list[Tunnel]) -> Iterator[str]:
    """What only one tunnel may have."""
    for what, values in (
        ("key", [str(t.key) for t in whole]),
        ("outside address", [str(t.address) for t in whole]),
        ("local network gateway", [str(t.local_network_gateway) for t in whole]),
        ("inside block at one AWS gateway", [f"{t.inside} at {t.aws_gateway}" for t in whole]),
        ("inside block at one Azure gateway", [f"{t.inside} at {t.gateway}" for t in whole]),
    ):
        yield from (f"{n} tunnels share the {what} {value}" for value, n in Counter(values).items() if n > 1)


def _idle(stacks: Stacks, whole: list[Tunnel]) -> Iterator[str]:
    """AWS tunnels that no Azure connection uses."""
    used = {(t.aws, t.number) for t in whole}
    for connection in blocks(stacks, "aws_vpn_connection"):
        for number in (1, 2):
            if (connection, number) not in used:
                yield f"tunnel{number} of {connection} has no Azure connection"


def _apipa(whole: list[Tunnel]) -> Iterator[str]:
    """BGP addresses of an Azure gateway that none of its tunnels uses."""
    for gateway in {t.gateway for t in whole}:
        used = {str(t.inside[2]) for t in whole if t.gateway == gateway}
        for address in sorted({a for addresses in _instances(gateway) for a in addresses} - used):
            yield f"{gateway} has the BGP address {address}, which no tunnel uses"
