"""``<name>-azure-<site>-connections``: a local network gateway and a connection for each tunnel."""

from __future__ import annotations

from collections.abc import Mapping

from constructs.crosscloud.azure import AzureTunnel
from constructs.crosscloud.providers import (
    App,
    AzurermProvider,
    AzurermProviderFeatures,
    Construct,
    DataResource,
    TerraformOutput,
    TerraformResource,
    TerraformStack,
)
from isthmus.plan import Plan
from isthmus.plan.types import AzureSite
from stacks.aws_vpn import AwsVpnStack
from stacks.azure_gateway import AzureGatewayStack
from stacks.backends import attach


class AzureConnectionsStack(TerraformStack):
    """Connections are made one after another: a link's in order, and link after link by slot.

    Between two links stands a ``terraform_data`` that does nothing but wait. It is the only thing that changes
    when a link before it comes or goes, so the connections of all other links stay as they are.
    """

    def __init__(
        self,
        app: App,
        *,
        plan: Plan,
        site: AzureSite,
        gateway: AzureGatewayStack,
        vpns: Mapping[str, AwsVpnStack],
    ) -> None:
        super().__init__(app, site.stacks.connections)
        attach(self)
        AzurermProvider(self, "azurerm", features=[AzurermProviderFeatures()])
        connection_ids: dict[str, str] = {}
        last: list[TerraformResource] = []
        for link in plan.links_of_azure(site.key):
            scope = Construct(self, f"to-{link.aws}")
            if link.takes_turns:
                last = [DataResource(scope, "turn", depends_on=list(last))]
            for tunnel in link.tunnels:
                made = AzureTunnel(
                    scope,
                    tunnel.key,
                    site=site,
                    link=link,
                    tunnel=tunnel,
                    gateway_id=gateway.gateway_id,
                    outside_address=vpns[link.aws].outside_address(link, tunnel),
                    preshared_key=vpns[link.aws].preshared_key(link, tunnel),
                    after=last,
                )
                connection_ids[tunnel.name] = made.connection.id
                last = [made.connection]
        TerraformOutput(
            self,
            "connection_ids",
            value=connection_ids,
            description="Azure connections, by tunnel",
        )
