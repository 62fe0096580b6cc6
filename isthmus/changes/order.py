"""The steps by which a change gets through: what is destroyed first, and in which order stacks are applied.

The order of `isthmus workspaces` is right for what is made. What both clouds refuse while something else uses it needs
another one: Azure deletes no gateway that has connections, no address and no subnet that a gateway uses, and takes no
BGP address from a gateway that a connection uses; AWS deletes no gateway that has VPN connections.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from isthmus.changes.prediction import Change, Kind, Prediction
from isthmus.plan import Plan
from isthmus.plan.order import steps
from isthmus.plan.types import AzureSite, BgpPeering, VNet


class Action(StrEnum):
    """What is done with a stack."""

    APPLY = "apply"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step. A stack that is destroyed is so with the configuration that it was applied with, the old one."""

    stack: str
    action: Action
    why: str


def stages(found: Prediction, before: Plan, after: Plan, teardown: Mapping[str, str]) -> tuple[Stage, ...]:
    """The steps in their order. Stacks in which nothing changes, and whose outputs stay, have none.

    ``teardown`` are the stacks that must go before something else can, with the reason (:func:`in_the_way`).
    """
    first = set(_connections_first(before, after)) - teardown.keys()
    old = [step.stack for step in steps(before)]
    new = [step.stack for step in steps(after)]
    result = [
        Stage(stack=stack, action=Action.DESTROY, why=teardown[stack]) for stack in reversed(old) if stack in teardown
    ]
    changed = (
        {change.stack for change in found.changes} | set(found.outputs) | {stack for stack in teardown if stack in new}
    )
    applied = [stack for stack in new if stack in changed]
    gateways = {site.stacks.gateway: site.stacks.connections for site in after.azure}
    done: set[str] = set()
    for stack in applied:
        connections = gateways.get(stack)
        if connections in first and connections in applied and connections not in done:
            why = "before the gateway, which gives up BGP addresses that connections use until then"
            result.append(Stage(stack=connections, action=Action.APPLY, why=why))
            done.add(connections)
        if stack not in done:
            result.append(Stage(stack=stack, action=Action.APPLY, why=_why(found, stack, teardown)))
            done.add(stack)
    removed = [stack for stack in reversed(old) if stack in found.removed and stack not in teardown]
    result += [Stage(stack=stack, action=Action.DESTROY, why="it is planned no more") for stack in removed]
    return tuple(result)


def _why(found: Prediction, stack: str, teardown: Mapping[str, str]) -> str:
    if stack in teardown:
        return "make it again"
    changes = found.of(stack)
    counted = [(kind, sum(change.kind is kind for change in changes)) for kind in Kind]
    said = ", ".join(f"{count} to {kind}" for kind, count in counted if count)
    return said or "its outputs change, which other stacks read"


def in_the_way(found: Prediction, before: Plan) -> Iterator[tuple[str, str]]:
    """The stacks that must go before something else can, and why."""
    for site in before.azure:
        if site.stacks.gateway is None or {site.stacks.connections, site.stacks.network} & set(found.removed):
            continue
        if crossed := _subnets_cross(found, site):
            for stack in (site.stacks.connections, site.stacks.gateway, site.stacks.network):
                yield stack, crossed
        elif used := _used_by_gateway(found, site):
            yield site.stacks.connections, f"{used} cannot change while the gateway uses it"
            yield site.stacks.gateway, f"{used} cannot change while the gateway uses it"
        elif _goes(found, site.stacks.gateway, "azurerm_virtual_network_gateway"):
            yield site.stacks.connections, "Azure deletes no gateway that has connections"
        elif _renumbered(found, site):
            yield site.stacks.connections, "its connections use BGP addresses that the gateway gives up"
    for aws in before.aws:
        if _goes(found, aws.stack, "aws_vpn_gateway", "aws_ec2_transit_gateway"):
            for link in before.links_of_aws(aws.key):
                if link.stack not in found.removed:
                    yield link.stack, "AWS deletes no gateway that has VPN connections"


def _goes(found: Prediction, stack: str | None, *types: str) -> bool:
    return any(change.type in types and change.goes for change in found.of(stack or ""))


def _used_by_gateway(found: Prediction, site: AzureSite) -> str | None:
    """What of the network stack changes that Azure does not change while a gateway uses it."""
    for change in found.of(site.stacks.network):
        if change.type == "azurerm_public_ip" and change.goes:
            return "a public IP"
        if _is_gateway_subnet(change):
            return "the GatewaySubnet"
    return None


def _subnets_cross(found: Prediction, site: AzureSite) -> str | None:
    """Why a subnet cannot move: its new range is still in use, or the VNet no longer has its old one."""
    if not isinstance(site.network, VNet):
        return None
    taken = {"gateway-subnet": site.network.gateway_subnet, "workload-subnet": site.network.workload_subnet}
    moves = {
        change.path.rpartition("/")[2]: IPv4Network(cause.after)
        for change in found.of(site.stacks.network)
        for cause in change.causes
        if change.type == "azurerm_subnet" and cause.argument == "address_prefixes" and change.kind is Kind.UPDATE
    }
    for name, wanted in moves.items():
        if any(other != name and wanted.overlaps(range_) for other, range_ in taken.items()):
            return "a subnet moves to where another one is"
    return None


def _is_gateway_subnet(change: Change) -> bool:
    moved = change.goes or any(cause.argument == "address_prefixes" for cause in change.causes)
    return change.type == "azurerm_subnet" and change.path.endswith("/gateway-subnet") and moved


def _renumbered(found: Prediction, site: AzureSite) -> bool:
    """Whether the gateway loses a BGP address while a connection that uses it stays."""
    if not _loses_addresses(found, site):
        return False
    return any(
        change.type == "azurerm_virtual_network_gateway_connection"
        and change.kind in (Kind.UPDATE, Kind.REPLACE)
        and any(cause.argument.startswith("custom_bgp_addresses") for cause in change.causes)
        for change in found.of(site.stacks.connections)
    )


def _loses_addresses(found: Prediction, site: AzureSite) -> bool:
    return any(
        change.type == "azurerm_virtual_network_gateway"
        and any("apipa_addresses" in cause.argument for cause in change.causes)
        for change in found.of(site.stacks.gateway or "")
    )


def _connections_first(before: Plan, after: Plan) -> Iterator[str]:
    """Stacks of connections that are applied before their gateway: connections go whose addresses it gives up."""
    new = {site.identity: site for site in after.azure}
    for site in before.azure:
        if site.identity in new and _addresses(before, site) - _addresses(after, new[site.identity]):
            yield site.stacks.connections


def _addresses(plan: Plan, site: AzureSite) -> set[str]:
    """The BGP addresses that connections of ``site`` name."""
    peerings: list[BgpPeering] = [t.bgp for link in plan.links_of_azure(site.key) for t in link.tunnels if t.bgp]
    return {str(address) for peering in peerings for address in (peering.primary, peering.secondary) if address}
