"""Tunnels as Terraform's state has them: what came up, and whether both ends were told the same.

Azure connection ── local network gateway ── gateway_address ──> tunnel 1 or 2 of an AWS VPN connection
                                                                     └── customer gateway ── public IP of Azure
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource in a state."""

    address: str
    type: str
    attributes: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """Both ends of a tunnel; ASNs and inside addresses are None where routes are static."""

    name: str
    aws_outside: str
    azure_outside: str
    aws_inside: str | None
    azure_inside: str | None
    aws_asn: int | None
    azure_asn: int | None
    disagreements: tuple[str, ...]
    """What the two ends were told differently; never a key."""


def files(folder: Path) -> dict[str, Json]:
    """Every local state in ``folder``, by stack."""
    return {
        file.name.removeprefix("terraform.").removesuffix(".tfstate"): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("terraform.*.tfstate"))
    }


def resources(states: Iterable[Json]) -> Iterator[Resource]:
    """The managed resources of ``states``."""
    for state in states:
        for block in state.get("resources", []):
            if block["mode"] == "managed":
                for one in block["instances"]:
                    yield Resource(
                        address=f"{block['type']}.{block['name']}", type=block["type"], attributes=one["attributes"]
                    )


def tunnels(states: Iterable[Json]) -> list[Tunnel]:
    """Every tunnel, as the Azure connections in ``states`` have them, by name.

    Raises:
        LookupError: an end is missing; the text says whose.
    """
    found = list(resources(states))
    connections = [r for r in found if r.type == "azurerm_virtual_network_gateway_connection"]
    return sorted((_tunnel(c, found) for c in connections), key=lambda t: t.name)


def _tunnel(connection: Resource, found: list[Resource]) -> Tunnel:
    mine = connection.attributes
    local = _one(found, "azurerm_local_network_gateway", id=mine["local_network_gateway_id"])
    aws, number = _aws_end(found, local["gateway_address"], connection.address)
    customer = _one(found, "aws_customer_gateway", id=aws["customer_gateway_id"])
    told: dict[str, tuple[str, str]] = {}
    # Never the keys themselves: what is here may be printed. AWS does not tell a key that it keeps in Secrets Manager.
    if aws[f"tunnel{number}_preshared_key"] not in (mine["shared_key"], "REDACTED"):
        told["key"] = ("another key", "one key")
    bgp = next(iter(local["bgp_settings"]), None)
    gateway = next(
        (
            r.attributes
            for r in found
            if r.type == "azurerm_virtual_network_gateway"
            and r.attributes["id"].lower() == mine["virtual_network_gateway_id"].lower()
        ),
        None,
    )
    instance = None if gateway is None else _instance(gateway, found, customer["ip_address"])
    if gateway is not None:
        told["public IP"] = ("an instance's" if instance is not None else "no instance's", "an instance's")
    if bgp:
        inside = (aws[f"tunnel{number}_vgw_inside_address"], aws[f"tunnel{number}_cgw_inside_address"])
        told["AWS BGP address"] = (bgp["bgp_peering_address"], inside[0])
        told["AWS ASN"] = (str(bgp["asn"]), str(aws[f"tunnel{number}_bgp_asn"]))
        custom = mine["custom_bgp_addresses"][0]
        place = ("primary", "secondary")[instance or 0]
        theirs = custom[place] if gateway is not None else inside[1] if inside[1] in custom.values() else str(custom)
        told["Azure BGP address"] = (theirs, inside[1])
        if gateway is not None:
            told["Azure ASN"] = (str(gateway["bgp_settings"][0]["asn"]), _asn(customer))
    return Tunnel(
        name=mine["name"],
        aws_outside=aws[f"tunnel{number}_address"],
        azure_outside=customer["ip_address"],
        aws_inside=aws[f"tunnel{number}_vgw_inside_address"] if bgp else None,
        azure_inside=aws[f"tunnel{number}_cgw_inside_address"] if bgp else None,
        aws_asn=int(aws[f"tunnel{number}_bgp_asn"]) if bgp else None,
        azure_asn=int(_asn(customer)) if bgp else None,
        disagreements=tuple(
            f"{what}: Azure has {azure}, AWS has {ours}" for what, (azure, ours) in told.items() if azure != ours
        ),
    )


def _aws_end(found: list[Resource], address: str, of: str) -> tuple[Json, int]:
    for resource in found:
        if resource.type == "aws_vpn_connection":
            for number in (1, 2):
                if resource.attributes[f"tunnel{number}_address"] == address:
                    return resource.attributes, number
    raise LookupError(f"{of}: no VPN connection has a tunnel with the address {address}")


def _instance(gateway: Json, found: list[Resource], address: str) -> int | None:
    """The place of the instance that has the public IP ``address``."""
    ids = {r.attributes["id"].lower(): r.attributes["ip_address"] for r in found if r.type == "azurerm_public_ip"}
    held = [ids.get(c["public_ip_address_id"].lower()) for c in gateway["ip_configuration"]]
    return held.index(address) if address in held else None


def _asn(customer: Mapping[str, Any]) -> str:
    return str(customer.get("bgp_asn") or customer.get("bgp_asn_extended"))


def _one(found: list[Resource], type_: str, *, id: str) -> Json:  # noqa: A002 - the attribute's name
    for resource in found:
        if resource.type == type_ and str(resource.attributes["id"]).lower() == id.lower():
            return resource.attributes
    raise LookupError(f"no {type_} has the id {id}")
