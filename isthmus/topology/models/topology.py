"""The file as a whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from isthmus.topology.models.aws import AwsSite
from isthmus.topology.models.azure import AzureSite
from isthmus.topology.models.ignore import Ignore
from isthmus.topology.models.limits import MAX_LINKS, MAX_SITES
from isthmus.topology.models.links import Link
from isthmus.topology.models.monitoring import Monitoring
from isthmus.topology.section import Section
from isthmus.topology.state import AnyState, LocalState
from isthmus.topology.tags import Tags
from isthmus.topology.values.ids import Name, SiteName


class Topology(Section):
    """Isthmus topology: which AWS VPCs and Azure VNets to connect, and how."""

    name: Name = Field(description="First part of every stack, resource name and tag.", examples=["payments"])
    formerly: Name | None = Field(
        default=None,
        description="Name that this deployment had when it was deployed first. Stacks, states and resources keep it.",
        examples=["pay"],
    )
    tags: Tags = Field(
        default={}, description="On every resource that can carry tags.", examples=[{"owner": "platform"}]
    )
    protect: bool = Field(
        default=False,
        description="Terraform refuses to destroy gateways, public IPs, VPCs and VNets (`prevent_destroy`), also to "
        "replace them.",
        examples=[True],
    )
    azure_locks: bool = Field(
        default=False,
        description="Delete locks of Azure on gateways, public IPs and VNets that Isthmus makes: nobody deletes them "
        "before the lock is gone. Whoever deploys needs the right to make locks.",
        examples=[True],
    )
    ignore: Ignore = Field(
        default=Ignore(),
        description="What others set on resources of this deployment, and Terraform leaves as it is.",
        examples=[{"tags": ["CostCenter"], "arguments": ["ddos_protection_plan"]}],
    )
    state: AnyState = Field(
        default=LocalState(), description="Where Terraform keeps its state; it holds the keys in clear."
    )
    aws: dict[SiteName, AwsSite] = Field(
        min_length=1,
        max_length=MAX_SITES,
        json_schema_extra={"additionalProperties": False},
        description="AWS sites by name.",
        examples=[{"fra": {"region": "eu-central-1", "network": {"cidr": "10.10.0.0/16"}}}],
    )
    azure: dict[SiteName, AzureSite] = Field(
        min_length=1,
        max_length=MAX_SITES,
        json_schema_extra={"additionalProperties": False},
        description="Azure sites by name.",
        examples=[{"fra": {"region": "germanywestcentral", "network": {"cidr": "10.20.0.0/16"}}}],
    )
    links: tuple[Link, ...] = Field(
        default=(),
        strict=False,
        max_length=MAX_LINKS,
        description="Which sites are connected. May be left out if there is one site on each side.",
    )
    monitoring: Annotated[
        Annotated[Literal[False], Tag("(off)")] | Annotated[Monitoring, Tag("(on)")],
        Discriminator(lambda value: "(off)" if isinstance(value, bool) else "(on)"),
    ] = Field(default=Monitoring(), description="Logs and alarms on both ends; false turns them off.", examples=[False])
