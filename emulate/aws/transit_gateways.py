"""CreateTransitGateway, CreateTransitGatewayVpcAttachment and what undoes them: default tables only if wanted."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DuplicateTransitGatewayAttachmentError, EC2ClientError, InvalidTransitGatewayID
from moto.ec2.models import EC2Backend
from moto.ec2.models.route_tables import Route
from moto.ec2.models.transit_gateway import TransitGateway
from moto.ec2.models.transit_gateway_attachments import TransitGatewayAttachment, TransitGatewayVpcAttachment
from moto.ec2.responses import EC2Response

from emulate.aws.vpn_gateways import check_amazon_side_asn


class TransitGateways(EC2Backend):
    """The transit gateways of a region, with what is attached to them."""

    def create_transit_gateway(
        self,
        description: str | None,
        options: dict[str, str] | None = None,
        tags: list[dict[str, str]] | None = None,
    ) -> TransitGateway:
        if asn := (options or {}).get("AmazonSideAsn"):
            check_amazon_side_asn(asn)
        made = super().create_transit_gateway(description, options, tags)
        # moto makes a default table whatever was asked for; AWS makes one where it has a use.
        uses = ("Association", "Propagation")
        enabled = {use: made.options[f"DefaultRouteTable{use}"] == "enable" for use in uses}
        for use in uses:
            if not enabled[use]:
                del made.options[f"{use}DefaultRouteTableId"]
        if not any(enabled.values()):
            del self.transit_gateways_route_tables[made.default_route_table.id]
        return made

    def delete_transit_gateway(self, transit_gateway_id: str) -> TransitGateway:
        gateway = self.existing_transit_gateway(transit_gateway_id)
        if left := [a.id for a in self.attached_to(gateway.id)]:
            raise EC2ClientError("IncorrectState", f"{gateway.id} has non-deleted attachments: {', '.join(left)}.")
        return super().delete_transit_gateway(transit_gateway_id)

    def existing_transit_gateway(self, transit_gateway_id: str) -> TransitGateway:
        """The gateway of that id.

        Raises:
            EC2ClientError: there is none.
        """
        if transit_gateway_id not in self.transit_gateways:
            raise InvalidTransitGatewayID(transit_gateway_id)
        return self.transit_gateways[transit_gateway_id]

    def attached_to(self, transit_gateway_id: str) -> list[TransitGatewayAttachment]:
        """What is attached to a gateway now."""
        attachments = self.transit_gateway_attachments.values()
        return [a for a in attachments if a.transit_gateway_id == transit_gateway_id and a.state != "deleted"]

    def create_transit_gateway_vpc_attachment(
        self,
        transit_gateway_id: str,
        vpc_id: str,
        subnet_ids: list[str],
        tags: dict[str, str] | None = None,
        options: dict[str, str] | None = None,
    ) -> TransitGatewayVpcAttachment:
        gateway = self.existing_transit_gateway(transit_gateway_id)
        if vpc_id in {a.resource_id for a in self.attached_to(gateway.id)}:
            raise DuplicateTransitGatewayAttachmentError(gateway.id)
        self.get_vpc(vpc_id)
        made = TransitGatewayVpcAttachment(
            self, transit_gateway=gateway, vpc_id=vpc_id, subnet_ids=subnet_ids, tags=tags, options=options
        )
        self._attach(made, gateway)
        return made

    def create_transit_gateway_vpn_attachment(
        self, vpn_id: str, transit_gateway_id: str, tags: dict[str, str] | None = None
    ) -> TransitGatewayAttachment:
        gateway = self.existing_transit_gateway(transit_gateway_id)
        made = TransitGatewayAttachment(
            self, resource_id=vpn_id, resource_type="vpn", transit_gateway=gateway, tags=tags
        )
        self._attach(made, gateway)
        return made

    def _attach(self, attachment: TransitGatewayAttachment, gateway: TransitGateway) -> None:
        self.transit_gateway_attachments[attachment.id] = attachment
        # moto takes every attachment for associated with the default table.
        attachment.transit_gateway_route_table = None
        if table_id := gateway.options.get("AssociationDefaultRouteTableId"):
            self.associate_transit_gateway_route_table(attachment.id, table_id)
        if table_id := gateway.options.get("PropagationDefaultRouteTableId"):
            self.enable_transit_gateway_route_table_propagation(attachment.id, table_id)

    def delete_transit_gateway_vpc_attachment(self, transit_gateway_attachment_id: str) -> TransitGatewayAttachment:
        attachment = self.existing_attachment(transit_gateway_attachment_id)
        self.detach(attachment)
        return attachment

    def existing_attachment(self, attachment_id: str) -> TransitGatewayAttachment:
        """The attachment of that id, which is not deleted.

        Raises:
            EC2ClientError: there is none.
        """
        attachment = self.transit_gateway_attachments.get(attachment_id)
        if attachment is None or attachment.state == "deleted":
            raise EC2ClientError(
                "InvalidTransitGatewayAttachmentID.NotFound",
                f"The transitGatewayAttachment ID '{attachment_id}' does not exist.",
            )
        return attachment

    def detach(self, attachment: TransitGatewayAttachment) -> None:
        """Delete an attachment. It stays to be described: whoever waits for its end asks for its state."""
        attachment.state = "deleted"
        self.transit_gateway_associations.pop(attachment.id, None)
        self.transit_gateway_propagations.pop(attachment.id, None)
        for table in self.transit_gateways_route_tables.values():
            table.route_table_associations.pop(attachment.id, None)
            table.route_table_propagation = [
                p for p in table.route_table_propagation if p.transitGatewayAttachmentId != attachment.id
            ]

    def describe_transit_gateway_vpc_attachments(
        self, transit_gateways_attachment_ids: list[str] | None = None, filters: Any = None
    ) -> list[TransitGatewayAttachment]:
        found = super().describe_transit_gateway_vpc_attachments(transit_gateways_attachment_ids, filters)
        return [attachment for attachment in found if attachment.resource_type == "vpc"]

    def create_route(self, route_table_id: str, destination_cidr_block: str | None, *args: Any, **kwargs: Any) -> Route:
        if gateway_id := kwargs.get("transit_gateway_id"):
            vpc_id = self.get_route_table(route_table_id).vpc_id
            if vpc_id not in {a.resource_id for a in self.attached_to(gateway_id)}:
                # What AWS says, too, of a gateway that exists but is not attached to the VPC.
                raise InvalidTransitGatewayID(gateway_id)
        return super().create_route(route_table_id, destination_cidr_block, *args, **kwargs)


class TransitGatewayCalls(EC2Response):
    """The call that moto answers otherwise."""

    def create_transit_gateway_vpc_attachment(self) -> ActionResult:
        backend: TransitGateways = self.ec2_backend
        made = backend.create_transit_gateway_vpc_attachment(
            self._get_param("TransitGatewayId"),
            self._get_param("VpcId"),
            self._get_param("SubnetIds", []),
            # moto looks for the tags under another resource type.
            tags=self._parse_tag_specification().get("transit-gateway-attachment", {}),
            options=self._get_param("Options", {}),
        )
        return ActionResult({"TransitGatewayVpcAttachment": made})
