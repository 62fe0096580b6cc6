"""Where the state of each stack is: its key, blob or workspace derives from the deployment's and the stack's name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalState:
    """A file a stack, beside the output folder."""

    def path(self, stack: str) -> str:
        """Terraform runs in ``cdktf.out/stacks/<stack>``: three levels up is beside ``cdktf.out``, on any machine."""
        return f"../../../terraform.{stack}.tfstate"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3State:
    """An object a stack, with a lock file beside it."""

    bucket: str
    region: str
    folder: str
    kms_key_id: str | None
    access_log_bucket: str | None

    def key(self, stack: str) -> str:
        """The key of the object."""
        return f"{self.folder}/{stack}.tfstate"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageAccess:
    """Who can reach a storage account, what records it, and what encrypts it; for whoever makes the account.

    Without ranges and subnets every network can reach it. ``key_id`` and ``identity_id`` are given together.
    """

    ip_ranges: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    log_workspace_id: str | None = None
    key_id: str | None = None
    identity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurermState:
    """A blob a stack; Azure locks it by a lease."""

    resource_group: str
    storage_account: str
    container: str
    folder: str
    access: StorageAccess

    def key(self, stack: str) -> str:
        """The name of the blob."""
        return f"{self.folder}/{stack}.tfstate"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudState:
    """A workspace a stack, of the same name."""

    organization: str
    project: str | None
    hostname: str | None


State = LocalState | S3State | AzurermState | CloudState
