"""``<name>-aws-<site>-vpn``: VPC, gateway and VPN connections. Minutes, beside the Azure gateway."""

from __future__ import annotations

from collections.abc import Mapping

from constructs.crosscloud import providers as tf
from constructs.crosscloud.aws import aws_gateway, aws_network
from constructs.crosscloud.aws_connection import AwsConnection
from constructs.crosscloud.monitoring import AwsTunnelWatch
from constructs.crosscloud.psk import key_ring
from isthmus.plan import Plan
from isthmus.plan.types import AwsSite, Link, Tunnel
from stacks.azure_network import AzureNetworkStack
from stacks.backends import attach
from stacks.settings import aws_provider, random_provider


class AwsVpnStack(tf.TerraformStack):
    def __init__(self, app: tf.App, *, plan: Plan, site: AwsSite, networks: Mapping[str, AzureNetworkStack]) -> None:
        super().__init__(app, site.stack)
        links = plan.links_of_aws(site.key)
        attach(self, plan.state)
        aws_provider(self, site)
        random_provider(self, links)
        network = aws_network(self, "network", site=site)
        gateway = aws_gateway(self, "gateway", site=site, network=network)
        watch = (
            AwsTunnelWatch(self, "monitoring", monitoring=site.monitoring, tags=site.tags) if site.monitoring else None
        )
        self._connections: dict[tuple[str, int], AwsConnection] = {}
        for link in links:
            scope = tf.Construct(self, f"to-{link.azure}")
            keys = key_ring(scope, "keys", link=link)
            for connection in link.connections:
                self._connections[link.name, connection.instance] = AwsConnection(
                    scope,
                    connection.key,
                    site=site,
                    connection=connection,
                    public_ip=networks[link.azure].public_ip_addresses[connection.instance],
                    gateway=gateway,
                    keys=keys,
                    watch=watch,
                )
        made = {c.name: self._connections[link.name, c.instance] for link in links for c in link.connections}
        tf.TerraformOutput(self, "vpc_id", value=network.vpc_id)
        tf.TerraformOutput(self, "subnet_ids", value=dict(network.subnet_ids))
        tf.TerraformOutput(self, "route_table_ids", value=dict(network.route_table_ids))
        tf.TerraformOutput(self, "gateway_id", value=gateway.vpn_gateway_id or gateway.transit_gateway_id)
        tf.TerraformOutput(self, "vpn_connection_ids", value={name: connection.id for name, connection in made.items()})
        tf.TerraformOutput(
            self,
            "tunnel_outside_addresses",
            value={t.name: self.outside_address(ln, t) for ln in links for t in ln.tunnels},
            description="Public addresses of the AWS end of each tunnel",
        )

    def outside_address(self, link: Link, tunnel: Tunnel) -> str:
        """The public address of the AWS end of ``tunnel``, as a reference that other stacks may use."""
        return self._connections[link.name, tunnel.instance].outside_addresses[tunnel.number]

    def preshared_key(self, link: Link, tunnel: Tunnel) -> str:
        """The key of ``tunnel``, as a reference that other stacks may use; never a literal."""
        return self._connections[link.name, tunnel.instance].preshared_key(tunnel)
