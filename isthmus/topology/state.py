"""Where Terraform keeps its state: the four backends of the topology file.

State holds the pre-shared keys in clear, whatever the backend: these provider versions have no write-only
argument for them. What a backend does is to encrypt the whole, and to decide who may read it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from isthmus.topology.regions import AwsRegion
from isthmus.topology.section import Section
from isthmus.topology.values.addresses import Cidr
from isthmus.topology.values.ids import HOST, RESOURCE_GROUP, resource_id
from isthmus.topology.values.kinds import one_of, shaped
from isthmus.topology.values.words import nearest

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
    access_log_bucket: Annotated[str, shaped(_BUCKET, "the name of a bucket", "acme-access-logs")] | None = Field(
        default=None,
        description="Existing bucket of the same region and account that records who reads and writes the state. "
        "`isthmus state bootstrap` sets it. The policy of that bucket must let logging.s3.amazonaws.com write.",
        examples=["acme-access-logs"],
    )


class CustomerKey(Section):
    """A key in a Key Vault that encrypts the storage account, and who may use it."""

    key_id: Annotated[
        str,
        shaped(
            r"https://[a-z0-9-]{3,24}\.vault\.azure\.net/keys/[A-Za-z0-9-]{1,127}(/[0-9a-f]{32})?",
            "the id of a key in a Key Vault",
            "https://acme.vault.azure.net/keys/tfstate",
        ),
    ] = Field(
        description="Id of the key; without a version, Azure follows its rotation. The vault needs purge protection.",
        examples=["https://acme.vault.azure.net/keys/tfstate"],
    )
    identity_id: Annotated[
        str, resource_id("Microsoft.ManagedIdentity/userAssignedIdentities", "the resource id of an identity")
    ] = Field(
        description="User-assigned managed identity that may use the key: its role is Key Vault Crypto Service "
        "Encryption User.",
        examples=[
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/tfstate/providers/"
            "Microsoft.ManagedIdentity/userAssignedIdentities/tfstate"
        ],
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
    allowed_ip_ranges: tuple[Cidr, ...] = Field(
        default=(),
        strict=False,
        max_length=400,
        json_schema_extra={"uniqueItems": True},
        description="Public IPv4 ranges from which the storage account can be reached; /32 is one address. With these "
        "or allowed_subnet_ids, `isthmus state bootstrap` closes the account to all others. Default: every network "
        "can reach it.",
        examples=[["203.0.113.0/28"]],
    )
    allowed_subnet_ids: tuple[
        Annotated[
            str,
            shaped(
                r"/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[\w().-]{1,90}/providers/Microsoft\.Network/"
                r"virtualNetworks/[\w.-]{2,64}/subnets/[\w.-]{1,80}",
                "the resource id of a subnet",
                "/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…",
            ),
        ],
        ...,
    ] = Field(
        default=(),
        strict=False,
        max_length=400,
        json_schema_extra={"uniqueItems": True},
        description="Subnets from which the storage account can be reached; each needs the service endpoint "
        "Microsoft.Storage.",
        examples=[
            [
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ci/providers/Microsoft.Network/"
                "virtualNetworks/ci/subnets/runners"
            ]
        ],
    )
    access_log_workspace_id: (
        Annotated[
            str,
            resource_id("Microsoft.OperationalInsights/workspaces", "the resource id of a Log Analytics workspace"),
        ]
        | None
    ) = Field(
        default=None,
        description="Log Analytics workspace that records who reads, writes and deletes states. "
        "`isthmus state bootstrap` sets it.",
        examples=[
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/logs/providers/"
            "Microsoft.OperationalInsights/workspaces/logs"
        ],
    )
    customer_key: CustomerKey | None = Field(
        default=None,
        description="Customer managed key for encryption. Default: keys of Azure Storage.",
        examples=[{"key_id": "https://acme.vault.azure.net/keys/tfstate"}],
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
