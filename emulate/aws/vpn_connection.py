"""A VPN connection as AWS describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import EC2Backend
from moto.ec2.models.core import TaggedEC2Resource

from emulate.aws.customer_gateways import CustomerGateway
from emulate.aws.device_configuration import customer_gateway_configuration
from emulate.aws.preshared_keys import REDACTED
from emulate.aws.tunnel_options import Options


class VpnConnection(TaggedEC2Resource):
    """A connection with its two tunnels. Attributes have the names that moto's serializer looks for."""

    category = "VPN"

    def __init__(
        self,
        backend: EC2Backend,
        id_: str,
        type_: str,
        *,
        customer_gateway_id: str,
        vpn_gateway_id: str | None,
        transit_gateway_id: str | None,
        options: Mapping[str, Any],
        tunnels: list[Options],
        preshared_key_storage: str | None,
    ) -> None:
        self.ec2_backend = backend
        self.id = id_
        self.type = type_ or "ipsec.1"
        self.state = "available"
        self.customer_gateway_id = customer_gateway_id
        self.vpn_gateway_id = vpn_gateway_id
        self.transit_gateway_id = transit_gateway_id
        self.given: Options = {"StaticRoutesOnly": False, "EnableAcceleration": False, **options}
        self.tunnels = tunnels
        self.static_routes: dict[str, str] = {}
        self.preshared_key_storage = preshared_key_storage
        self.pre_shared_key_arn: str | None = None
        self._since = utcnow()

    @property
    def gateway_association_state(self) -> str:
        """Whether there is an Amazon end."""
        return "associated" if self.vpn_gateway_id or self.transit_gateway_id else "not-associated"

    @property
    def options(self) -> Options:
        """The options as AWS answers with them."""
        tunnels = [dict(tunnel) for tunnel in self.tunnels]
        if self.hides_keys:
            for tunnel in tunnels:
                del tunnel["PreSharedKey"]
        return {**self.given, "TunnelOptions": tunnels}

    @property
    def hides_keys(self) -> bool:
        """Whether Secrets Manager keeps the keys, and AWS no longer tells them."""
        return self.preshared_key_storage == "SecretsManager"

    @property
    def routes(self) -> list[dict[str, str]]:
        """The static routes."""
        return [{"DestinationCidrBlock": cidr, "State": state} for cidr, state in self.static_routes.items()]

    @property
    def amazon_asn(self) -> str | None:
        """The ASN of AWS's end."""
        if self.vpn_gateway_id:
            return self.ec2_backend.vpn_gateways[self.vpn_gateway_id].amazon_side_asn
        if self.transit_gateway_id in self.ec2_backend.transit_gateways:
            return str(self.ec2_backend.transit_gateways[self.transit_gateway_id].options["AmazonSideAsn"])
        return None

    @property
    def customer_gateway(self) -> CustomerGateway:
        """The other end."""
        found = self.ec2_backend.customer_gateways[self.customer_gateway_id]
        assert isinstance(found, CustomerGateway)
        return found

    @property
    def customer_gateway_configuration(self) -> str:
        """What to set up at the other end; nothing once the connection is gone."""
        if self.state == "deleted":
            return ""
        static = self.given["StaticRoutesOnly"]
        return customer_gateway_configuration(
            self.id,
            ids={
                "customer_gateway_id": self.customer_gateway_id,
                "vpn_gateway_id": self.vpn_gateway_id or self.transit_gateway_id or "",
                "vpn_connection_type": self.type,
            },
            tunnels=[t | ({"PreSharedKey": REDACTED} if self.hides_keys else {}) for t in self.tunnels],
            customer_address=self.customer_gateway.ip_address,
            customer_asn=None if static else self.customer_gateway.asn,
            amazon_asn=None if static else self.amazon_asn,
        )

    @property
    def vgw_telemetry(self) -> list[dict[str, Any]]:
        """Every tunnel is up; with one ASN at both ends BGP is not, which AWS shows in the same way."""
        static = self.given["StaticRoutesOnly"]
        up = static or self.customer_gateway.asn != self.amazon_asn
        return [
            {
                "AcceptedRouteCount": len(self.static_routes) if static else int(up),
                "LastStatusChange": self._since,
                "OutsideIpAddress": tunnel["OutsideIpAddress"],
                "Status": "UP" if up else "DOWN",
                "StatusMessage": "" if static or up else "IPSEC IS UP",
            }
            for tunnel in self.tunnels
        ]

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        match filter_name:
            case "vpn-connection-id":
                return self.id
            case "route.destination-cidr-block":
                return list(self.static_routes)
            case "option.static-routes-only":
                return str(self.given["StaticRoutesOnly"]).lower()
            case "bgp-asn":
                return self.customer_gateway.asn
            case _:
                return super().get_filter_value(filter_name, method_name or "DescribeVpnConnections")
