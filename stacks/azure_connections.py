"""``<name>-azure-<site>-connections``: a local network gateway and a connection for each tunnel, and alerts."""

from __future__ import annotations

from collections.abc import Mapping

from constructs.crosscloud import providers as tf
from constructs.crosscloud.azure import AzureTunnel
from constructs.crosscloud.monitoring import AzureAlerts, AzureDiagnostics
from isthmus.plan import Plan
from isthmus.plan.types import AzureSite

from .backends import attach
from .link import LinkStack
from .settings import azure_provider


class AzureConnectionsStack(tf.TerraformStack):
    """Connections are made one after another: a link's in order, and link after link by slot.

    Between two links stands a ``terraform_data`` that does nothing but wait. It is the only thing that changes
    when a link before it comes or goes, so the connections of all other links stay as they are.
    """

    def __init__(
        self,
        app: tf.App,
        *,
        plan: Plan,
        site: AzureSite,
        gateway_id: str,
        links: Mapping[str, LinkStack],
    ) -> None:
        super().__init__(app, site.stacks.connections)
        attach(self, plan.state, site.stacks.connections)
        azure_provider(self, site)
        alerts = (
            AzureAlerts(self, "alerts", site=site, monitoring=site.monitoring, gateway_id=gateway_id)
            if site.monitoring
            else None
        )
        if site.stacks.gateway is None and site.monitoring and site.monitoring.diagnostic_setting:
            # An adopted gateway has no stack in which its diagnostics could be.
            AzureDiagnostics(self, "diagnostics", site=site, monitoring=site.monitoring, gateway_id=gateway_id)
        connection_ids: dict[str, str] = {}
        last: list[tf.TerraformResource] = []
        for link in plan.links_of_azure(site.key):
            scope = tf.Construct(self, f"to-{plan.aws_by_key[link.aws].identity}")
            if link.is_serialized:
                # cdktf's own class for it would run `terraform version` at each synthesis, once for each.
                last = [
                    tf.TerraformResource(scope, "turn", terraform_resource_type="terraform_data", depends_on=list(last))
                ]
            for tunnel in link.tunnels:
                made = AzureTunnel(
                    scope,
                    tunnel.key,
                    site=site,
                    link=link,
                    tunnel=tunnel,
                    gateway_id=gateway_id,
                    outside_address=links[link.name].outside_address(tunnel),
                    preshared_key=links[link.name].preshared_key(tunnel),
                    after=last,
                )
                connection_ids[tunnel.name] = made.connection.id
                last = [made.connection]
            if alerts:
                alerts.add(scope, link.alerts)
        tf.TerraformOutput(
            self,
            "connection_ids",
            value=connection_ids,
            description="Azure connections, by tunnel",
        )
