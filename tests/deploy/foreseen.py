"""A running deployment through changes and back: what was foreseen of each, and what Terraform planned.

The emulated clouds refuse what the clouds refuse: to delete a gateway that has connections, to change an address or a
subnet in use, to take a BGP address that a connection has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from isthmus.changes import Action, Kind, foresee
from isthmus.observed import observe
from isthmus.plan import Plan
from isthmus.plan.order import steps
from tests.deploy.deployment import Deployment
from tests.deploy.emulated import Emulated

AWS = "fra: {region: eu-central-1, network: {cidr: 10.10.0.0/16}}"
AZURE = "fra: {region: germanywestcentral, network: {cidr: 10.20.0.0/16}}"


def topology(*, aws: str = AWS, azure: str = AZURE, links: str = "", rest: str = "") -> str:
    """The deployment with something changed."""
    return f"name: pay\naws:\n  {aws}\nazure:\n  {azure}\n{links}\n{rest}\n"


BASE: Final = topology()
CHANGES: Final = {
    "tags": topology(rest="tags: {owner: network}"),
    "kind": topology(aws=AWS.replace("}}", "}, gateway: {kind: tgw}}")),
    "asn of AWS": topology(aws=AWS.replace("}}", "}, gateway: {asn: 64600}}")),
    "asn of Azure": topology(azure=AZURE.replace("}}", "}, gateway: {asn: 65020}}")),
    "sku": topology(azure=AZURE.replace("}}", "}, gateway: {sku: VpnGw2AZ}}")),
    "mode": topology(azure=AZURE.replace("}}", "}, gateway: {mode: active-standby}}")),
    "routing": topology(links="links: [{aws: fra, azure: fra, routing: static}]"),
    "slot": topology(links="links: [{aws: fra, azure: fra, slot: 3}]"),
    "proposal": topology(links="links: [{aws: fra, azure: fra, ipsec: max}]"),
    "initiator": topology(links="links: [{aws: fra, azure: fra, initiator: aws}]"),
    "keys": topology(links="links: [{aws: fra, azure: fra, psk: {source: random}}]"),
    "monitoring": topology(rest="monitoring: false"),
    "VNet": topology(azure=AZURE.replace("/16", "/15")),
    "VNet, GatewaySubnet named": topology(azure=AZURE.replace("/16}", "/15, gateway_subnet: 10.20.255.224/27}")),
    "VPC": topology(aws=AWS.replace("10.10.0.0/16", "10.12.0.0/16")),
    "names": "name: payments\nformerly: pay\n"
    "aws:\n  frankfurt: {formerly: fra, region: eu-central-1, network: {cidr: 10.10.0.0/16}}\n"
    "azure:\n  fra: {region: germanywestcentral, network: {cidr: 10.20.0.0/16}}\n",
    "second site": topology(
        aws=f"{AWS}\n  dub: {{region: eu-west-1, network: {{cidr: 10.30.0.0/16}}, gateway: {{asn: 64700}}}}",
        links="links: [{aws: fra, azure: fra, slot: 0}, {aws: dub, azure: fra, slot: 1}]",
    ),
}
ACTIONS: Final = {
    ("create",): Kind.CREATE,
    ("update",): Kind.UPDATE,
    ("delete", "create"): Kind.REPLACE,
    ("create", "delete"): Kind.REPLACE,
    ("delete",): Kind.DESTROY,
}

Topologies = Mapping[str, tuple[Path, Plan]]
"""By name: what was synthesized, and the plan. ``base`` is what each change starts from and goes back to."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One change, there or back. ``wrong``: by stack and address what was foreseen, and what Terraform planned."""

    wrong: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)


def go_through(topologies: Topologies, names: Iterable[str], folder: Path, clouds: Emulated) -> dict[str, Passage]:
    """Deploy the base, and go to each of ``names`` and back; by ``name there`` and ``name back``.

    After each, a plan must find nothing and both ends agree; the first that does not ends it.
    """
    output, plan = topologies["base"]
    deployment = Deployment(output, [step.stack for step in steps(plan)], folder, clouds)
    deployment.apply()
    passages = {}
    for name in names:
        for way, pair in (("there", ("base", name)), ("back", (name, "base"))):
            passages[f"{name} {way}"] = _go(deployment, *(topologies[end] for end in pair))
    deployment.destroy()
    return passages


def _go(deployment: Deployment, old: tuple[Path, Plan], new: tuple[Path, Plan]) -> Passage:
    """Carry out the steps from ``old`` to ``new``."""
    before, after = old[0], new[0]
    found = foresee(observe(before), observe(after), old[1], new[1])
    passage = Passage()
    for stage in found.stages:
        if stage.action is Action.DESTROY:
            deployment[stage.stack].destroy()
            continue
        deployment.take_one(after, stage.stack)
        planned = deployment[stage.stack].planned()
        seen = {address: ACTIONS[tuple(change["actions"])] for address, change in planned.items()}
        foreseen = {change.address: change.kind for change in found.prediction.of(stage.stack)}
        if stage.stack in found.torn_down:
            foreseen = dict.fromkeys((a for a, kind in foreseen.items() if kind is not Kind.DESTROY), Kind.CREATE)
        if seen != foreseen:
            passage.wrong[stage.stack] = {
                a: (str(foreseen.get(a)), str(seen.get(a))) for a in foreseen.keys() | seen.keys()
                if foreseen.get(a) != seen.get(a)
            }  # fmt: skip
        deployment[stage.stack].apply_planned()
    deployment.take(after, [step.stack for step in steps(new[1])])
    deployment.unchanged()
    deployment.agree(len(list(new[1].tunnels())))
    return passage
