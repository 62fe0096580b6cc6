"""Where Terraform keeps the state of each stack: the only place that hands it over.

Every stack calls :func:`attach` first; cross-stack references then read the same backend. State holds the
pre-shared keys in clear, whatever the backend: these provider versions have no write-only argument for them.
"""

from __future__ import annotations

from typing import Final, assert_never

from constructs.crosscloud import providers as tf
from isthmus.plan import types

REQUIRED_VERSION: Final = ">= 1.11.0, < 2.0.0"
"""The versions that may apply a stack. The tests run Terraform 1.11; OpenTofu counts its own versions alike, and its
1.11 has every block, function and backend argument that the stacks use."""


def attach(stack: tf.TerraformStack, state: types.State, name: str) -> None:
    """Give ``stack``, whose name is ``name``, its backend, and say which Terraform may apply it."""
    require_version(stack)
    match state:
        case types.LocalState():
            tf.LocalBackend(stack, path=state.path(name))
        case types.S3State():
            tf.S3Backend(
                stack,
                bucket=state.bucket,
                key=state.key(name),
                region=state.region,
                encrypt=True,
                kms_key_id=state.kms_key_id,
            )
            # cdktf 0.21 does not know it; without it two deployments at once would overwrite each other's state.
            stack.add_override("terraform.backend.s3.use_lockfile", True)  # noqa: FBT003 - the value itself
        case types.AzurermState():
            tf.AzurermBackend(
                stack,
                resource_group_name=state.resource_group,
                storage_account_name=state.storage_account,
                container_name=state.container,
                key=state.key(name),
                use_azuread_auth=True,
            )
        case types.CloudState():
            tf.CloudBackend(
                stack,
                organization=state.organization,
                hostname=state.hostname,
                workspaces=tf.NamedCloudWorkspace(name, state.project),
            )
        case never:
            assert_never(never)


def require_version(stack: tf.TerraformStack) -> None:
    """Let older or later major versions of Terraform and OpenTofu refuse ``stack`` before they do anything."""
    stack.add_override("terraform.required_version", REQUIRED_VERSION)
