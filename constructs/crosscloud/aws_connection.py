"""One AWS VPN connection with the customer gateway that stands for an Azure instance."""

from __future__ import annotations

from constructs.crosscloud import providers as tf
from constructs.crosscloud.aws import AwsGateway, named, tgw_routes
from constructs.crosscloud.lifecycle import lifecycle
from constructs.crosscloud.monitoring import AwsTunnelWatch, log_options
from constructs.crosscloud.psk import KeyRing
from isthmus.plan import types


class AwsConnection(tf.Construct):
    """A VPN connection of two tunnels to one Azure instance, with its routes and alarms.

    ``public_ip`` is that instance's address; it crosses over from the Azure network stack.
    """

    def __init__(
        self,
        scope: tf.Construct,
        id_: str,
        *,
        site: types.AwsSite,
        connection: types.VpnConnection,
        public_ip: str,
        gateway: AwsGateway,
        keys: KeyRing,
        watch: AwsTunnelWatch | None,
    ) -> None:
        super().__init__(scope, id_)
        first, second = connection.tunnels
        one, two = first.aws_options, second.aws_options
        customer_gateway = tf.CustomerGateway(
            self,
            "customer-gateway",
            type="ipsec.1",
            ip_address=public_ip,
            bgp_asn=connection.bgp_asn,
            bgp_asn_extended=connection.bgp_asn_extended,
            # AWS answers a request with the address and ASN of an existing gateway with that one; the name
            # keeps two deployments, or two links to one instance, apart.
            device_name=connection.customer_gateway,
            # A new one must be in use before the old one can go.
            lifecycle=tf.TerraformResourceLifecycle(create_before_destroy=True),
            tags=named(site.tags, connection.customer_gateway),
        )
        made = tf.VpnConnection(
            self,
            "connection",
            type="ipsec.1",
            customer_gateway_id=customer_gateway.id,
            vpn_gateway_id=gateway.vpn_gateway_id,
            transit_gateway_id=gateway.transit_gateway_id,
            static_routes_only=connection.static_routes_only,
            tunnel_bandwidth=connection.bandwidth,
            enable_acceleration=connection.acceleration,
            preshared_key_storage=connection.key_storage,
            tunnel1_inside_cidr=str(first.inside),
            tunnel1_preshared_key=keys.argument(first),
            tunnel1_ike_versions=[one.ike_version],
            tunnel1_phase1_encryption_algorithms=[one.phase1_encryption],
            tunnel1_phase1_integrity_algorithms=[one.phase1_integrity],
            tunnel1_phase1_dh_group_numbers=[one.phase1_dh_group],
            tunnel1_phase1_lifetime_seconds=one.phase1_lifetime,
            tunnel1_phase2_encryption_algorithms=[one.phase2_encryption],
            tunnel1_phase2_integrity_algorithms=[one.phase2_integrity],
            tunnel1_phase2_dh_group_numbers=list(one.phase2_dh_groups) or None,
            tunnel1_phase2_lifetime_seconds=one.phase2_lifetime,
            tunnel1_rekey_margin_time_seconds=one.rekey_margin_seconds,
            tunnel1_dpd_timeout_action=one.dpd_action,
            tunnel1_dpd_timeout_seconds=one.dpd_seconds,
            tunnel1_startup_action=one.startup_action,
            tunnel1_enable_tunnel_lifecycle_control=connection.maintenance_control,
            tunnel1_log_options=log_options(
                watch,
                connection,
                tf.VpnConnectionTunnel1LogOptions,
                tf.VpnConnectionTunnel1LogOptionsCloudwatchLogOptions,
            ),
            tunnel2_inside_cidr=str(second.inside),
            tunnel2_preshared_key=keys.argument(second),
            tunnel2_ike_versions=[two.ike_version],
            tunnel2_phase1_encryption_algorithms=[two.phase1_encryption],
            tunnel2_phase1_integrity_algorithms=[two.phase1_integrity],
            tunnel2_phase1_dh_group_numbers=[two.phase1_dh_group],
            tunnel2_phase1_lifetime_seconds=two.phase1_lifetime,
            tunnel2_phase2_encryption_algorithms=[two.phase2_encryption],
            tunnel2_phase2_integrity_algorithms=[two.phase2_integrity],
            tunnel2_phase2_dh_group_numbers=list(two.phase2_dh_groups) or None,
            tunnel2_phase2_lifetime_seconds=two.phase2_lifetime,
            tunnel2_rekey_margin_time_seconds=two.rekey_margin_seconds,
            tunnel2_dpd_timeout_action=two.dpd_action,
            tunnel2_dpd_timeout_seconds=two.dpd_seconds,
            tunnel2_startup_action=two.startup_action,
            tunnel2_enable_tunnel_lifecycle_control=connection.maintenance_control,
            tunnel2_log_options=log_options(
                watch,
                connection,
                tf.VpnConnectionTunnel2LogOptions,
                tf.VpnConnectionTunnel2LogOptionsCloudwatchLogOptions,
            ),
            lifecycle=lifecycle(connection.lifecycle),
            tags=named(site.tags, connection.name),
        )
        self.id = made.id
        self.outside_addresses = {1: made.tunnel1_address, 2: made.tunnel2_address}
        if connection.hides_keys:
            self.outside_addresses = self._by_inside_address(connection, made)
        self._generated_keys = {1: made.tunnel1_preshared_key, 2: made.tunnel2_preshared_key}
        self._keys = keys
        self._routes(connection, gateway, made)
        if watch:
            watch.alarms(self, connection=connection, vpn_id=made.id, addresses=self.outside_addresses)

    def preshared_key(self, tunnel: types.Tunnel) -> str:
        """The key of ``tunnel`` as a reference; its value is only ever in state."""
        return self._keys.reference(tunnel, generated_by_aws=self._generated_keys[tunnel.number])

    def _by_inside_address(self, connection: types.VpnConnection, made: tf.VpnConnection) -> dict[int, str]:
        """The outside address of each tunnel, by what is inside it.

        The provider tells which of AWS's two tunnels is the first by its key. AWS lists them in any order, and where it
        keeps the keys to itself both are REDACTED: the numbers may be crossed, and Azure would be told so.
        """
        inside = [made.tunnel1_vgw_inside_address, made.tunnel2_vgw_inside_address]
        outside = tf.Fn.zipmap(inside, [made.tunnel1_address, made.tunnel2_address])
        return {
            tunnel.number: tf.TerraformLocal(
                self, f"tunnel{tunnel.number}-outside", tf.Fn.lookup(outside, str(tunnel.aws_address))
            ).as_string
            for tunnel in connection.tunnels
        }

    def _routes(self, connection: types.VpnConnection, gateway: AwsGateway, made: tf.VpnConnection) -> None:
        if gateway.transit_gateway_id:
            attachment_id = made.transit_gateway_attachment_id
            # A VPN connection cannot opt out of the default association of an adopted gateway.
            table = gateway.tgw_route_table_id
            tgw_routes(self, "vpn", attachment_id=attachment_id, route_table_id=table, replace=gateway.adopted)
        for route in connection.static_routes:
            if gateway.tgw_route_table_id:
                tf.Ec2TransitGatewayRoute(
                    self,
                    f"route-{route.key}",
                    destination_cidr_block=str(route.cidr),
                    transit_gateway_attachment_id=made.transit_gateway_attachment_id,
                    transit_gateway_route_table_id=gateway.tgw_route_table_id,
                )
            else:
                tf.VpnConnectionRoute(
                    self,
                    f"route-{route.key}",
                    destination_cidr_block=str(route.cidr),
                    vpn_connection_id=made.id,
                )
