"""CreateVpnConnectionRoute, DeleteVpnConnectionRoute: static routes over a virtual private gateway."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from emulate.aws.vpn_connections import VpnConnections


class VpnConnectionRoutes(VpnConnections):
    """What leads to the other end without BGP."""

    def create_vpn_connection_route(self, vpn_connection_id: str, destination: str) -> None:
        """Add a route.

        Raises:
            EC2ClientError: the connection is on a transit gateway, whose own table has such routes, or runs BGP.
        """
        connection = self.existing_connection(vpn_connection_id)
        # "between an existing virtual private gateway and a customer gateway"; the codes are from memory.
        if connection.transit_gateway_id:
            raise EC2ClientError(
                "UnsupportedOperation",
                f"{connection.id} is on a transit gateway: add the route to a transit gateway route table.",
            )
        if not connection.given["StaticRoutesOnly"]:
            raise EC2ClientError("IncorrectState", f"{connection.id} is not for static routes only.")
        connection.static_routes[destination] = "available"

    def delete_vpn_connection_route(self, vpn_connection_id: str, destination: str) -> None:
        """Remove a route.

        Raises:
            EC2ClientError: there is no such route.
        """
        connection = self.existing_connection(vpn_connection_id)
        if connection.static_routes.pop(destination, None) is None:
            raise EC2ClientError(
                "InvalidRoute.NotFound", f"The VPN connection {connection.id} has no route {destination}."
            )


class VpnConnectionRouteCalls(EC2Response):
    """The calls that moto does not have."""

    def create_vpn_connection_route(self) -> ActionResult:
        backend: VpnConnectionRoutes = self.ec2_backend
        backend.create_vpn_connection_route(*self._connection_and_destination())
        return EmptyResult()

    def delete_vpn_connection_route(self) -> ActionResult:
        backend: VpnConnectionRoutes = self.ec2_backend
        backend.delete_vpn_connection_route(*self._connection_and_destination())
        return EmptyResult()

    def _connection_and_destination(self) -> tuple[Any, Any]:
        return self._get_param("VpnConnectionId"), self._get_param("DestinationCidrBlock")
