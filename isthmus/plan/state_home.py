"""Where state lives, as a thing to be made: the bucket, or the storage account with its container. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from isthmus.plan.types import AzurermState, CloudState, LocalState, Plan, S3State, StorageAccess

NONCURRENT_DAYS: Final = 365
"""For how long an overwritten or deleted state stays: longer than it takes to notice that it was the wrong one."""

INCOMPLETE_UPLOAD_DAYS: Final = 7
"""After which the parts of a multipart upload that was never completed are deleted: they are invisible and cost."""

SOFT_DELETE_DAYS: Final = 90
"""The same for what was deleted on Azure, where 365 days is the most and 7 the default."""

REPLICATIONS: Final = ("LRS", "ZRS", "GRS", "GZRS")
"""How a storage account may keep its copies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Home:
    """A bucket. ``kms_key_id`` is a key that exists; without one S3's own encrypts.

    ``access_log_bucket`` exists, too; None means that no access is logged.
    """

    bucket: str
    region: str
    kms_key_id: str | None
    access_log_bucket: str | None
    tags: Mapping[str, str]

    @property
    def stack(self) -> str:
        """The name of the stack and of its folder: the bucket may serve several deployments."""
        return f"state-s3-{self.bucket}"

    @property
    def adoptable(self) -> tuple[str, ...]:
        """What may exist already. The settings of a bucket are not told apart from none: to make one is to set it."""
        return ("bucket",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurermHome:
    """A storage account with a container, in a resource group of its own."""

    resource_group: str
    location: str
    storage_account: str
    container: str
    replication: str
    access: StorageAccess
    tags: Mapping[str, str]

    @property
    def stack(self) -> str:
        """The name of the stack and of its folder."""
        return f"state-azurerm-{self.storage_account}-{self.container}"

    @property
    def adoptable(self) -> tuple[str, ...]:
        """What may exist already."""
        return ("resource-group", "storage-account", "container", "management-policy")


Home = S3Home | AzurermHome
"""What is to be made before the first deploy."""


def state_home(plan: Plan, *, location: str | None = None, replication: str = "ZRS") -> Home | None:
    """What the state of ``plan`` is to live in; None when nothing is to be made.

    A storage account goes to ``location``, else to the region of the first Azure site.
    """
    # Not the deployment's name: another deployment with state in the same place would take it for its own.
    tags = {**plan.aws[0].tags, "isthmus": "state"}
    match plan.state:
        case S3State() as s3:
            return S3Home(
                bucket=s3.bucket,
                region=s3.region,
                kms_key_id=s3.kms_key_id,
                access_log_bucket=s3.access_log_bucket,
                tags=tags,
            )
        case AzurermState() as azurerm:
            return AzurermHome(
                resource_group=azurerm.resource_group,
                location=location or plan.azure[0].region,
                storage_account=azurerm.storage_account,
                container=azurerm.container,
                replication=replication,
                access=azurerm.access,
                tags=tags,
            )
        case LocalState() | CloudState():
            return None
        case never:
            assert_never(never)


def why_nothing(plan: Plan) -> str:
    """Why nothing is to be made for the state of ``plan``."""
    match plan.state:
        case CloudState() as cloud:
            host = cloud.hostname or "app.terraform.io"
            return f"nothing to create: {host} keeps the state, and `terraform init` creates each workspace"
        case LocalState():
            return "nothing to create: state is in local files next to the output folder, which terraform writes itself"
        case S3State() | AzurermState():
            raise ValueError(f"{plan.state} has a home to be made")
        case never:
            assert_never(never)


def described(home: Home) -> list[tuple[str, str]]:
    """What would be made, and how it is set: pairs for a table."""
    match home:
        case S3Home():
            key = f"with the KMS key {home.kms_key_id}" if home.kms_key_id else "with keys of S3 (AES256)"
            return [
                ("bucket", f"{home.bucket} in {home.region}; never destroyed by terraform"),
                ("versions", f"kept; overwritten and deleted ones are removed after {NONCURRENT_DAYS} days"),
                ("incomplete uploads", f"removed after {INCOMPLETE_UPLOAD_DAYS} days"),
                ("encryption", key),
                ("access", "no public access; the bucket owner owns every object; TLS 1.2 or later only"),
                ("access log", f"in bucket {home.access_log_bucket}" if home.access_log_bucket else "none"),
            ]
        case AzurermHome(access=access):
            reached = ", ".join([*access.ip_ranges, *access.subnet_ids]) or "all networks"
            return [
                ("resource group", f"{home.resource_group} in {home.location}; never destroyed by terraform"),
                ("storage account", f"{home.storage_account}, {home.replication}; never destroyed by terraform"),
                ("container", f"{home.container}, private; never destroyed by terraform"),
                (
                    "versions",
                    f"kept for {NONCURRENT_DAYS} days; deleted blobs can be restored for {SOFT_DELETE_DAYS} days",
                ),
                ("encryption", f"with the key {access.key_id}" if access.key_id else "with keys of Azure Storage"),
                ("access", "Entra ID only, no account keys; no public blobs; TLS 1.2 or later only"),
                ("reached from", reached),
                ("access log", f"in {access.log_workspace_id}" if access.log_workspace_id else "none"),
            ]
        case never:
            assert_never(never)
