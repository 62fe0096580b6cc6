"""EnableVgwRoutePropagation, DisableVgwRoutePropagation. What would be propagated is not: nothing is learnt here."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.responses import EC2Response

from emulate.aws.vpn_gateways import VpnGateways, attached_vpcs


class RoutePropagation(VpnGateways):
    """Which gateways may write into which route tables, by id of the table."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.propagating: dict[str, set[str]] = {}

    def enable_vgw_route_propagation(self, route_table_id: str, gateway_id: str) -> None:
        """Let the gateway write into the table.

        Raises:
            EC2ClientError: it is not attached to the table's VPC.
        """
        table = self.get_route_table(route_table_id)
        if table.vpc_id not in attached_vpcs(self.get_vpn_gateway(gateway_id)):
            # terraform's provider asks again on this code: an attachment takes a while.
            raise EC2ClientError(
                "Gateway.NotAttached", f"resource {gateway_id} is not attached to network {table.vpc_id}"
            )
        self.propagating.setdefault(route_table_id, set()).add(gateway_id)
        self._tell(table)

    def disable_vgw_route_propagation(self, route_table_id: str, gateway_id: str) -> None:
        """Take that back; nothing happens where it was not so."""
        table = self.get_route_table(route_table_id)
        self.propagating.get(route_table_id, set()).discard(gateway_id)
        self._tell(table)

    def _tell(self, table: RouteTable) -> None:
        vgws = [{"GatewayId": vgw} for vgw in sorted(self.propagating.get(table.id, ()))]
        # moto's class has no such field; its serializer finds it by its name.
        table.propagating_vgws = vgws  # type: ignore[attr-defined]


class RoutePropagationCalls(EC2Response):
    """The calls that moto does not have."""

    def enable_vgw_route_propagation(self) -> ActionResult:
        backend: RoutePropagation = self.ec2_backend
        backend.enable_vgw_route_propagation(*self._table_and_gateway())
        return EmptyResult()

    def disable_vgw_route_propagation(self) -> ActionResult:
        backend: RoutePropagation = self.ec2_backend
        backend.disable_vgw_route_propagation(*self._table_and_gateway())
        return EmptyResult()

    def _table_and_gateway(self) -> tuple[Any, Any]:
        return self._get_param("RouteTableId"), self._get_param("GatewayId")
