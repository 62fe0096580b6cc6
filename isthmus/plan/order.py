"""In what order stacks are applied, and whose state each reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from isthmus.plan.types import AdoptedAzureGateway, AdoptedTransitGateway, AdoptedVpnGateway, Link, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stack in the order of apply. ``after`` must be applied before it; of these it reads the state of ``reads``.

    ``keys`` are the links whose pre-shared keys are in its state.
    """

    stack: str
    what: str
    after: tuple[str, ...]
    reads: tuple[str, ...]
    keys: tuple[str, ...] = ()


def steps(plan: Plan) -> tuple[Step, ...]:
    """All stacks of ``plan``: networks, then AWS sites and Azure gateways, then links, then connections."""
    networks, gateways, connections = [], [], []
    for site in plan.azure:
        stacks = site.stacks
        where = f"the Azure site {site.key} ({site.region})"
        networks.append(_step(stacks.network, f"Resource group, network and public IPs of {where}."))
        gateway = (stacks.gateway,) if stacks.gateway else ()
        if stacks.gateway:
            text = f"The VPN gateway of {where} and its diagnostics. Making it takes 45 minutes or more."
            gateways.append(_step(stacks.gateway, text, (stacks.network,)))
        links = plan.links_of_azure(site.key)
        count = sum(len(link.tunnels) for link in links)
        reads = (*gateway, *(link.stack for link in links))
        connections.append(
            _step(
                stacks.connections,
                f"Local network gateways, connections and alerts of {where}: {count} tunnels, made one after another.",
                reads,
                # Without a gateway's stack between them, only the resource group ties it to the network's.
                also_after=() if gateway else (stacks.network,),
                keys=[link.name for link in links],
            )
        )
    vpns = [
        _step(site.stack, f"Network, gateway, routes and logs of the AWS site {site.key} ({site.region}).")
        for site in plan.aws
    ]
    return (*networks, *vpns, *gateways, *(_link(plan, link) for link in plan.links), *connections)


def _link(plan: Plan, link: Link) -> Step:
    aws = plan.aws_by_key[link.aws]
    azure = plan.azure_by_key[link.azure]
    reads = []
    # What is adopted is known from the start: its id, its addresses.
    if aws.monitoring or not isinstance(aws.gateway, AdoptedVpnGateway | AdoptedTransitGateway):
        reads.append(aws.stack)
    if not isinstance(azure.gateway, AdoptedAzureGateway):
        reads.append(azure.stacks.network)
    return _step(
        link.stack,
        f"The AWS end of link {link.name}: customer gateways, VPN connections, routes, alarms, keys.",
        reads,
        also_after=(aws.stack,),
        # Terraform reads a secret as a whole, with the keys of every other link that are in it.
        keys=[
            other.name
            for other in plan.links
            if other is link or (link.keys.secret and _same_secret(plan, link, other))
        ],
    )


def _same_secret(plan: Plan, one: Link, other: Link) -> bool:
    """Whether both take their keys from one secret: of one name, in one account and region."""
    first, second = (plan.aws_by_key[link.aws] for link in (one, other))
    places = [(site.region, site.provider) for site in (first, second)]
    return one.keys.secret == other.keys.secret and places[0] == places[1]


def _step(
    stack: str, what: str, reads: Iterable[str] = (), *, also_after: Iterable[str] = (), keys: Iterable[str] = ()
) -> Step:
    read = tuple(sorted(reads))
    return Step(stack=stack, what=what, after=tuple(sorted({*read, *also_after})), reads=read, keys=tuple(keys))
