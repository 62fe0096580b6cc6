"""``<name>-azure-<site>-gateway``: the VPN gateway, alone because it takes 45 minutes or more."""

from __future__ import annotations

from constructs.crosscloud import providers as tf
from constructs.crosscloud.azure import AzureGateway
from constructs.crosscloud.monitoring import AzureDiagnostics
from isthmus.plan import Plan, types

from .azure_network import AzureNetworkStack
from .backends import attach
from .settings import azure_provider


class AzureGatewayStack(tf.TerraformStack):
    def __init__(
        self,
        app: tf.App,
        name: str,
        *,
        plan: Plan,
        site: types.AzureSite,
        planned: types.AzureGateway,
        network: AzureNetworkStack,
    ) -> None:
        super().__init__(app, name)
        attach(self, plan.state, name)
        azure_provider(self, site)
        assert network.gateway_subnet_id is not None, "a gateway that is made has a subnet"
        gateway = AzureGateway(
            self,
            "vpn",
            site=site,
            planned=planned,
            gateway_subnet_id=network.gateway_subnet_id,
            public_ip_ids=network.public_ip_ids,
        )
        self.gateway_id = gateway.gateway.id
        if site.monitoring and site.monitoring.diagnostic_setting:
            AzureDiagnostics(self, "diagnostics", site=site, monitoring=site.monitoring, gateway_id=self.gateway_id)
        tf.TerraformOutput(self, "virtual_network_gateway_id", value=self.gateway_id)
        tf.TerraformOutput(self, "virtual_network_gateway_name", value=gateway.gateway.name)


def gateway_stack(
    app: tf.App, *, plan: Plan, site: types.AzureSite, network: AzureNetworkStack
) -> AzureGatewayStack | None:
    """The stack of the gateway of ``site``; None where the gateway is adopted."""
    gateway = site.gateway
    if isinstance(gateway, types.AdoptedAzureGateway):
        return None
    assert site.stacks.gateway is not None, "a gateway that is made has a stack"
    return AzureGatewayStack(app, site.stacks.gateway, plan=plan, site=site, planned=gateway, network=network)


def gateway_id(site: types.AzureSite, made: AzureGatewayStack | None) -> str:
    """The id of the gateway of ``site``: of the one that is ``made``, or of the adopted one."""
    if made is not None:
        return made.gateway_id
    assert isinstance(site.gateway, types.AdoptedAzureGateway), "a gateway that is not made is adopted"
    return site.gateway.id
