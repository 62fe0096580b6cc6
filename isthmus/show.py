"""A plan for people (tables) and for programs (JSON)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from ipaddress import IPv4Network
from typing import Any

from rich.console import Console
from rich.table import Table

from isthmus.plan import Plan
from isthmus.plan.order import Step
from isthmus.plan.types import (
    AdoptedAzureGateway,
    AdoptedTransitGateway,
    AdoptedVpnGateway,
    AzureSite,
    CloudState,
    Initiator,
    Link,
    State,
    TransitGateway,
    VpnGateway,
)
from isthmus.plan.types import AwsGateway as PlannedGateway
from isthmus.tables import print_table

_INITIATOR = {
    Initiator.BOTH: "both ends may initiate",
    Initiator.AWS: "AWS initiates",
    Initiator.AZURE: "Azure initiates",
}


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
    print_table(_sites(plan), console)
    console.print()
    print_table(_tunnels(plan), console)
    console.print()
    for link in plan.links:
        console.print(shared_text(link), highlight=False)
    for azure in plan.azure:
        if isinstance(azure.gateway, AdoptedAzureGateway):
            for instance in azure.gateway.instances:
                addresses = ", ".join(str(a) for a in instance.apipa) or "none"
                console.print(
                    f"azure.{azure.key}: its gateway must have these BGP addresses on {instance.key}: {addresses}",
                    highlight=False,
                )
    console.print(
        "Outside addresses are given by the clouds: names stand for them until the stacks are applied.", style="dim"
    )


def _sites(plan: Plan) -> Table:
    table = Table(title=f"Sites of {plan.name}", title_justify="left", box=None, header_style="bold")
    for heading in ("site", "region", "network", "gateway", "ASN", "stacks"):
        table.add_column(heading)
    for aws in plan.aws:
        networks = _listed(aws.network.cidrs)
        table.add_row(
            f"aws.{aws.key}", aws.region, networks, aws_gateway_text(aws.gateway), str(aws.gateway.asn), aws.stack
        )
    for azure in plan.azure:
        stacks = (azure.stacks.network, azure.stacks.gateway, azure.stacks.connections)
        table.add_row(
            f"azure.{azure.key}",
            azure.region,
            _listed(azure.network.cidrs),
            azure_gateway_text(azure),
            str(azure.gateway.asn),
            "\n".join(name for name in stacks if name),
        )
    return table


def _tunnels(plan: Plan) -> Table:
    table = Table(title="Tunnels", title_justify="left", box=None, header_style="bold")
    for heading in ("tunnel", "AWS outside", "Azure outside", "inside", "AWS BGP", "Azure BGP", "instance"):
        table.add_column(heading)
    sites = {site.key: site for site in plan.azure}
    for link, tunnel in plan.tunnels():
        connection = next(c for c in link.connections if c.instance == tunnel.instance)
        table.add_row(
            tunnel.name,
            f"{connection.name} tunnel {tunnel.number}",
            azure_outside(sites[link.azure], tunnel.instance),
            str(tunnel.inside),
            f"{tunnel.aws_address} AS{link.aws_asn}" if tunnel.bgp else "static",
            f"{tunnel.azure_address} AS{link.azure_asn}" if tunnel.bgp else "static",
            str(tunnel.instance),
        )
    return table


def azure_outside(site: AzureSite, instance: int) -> str:
    """The name of the public IP of an Azure instance, or the address of an adopted one."""
    if isinstance(site.gateway, AdoptedAzureGateway):
        return str(site.gateway.public_ips[instance])
    return site.gateway.instances[instance].public_ip


def aws_gateway_text(gateway: PlannedGateway) -> str:
    """What an AWS gateway is."""
    match gateway:
        case VpnGateway():
            return "VGW"
        case TransitGateway():
            return "TGW"
        case AdoptedVpnGateway() | AdoptedTransitGateway():
            return f"{gateway.id} (adopted)"


def azure_gateway_text(site: AzureSite) -> str:
    """What an Azure gateway is."""
    gateway = site.gateway
    count = len(gateway.instances)
    instances = f"{count} instance{'' if count == 1 else 's'}"
    if isinstance(gateway, AdoptedAzureGateway):
        return f"{gateway.name} (adopted), {instances}"
    return f"{gateway.sku}, {gateway.generation}, {instances}"


def shared_text(link: Link) -> str:
    """What all tunnels of a link share."""
    dpd = link.azure_policy.dpd_seconds
    return (
        f"{link.name}: slot {link.slot}; {link.proposal.name}: {link.proposal}; "
        f"rekey after {link.proposal.ike_lifetime:,} s and {link.proposal.esp_lifetime:,} s; "
        f"DPD {dpd} s; {_INITIATOR[link.initiator]}; keys from {link.keys.source}"
    )


def _listed(networks: Iterable[IPv4Network]) -> str:
    return ", ".join(str(network) for network in networks)


def steps_json(steps: Iterable[Step]) -> Any:
    """The stacks in the order of apply, as plain values."""
    return [_plain(step) for step in steps]


def print_steps(steps: Iterable[Step], state: State, console: Console) -> None:
    """One row a stack: in which order, whose state it reads, and who reads its own."""
    rows = list(steps)
    noun = "Workspaces" if isinstance(state, CloudState) else "Stacks"
    table = Table(title=f"{noun} in the order of apply", title_justify="left", box=None, header_style="bold")
    for heading in ("", "name", "after", "shares its state with", "has the keys of link"):
        table.add_column(heading)
    for number, step in enumerate(rows, start=1):
        readers = "\n".join(other.stack for other in rows if step.stack in other.reads)
        table.add_row(str(number), step.stack, "\n".join(step.after), readers, "\n".join(step.keys))
    print_table(table, console)
