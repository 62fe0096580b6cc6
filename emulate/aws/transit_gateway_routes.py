"""AssociateTransitGatewayRouteTable, CreateTransitGatewayRoute, SearchTransitGatewayRoutes and what undoes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.transit_gateway_route_tables import TransitGatewayRelations, TransitGatewayRouteTable
from moto.ec2.responses import EC2Response

from emulate.aws.transit_gateways import TransitGateways

Route = dict[str, Any]


class TransitGatewayRoutes(TransitGateways):
    """The route tables of transit gateways. What an attachment would propagate is not there: nothing is learnt here."""

    def existing_table(self, table_id: str) -> TransitGatewayRouteTable:
        """The route table of that id.

        Raises:
            EC2ClientError: there is none.
        """
        table = self.transit_gateways_route_tables.get(table_id)
        if table is None or table.state == "deleted":
            raise EC2ClientError("InvalidRouteTableID.NotFound", f"The routeTable ID '{table_id}' does not exist.")
        return table

    def delete_transit_gateway_route_table(self, transit_gateway_route_table_id: str) -> TransitGatewayRouteTable:
        table = self.existing_table(transit_gateway_route_table_id)
        if used := sorted(table.route_table_associations):
            raise EC2ClientError("IncorrectState", f"{table.id} has associations: {', '.join(used)} must go first.")
        return super().delete_transit_gateway_route_table(table.id)

    def associate_transit_gateway_route_table(
        self, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str
    ) -> TransitGatewayRelations:
        attachment = self.existing_attachment(transit_gateway_attachment_id)
        table = self.existing_table(transit_gateway_route_table_id)
        if attachment.association:
            raise EC2ClientError(
                "Resource.AlreadyAssociated", f"Transit Gateway Attachment {attachment.id} is already associated."
            )
        made = super().associate_transit_gateway_route_table(attachment.id, table.id)
        attachment.transit_gateway_route_table = table
        return made

    def disassociate_transit_gateway_route_table(self, tgw_attach_id: str, tgw_rt_id: str) -> TransitGatewayRelations:
        attachment = self.existing_attachment(tgw_attach_id)
        if tgw_attach_id not in self.existing_table(tgw_rt_id).route_table_associations:
            raise EC2ClientError("InvalidAssociation.NotFound", f"{tgw_attach_id} is not associated with {tgw_rt_id}.")
        gone = super().disassociate_transit_gateway_route_table(tgw_attach_id, tgw_rt_id)
        attachment.transit_gateway_route_table = None
        return gone

    def create_transit_gateway_route(
        self,
        transit_gateway_route_table_id: str,
        destination_cidr_block: str,
        transit_gateway_attachment_id: str | None = None,
        blackhole: bool = False,  # noqa: FBT001, FBT002 - moto's signature
    ) -> Route:
        table = self.existing_table(transit_gateway_route_table_id)
        if destination_cidr_block in table.routes:
            raise EC2ClientError(
                "RouteAlreadyExists",
                f"Route {destination_cidr_block} already exists in Transit Gateway Route Table {table.id}.",
            )
        attachment = None if blackhole else self.existing_attachment(transit_gateway_attachment_id or "")
        table.routes[destination_cidr_block] = {
            "DestinationCidrBlock": destination_cidr_block,
            "Type": "static",
            "AttachmentId": attachment.id if attachment else None,
        }
        return self._told(table.routes[destination_cidr_block])

    def delete_transit_gateway_route(self, transit_gateway_route_table_id: str, destination_cidr_block: str) -> Route:
        table = self.existing_table(transit_gateway_route_table_id)
        if destination_cidr_block not in table.routes:
            raise EC2ClientError("InvalidRoute.NotFound", f"{table.id} has no route {destination_cidr_block}.")
        return self._told(table.routes.pop(destination_cidr_block)) | {"State": "deleted"}

    def search_transit_gateway_routes(
        self,
        transit_gateway_route_table_id: str,
        filters: Mapping[str, Sequence[str]],
        max_results: int | None = None,
    ) -> list[Route]:
        routes = [self._told(route) for route in self.existing_table(transit_gateway_route_table_id).routes.values()]
        for name, key in (("type", "Type"), ("state", "State"), ("route-search.exact-match", "DestinationCidrBlock")):
            if name in filters:
                routes = [route for route in routes if route[key] in filters[name]]
        return routes[:max_results]

    def _told(self, route: Mapping[str, Any]) -> Route:
        """``route`` as AWS answers with it: without its attachment it leads nowhere."""
        told = {"DestinationCidrBlock": route["DestinationCidrBlock"], "Type": route["Type"], "State": "blackhole"}
        attachment = self.transit_gateway_attachments.get(route["AttachmentId"])
        if attachment is None or attachment.state == "deleted":
            return told
        return told | {
            "State": "active",
            "TransitGatewayAttachments": [
                {
                    "ResourceId": attachment.resource_id,
                    "ResourceType": attachment.resource_type,
                    "TransitGatewayAttachmentId": attachment.id,
                }
            ],
        }


class TransitGatewayRouteCalls(EC2Response):
    """The calls that moto answers otherwise."""

    def create_transit_gateway_route(self) -> ActionResult:
        backend: TransitGatewayRoutes = self.ec2_backend
        route = backend.create_transit_gateway_route(
            self._get_param("TransitGatewayRouteTableId"),
            self._get_param("DestinationCidrBlock"),
            self._get_param("TransitGatewayAttachmentId"),
            # moto takes this for a text, and "False" for true.
            blackhole=self._get_param("Blackhole", if_none=False),
        )
        return ActionResult({"Route": route})

    def delete_transit_gateway_route(self) -> ActionResult:
        backend: TransitGatewayRoutes = self.ec2_backend
        route = backend.delete_transit_gateway_route(
            self._get_param("TransitGatewayRouteTableId"), self._get_param("DestinationCidrBlock")
        )
        return ActionResult({"Route": route})

    def search_transit_gateway_routes(self) -> ActionResult:
        backend: TransitGatewayRoutes = self.ec2_backend
        table_id: str = self._get_param("TransitGatewayRouteTableId")
        found = backend.search_transit_gateway_routes(
            table_id, self._filters_from_querystring(), self._get_param("MaxResults")
        )
        return ActionResult({"Routes": found, "AdditionalRoutesAvailable": False})
