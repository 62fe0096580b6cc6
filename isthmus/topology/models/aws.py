"""An AWS site: its network and its gateway."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from isthmus.clouds import aws as aws_facts
from isthmus.topology import schema_rules
from isthmus.topology.models.limits import MAX_LISTED, MAX_SUBNETS
from isthmus.topology.regions import AwsRegion
from isthmus.topology.section import Section
from isthmus.topology.values.addresses import Cidr
from isthmus.topology.values.gateways import ASNS_REFUSED_ON_AWS, Asn
from isthmus.topology.values.ids import FLOW_LOG_DESTINATION, ROLE, ROLE_EXAMPLE, SiteName
from isthmus.topology.values.kinds import one_of, shaped


class AwsFlowLogs(Section):
    """Flow logs of the VPC that Isthmus makes, sent to a bucket or a log group that exists already."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AWS_FLOW_LOGS)

    destination: Annotated[
        str,
        shaped(
            FLOW_LOG_DESTINATION,
            "the ARN of an S3 bucket or of a CloudWatch log group",
            "arn:aws:s3:::acme-flow-logs",
        ),
    ] = Field(
        description="ARN of the S3 bucket, with a prefix if you like, or of the CloudWatch log group. Its policy must "
        "let delivery.logs.amazonaws.com write. AWS bills delivery and storage by the GB of log; `isthmus cost` does "
        "not count them.",
        examples=["arn:aws:s3:::acme-flow-logs/network"],
    )
    role_arn: Annotated[str, shaped(ROLE, "the ARN of a role", ROLE_EXAMPLE)] | None = Field(
        default=None,
        description="Role with which VPC flow logs write to the log group. A bucket needs none.",
        examples=[ROLE_EXAMPLE],
    )
    traffic: Annotated[Literal["all", "accept", "reject"], one_of("all", "accept", "reject")] = Field(
        default="all", description="Which traffic is logged: all, accept or reject.", examples=["reject"]
    )


