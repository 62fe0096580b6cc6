"""The state's place, with the deployment's name in it."""

from __future__ import annotations

from typing import assert_never

from isthmus.plan import names
from isthmus.plan.types import AzurermState, CloudState, LocalState, S3State, State, StorageAccess
from isthmus.topology import models
from isthmus.topology import state as wanted


def build_state(topology: models.Topology) -> State:
    """Where ``topology`` keeps the state of its stacks."""
    match topology.state:
        case wanted.LocalState():
            return LocalState()
        case wanted.S3State() as s3:
            folder = _folder(s3.prefix, names.deployment(topology))
            return S3State(
                bucket=s3.bucket,
                region=s3.region,
                folder=folder,
                kms_key_id=s3.kms_key_id,
                access_log_bucket=s3.access_log_bucket,
            )
        case wanted.AzurermState() as azurerm:
            return AzurermState(
                resource_group=azurerm.resource_group,
                storage_account=azurerm.storage_account,
                container=azurerm.container,
                folder=_folder(azurerm.prefix, names.deployment(topology)),
                access=_access(azurerm),
            )
        case wanted.CloudState() as cloud:
            return CloudState(organization=cloud.organization, project=cloud.project, hostname=cloud.hostname)
        case never:
            assert_never(never)


def _access(azurerm: wanted.AzurermState) -> StorageAccess:
    key = azurerm.customer_key
    return StorageAccess(
        # Azure takes an address without a prefix, and no /32.
        ip_ranges=tuple(str(cidr).removesuffix("/32") for cidr in sorted(azurerm.allowed_ip_ranges)),
        subnet_ids=azurerm.allowed_subnet_ids,
        log_workspace_id=azurerm.access_log_workspace_id,
        key_id=key.key_id if key else None,
        identity_id=key.identity_id if key else None,
    )


def _folder(prefix: str | None, name: str) -> str:
    return f"{prefix}/{name}" if prefix else name
