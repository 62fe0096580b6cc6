"""A plan for people (tables) and for programs (JSON)."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from isthmus.plan import Plan


def plan_json(plan: Plan) -> Any:
    """The plan as plain values: addresses as text, enumerations as their values."""
    return _plain(plan)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if value is None or type(value) in (bool, int, float, str):
        return value
    return str(value)


def print_plan(plan: Plan, console: Console) -> None:
    """Sites, then one row a tunnel, then what all tunnels of a link share."""
    sites = Table(title=f"Sites of {plan.name}", title_justify="left", box=None, header_style="bold")
    for heading in ("site", "region", "network", "gateway", "ASN", "stacks"):
        sites.add_column(heading, overflow="fold")
    for aws in plan.aws:
        sites.add_row(f"aws.{aws.key}", aws.region, str(aws.network.cidr), "VGW", str(aws.gateway.asn), aws.stack)
    for azure in plan.azure:
        gateway = azure.gateway
        kind = f"{gateway.sku}, {gateway.generation}, {len(gateway.instances)} instances"
        names = "\n".join((azure.stacks.network, azure.stacks.gateway, azure.stacks.connections))
        sites.add_row(f"azure.{azure.key}", azure.region, str(azure.network.cidr), kind, str(gateway.asn), names)
    console.print(sites)
    tunnels = Table(title="Tunnels", title_justify="left", box=None, header_style="bold")
    for heading in ("tunnel", "AWS outside", "Azure outside", "inside", "AWS BGP", "Azure BGP", "instance"):
        tunnels.add_column(heading, no_wrap=console.width >= 120, overflow="fold")
    for link, tunnel in plan.tunnels():
        connection = link.connections[tunnel.instance]
        azure_site = next(s for s in plan.azure if s.key == link.azure)
        tunnels.add_row(
            tunnel.name,
            f"{connection.name} tunnel {tunnel.number}",
            azure_site.gateway.instances[tunnel.instance].public_ip,
            str(tunnel.inside),
            f"{tunnel.aws_address} AS{link.aws_asn}",
            f"{tunnel.azure_address} AS{link.azure_asn}",
            str(tunnel.instance),
        )
    console.print()
    console.print(tunnels)
    console.print()
    for link in plan.links:
        options = link.aws_options
        console.print(
            f"{link.name}: slot {link.slot}; {link.proposal.name}: {link.proposal}; "
            f"rekey after {link.proposal.ike_lifetime:,} s and {link.proposal.esp_lifetime:,} s; "
            f"DPD {options.dpd_seconds} s; {link.initiator} end{'s' if link.initiator == 'both' else ''} may initiate",
            highlight=False,
        )
    console.print(
        "Outside addresses are given by the clouds: names stand for them until the stacks are applied.",
        style="dim",
    )
