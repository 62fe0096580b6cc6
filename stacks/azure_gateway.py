"""``<name>-azure-<site>-gateway``: the VPN gateway, alone because it takes 45 minutes or more."""

from __future__ import annotations

from constructs.crosscloud.azure import AzureGateway
from constructs.crosscloud.providers import (
    App,
    AzurermProvider,
    AzurermProviderFeatures,
    TerraformOutput,
    TerraformStack,
)
from isthmus.plan.types import AzureSite
from stacks.azure_network import AzureNetworkStack
from stacks.backends import attach


class AzureGatewayStack(TerraformStack):
    def __init__(self, app: App, *, site: AzureSite, network: AzureNetworkStack) -> None:
        super().__init__(app, site.stacks.gateway)
        attach(self)
        AzurermProvider(self, "azurerm", features=[AzurermProviderFeatures()])
        gateway = AzureGateway(
            self,
            "vpn",
            site=site,
            gateway_subnet_id=network.gateway_subnet_id,
            public_ip_ids=network.public_ip_ids,
        )
        self.gateway_id = gateway.gateway.id
        TerraformOutput(self, "virtual_network_gateway_id", value=self.gateway_id)
        TerraformOutput(self, "virtual_network_gateway_name", value=gateway.gateway.name)
