"""``<name>-link-<aws>-<azure>``: the AWS end of one link, with its keys. Minutes, beside the Azure gateway.

Each link has a stack of its own because whoever reads a state reads all of it: only the Azure site that a link goes to
gets to see its keys.
"""

from __future__ import annotations

from constructs.crosscloud import providers as tf
from constructs.crosscloud.aws_connection import AwsConnection
from constructs.crosscloud.psk import key_ring
from isthmus.plan import Plan
from isthmus.plan.types import AwsSite, Link, Tunnel

from .aws_vpn import AwsVpnStack
from .azure_network import AzureNetworkStack
from .backends import attach
from .settings import aws_provider, random_provider


class LinkStack(tf.TerraformStack):
    """Customer gateways, VPN connections, their routes and alarms, and the pre-shared keys of one link."""

    def __init__(
        self, app: tf.App, *, plan: Plan, link: Link, site: AwsSite, vpn: AwsVpnStack, network: AzureNetworkStack
    ) -> None:
        super().__init__(app, link.stack)
        attach(self, plan.state, link.stack)
        aws_provider(self, site)
        random_provider(self, link)
        scope = tf.Construct(self, f"to-{plan.azure_by_key[link.azure].identity}")
        keys = key_ring(scope, "keys", link=link)
        self._connections = {
            connection.instance: AwsConnection(
                scope,
                connection.key,
                site=site,
                connection=connection,
                public_ip=network.public_ip_addresses[connection.instance],
                gateway=vpn.gateway,
                keys=keys,
                watch=vpn.watch,
            )
            for connection in link.connections
        }
        tf.TerraformOutput(
            self, "vpn_connection_ids", value={c.name: self._connections[c.instance].id for c in link.connections}
        )
        tf.TerraformOutput(
            self,
            "tunnel_outside_addresses",
            value={t.name: self.outside_address(t) for t in link.tunnels},
            description="Public addresses of the AWS end of each tunnel",
        )

    def outside_address(self, tunnel: Tunnel) -> str:
        """The public address of the AWS end of ``tunnel``, as a reference that other stacks may use."""
        return self._connections[tunnel.instance].outside_addresses[tunnel.number]

    def preshared_key(self, tunnel: Tunnel) -> str:
        """The key of ``tunnel``, as a reference that other stacks may use; never a literal."""
        return self._connections[tunnel.instance].preshared_key(tunnel)
