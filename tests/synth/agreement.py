"""What both ends of every tunnel must agree on, worked out from the Terraform JSON alone.

Each reference is followed to its source, so that a key, an address or a public IP of another tunnel is seen even
though every single resource looks right. Of what is adopted nothing but its id is in the JSON: its address ranges
must be told, and what is said of it in several places must at least be the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.synth import negotiation, routes
from tests.synth.ends import Adopted, Tunnel, instance, instances, tunnel, tunnels
from tests.synth.negotiation import WAITING
from tests.synth.routes import Known
from tests.synth.terraform_json import Block, Stacks, UnresolvedError, blocks, one

__all__ = ["Adopted", "Tunnel", "disagreements", "tunnels"]


def disagreements(stacks: Stacks, known: Known | None = None) -> list[str]:
    """Everything that the two ends do not agree on; nothing for stacks that can work."""
    known = known or {}
    found: list[str] = []
    whole: list[Tunnel] = []
    for block in blocks(stacks, "azurerm_virtual_network_gateway_connection"):
        try:
            one_tunnel = tunnel(stacks, block)
            for what, azure, aws in _pairs(stacks, one_tunnel, known):
                if azure != aws:
                    found.append(f"{block}: {what}: Azure has {azure}, AWS has {aws}")
            whole.append(one_tunnel)
        except (UnresolvedError, ValueError) as error:
            found.append(f"{block}: {error}")
    try:
        found += routes.to_the_gateways(stacks, whole, known)
    except UnresolvedError as error:
        found.append(str(error))
    return [*found, *_shared(whole), *_told_apart(stacks, whole), *_idle(stacks, whole), *_apipa(whole)]


def _pairs(stacks: Stacks, tunnel: Tunnel, known: Known) -> Iterator[tuple[str, object, object]]:
    """What is compared, Azure's value, AWS's value; all in neutral words."""
    made_by_aws = f"tunnel{tunnel.number}_preshared_key" not in tunnel.aws.body
    yield "tunnel of the key and of the address" if made_by_aws else "key", tunnel.key, tunnel.aws_key
    yield from routes.differences(stacks, tunnel, known)
    yield from negotiation.differences(tunnel)
    place = ("location", "resource_group_name")
    reference = tunnel.gateway if isinstance(tunnel.gateway, Block) else tunnel.connection
    for block in (tunnel.connection, tunnel.local_network_gateway):
        yield f"place of {block.type}", [block.body.get(k) for k in place], [reference.body.get(k) for k in place]


def _shared(whole: list[Tunnel]) -> Iterator[str]:
    """What only one tunnel may have."""
    for what, values in (
        ("key", [t.key for t in whole]),
        ("outside address", [str(t.address) for t in whole]),
        ("local network gateway", [str(t.local_network_gateway) for t in whole]),
        ("inside block at one AWS gateway", [f"{t.inside} at {t.aws_gateway}" for t in whole]),
        ("inside block at one Azure gateway", [f"{t.inside} at {t.gateway}" for t in whole]),
    ):
        yield from (f"{n} tunnels share the {what} {value}" for value, n in Counter(values).items() if n > 1)


def _told_apart(stacks: Stacks, whole: list[Tunnel]) -> Iterator[str]:
    """What is said of one adopted thing in several places, and not alike."""
    told: dict[str, set[object]] = {}
    for t in whole:
        customer = t.customer_gateway.body
        peer = one(t.local_network_gateway.body.get("bgp_settings"))
        if isinstance(t.gateway, Adopted):
            asn = customer.get("bgp_asn") or customer.get("bgp_asn_extended")
            told.setdefault(f"the ASN of {t.gateway}", set()).add(asn)
            told.setdefault(f"the instance with {t.public_ip}", set()).add(instance(stacks, t).number)
        if isinstance(t.aws_gateway, Adopted) and not t.is_static:
            told.setdefault(f"the ASN of {t.aws_gateway}", set()).add(peer.get("asn"))
    for what, values in told.items():
        if len(values) > 1:
            yield f"{what} is {' and '.join(sorted(map(str, values)))}"


def _idle(stacks: Stacks, whole: list[Tunnel]) -> Iterator[str]:
    """AWS tunnels that no Azure connection uses, where one must, or that do not wait.

    Only the second tunnel of a connection may be without a counterpart, and only where Azure has one instance
    or the routes are static.
    """
    used = {(t.aws, t.number): t for t in whole}
    for connection in blocks(stacks, "aws_vpn_connection"):
        for number in (1, 2):
            if (connection, number) in used:
                continue
            other = used.get((connection, 3 - number))
            if number == 1 or other is None or not (other.is_static or _alone(other)):
                yield f"tunnel{number} of {connection} has no Azure connection"
            does = tuple(connection.body.get(f"tunnel{number}_{o}") for o in ("startup_action", "dpd_timeout_action"))
            if does != WAITING:
                yield f"tunnel{number} of {connection} has no Azure connection and does {does}, not {WAITING}"


def _alone(tunnel: Tunnel) -> bool:
    """Whether the Azure gateway of ``tunnel`` has one instance, as far as can be seen."""
    if isinstance(tunnel.gateway, Block):
        return tunnel.gateway.body.get("active_active") is False
    return "secondary" not in one(tunnel.connection.body.get("custom_bgp_addresses"))


def _apipa(whole: list[Tunnel]) -> Iterator[str]:
    """BGP addresses of an Azure gateway that none of its tunnels uses."""
    for gateway in {t.gateway for t in whole if isinstance(t.gateway, Block)}:
        used = {str(t.inside[2]) for t in whole if t.gateway == gateway and not t.is_static}
        for address in sorted({a for addresses in instances(gateway) for a in addresses} - used):
            yield f"{gateway} has the BGP address {address}, which no tunnel uses"
