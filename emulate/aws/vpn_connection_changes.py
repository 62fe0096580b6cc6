"""ModifyVpnTunnelOptions, ModifyVpnConnection, ModifyVpnConnectionOptions.

They are done at once. AWS replaces a tunnel's end meanwhile, which stays "modifying" for minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from emulate.aws import tunnel_options
from emulate.aws.vpn_connection import VpnConnection
from emulate.aws.vpn_connections import TGW_ONLY, VpnConnections


class VpnConnectionChanges(VpnConnections):
    """What can be changed in place."""

    def modify_vpn_tunnel_options(
        self, vpn_connection_id: str, outside_address: str, wanted: Mapping[str, Any], storage: str | None
    ) -> VpnConnection:
        """Change the tunnel with that outside address; what is not given stays."""
        connection = self.existing_connection(vpn_connection_id)
        tunnel = next((t for t in connection.tunnels if t["OutsideIpAddress"] == outside_address), None)
        if tunnel is None:
            raise EC2ClientError(
                "InvalidParameterValue", f"{outside_address} is no tunnel of the VPN connection {vpn_connection_id}."
            )
        options = tunnel_options.accepted(wanted)
        if options.get("TunnelInsideCidr", tunnel["TunnelInsideCidr"]) != tunnel["TunnelInsideCidr"]:
            used = [t["TunnelInsideCidr"] for t in connection.tunnels] + self.used_inside(connection.vpn_gateway_id)
            tunnel_options.check_unused(options["TunnelInsideCidr"], used)
        tunnel.update(options)
        connection.preshared_key_storage = storage or connection.preshared_key_storage
        self.keep_keys(connection)
        return connection

    def modify_vpn_connection(
        self,
        vpn_connection_id: str,
        *,
        customer_gateway_id: str | None = None,
        vpn_gateway_id: str | None = None,
        transit_gateway_id: str | None = None,
    ) -> VpnConnection:
        """Give a connection another gateway at either end; addresses and keys stay."""
        connection = self.existing_connection(vpn_connection_id)
        self.check_target(customer_gateway_id or connection.customer_gateway_id, vpn_gateway_id, transit_gateway_id)
        connection.customer_gateway_id = customer_gateway_id or connection.customer_gateway_id
        if vpn_gateway_id or transit_gateway_id:
            for attachment in self.transit_gateway_attachments.values():
                if attachment.resource_id == connection.id:
                    self.detach(attachment)
            connection.vpn_gateway_id, connection.transit_gateway_id = vpn_gateway_id, transit_gateway_id
        if transit_gateway_id:
            self.create_transit_gateway_vpn_attachment(connection.id, transit_gateway_id)
        return connection

    def modify_vpn_connection_options(self, vpn_connection_id: str, options: Mapping[str, Any]) -> VpnConnection:
        """Change the networks inside the tunnels, or their bandwidth."""
        connection = self.existing_connection(vpn_connection_id)
        if not connection.transit_gateway_id and options.get("TunnelBandwidth", "standard") != "standard":
            raise EC2ClientError("InvalidParameterCombination", f"TunnelBandwidth {TGW_ONLY}.")
        connection.given.update(options)
        return connection


class VpnConnectionChangeCalls(EC2Response):
    """The calls that moto does not have."""

    def modify_vpn_tunnel_options(self) -> ActionResult:
        backend: VpnConnectionChanges = self.ec2_backend
        changed = backend.modify_vpn_tunnel_options(
            self._get_param("VpnConnectionId"),
            self._get_param("VpnTunnelOutsideIpAddress"),
            self._get_param("TunnelOptions", {}),
            self._get_param("PreSharedKeyStorage"),
        )
        return ActionResult({"VpnConnection": changed})

    def modify_vpn_connection(self) -> ActionResult:
        backend: VpnConnectionChanges = self.ec2_backend
        changed = backend.modify_vpn_connection(
            self._get_param("VpnConnectionId"),
            customer_gateway_id=self._get_param("CustomerGatewayId"),
            vpn_gateway_id=self._get_param("VpnGatewayId"),
            transit_gateway_id=self._get_param("TransitGatewayId"),
        )
        return ActionResult({"VpnConnection": changed})

    def modify_vpn_connection_options(self) -> ActionResult:
        backend: VpnConnectionChanges = self.ec2_backend
        names = ("LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr", "LocalIpv6NetworkCidr", "RemoteIpv6NetworkCidr")
        given = {name: self._get_param(name) for name in (*names, "TunnelBandwidth")}
        changed = backend.modify_vpn_connection_options(
            self._get_param("VpnConnectionId"), {name: value for name, value in given.items() if value is not None}
        )
        return ActionResult({"VpnConnection": changed})
