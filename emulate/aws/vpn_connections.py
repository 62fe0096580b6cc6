"""CreateVpnConnection, DescribeVpnConnections, DeleteVpnConnection: two tunnels, each with options of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError, InvalidVpnConnectionIdError
from moto.ec2.responses import EC2Response
from moto.ec2.utils import add_tag_specification, random_vpn_connection_id

from emulate.aws import preshared_keys, tunnel_options
from emulate.aws.customer_gateways import CustomerGateways
from emulate.aws.outside_addresses import next_pair
from emulate.aws.transit_gateway_routes import TransitGatewayRoutes
from emulate.aws.vpn_connection import VpnConnection
from emulate.aws.vpn_gateways import VpnGateways

TGW_ONLY = "is only supported for VPN connections on a transit gateway"


class VpnConnections(CustomerGateways, VpnGateways, TransitGatewayRoutes):
    """The VPN connections of a region."""

    vpn_connections: dict[str, VpnConnection]  # type: ignore[assignment]  # ours hold more

    # Connections are our own class: moto's has no room for options.
    def create_vpn_connection(  # type: ignore[override]
        self,
        vpn_conn_type: str,
        customer_gateway_id: str,
        vpn_gateway_id: str | None = None,
        transit_gateway_id: str | None = None,
        tags: dict[str, str] | None = None,
        *,
        options: Mapping[str, Any] | None = None,
        preshared_key_storage: str | None = None,
    ) -> VpnConnection:
        options = dict(options or {})
        if vpn_gateway_id and transit_gateway_id:
            raise EC2ClientError(
                "InvalidParameterCombination", "VpnGatewayId and TransitGatewayId cannot be specified at the same time"
            )
        self.check_target(customer_gateway_id, vpn_gateway_id, transit_gateway_id)
        if not transit_gateway_id:
            _check_without_tgw(options)
        made = VpnConnection(
            self,
            random_vpn_connection_id(),
            vpn_conn_type,
            customer_gateway_id=customer_gateway_id,
            vpn_gateway_id=vpn_gateway_id,
            transit_gateway_id=transit_gateway_id,
            options=options,
            tunnels=self._tunnels(options.pop("TunnelOptions", []), vpn_gateway_id),
            preshared_key_storage=preshared_key_storage,
        )
        made.add_tags(tags or {})
        self.vpn_connections[made.id] = made
        self.keep_keys(made)
        if transit_gateway_id:
            self.create_transit_gateway_vpn_attachment(made.id, transit_gateway_id)
        return made

    def check_target(self, customer_gateway_id: str, vgw_id: str | None, tgw_id: str | None) -> None:
        """Refuse gateways that are not there.

        Raises:
            EC2ClientError: one does not exist, or is deleted.
        """
        if self.get_customer_gateway(customer_gateway_id).state != "available":
            raise EC2ClientError(
                "InvalidCustomerGatewayID.NotFound", f"The customerGateway ID '{customer_gateway_id}' does not exist"
            )
        if vgw_id:
            self.get_vpn_gateway(vgw_id)
        if tgw_id:
            self.existing_transit_gateway(tgw_id)

    def existing_connection(self, vpn_connection_id: str) -> VpnConnection:
        """The connection of that id, which is not deleted.

        Raises:
            EC2ClientError: there is none.
        """
        found = self.vpn_connections.get(vpn_connection_id)
        if found is None or found.state == "deleted":
            raise InvalidVpnConnectionIdError(vpn_connection_id)
        return found

    def delete_vpn_connection(self, vpn_connection_id: str) -> VpnConnection:  # type: ignore[override]
        gone = self.existing_connection(vpn_connection_id)
        # It stays to be described: whoever waits for its end asks for its state.
        gone.state = "deleted"
        if gone.pre_shared_key_arn:
            preshared_keys.forget(self.account_id, self.region_name, connection_id=gone.id)
        for attachment in list(self.transit_gateway_attachments.values()):
            if attachment.resource_id == gone.id:
                self.detach(attachment)
        return gone

    def keep_keys(self, connection: VpnConnection) -> None:
        """Give the keys of ``connection`` to Secrets Manager, if that is where they are kept."""
        if connection.hides_keys:
            connection.pre_shared_key_arn = preshared_keys.keep(
                self.account_id,
                self.region_name,
                connection_id=connection.id,
                keys=[tunnel["PreSharedKey"] for tunnel in connection.tunnels],
            )

    def used_inside(self, vpn_gateway_id: str | None) -> list[str]:
        """The inside blocks on a virtual private gateway; on a transit gateway they need not differ."""
        return [
            tunnel["TunnelInsideCidr"]
            for connection in self.vpn_connections.values()
            if vpn_gateway_id and connection.vpn_gateway_id == vpn_gateway_id and connection.state != "deleted"
            for tunnel in connection.tunnels
        ]

    def _tunnels(self, wanted: Sequence[Mapping[str, Any]], vpn_gateway_id: str | None) -> list[tunnel_options.Options]:
        if len(wanted) > 2:
            raise EC2ClientError("InvalidParameterValue", "A VPN connection has two tunnels.")
        tunnels = [tunnel_options.accepted(w) for w in [*wanted, {}, {}][:2]]
        used = self.used_inside(vpn_gateway_id)
        for tunnel in tunnels:
            if "TunnelInsideCidr" in tunnel:
                tunnel_options.check_unused(tunnel["TunnelInsideCidr"], used)
                used.append(tunnel["TunnelInsideCidr"])
        for tunnel, address in zip(tunnels, next_pair(), strict=True):
            if "TunnelInsideCidr" not in tunnel:
                tunnel["TunnelInsideCidr"] = tunnel_options.free_inside(used)
                used.append(tunnel["TunnelInsideCidr"])
            tunnel.setdefault("PreSharedKey", preshared_keys.generate())
            tunnel["OutsideIpAddress"] = str(address)
        return tunnels


def _check_without_tgw(options: Mapping[str, Any]) -> None:
    # The code is from memory; that AWS refuses both is in the VPN user guide (accelerated VPN, tunnel bandwidth).
    if options.get("EnableAcceleration"):
        raise EC2ClientError("InvalidParameterCombination", f"EnableAcceleration {TGW_ONLY}.")
    if options.get("TunnelBandwidth", "standard") != "standard":
        raise EC2ClientError("InvalidParameterCombination", f"TunnelBandwidth {options['TunnelBandwidth']} {TGW_ONLY}.")


class VpnConnectionCalls(EC2Response):
    """The calls that moto answers otherwise."""

    def create_vpn_connection(self) -> ActionResult:
        backend: VpnConnections = self.ec2_backend
        made = backend.create_vpn_connection(
            self._get_param("Type"),
            self._get_param("CustomerGatewayId"),
            vpn_gateway_id=self._get_param("VpnGatewayId"),
            transit_gateway_id=self._get_param("TransitGatewayId"),
            tags=add_tag_specification(self._get_param("TagSpecifications", [])),
            options=self._get_param("Options", {}),
            preshared_key_storage=self._get_param("PreSharedKeyStorage"),
        )
        return ActionResult({"VpnConnection": made})

    def delete_vpn_connection(self) -> ActionResult:
        backend: VpnConnections = self.ec2_backend
        backend.delete_vpn_connection(self._get_param("VpnConnectionId"))
        return EmptyResult()
