"""What is deployed together, in order of apply.

    azure-<site>-network ──> azure-<site>-gateway (45 minutes) ──────────────────┐
            └── public IPs ────────┐                                             │
    aws-<site>-vpn ── gateway ──> link-<aws>-<azure> (minutes) ──────────────────┴──> azure-<site>-connections
                                   └── tunnel addresses, keys of this link only ──┘

What crosses from one stack to another is a CDKTF cross-stack reference: an output of the one, read by the
other through ``terraform_remote_state``. There is no cycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import loading

with loading.node_started_inside():
    import constructs  # noqa: F401 - starts Node, which must find its hook


from constructs.crosscloud import providers as tf
from isthmus.plan import Plan

from .aws_vpn import AwsVpnStack
from .azure_connections import AzureConnectionsStack
from .azure_gateway import AzureGatewayStack, gateway_id, gateway_stack
from .azure_network import AzureNetworkStack
from .link import LinkStack

__all__ = ["Stacks", "build"]


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """The stacks of a plan, by the key of their site; those of links by ``<aws>-<azure>``, the name of the link.

    An adopted Azure gateway has no stack in ``azure_gateways``.
    """

    azure_networks: Mapping[str, AzureNetworkStack]
    azure_gateways: Mapping[str, AzureGatewayStack]
    aws_vpns: Mapping[str, AwsVpnStack]
    links: Mapping[str, LinkStack]
    azure_connections: Mapping[str, AzureConnectionsStack]


def build(app: tf.App, plan: Plan) -> Stacks:
    """Add every stack of ``plan`` to ``app`` and return them."""
    networks = {site.key: AzureNetworkStack(app, plan=plan, site=site) for site in plan.azure}
    gateways = {site.key: gateway_stack(app, plan=plan, site=site, network=networks[site.key]) for site in plan.azure}
    vpns = {site.key: AwsVpnStack(app, plan=plan, site=site) for site in plan.aws}
    links = {
        link.name: LinkStack(app, plan=plan, link=link, site=site, vpn=vpns[link.aws], network=networks[link.azure])
        for site in plan.aws
        for link in plan.links_of_aws(site.key)
    }
    for link in plan.links:
        # A gateway that is adopted is known by its id: nothing refers to the stack of its site.
        links[link.name].add_dependency(vpns[link.aws])
    connections = {}
    for site in plan.azure:
        id_ = gateway_id(site, gateways[site.key])
        connections[site.key] = stack = AzureConnectionsStack(app, plan=plan, site=site, gateway_id=id_, links=links)
        # What is referred to is a dependency already; the resource group is known by its name.
        if site.stacks.gateway is None:
            stack.add_dependency(networks[site.key])
    return Stacks(
        azure_networks=networks,
        azure_gateways={key: stack for key, stack in gateways.items() if stack},
        aws_vpns=vpns,
        links=links,
        azure_connections=connections,
    )
