"""Where Terraform keeps its state: the four backends of the topology file.

State holds the pre-shared keys in clear, whatever the backend: these provider versions have no write-only
argument for them. What a backend does is to encrypt the whole, and to decide who may read it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from isthmus.topology.regions import AwsRegion
from isthmus.topology.section import Section
from isthmus.topology.values import HOST, RESOURCE_GROUP, nearest, one_of, shaped

_BACKENDS = ("local", "s3", "azurerm", "cloud")
_backend = one_of(*_BACKENDS)

Prefix = Annotated[
    str,
    shaped(
        r"(?=.{1,256}$)(?!.*\.\.)[\w-]([\w.-]*[\w-])?(/[\w-]([\w.-]*[\w-])?)*",
        "a prefix of state files",
        "network/prod",
        rule="up to 256 letters, digits, hyphens, underscores, dots inside words and slashes between them, "
        "such as network/prod",
    ),
]

# The general purpose buckets' naming rules (Amazon S3 user guide, 2026, S).
_BUCKET = (
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)(?!.*\.\.)(?!(\d+\.){3}\d+$)"
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
)


class LocalState(Section):
    """Local files next to the output folder, one for each stack; for tests, or for a single user."""

    backend: Annotated[Literal["local"], _backend] = Field(
        default="local", description="local: one file for each stack, next to the output folder.", examples=["local"]
    )


class S3State(Section):
    """An S3 bucket: encrypted, with a lock file next to each state."""

    backend: Annotated[Literal["s3"], _backend] = Field(description="s3: objects in a bucket.", examples=["s3"])
    bucket: Annotated[
        str,
        shaped(
            _BUCKET,
            "the name of a bucket",
            "acme-tfstate",
            rule="3 to 63 lower-case letters, digits, hyphens and single dots, a letter or digit first and last, not "
            "an IP address, and none of the beginnings and ends that AWS reserves (xn--, sthree-, -s3alias and more)",
        ),
    ] = Field(description="The bucket.", examples=["acme-tfstate"])
    region: AwsRegion = Field(description="AWS region of the bucket.", examples=["eu-central-1"])
    prefix: Prefix | None = Field(
        default=None, description="First part of each object's key, before the deployment's name.", examples=["network"]
    )
    kms_key_id: Annotated[str, shaped(r"[\w:/-]{1,2048}", "the id or ARN of a KMS key", "alias/tfstate")] | None = (
        Field(
            default=None,
            description="KMS key for encryption. Default: the bucket's own encryption.",
            examples=["alias/tfstate"],
        )
    )


class AzurermState(Section):
    """A container of an Azure storage account, with Entra ID authentication."""

    backend: Annotated[Literal["azurerm"], _backend] = Field(
        description="azurerm: blobs in a container.", examples=["azurerm"]
    )
    resource_group: Annotated[str, shaped(RESOURCE_GROUP, "the name of a resource group", "tfstate")] = Field(
        description="Resource group of the storage account.", examples=["tfstate"]
    )
    storage_account: Annotated[
        str,
        shaped(
            r"[a-z0-9]{3,24}",
            "the name of a storage account",
            "acmetfstate",
            rule="3 to 24 lower-case letters and digits, such as acmetfstate",
        ),
    ] = Field(description="The storage account.", examples=["acmetfstate"])
    container: Annotated[
        str,
        shaped(
            r"(?=.{3,63}$)[a-z0-9](-?[a-z0-9])*",
            "the name of a container",
            "tfstate",
            rule="3 to 63 lower-case letters, digits and single hyphens between them, such as tfstate",
        ),
    ] = Field(description="The container.", examples=["tfstate"])
    prefix: Prefix | None = Field(
        default=None, description="First part of each blob's name, before the deployment's name.", examples=["network"]
    )


class CloudState(Section):
    """HCP Terraform or Terraform Enterprise: one workspace for each stack, with the stack's name."""

    backend: Annotated[Literal["cloud"], _backend] = Field(
        description="cloud: workspaces of an organization.", examples=["cloud"]
    )
    organization: Annotated[str, shaped(r"[A-Za-z0-9_-]{1,40}", "the name of an organization", "acme")] = Field(
        description="The organization.", examples=["acme"]
    )
    project: (
        Annotated[str, shaped(r"[A-Za-z0-9_-][A-Za-z0-9 _-]{1,38}[A-Za-z0-9_-]", "the name of a project", "network")]
        | None
    ) = Field(default=None, description="Project in which workspaces are made.", examples=["network"])
    hostname: Annotated[str, shaped(HOST, "a host name", "terraform.example.com")] | None = Field(
        default=None,
        description="Host name of Terraform Enterprise. Default: HCP Terraform.",
        examples=["terraform.example.com"],
    )


def _branch(value: Any) -> str:
    """The branch that is meant: a slip of the pen in `backend` must not make all other keys unknown."""
    backend = value.get("backend", "local") if isinstance(value, dict) else getattr(value, "backend", "local")
    return f"({nearest(str(backend), _BACKENDS) or 'local'})"


AnyState = Annotated[
    Annotated[LocalState, Tag("(local)")]
    | Annotated[S3State, Tag("(s3)")]
    | Annotated[AzurermState, Tag("(azurerm)")]
    | Annotated[CloudState, Tag("(cloud)")],
    Discriminator(_branch),
]
"""One of the four, told apart by `backend`."""
