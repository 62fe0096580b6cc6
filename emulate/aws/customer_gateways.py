"""CreateCustomerGateway, DeleteCustomerGateway: device names, certificates, four-byte ASNs, no gateway twice."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.customer_gateways import CustomerGateway as MotoCustomerGateway
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_customer_gateway_id

DEFAULT_ASN = "65000"
LARGEST_BGP_ASN = 2**31 - 1
LARGEST_ASN = 2**32 - 1

# AWS uses these itself; an old page of its .NET SDK names the first two, the others are from memory.
RESERVED_ASNS = {"us-east-1": 7224, "eu-west-1": 9059, "ap-northeast-1": 10124, "ap-southeast-1": 17943}


class CustomerGateway(MotoCustomerGateway):
    """What stands in AWS for the other end; all of it is for good once it is made."""

    bgp_asn: str | None  # type: ignore[assignment]  # moto always has one; AWS does not beside an extended one
    bgp_asn_extended: str | None = None
    certificate_arn: str | None = None
    device_name: str | None = None

    @property
    def asn(self) -> str:
        """The ASN of the other end, in whichever field it came."""
        return self.bgp_asn or self.bgp_asn_extended or DEFAULT_ASN

    @property
    def identity(self) -> tuple[str | None, ...]:
        """What makes a second request the same as the first."""
        return (self.type, self.ip_address, self.asn, self.device_name, self.certificate_arn)


class CustomerGateways(EC2Backend):
    """The customer gateways of a region."""

    customer_gateways: dict[str, CustomerGateway]  # type: ignore[assignment]  # ours hold more

    def create_customer_gateway(
        self,
        gateway_type: str,
        ip_address: str,
        bgp_asn: str | None,
        tags: dict[str, str] | None = None,
        *,
        bgp_asn_extended: str | None = None,
        certificate_arn: str | None = None,
        device_name: str | None = None,
    ) -> CustomerGateway:
        if not ip_address and not certificate_arn:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter IpAddress")
        self._check_asns(bgp_asn, bgp_asn_extended)
        made = CustomerGateway(
            self,
            random_customer_gateway_id(),
            gateway_type,
            ip_address,
            # moto's type wants a text where AWS has none.
            (None if bgp_asn_extended else bgp_asn or DEFAULT_ASN),  # type: ignore[arg-type]
        )
        made.bgp_asn_extended = bgp_asn_extended
        made.certificate_arn = certificate_arn
        made.device_name = device_name
        # "If you make an identical request, the response is the existing customer gateway" (CreateCustomerGateway).
        for existing in self.customer_gateways.values():
            if existing.state == "available" and existing.identity == made.identity:
                return existing
        made.add_tags(tags or {})
        self.customer_gateways[made.id] = made
        return made

    def get_customer_gateway(self, customer_gateway_id: str) -> CustomerGateway:
        found = super().get_customer_gateway(customer_gateway_id)
        assert isinstance(found, CustomerGateway)
        return found

    def delete_customer_gateway(self, customer_gateway_id: str) -> None:
        used = (c.customer_gateway_id for c in self.vpn_connections.values() if c.state != "deleted")
        if customer_gateway_id in used:
            raise EC2ClientError("IncorrectState", "The customer gateway is in use.")
        super().delete_customer_gateway(customer_gateway_id)

    def _check_asns(self, bgp_asn: str | None, extended: str | None) -> None:
        if bgp_asn and extended:
            raise EC2ClientError(
                "InvalidParameterCombination", "BgpAsn and BgpAsnExtended cannot be specified at the same time"
            )
        if bgp_asn and not 1 <= int(bgp_asn) <= LARGEST_BGP_ASN:
            raise _invalid("BgpAsn", bgp_asn, f"1 to {LARGEST_BGP_ASN}")
        if bgp_asn and int(bgp_asn) == RESERVED_ASNS.get(self.region_name):
            raise _invalid("BgpAsn", bgp_asn, f"an ASN that is not reserved in {self.region_name}")
        if extended and not LARGEST_BGP_ASN < int(extended) <= LARGEST_ASN:
            raise _invalid("BgpAsnExtended", extended, f"{LARGEST_BGP_ASN + 1} to {LARGEST_ASN}")


class CustomerGatewayCalls(EC2Response):
    """The calls that moto answers otherwise."""

    def create_customer_gateway(self) -> ActionResult:
        backend: CustomerGateways = self.ec2_backend
        made = backend.create_customer_gateway(
            self._get_param("Type"),
            self._get_param("IpAddress") or self._get_param("PublicIp"),
            _text(self._get_param("BgpAsn")),
            tags=self._parse_tag_specification().get("customer-gateway", {}),
            bgp_asn_extended=_text(self._get_param("BgpAsnExtended")),
            certificate_arn=self._get_param("CertificateArn"),
            device_name=self._get_param("DeviceName"),
        )
        return ActionResult({"CustomerGateway": made})


def _text(number: Any) -> str | None:
    return None if number is None else str(number)


def _invalid(name: str, value: str, allowed: str) -> EC2ClientError:
    return EC2ClientError(
        "InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid: must be {allowed}."
    )
