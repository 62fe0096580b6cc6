"""One deployment through all the changes that its topology can go through, with what Terraform planned for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from isthmus.observed.summary import Summary
from tests.deploy.deployment import Deployment
from tests.deploy.emulated import Emulated, Made

Json = dict[str, Any]
Planned = dict[str, dict[str, Json]]
"""What a plan would change: by stack, without the deployment's name, and by address."""

NAME: Final = "changing"
CONNECTION: Final = "azurerm_virtual_network_gateway_connection"


def _topology(*, owner: str = "platform", generation: str = "", sku: str = "VpnGw2AZ", second: bool = False) -> str:
    """An Azure hub that one or two AWS sites are joined to, with random keys."""
    dub = "  dub: {region: eu-west-1, network: {cidr: 10.2.0.0/16}, gateway: {asn: 64602}}\n"
    return (
        f"name: {NAME}\n"
        f"tags: {{owner: {owner}}}\n"
        "aws:\n"
        "  fra: {region: eu-central-1, network: {cidr: 10.1.0.0/16}, gateway: {asn: 64601}}\n"
        f"{dub if second else ''}"
        "azure:\n"
        f"  hub: {{region: westeurope, network: {{cidr: 10.100.0.0/16}}, gateway: {{sku: {sku}, asn: 65100}}}}\n"
        "links:\n"
        f"  - {{aws: fra, azure: hub, slot: 0, psk: {{source: random{generation}}}}}\n"
        f"{'  - {aws: dub, azure: hub, slot: 1, psk: {source: random}}' if second else ''}\n"
        "monitoring: false\n"
    )


_KEY: Final = ", generation: {2: 2}"
CHAPTERS: Final = {
    "begin": _topology(),
    "tags": _topology(owner="network"),
    "key": _topology(owner="network", generation=_KEY),
    "sku": _topology(owner="network", generation=_KEY, sku="VpnGw3AZ"),
    "added": _topology(owner="network", generation=_KEY, sku="VpnGw3AZ", second=True),
    "removed": _topology(owner="network", generation=_KEY, sku="VpnGw3AZ"),
}
"""The topology of each chapter; it differs from the one before in one thing."""


@dataclass(slots=True)
class Story:
    """What happened in each chapter."""

    planned: dict[str, Planned] = field(default_factory=dict)
    tunnels: dict[str, dict[str, Summary]] = field(default_factory=dict)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    left: Json = field(default_factory=dict)
    made: Made | None = None
    """What all of it asked of the clouds."""


def tell(outputs: dict[str, tuple[Path, list[str]]], folder: Path, clouds: Emulated) -> Story:
    """Deploy each of ``outputs`` over the one before. After each, a plan must find nothing and both ends agree."""
    story = Story()
    began = clouds.made()
    synthesized, order = outputs["begin"]
    deployment = Deployment(synthesized, order, folder, clouds)
    deployment.apply()
    for chapter, (synthesized, order) in outputs.items():
        before = deployment.order
        deployment.take(synthesized, order)
        # As docs/operations.md says: connections let go of what the others lose, and a site's own stack goes last.
        stacks = list(deployment) if chapter != "removed" else list(reversed(list(deployment)))
        story.planned[chapter] = {}
        for stack in stacks:
            planned = stack.planned()
            story.planned[chapter][stack.name.removeprefix(f"{NAME}-")] = planned
            if planned:
                stack.apply_planned()
        for gone in (name for name in reversed(before) if name not in order):
            deployment[gone].destroy()
        deployment.unchanged()
        deployment.agree(8 if chapter == "added" else 4)
        story.tunnels[chapter] = {tunnel.name: tunnel for tunnel in deployment.tunnels()}
        connections = deployment["connections"].resources(CONNECTION)
        story.keys[chapter] = {address: c["shared_key"] for address, c in connections.items()}
    deployment.destroy()
    story.made = clouds.made().since(began)
    story.left = deployment.left()
    return story
