"""Topologies in a line, and their plans."""

from __future__ import annotations

from isthmus.checks import check_loaded
from isthmus.plan import Plan
from isthmus.plan.types import AzureGateway, Link, Tunnel, VNet, Vpc
from isthmus.topology import loads

ONE = """
name: t
aws: {a: {region: eu-central-1, network: {cidr: 10.1.0.0/16}}}
azure: {b: {region: westeurope, network: {cidr: 10.2.0.0/16}}}
"""

GATEWAY_ID = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/hub/providers"
    "/Microsoft.Network/virtualNetworkGateways/hub"
)


def plan_of(text: str) -> Plan:
    return check_loaded(loads(text)).plan


def one(*, aws: str = "", azure: str = "", link: str = "", rest: str = "") -> Plan:
    """The plan of one site on each side, with keys added to the AWS gateway, the Azure gateway and the link."""
    return plan_of(
        f"""
name: t
aws: {{a: {{region: eu-central-1, network: {{cidr: 10.1.0.0/16}}, gateway: {{{aws}}}}}}}
azure: {{b: {{region: westeurope, network: {{cidr: 10.2.0.0/16}}, gateway: {{{azure}}}}}}}
links: [{{aws: a, azure: b{", " if link else ""}{link}}}]
{rest}
"""
    )


def one_link(*, aws: str = "", azure: str = "", link: str = "") -> Link:
    """The link of :func:`one`."""
    [found] = one(aws=aws, azure=azure, link=link).links
    return found


def all_tunnels(link: Link) -> list[Tunnel]:
    """The tunnels of ``link`` that AWS has, used or not."""
    return [tunnel for connection in link.connections for tunnel in connection.tunnels]


def vpc(plan: Plan) -> Vpc:
    """The VPC of the only AWS site, which is made."""
    [site] = plan.aws
    assert isinstance(site.network, Vpc)
    return site.network


def vnet(plan: Plan) -> VNet:
    """The VNet of the only Azure site, which is made."""
    [site] = plan.azure
    assert isinstance(site.network, VNet)
    return site.network


def azure_gateway(plan: Plan) -> AzureGateway:
    """The gateway of the only Azure site, which is made."""
    [site] = plan.azure
    assert isinstance(site.gateway, AzureGateway)
    return site.gateway
