"""A plan: its sites, every tunnel, what the tunnels of a link share; and its stacks in the order of apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
from isthmus.views.data import plain
from isthmus.views.types import Cell, Figure, Row, Sentence, Table, View, columns, row

_INITIATOR = {
    Initiator.BOTH: "both ends may initiate",
    Initiator.AWS: "AWS initiates",
    Initiator.AZURE: "Azure initiates",
}


def plan_view(plan: Plan) -> View:
    """Sites, then a row for each tunnel, then what all tunnels of a link share."""
    return View(
        title=f"Plan of {plan.name}",
        sections=(_sites(plan), _tunnels(plan), *(Sentence(text) for text in _remarks(plan))),
        data=plain(plan),
    )


def _sites(plan: Plan) -> Table:
    rows = [
        row(
            f"aws.{site.key}",
            site.region,
            _listed(site.network.cidrs),
            aws_gateway_text(site.gateway),
            Figure(site.gateway.asn, grouped=False),
            site.stack,
        )
        for site in plan.aws
    ]
    for site in plan.azure:
        stacks = (site.stacks.network, site.stacks.gateway, site.stacks.connections)
        rows.append(
            row(
                f"azure.{site.key}",
                site.region,
                _listed(site.network.cidrs),
                azure_gateway_text(site),
                Figure(site.gateway.asn, grouped=False),
                Cell(tuple(name for name in stacks if name)),
            )
        )
    headings = columns("Site", "Region", "Network", "Gateway", "ASN:", "Stacks")
    return Table("plan-sites", f"Sites of {plan.name}", headings, tuple(rows))


def _tunnels(plan: Plan) -> Table:
    ends = ("AWS tunnel", "Azure public IP", "Instance:", "Inside CIDR", "AWS inside", "Azure inside")
    rows: list[Row] = []
    for link in plan.links:
        rows.append(row(f"{link.name}: AS{link.aws_asn} on AWS, AS{link.azure_asn} on Azure", kind="group"))
        for tunnel in link.tunnels:
            connection = next(c for c in link.connections if c.instance == tunnel.instance)
            rows.append(
                row(
                    tunnel.name,
                    f"{connection.name} tunnel {tunnel.number}",
                    azure_outside(plan.azure_by_key[link.azure], tunnel.instance),
                    Figure(tunnel.instance),
                    str(tunnel.inside),
                    str(tunnel.aws_address),
                    str(tunnel.azure_address),
                    "BGP" if tunnel.bgp else "static",
                )
            )
    return Table("plan-tunnels", "Tunnels", columns("Tunnel", *ends, "Routing"), tuple(rows))


def _remarks(plan: Plan) -> Iterator[str]:
    yield from map(shared_text, plan.links)
    for site in plan.azure:
        if isinstance(site.gateway, AdoptedAzureGateway):
            for instance in site.gateway.instances:
                addresses = _listed(instance.apipa) or "none"
                yield f"azure.{site.key}: its gateway must have these BGP addresses on {instance.key}: {addresses}"
    yield "The clouds give the outside addresses: until the stacks are applied, names are shown instead."


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
    return ", ".join(text for text in (gateway.sku, gateway.generation, instances) if text)


def shared_text(link: Link) -> str:
    """What all tunnels of a link share."""
    dpd = link.azure_policy.dpd_seconds
    return (
        f"{link.name}: slot {link.slot}; {link.proposal.name}: {link.proposal}; "
        f"rekey after {link.proposal.ike_lifetime:,} s and {link.proposal.esp_lifetime:,} s; "
        f"DPD {dpd} s; {_INITIATOR[link.initiator]}; keys from {link.keys.source}"
    )


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def steps_view(steps: Iterable[Step], state: State) -> View:
    """One row a stack: in which order, whose state it reads, and who reads its own."""
    rows = list(steps)
    title = f"{'Workspaces' if isinstance(state, CloudState) else 'Stacks'} in the order of apply"
    found = (
        row(
            Figure(number),
            step.stack,
            Cell(step.after),
            Cell(tuple(other.stack for other in rows if step.stack in other.reads)),
            Cell(step.keys),
        )
        for number, step in enumerate(rows, start=1)
    )
    headings = columns("Step:", "Name", "After", "Shares its state with", "Has the keys of link")
    return View(title, (Table("steps", title, headings, tuple(found)),), data=[plain(step) for step in rows])