class AwsNetwork(Section):
    """The VPC: made, when `cidr` is given, or an existing one, named by `vpc_id`."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AWS_NETWORK)

    cidr: Cidr | None = Field(
        default=None,
        description="Isthmus makes a VPC with this range (/16 to /27), two private subnets in two zones, and routes.",
        json_schema_extra={"pattern": "/(1[6-9]|2[0-7])$"},
        examples=["10.10.0.0/16"],
    )
    vpc_id: Annotated[str, shaped(r"vpc-[0-9a-f]{8,17}", "the id of a VPC", "vpc-0a1b2c3d4e5f67890")] | None = Field(
        default=None,
        description="Adopts an existing VPC instead. Isthmus adds routes towards Azure and changes nothing else in it.",
        examples=["vpc-0a1b2c3d4e5f67890"],
    )
    cidrs: tuple[Cidr, ...] = Field(
        default=(),
        strict=False,
        max_length=MAX_LISTED,
        description="All IPv4 CIDR ranges of the adopted VPC.",
        examples=[["10.10.0.0/16"]],
    )
    route_table_ids: tuple[
        Annotated[str, shaped(r"rtb-[0-9a-f]{8,17}", "the id of a route table", "rtb-0a1b2c3d4e5f67890")], ...
    ] = Field(
        default=(),
        strict=False,
        max_length=MAX_LISTED,
        json_schema_extra={"uniqueItems": True},
        description="Route tables of the adopted VPC to which the routes towards Azure are added.",
        examples=[["rtb-0a1b2c3d4e5f67890"]],
    )
    subnet_ids: tuple[
        Annotated[str, shaped(r"subnet-[0-9a-f]{8,17}", "the id of a subnet", "subnet-0a1b2c3d4e5f67890")], ...
    ] = Field(
        default=(),
        strict=False,
        max_length=MAX_SUBNETS,
        json_schema_extra={"uniqueItems": True},
        description="Subnets of the adopted VPC, one for each availability zone, in which the transit gateway is "
        "attached (kind tgw only). Leave it out if the VPC is already attached.",
        examples=[["subnet-0a1b2c3d4e5f67890"]],
    )
    restrict_default_security_group: bool = Field(
        default=True,
        description="Remove all rules from the default security group of the made VPC, so that what is started without "
        "a security group of its own reaches nothing. false leaves the group as AWS makes it.",
        examples=[True],
    )
    flow_logs: AwsFlowLogs | None = Field(
        default=None,
        description="Flow logs of the made VPC. Default: none.",
        examples=[{"destination": "arn:aws:s3:::acme-flow-logs"}],
    )

    @property
    def ranges(self) -> tuple[IPv4Network, ...]:
        """The addresses behind the gateway, whether the VPC is made or adopted."""
        return (self.cidr,) if self.cidr else self.cidrs


class AwsGateway(Section):
    """The AWS end of the tunnels: made, or an existing one, named by `id`."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AWS_GATEWAY)

    kind: Annotated[Literal["vgw", "tgw"], one_of("vgw", "tgw")] = Field(
        default="vgw",
        description="vgw: a virtual private gateway. tgw: a transit gateway, which spreads flows over all tunnels.",
        examples=["vgw"],
    )
    id: Annotated[str, shaped(r"[vt]gw-[0-9a-f]{8,17}", "the id of a gateway", "vgw-0a1b2c3d4e5f67890")] | None = Field(
        default=None,
        description="Adopts an existing gateway: vgw-… (attached to the adopted VPC) or tgw-…; its asn must be given.",
        examples=["tgw-0a1b2c3d4e5f67890"],
    )
    asn: Asn | None = Field(
        default=None,
        json_schema_extra={"not": {"anyOf": ASNS_REFUSED_ON_AWS}},
        description="Amazon-side ASN: 64512-65534 without Azure's 65515 and 65517-65520, or 4200000000-4294967294. "
        f"Default {aws_facts.DEFAULT_ASN}.",
        examples=[64512],
    )
    route_table_id: (
        Annotated[
            str,
            shaped(r"tgw-rtb-[0-9a-f]{8,17}", "the id of a transit gateway route table", "tgw-rtb-0a1b2c3d4e5f67890"),
        ]
        | None
    ) = Field(
        default=None,
        description="Route table of an adopted transit gateway to associate with and propagate into. Without it the "
        "gateway's own default association and propagation apply.",
        examples=["tgw-rtb-0a1b2c3d4e5f67890"],
    )
    bandwidth: Annotated[Literal["standard", "large"], one_of("standard", "large")] = Field(
        default="standard",
        description="standard: 1.25 Gbit/s a tunnel. large: 5 Gbit/s a tunnel, for kind tgw without acceleration, "
        "and not in ap-southeast-4, ca-west-1, eu-central-2, il-central-1 and me-central-1. A change replaces all VPN "
        "connections of the transit gateway: AWS can change it in place since May 2026, the pinned provider cannot.",
        examples=["standard"],
    )
    acceleration: bool = Field(
        default=False,
        description="Accelerated tunnels: traffic enters AWS's network at the nearest edge location (kind tgw only; "
        "the links' initiator must be azure).",
        examples=[False],
    )
    maintenance_control: bool = Field(
        default=False,
        description="Tunnel endpoint lifecycle control: you choose when AWS replaces a tunnel endpoint.",
        examples=[True],
    )

    @property
    def effective_asn(self) -> int:
        """The ASN given, or the default."""
        return aws_facts.DEFAULT_ASN if self.asn is None else self.asn


class AwsSite(Section):
    """One VPC on AWS."""

    model_config = ConfigDict(json_schema_extra=schema_rules.AWS_SITE)

    region: AwsRegion = Field(description="AWS region.", examples=["eu-central-1"])
    profile: Annotated[str, shaped(r"[\w.@+-]{1,64}", "the name of an AWS CLI profile", "network-admin")] | None = (
        Field(default=None, description="AWS CLI profile to deploy this site with.", examples=["network-admin"])
    )
    role_arn: (
        Annotated[
            str,
            shaped(
                ROLE,
                "the ARN of a role",
                ROLE_EXAMPLE,
            ),
        ]
        | None
    ) = Field(
        default=None,
        description="ARN of the role to assume for this site. It may be in another account.",
        examples=["arn:aws:iam::111122223333:role/network"],
    )
    formerly: SiteName | None = Field(
        default=None,
        description="Name that this site had when it was deployed first. Everything keeps that name in both clouds and "
        "in Terraform, so that renaming a site in this file changes nothing.",
        examples=["fra"],
    )
    network: AwsNetwork = Field(description="The VPC.", examples=[{"cidr": "10.10.0.0/16"}])
    gateway: AwsGateway = Field(default=AwsGateway(), description="The AWS end of the tunnels.")
