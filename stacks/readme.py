"""A README.md beside each stack's configuration: what is in it, what must be applied before, what must be set.

Whoever finds a stack's folder alone (a remote run uploads nothing else) can tell from it what to do.
"""

from __future__ import annotations

from collections.abc import Iterable

from constructs.crosscloud.psk import PSK_WORDS
from isthmus.plan import Plan
from isthmus.plan.types import AwsSite, AzureSite, KeySource


def readmes(plan: Plan) -> dict[str, str]:
    """The README of each stack, by the stack's name."""
    texts: dict[str, str] = {}
    azure = {site.key: site for site in plan.azure}
    aws = {site.key: site for site in plan.aws}
    for site in plan.azure:
        texts |= _azure(plan, site, [aws[link.aws].stack for link in plan.links_of_azure(site.key)])
    for aws_site in plan.aws:
        networks = [azure[link.azure].stacks.network for link in plan.links_of_aws(aws_site.key)]
        texts[aws_site.stack] = _aws(plan, aws_site, networks)
    return texts


def _azure(plan: Plan, site: AzureSite, aws_stacks: Iterable[str]) -> dict[str, str]:
    stacks = site.stacks
    gateway = [stacks.gateway] if stacks.gateway else []
    texts = {
        stacks.network: _text(
            stacks.network, f"Resource group, network and public IPs of the Azure site {site.key} ({site.region}).", []
        ),
        stacks.connections: _text(
            stacks.connections,
            f"Local network gateways, connections and alerts of the Azure site {site.key}: "
            f"{sum(len(link.tunnels) for link in plan.links_of_azure(site.key))} tunnels, made one after another.",
            [*gateway, *aws_stacks],
            keys=True,
        ),
    }
    if stacks.gateway:
        texts[stacks.gateway] = _text(
            stacks.gateway,
            f"The VPN gateway of the Azure site {site.key} and its diagnostics. Making it takes 45 minutes or more.",
            [stacks.network],
        )
    return texts


def _aws(plan: Plan, site: AwsSite, networks: Iterable[str]) -> str:
    variables = [
        (tunnel.key_slot.variable, tunnel.name)
        for link in plan.links_of_aws(site.key)
        if link.keys.source is KeySource.VARIABLE
        for tunnel in link.tunnels
    ]
    text = _text(
        site.stack,
        f"Network, gateway, routes and VPN connections of the AWS site {site.key} ({site.region}).",
        networks,
        keys=True,
    )
    if variables:
        rows = "".join(f"| `{name}` | `TF_VAR_{name}` | {tunnel} |\n" for name, tunnel in variables)
        text += (
            f"\n## Variables\n\nEach is sensitive: {PSK_WORDS}.\n\n"
            f"| variable | in the environment | key of tunnel |\n|---|---|---|\n{rows}"
        )
    return text


KEYS_IN_STATE = """
## State

The pre-shared keys are in this stack's state in clear: see to it that few can read it.
"""


def _text(name: str, what: str, after: Iterable[str], *, keys: bool = False) -> str:
    before = sorted(set(after))
    order = "".join(f"- `{stack}`\n" for stack in before) if before else "Nothing.\n"
    return f"# {name}\n\n{what}\n\n## Applied before this one\n\n{order}{KEYS_IN_STATE if keys else ''}"
