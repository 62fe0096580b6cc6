"""In what order stacks are applied, and whose state each reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from isthmus.plan.types import AdoptedAzureGateway, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stack in the order of apply. ``after`` must be applied before it; of these it reads the state of ``reads``.

    ``keys`` says whether pre-shared keys are in its state.
    """

    stack: str
    what: str
    after: tuple[str, ...]
    reads: tuple[str, ...]
    keys: bool


def steps(plan: Plan) -> tuple[Step, ...]:
    """All stacks of ``plan``: networks, then AWS sites and Azure gateways, then connections."""
    azure = {site.key: site for site in plan.azure}
    aws = {site.key: site for site in plan.aws}
    networks, gateways, connections = [], [], []
    for site in plan.azure:
        stacks = site.stacks
        where = f"the Azure site {site.key} ({site.region})"
        networks.append(_step(stacks.network, f"Resource group, network and public IPs of {where}.", ()))
        gateway = (stacks.gateway,) if stacks.gateway else ()
        if stacks.gateway:
            text = f"The VPN gateway of {where} and its diagnostics. Making it takes 45 minutes or more."
            gateways.append(_step(stacks.gateway, text, (stacks.network,)))
        links = plan.links_of_azure(site.key)
        count = sum(len(link.tunnels) for link in links)
        reads = (*gateway, *dict.fromkeys(aws[link.aws].stack for link in links))
        connections.append(
            _step(
                stacks.connections,
                f"Local network gateways, connections and alerts of {where}: {count} tunnels, made one after another.",
                reads,
                # Without a gateway's stack between them, only the resource group ties it to the network's.
                after=reads if gateway else (stacks.network, *reads),
                keys=True,
            )
        )
    vpns = [
        _step(
            site.stack,
            f"Network, gateway, routes and VPN connections of the AWS site {site.key} ({site.region}).",
            dict.fromkeys(
                azure[link.azure].stacks.network
                for link in plan.links_of_aws(site.key)
                # The addresses of an adopted gateway are known from the start.
                if not isinstance(azure[link.azure].gateway, AdoptedAzureGateway)
            ),
            keys=True,
        )
        for site in plan.aws
    ]
    return (*networks, *vpns, *gateways, *connections)


def _step(
    stack: str, what: str, reads: Iterable[str], *, after: Iterable[str] | None = None, keys: bool = False
) -> Step:
    read = tuple(sorted(reads))
    return Step(stack=stack, what=what, after=read if after is None else tuple(sorted(after)), reads=read, keys=keys)
