"""``<name>-azure-<site>-network``: VNet, subnets and public IPs. Seconds; a Standard IP is known at once."""

from __future__ import annotations

from constructs.crosscloud import providers as tf
from constructs.crosscloud.azure import AzureNetwork
from isthmus.plan import Plan
from isthmus.plan.types import AzureSite

from .backends import attach
from .settings import azure_provider


class AzureNetworkStack(tf.TerraformStack):
    def __init__(self, app: tf.App, *, plan: Plan, site: AzureSite) -> None:
        super().__init__(app, site.stacks.network)
        attach(self, plan.state, site.stacks.network)
        azure_provider(self, site)
        network = AzureNetwork(self, "network", site=site)
        self.gateway_subnet_id = network.gateway_subnet_id
        self.public_ip_ids = network.public_ip_ids
        self.public_ip_addresses = network.public_ip_addresses
        for name, value in network.outputs.items():
            tf.TerraformOutput(self, name, value=value)
        tf.TerraformOutput(
            self,
            "public_ip_addresses",
            value={i.key: self.public_ip_addresses[i.number] for i in site.gateway.instances},
            description="Outside addresses of the Azure VPN gateway, by instance",
        )
