"""Where state lives: a stack of its own, applied from local state before all others, and never among them.

``python -m stacks.state_home`` synthesizes it; ``isthmus state bootstrap`` runs that and then terraform. It has neither
profile nor role: the backends of the other stacks have none, and whoever makes the place is to reach it as they do.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import loading
from constructs.crosscloud import providers as tf
from isthmus.plan.state_home import (
    INCOMPLETE_UPLOAD_DAYS,
    NONCURRENT_DAYS,
    SOFT_DELETE_DAYS,
    AzurermHome,
    Home,
    S3Home,
)
from isthmus.plan.types import StorageAccess
from isthmus.printable import one_line

from .backends import require_version
from .settings import NO_REGISTRATIONS

STATE = "terraform.tfstate"
BLOB_LOGS = ("StorageRead", "StorageWrite", "StorageDelete")


class S3HomeStack(tf.TerraformStack):
    """The bucket and all that is set on it."""

    def __init__(self, app: tf.App, *, home: S3Home, adopt: dict[str, str]) -> None:
        super().__init__(app, home.stack)
        tf.LocalBackend(self, path=STATE)
        require_version(self)
        tf.AwsProvider(self, "aws", region=home.region)
        bucket = tf.S3Bucket(
            self,
            "bucket",
            bucket=home.bucket,
            tags=dict(home.tags),
            lifecycle=tf.TerraformResourceLifecycle(prevent_destroy=True),
        )
        if "bucket" in adopt:
            bucket.import_from(adopt["bucket"])
        versioning = tf.S3BucketVersioning(
            self,
            "versioning",
            bucket=bucket.id,
            versioning_configuration=tf.S3BucketVersioningConfiguration(status="Enabled"),
        )
        encryption = tf.S3BucketEncryptionDefault(
            sse_algorithm="aws:kms" if home.kms_key_id else "AES256", kms_master_key_id=home.kms_key_id
        )
        tf.S3BucketEncryption(
            self,
            "encryption",
            bucket=bucket.id,
            rule=[
                tf.S3BucketEncryptionRule(
                    apply_server_side_encryption_by_default=encryption, bucket_key_enabled=bool(home.kms_key_id)
                )
            ],
        )
        tf.S3BucketOwnershipControls(
            self,
            "ownership",
            bucket=bucket.id,
            rule=tf.S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
        )
        closed = tf.S3BucketPublicAccessBlock(
            self,
            "public-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        if home.access_log_bucket:
            tf.S3BucketLogging(
                self,
                "access-log",
                bucket=bucket.id,
                target_bucket=home.access_log_bucket,
                target_prefix=f"{home.bucket}/",
            )
        # Two changes of a bucket's access at once are refused as conflicting.
        tf.S3BucketPolicy(self, "tls-only", bucket=bucket.id, policy=_tls_only(bucket.arn), depends_on=[closed])
        tf.S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=bucket.id,
            rule=[
                tf.S3BucketLifecycleConfigurationRule(
                    id="noncurrent-versions",
                    status="Enabled",
                    filter=[tf.S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    noncurrent_version_expiration=[tf.S3BucketNoncurrentExpiration(noncurrent_days=NONCURRENT_DAYS)],
                ),
                tf.S3BucketLifecycleConfigurationRule(
                    id="incomplete-uploads",
                    status="Enabled",
                    filter=[tf.S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    abort_incomplete_multipart_upload=[
                        tf.S3BucketAbortIncompleteUpload(days_after_initiation=INCOMPLETE_UPLOAD_DAYS)
                    ],
                ),
            ],
            depends_on=[versioning],
        )


def _tls_only(arn: str) -> str:
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    statements = [
        {"Sid": "NotWithoutTls", **denied, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "NotWithOldTls", **denied, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


class AzurermHomeStack(tf.TerraformStack):
    """The resource group, the storage account and the container."""

    def __init__(self, app: tf.App, *, home: AzurermHome, adopt: dict[str, str]) -> None:
        super().__init__(app, home.stack)
        tf.LocalBackend(self, path=STATE)
        require_version(self)
        tf.AzurermProvider(
            self,
            "azurerm",
            features=[tf.AzurermProviderFeatures()],
            resource_provider_registrations=NO_REGISTRATIONS,
            storage_use_azuread=True,
        )
        kept = tf.TerraformResourceLifecycle(prevent_destroy=True)
        group = tf.ResourceGroup(
            self,
            "resource-group",
            name=home.resource_group,
            location=home.location,
            tags=dict(home.tags),
            lifecycle=kept,
        )
        access = home.access
        account = tf.StorageAccount(
            self,
            "storage-account",
            name=home.storage_account,
            resource_group_name=group.name,
            location=home.location,
            account_tier="Standard",
            account_replication_type=home.replication,
            min_tls_version="TLS1_2",
            https_traffic_only_enabled=True,
            shared_access_key_enabled=False,
            default_to_oauth_authentication=True,
            local_user_enabled=False,
            allow_nested_items_to_be_public=False,
            cross_tenant_replication_enabled=False,
            blob_properties=tf.StorageAccountBlobProperties(
                versioning_enabled=True,
                delete_retention_policy=tf.StorageAccountBlobRetention(days=SOFT_DELETE_DAYS),
                container_delete_retention_policy=tf.StorageAccountContainerRetention(days=SOFT_DELETE_DAYS),
            ),
            network_rules=_network_rules(access),
            identity=(
                tf.StorageAccountIdentity(type="UserAssigned", identity_ids=[access.identity_id])
                if access.identity_id
                else None
            ),
            customer_managed_key=(
                tf.StorageAccountCustomerManagedKey(
                    key_vault_key_id=access.key_id, user_assigned_identity_id=access.identity_id
                )
                if access.identity_id
                else None
            ),
            tags=dict(home.tags),
            lifecycle=kept,
        )
        if access.log_workspace_id:
            tf.MonitorDiagnosticSetting(
                self,
                "access-log",
                name="isthmus-state",
                # The blobs of an account are a resource of their own to Azure Monitor.
                target_resource_id=f"{account.id}/blobServices/default",
                log_analytics_workspace_id=access.log_workspace_id,
                enabled_log=[tf.MonitorDiagnosticSettingEnabledLog(category=c) for c in BLOB_LOGS],
            )
        policy = tf.StorageManagementPolicy(
            self,
            "lifecycle",
            storage_account_id=account.id,
            rule=[
                tf.StorageManagementPolicyRule(
                    name="noncurrent-versions",
                    enabled=True,
                    filters=tf.StorageManagementPolicyRuleFilters(blob_types=["blockBlob"]),
                    actions=tf.StorageManagementPolicyRuleActions(
                        version=tf.StorageManagementPolicyRuleActionsVersion(
                            delete_after_days_since_creation=NONCURRENT_DAYS
                        )
                    ),
                )
            ],
        )
        container = tf.StorageContainer(
            self,
            "container",
            name=home.container,
            storage_account_id=account.id,
            container_access_type="private",
            lifecycle=kept,
        )
        adoptable = {
            "resource-group": group,
            "storage-account": account,
            "container": container,
            "management-policy": policy,
        }
        for name, resource in adoptable.items():
            if name in adopt:
                resource.import_from(adopt[name])


def _network_rules(access: StorageAccess) -> tf.StorageAccountNetworkRules | None:
    """Who can reach the account: those named, and Azure's own services, which write its logs; None for everybody."""
    if not access.ip_ranges and not access.subnet_ids:
        return None
    return tf.StorageAccountNetworkRules(
        default_action="Deny",
        bypass=["AzureServices"],
        ip_rules=list(access.ip_ranges),
        virtual_network_subnet_ids=list(access.subnet_ids),
    )


