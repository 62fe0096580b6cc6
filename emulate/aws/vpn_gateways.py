"""CreateVpnGateway, AttachVpnGateway, DeleteVpnGateway: Amazon-side ASNs, one gateway a VPC, none deleted in use."""

from __future__ import annotations

from moto.ec2.exceptions import EC2ClientError, InvalidVpnGatewayIdError
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpn_gateway import VPCGatewayAttachment, VpnGateway

DEFAULT_ASN = "64512"


def check_amazon_side_asn(asn: str | int) -> None:
    """Refuse an ASN that AWS does not take for its own end.

    Raises:
        EC2ClientError: it is not a private one.
    """
    if not (64_512 <= int(asn) <= 65_534 or 4_200_000_000 <= int(asn) <= 4_294_967_294):
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({asn}) for AmazonSideAsn is invalid: must be 64512 to 65534, or 4200000000 to 4294967294.",
        )


class VpnGateways(EC2Backend):
    """The virtual private gateways of a region."""

    def create_vpn_gateway(
        self,
        gateway_type: str = "ipsec.1",
        amazon_side_asn: str | None = None,
        availability_zone: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> VpnGateway:
        check_amazon_side_asn(amazon_side_asn or DEFAULT_ASN)
        return super().create_vpn_gateway(gateway_type, str(amazon_side_asn or DEFAULT_ASN), availability_zone, tags)

    def get_vpn_gateway(self, vpn_gateway_id: str) -> VpnGateway:
        gateway = super().get_vpn_gateway(vpn_gateway_id)
        if gateway.state == "deleted":
            raise InvalidVpnGatewayIdError(vpn_gateway_id)
        return gateway

    def attach_vpn_gateway(self, vpn_gateway_id: str, vpc_id: str) -> VPCGatewayAttachment:
        gateway = self.get_vpn_gateway(vpn_gateway_id)
        elsewhere = attached_vpcs(gateway) - {vpc_id}
        others = [g.id for g in self.vpn_gateways.values() if g is not gateway and vpc_id in attached_vpcs(g)]
        if elsewhere or others:
            raise EC2ClientError(
                "VpnGatewayAttachmentLimitExceeded",
                f"A VPC has one virtual private gateway, and a virtual private gateway one VPC: {vpn_gateway_id} is "
                f"attached to {', '.join(elsewhere) or 'none'}, and {vpc_id} has {', '.join(others) or 'none'}.",
            )
        return super().attach_vpn_gateway(vpn_gateway_id, vpc_id)

    def delete_vpn_gateway(self, vpn_gateway_id: str) -> VpnGateway:
        gateway = self.get_vpn_gateway(vpn_gateway_id)
        used = [c.id for c in self.vpn_connections.values() if c.vpn_gateway_id == gateway.id and c.state != "deleted"]
        if users := [*attached_vpcs(gateway), *used]:
            # terraform's provider asks again on this code: a detachment takes a while.
            raise EC2ClientError(
                "IncorrectState", f"The vpnGateway ID '{gateway.id}' is in use: {', '.join(users)} must go first."
            )
        return super().delete_vpn_gateway(vpn_gateway_id)


def attached_vpcs(gateway: VpnGateway) -> set[str]:
    """The VPC of ``gateway``, if it has one."""
    return {vpc_id for vpc_id, attachment in gateway.attachments.items() if attachment.state == "attached"}
