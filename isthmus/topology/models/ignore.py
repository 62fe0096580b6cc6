"""What others set on resources of a deployment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from isthmus.clouds.arguments import FOREIGN_ARGUMENTS
from isthmus.topology.models.limits import MAX_LISTED
from isthmus.topology.section import Section
from isthmus.topology.values.kinds import one_of, shaped


class Ignore(Section):
    """Tags and arguments that Terraform does not take away."""

    tags: tuple[
        Annotated[
            str,
            shaped(r"(?!.*\.\.)[A-Za-z0-9+=._:/@-][A-Za-z0-9 +=._:/@-]{0,126}", "the name of a tag", "CostCenter"),
        ],
        ...,
    ] = Field(
        default=(),
        strict=False,
        max_length=MAX_LISTED,
        json_schema_extra={"uniqueItems": True},
        description="Names of tags that a policy or a colleague sets.",
        examples=[["CostCenter", "CreatedBy"]],
    )
    arguments: tuple[Annotated[str, one_of(*FOREIGN_ARGUMENTS)], ...] = Field(
        default=(),
        strict=False,
        max_length=len(FOREIGN_ARGUMENTS),
        json_schema_extra={"uniqueItems": True, "items": {"enum": list(FOREIGN_ARGUMENTS), "type": "string"}},
        description="Arguments of Terraform resources that others set: "
        + ", ".join(f"`{name}`" for name in FOREIGN_ARGUMENTS)
        + ". `address_space` also ignores a change of `cidr` of an Azure network.",
        examples=[["ddos_protection_plan"]],
    )
