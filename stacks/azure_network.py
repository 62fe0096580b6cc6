"""``<name>-azure-<site>-network``: VNet, subnets and public IPs. Seconds; a Standard IP is known at once."""

from __future__ import annotations

from constructs.crosscloud.azure import AzureNetwork
from constructs.crosscloud.providers import (
    App,
    AzurermProvider,
    AzurermProviderFeatures,
    TerraformOutput,
    TerraformStack,
)
from isthmus.plan.types import AzureSite
from stacks.backends import attach


class AzureNetworkStack(TerraformStack):
    def __init__(self, app: App, *, site: AzureSite) -> None:
        super().__init__(app, site.stacks.network)
        attach(self)
        AzurermProvider(self, "azurerm", features=[AzurermProviderFeatures()])
        network = AzureNetwork(self, "network", site=site)
        self.gateway_subnet_id = network.gateway_subnet.id
        self.public_ip_ids = {number: ip.id for number, ip in network.public_ips.items()}
        self.public_ip_addresses = {number: ip.ip_address for number, ip in network.public_ips.items()}
        TerraformOutput(self, "resource_group_name", value=network.resource_group.name)
        TerraformOutput(self, "virtual_network_id", value=network.vnet.id)
        TerraformOutput(self, "workload_subnet_id", value=network.workload_subnet.id)
        TerraformOutput(
            self,
            "public_ip_addresses",
            value={i.key: self.public_ip_addresses[i.number] for i in site.gateway.instances},
            description="Outside addresses of the Azure VPN gateway, by instance",
        )
