"""``<name>-aws-<site>-vpn``: VPC, gateway and VPN connections. Minutes, beside the Azure gateway."""

from __future__ import annotations

from collections.abc import Mapping

from constructs.crosscloud.aws import AwsConnection, AwsGateway, AwsNetwork
from constructs.crosscloud.providers import App, AwsProvider, Construct, TerraformOutput, TerraformStack
from isthmus.plan import Plan
from isthmus.plan.types import AwsSite, Link, Tunnel
from stacks.azure_network import AzureNetworkStack
from stacks.backends import attach


class AwsVpnStack(TerraformStack):
    def __init__(self, app: App, *, plan: Plan, site: AwsSite, networks: Mapping[str, AzureNetworkStack]) -> None:
        super().__init__(app, site.stack)
        attach(self)
        AwsProvider(self, "aws", region=site.region)
        network = AwsNetwork(self, "network", site=site)
        gateway = AwsGateway(self, "gateway", site=site, network=network)
        self._connections: dict[tuple[str, int], AwsConnection] = {}
        links = plan.links_of_aws(site.key)
        for link in links:
            scope = Construct(self, f"to-{link.azure}")
            for connection in link.connections:
                self._connections[link.name, connection.instance] = AwsConnection(
                    scope,
                    connection.key,
                    site=site,
                    link=link,
                    connection=connection,
                    public_ip=networks[link.azure].public_ip_addresses[connection.instance],
                    gateway=gateway,
                )
        made = {c.name: self._connections[link.name, c.instance].connection for link in links for c in link.connections}
        TerraformOutput(self, "vpc_id", value=network.vpc.id)
        TerraformOutput(self, "private_subnet_ids", value={k: s.id for k, s in network.subnets.items()})
        TerraformOutput(self, "private_route_table_id", value=network.route_table.id)
        TerraformOutput(self, "vpn_gateway_id", value=gateway.gateway.id)
        TerraformOutput(self, "vpn_connection_ids", value={name: connection.id for name, connection in made.items()})
        TerraformOutput(
            self,
            "tunnel_outside_addresses",
            value={t.name: self.outside_address(ln, t) for ln in links for t in ln.tunnels},
            description="Public addresses of the AWS end of each tunnel",
        )

    def outside_address(self, link: Link, tunnel: Tunnel) -> str:
        """The public address of the AWS end of ``tunnel``, as a reference that other stacks may use."""
        return self._connections[link.name, tunnel.instance].outside_address(tunnel.number)

    def preshared_key(self, link: Link, tunnel: Tunnel) -> str:
        """The key of ``tunnel``, as a reference that other stacks may use; never a literal."""
        return self._connections[link.name, tunnel.instance].preshared_key(tunnel.number)
