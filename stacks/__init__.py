"""What is deployed together, in order of apply.

    azure-<site>-network ──> azure-<site>-gateway (45 minutes) ──────────────────┐
            └── public IPs ────────┐                                             │
    aws-<site>-vpn ── gateway ──> link-<aws>-<azure> (minutes) ──────────────────┴──> azure-<site>-connections
                                   └── tunnel addresses, keys of this link only ──┘

What crosses from one stack to another is a CDKTF cross-stack reference: an output of the one, read by the
other through ``terraform_remote_state``. There is no cycle.
"""

from __future__ import annotations

import loading

with loading.node_started_inside():
    import constructs  # noqa: F401 - starts Node, which must find its hook


from constructs.crosscloud import providers as tf
from isthmus.plan import Plan
from stacks.aws_vpn import AwsVpnStack
from stacks.azure_connections import AzureConnectionsStack
from stacks.azure_gateway import gateway_id
from stacks.azure_network import AzureNetworkStack
from stacks.link import LinkStack

__all__ = ["build"]


def build(app: tf.App, plan: Plan) -> None:
    """Add every stack of ``plan`` to ``app``."""
    networks = {site.key: AzureNetworkStack(app, plan=plan, site=site) for site in plan.azure}
    gateway_ids = {site.key: gateway_id(app, plan=plan, site=site, network=networks[site.key]) for site in plan.azure}
    vpns = {site.key: AwsVpnStack(app, plan=plan, site=site) for site in plan.aws}
    links = {
        link.name: LinkStack(app, plan=plan, link=link, site=site, vpn=vpns[link.aws], network=networks[link.azure])
        for site in plan.aws
        for link in plan.links_of_aws(site.key)
    }
    for link in plan.links:
        # A gateway that is adopted is known by its id: nothing refers to the stack of its site.
        links[link.name].add_dependency(vpns[link.aws])
    for site in plan.azure:
        connections = AzureConnectionsStack(app, plan=plan, site=site, gateway_id=gateway_ids[site.key], links=links)
        # What is referred to is a dependency already; the resource group is known by its name.
        if site.stacks.gateway is None:
            connections.add_dependency(networks[site.key])