def synthesize(home: Home, folder: Path, *, adopt: dict[str, str]) -> Path:
    """Write the stack of ``home`` as ``folder/cdk.tf.json`` and return that; ``adopt`` has the ids of what exists.

    Raises:
        OSError: ``folder`` cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".synth.", dir=folder) as made:
        with loading.types_unchecked():
            app = tf.App(outdir=made, stack_traces=False)
            if isinstance(home, S3Home):
                S3HomeStack(app, home=home, adopt=adopt)
            else:
                AzurermHomeStack(app, home=home, adopt=adopt)
            app.synth()
        return Path(made, "stacks", home.stack, "cdk.tf.json").replace(folder / "cdk.tf.json")


def main() -> int:
    """Synthesize the home that standard input describes: JSON with ``kind``, ``home``, ``folder`` and ``adopt``."""
    wanted = json.load(sys.stdin)
    given = wanted["home"]
    home: Home = (
        S3Home(**given)
        if wanted["kind"] == "s3"
        else AzurermHome(**{**given, "access": StorageAccess(**given["access"])})
    )
    folder = Path(wanted["folder"])
    try:
        synthesize(home, folder, adopt=wanted["adopt"])
    except OSError as error:
        said = f"{folder}: cannot be written ({error.strerror}): name a folder that you may write to"
        print(one_line(said), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
