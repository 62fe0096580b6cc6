"""What is foreseen of a change is what Terraform plans, and the steps that are named get it through.

A running deployment goes through each change and back. The emulated clouds refuse what the clouds refuse: to delete a
gateway that has connections, to change an address or a subnet in use, to take a BGP address that a connection has.
"""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.changes import Action, Foreseen, Kind, foresee
from isthmus.observed import observe
from isthmus.plan.order import steps
from tests.deploy.deployment import Deployment
from tests.synth.inside import Synthesized

AWS = "fra: {region: eu-central-1, network: {cidr: 10.10.0.0/16}}"
AZURE = "fra: {region: germanywestcentral, network: {cidr: 10.20.0.0/16}}"


def topology(*, aws: str = AWS, azure: str = AZURE, links: str = "", rest: str = "") -> str:
    """The deployment with something changed."""
    return f"name: pay\naws:\n  {aws}\nazure:\n  {azure}\n{links}\n{rest}\n"


BASE = topology()
CHANGES = {
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
ACTIONS = {
    ("create",): Kind.CREATE,
    ("update",): Kind.UPDATE,
    ("delete", "create"): Kind.REPLACE,
    ("create", "delete"): Kind.REPLACE,
    ("delete",): Kind.DESTROY,
}


@pytest.fixture(scope="module")
def deployment(deploy: Any) -> Deployment:
    made: Deployment = deploy(BASE)
    made.apply()
    made.agree(4)
    return made


# The first of these varies first: each change goes there and back.
@pytest.mark.parametrize("back", [False, True], ids=["there", "back"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_foreseen_and_gets_through(
    deployment: Deployment, synthesized: Synthesized, change: str, back: bool
) -> None:
    old, new = (CHANGES[change], BASE) if back else (BASE, CHANGES[change])
    go(deployment, synthesized, old, new)


def go(deployment: Deployment, synthesized: Synthesized, old: str, new: str) -> Foreseen:
    """Carry out the steps from ``old`` to ``new``; each plan must say what was foreseen."""
    before, after = synthesized.output(old), synthesized.output(new)
    plan = synthesized.plan(new)
    found = foresee(observe(before), observe(after), synthesized.plan(old), plan)
    wrong = {}
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
            wrong[stage.stack] = {
                a: (str(foreseen.get(a)), str(seen.get(a))) for a in foreseen.keys() | seen.keys()
                if foreseen.get(a) != seen.get(a)
            }  # fmt: skip
        deployment[stage.stack].apply_planned()
    deployment.take(after, [step.stack for step in steps(plan)])
    deployment.unchanged()
    deployment.agree(len(list(plan.tunnels())))
    # Foreseen first, Terraform's own second.
    assert wrong == {}
    return found
