"""Finds both ends of every tunnel in the Terraform JSON, by following references alone.

Azure connection ── shared_key ─────────────────────> what the AWS VPN connection has for tunnel 1 or 2
      ├── local network gateway ── gateway_address ──> the same tunnel
      └── VPN gateway ── ip_configuration ── public IP <── customer gateway of that VPN connection
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network

from tests.synth.terraform_json import Attribute, Block, Stacks, UnresolvedError, blocks, meaning, one, origin

_ADDRESS = re.compile(r"tunnel(?P<number>[12])_address")


@dataclass(frozen=True, slots=True)
class Adopted:
    """Something that exists already: all that is known is its id, name or address."""

    id: str

    def __str__(self) -> str:
        return self.id


End = Block | Adopted


@dataclass(frozen=True, slots=True)
class Tunnel:
    """Both ends of a tunnel. Keys are in the words of :func:`meaning`; no key is ever written out."""

    connection: Block
    local_network_gateway: Block
    gateway: End
    key: str
    aws_key: str
    address: Attribute
    number: int
    aws: Block
    aws_gateway: End
    customer_gateway: Block
    public_ip: End

    def option(self, name: str) -> object:
        """An option of the AWS end."""
        return self.aws.body.get(f"tunnel{self.number}_{name}")

    @property
    def inside(self) -> IPv4Network:
        block = self.option("inside_cidr")
        if not isinstance(block, str):
            raise UnresolvedError(f"{self.aws} has no inside block for tunnel {self.number}")
        return IPv4Network(block)

    @property
    def is_static(self) -> bool:
        return bool(self.aws.body.get("static_routes_only", False))

    @property
    def is_tgw(self) -> bool:
        return "transit_gateway_id" in self.aws.body


def tunnels(stacks: Stacks) -> list[Tunnel]:
    """Every tunnel, as the Azure connections see them.

    Raises:
        UnresolvedError: a reference leads nowhere, or to something of another kind.
    """
    return [tunnel(stacks, block) for block in blocks(stacks, "azurerm_virtual_network_gateway_connection")]


def tunnel(stacks: Stacks, connection: Block) -> Tunnel:
    """The tunnel that the Azure connection ``connection`` is one end of."""
    local = _block(follow(stacks, connection, "local_network_gateway_id", "azurerm_local_network_gateway"))
    address = _attribute(stacks, local, "gateway_address")
    match = _ADDRESS.fullmatch(address.name)
    if address.block.type != "aws_vpn_connection" or not match:
        raise UnresolvedError(f"the {address} stands where the address of an AWS tunnel must")
    aws, number = address.block, int(match["number"])
    customer_gateway = _block(follow(stacks, aws, "customer_gateway_id", "aws_customer_gateway"))
    kinds = {"vpn_gateway_id": ("aws_vpn_gateway", "vgw-"), "transit_gateway_id": ("aws_ec2_transit_gateway", "tgw-")}
    ends = [argument for argument in kinds if argument in aws.body]
    if len(ends) != 1:
        raise UnresolvedError(f"{aws} ends on {ends or 'no gateway'}")
    return Tunnel(
        connection=connection,
        local_network_gateway=local,
        gateway=follow(
            stacks,
            connection,
            "virtual_network_gateway_id",
            "azurerm_virtual_network_gateway",
            adopted="/subscriptions/",
        ),
        key=_key(stacks, connection, "shared_key"),
        aws_key=_key(stacks, aws, f"tunnel{number}_preshared_key")
        if f"tunnel{number}_preshared_key" in aws.body
        else f"${{{aws.full_address}.tunnel{number}_preshared_key}}",
        address=address,
        number=number,
        aws=aws,
        aws_gateway=follow(stacks, aws, ends[0], kinds[ends[0]][0], adopted=kinds[ends[0]][1]),
        customer_gateway=customer_gateway,
        public_ip=follow(
            stacks, customer_gateway, "ip_address", "azurerm_public_ip", attribute="ip_address", adopted=r"\d+\.\d+\.\d"
        ),
    )


def follow(
    stacks: Stacks, block: Block, argument: str, type_: str, *, attribute: str = "id", adopted: str | None = None
) -> End:
    """What ``argument`` of ``block`` names: a block of ``type_``, or a literal that begins as ``adopted`` says.

    Raises:
        UnresolvedError: it is neither.
    """
    value = block.body.get(argument)
    if adopted and isinstance(value, str) and re.match(adopted, value):
        return Adopted(value)
    end = _attribute(stacks, block, argument)
    if (end.block.type, end.name) != (type_, attribute):
        raise UnresolvedError(f"{argument} of {block} is the {end}, not the {attribute} of a {type_}")
    return end.block


def _attribute(stacks: Stacks, block: Block, argument: str) -> Attribute:
    try:
        return origin(stacks, block.stack, block.body.get(argument))
    except UnresolvedError as error:
        raise UnresolvedError(f"{argument} of {block}: {error}") from None


def _block(end: End) -> Block:
    assert isinstance(end, Block), "without a literal allowed there is a block"
    return end


def _key(stacks: Stacks, block: Block, argument: str) -> str:
    value = block.body.get(argument)
    try:
        found = meaning(stacks, block.stack, value)
    except UnresolvedError as error:
        raise UnresolvedError(f"{argument} of {block}: {error}") from None
    if "${" not in found:
        raise UnresolvedError(f"{argument} of {block}: a literal is no reference to a key")
    return found


@dataclass(frozen=True, slots=True)
class Instance:
    """The Azure instance at which a tunnel ends; ``apipa`` is None where the gateway is adopted."""

    number: int
    apipa: list[str] | None


def instances(gateway: Block) -> list[list[str]]:
    """The BGP addresses of each instance, by its place among the gateway's IP configurations."""
    peerings = one(gateway.body.get("bgp_settings")).get("peering_addresses", [])
    by_name = {p.get("ip_configuration_name"): p.get("apipa_addresses", []) for p in peerings}
    found = [by_name.get(c.get("name"), []) for c in gateway.body.get("ip_configuration", [])]
    wanted = 2 if gateway.body.get("active_active") else 1
    if len(found) != wanted:
        raise UnresolvedError(f"{gateway} has {len(found)} IP configurations, not {wanted}")
    return found


def instance(stacks: Stacks, of: Tunnel) -> Instance:
    """The instance that AWS's customer gateway stands for: the one that has its public IP.

    Nothing tells which public IP an instance of an adopted gateway has; what the connection says must do.
    """
    if isinstance(of.gateway, Adopted):
        custom = one(of.connection.body.get("custom_bgp_addresses"))
        return Instance(int(custom.get("secondary") == str(of.inside[2])), None)
    addresses = instances(of.gateway)
    held = [
        origin(stacks, of.gateway.stack, c.get("public_ip_address_id")) for c in of.gateway.body["ip_configuration"]
    ]
    for number, end in enumerate(held):
        if isinstance(of.public_ip, Block) and end == Attribute(of.public_ip, "id"):
            return Instance(number, addresses[number])
    raise UnresolvedError(f"{of.gateway} does not have the public IP of {of.customer_gateway}")
