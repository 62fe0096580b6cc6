"""`isthmus state bootstrap` with the real terraform on the emulated clouds."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.state.machine import Folder
from tests.synth.program import PROJECT, environment, run

Write = Callable[[str], Path]
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"


@pytest.fixture
def bootstrap(environ: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def start(topology: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        words = ("-m", "isthmus", "state", "bootstrap", str(topology), "--yes", "--output", str(tmp_path / "state"))
        return run(*words, *arguments, cwd=PROJECT, env=environment(**(environ | more)))

    return start


def _home(tmp_path: Path, environ: dict[str, str]) -> Folder:
    [folder] = (tmp_path / "state").iterdir()
    return Folder(folder, environ)


Bootstrap = Callable[..., subprocess.CompletedProcess[str]]


def test_a_bucket_is_made_closed_versioned_and_encrypted_and_a_second_run_changes_nothing(
    bootstrap: Bootstrap, written: Write, s3: Any, tmp_path: Path, environ: dict[str, str]
) -> None:
    topology = written("{backend: s3, bucket: homed-one, region: eu-central-1}")
    done = bootstrap(topology)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Apply complete! Resources: 7 added, 0 changed, 0 destroyed." in done.stdout
    assert "state-s3-homed-one: ready" in done.stdout

    bucket = {"Bucket": "homed-one"}
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    [rule] = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert all(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"].values())
    [owned] = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert owned == {"ObjectOwnership": "BucketOwnerEnforced"}
    statements = json.loads(s3.get_bucket_policy(**bucket)["Policy"])["Statement"]
    assert [s["Condition"] for s in statements] == [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    ]
    for statement in statements:
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Resource"] == ["arn:aws:s3:::homed-one", "arn:aws:s3:::homed-one/*"]
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]}
    assert rules["noncurrent-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 365}
    assert rules["incomplete-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert not any("Expiration" in rule for rule in rules.values())
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(**bucket)["TagSet"]}
    assert tags == {"owner": "platform", "isthmus": "state"}

    home = _home(tmp_path, environ)
    assert (home.path / "terraform.tfstate").stat().st_mode & 0o077 == 0
    again = bootstrap(topology)
    assert again.returncode == 0, again.stderr
    assert "No changes." in again.stdout
    assert "prevent_destroy" in home.run("destroy", "-auto-approve", code=1)
    # What bootstrap writes is not of the deployment's own output.
    assert sorted(p.name for p in tmp_path.iterdir()) == ["isthmus.yaml", "state"]


def test_who_reaches_a_bucket_is_logged_where_the_topology_says(
    bootstrap: Bootstrap, written: Write, s3: Any, empty_bucket: Callable[[str], None]
) -> None:
    empty_bucket("access-logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::access-logs/*",
    }
    s3.put_bucket_policy(Bucket="access-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    topology = written("{backend: s3, bucket: homed-log, region: eu-central-1, access_log_bucket: access-logs}")
    done = bootstrap(topology)
    assert done.returncode == 0, done.stdout + done.stderr
    logged = s3.get_bucket_logging(Bucket="homed-log")["LoggingEnabled"]
    assert (logged["TargetBucket"], logged["TargetPrefix"]) == ("access-logs", "homed-log/")
    assert "No changes." in bootstrap(topology).stdout


def test_a_bucket_that_state_does_not_know_is_told_of_and_can_be_adopted(
    bootstrap: Bootstrap, written: Write, s3: Any, empty_bucket: Callable[[str], None]
) -> None:
    empty_bucket("homed-two")
    topology = written("{backend: s3, bucket: homed-two, region: eu-central-1, kms_key_id: alias/tfstate}")
    done = bootstrap(topology)
    assert done.returncode == 1
    assert "the same command with --adopt bucket" in done.stderr
    assert "Traceback" not in done.stderr
    adopted = bootstrap(topology, "--adopt", "bucket")
    assert adopted.returncode == 0, adopted.stderr
    assert "1 imported" in adopted.stdout
    [rule] = s3.get_bucket_encryption(Bucket="homed-two")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == "alias/tfstate"
    for arguments in (("--adopt", "bucket"), ()):
        assert "No changes." in bootstrap(topology, *arguments).stdout


def test_a_storage_account_is_made_without_keys_and_a_second_run_changes_nothing(
    bootstrap: Bootstrap, written: Write, tmp_path: Path, environ: dict[str, str]
) -> None:
    topology = written("{backend: azurerm, resource_group: homed, storage_account: homedone, container: tfstate}")
    done = bootstrap(topology, "--json", "--replication", "GZRS")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["made"], said["home"]["location"]) == (True, "germanywestcentral")
    home = _home(tmp_path, environ)
    shown = json.loads(home.run("show", "-json"))["values"]["root_module"]["resources"]
    made = {resource["type"]: resource["values"] for resource in shown}
    account = made["azurerm_storage_account"]
    wanted = {
        "account_replication_type": "GZRS",
        "min_tls_version": "TLS1_2",
        "https_traffic_only_enabled": True,
        "shared_access_key_enabled": False,
        "allow_nested_items_to_be_public": False,
        "local_user_enabled": False,
        "cross_tenant_replication_enabled": False,
    }
    assert {key: account[key] for key in wanted} == wanted
    [blobs] = account["blob_properties"]
    assert blobs["versioning_enabled"] is True
    assert blobs["delete_retention_policy"][0]["days"] == 90
    assert blobs["container_delete_retention_policy"][0]["days"] == 90
    container = made["azurerm_storage_container"]
    assert (container["name"], container["container_access_type"]) == ("tfstate", "private")
    [rule] = made["azurerm_storage_management_policy"]["rule"]
    assert rule["enabled"] is True
    assert rule["filters"][0]["blob_types"] == ["blockBlob"]
    [actions] = rule["actions"]
    assert actions["version"][0]["delete_after_days_since_creation"] == 365
    assert (actions["base_blob"], actions["snapshot"]) == ([], [])
    secret = account["primary_access_key"]
    assert secret
    assert secret not in done.stdout + done.stderr
    again = bootstrap(topology, "--replication", "GZRS")
    assert "No changes." in again.stdout, again.stderr
    assert "Storage Blob Data Contributor" in again.stdout
    assert "prevent_destroy" in home.run("destroy", "-auto-approve", code=1)


CLOSED = f"""
  backend: azurerm
  resource_group: closed
  storage_account: closedone
  container: tfstate
  allowed_ip_ranges: [203.0.113.16/28, 198.51.100.7/32]
  access_log_workspace_id: {SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/logs
  customer_key:
    key_id: https://acme.vault.azure.net/keys/tfstate
    identity_id: {SUBSCRIPTION}/resourceGroups/x/providers/Microsoft.ManagedIdentity/userAssignedIdentities/tfstate
"""


def test_a_storage_account_is_closed_logged_and_encrypted_where_the_topology_says(
    bootstrap: Bootstrap, written: Write, tmp_path: Path, environ: dict[str, str]
) -> None:
    _log_workspace(tmp_path / "owner", environ)
    topology = written(CLOSED)
    done = bootstrap(topology)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = json.loads(_home(tmp_path, environ).run("show", "-json"))["values"]["root_module"]["resources"]
    made = {resource["type"]: resource["values"] for resource in shown}
    account = made["azurerm_storage_account"]
    [rules] = account["network_rules"]
    assert (rules["default_action"], rules["bypass"]) == ("Deny", ["AzureServices"])
    assert sorted(rules["ip_rules"]) == ["198.51.100.7", "203.0.113.16/28"]
    [key] = account["customer_managed_key"]
    assert key["key_vault_key_id"] == "https://acme.vault.azure.net/keys/tfstate"
    assert account["identity"][0]["identity_ids"] == [key["user_assigned_identity_id"]]
    setting = made["azurerm_monitor_diagnostic_setting"]
    assert setting["target_resource_id"] == f"{account['id']}/blobServices/default"
    assert sorted(log["category"] for log in setting["enabled_log"]) == ["StorageDelete", "StorageRead", "StorageWrite"]
    assert "No changes." in bootstrap(topology).stdout


def _log_workspace(path: Path, environ: dict[str, str]) -> None:
    at = {"location": "germanywestcentral"}
    workspace = {"name": "logs", "resource_group_name": "${azurerm_resource_group.x.name}", **at, "sku": "PerGB2018"}
    path.mkdir()
    (path / "main.tf.json").write_text(
        json.dumps(
            {
                "terraform": {"required_providers": {"azurerm": {"source": "hashicorp/azurerm"}}},
                "provider": {"azurerm": [{"features": {}}]},
                "resource": {
                    "azurerm_resource_group": {"x": {"name": "logs", **at}},
                    "azurerm_log_analytics_workspace": {"x": workspace},
                },
            }
        ),
        encoding="utf-8",
    )
    owner = Folder(path, environ)
    owner.run("init", "-input=false")
    owner.run("apply", "-auto-approve", "-input=false")


def test_a_storage_account_that_state_does_not_know_is_told_of_and_can_be_adopted(
    bootstrap: Bootstrap, written: Write, tmp_path: Path, environ: dict[str, str]
) -> None:
    topology = written("{backend: azurerm, resource_group: lost, storage_account: lostone, container: tfstate}")
    assert bootstrap(topology).returncode == 0
    (_home(tmp_path, environ).path / "terraform.tfstate").unlink()
    lost = bootstrap(topology)
    assert lost.returncode == 1
    assert (
        "--adopt resource-group --adopt storage-account --adopt container --adopt management-policy (only what exists)"
        in lost.stderr
    )
    adoptable = ("resource-group", "storage-account", "container", "management-policy")
    everything = [w for what in adoptable for w in ("--adopt", what)]
    adopted = bootstrap(topology, *everything)
    assert adopted.returncode == 0, adopted.stderr
    assert "4 imported, 0 added, 0 changed, 0 destroyed" in adopted.stdout
    account = f"{SUBSCRIPTION}/resourceGroups/lost/providers/Microsoft.Storage/storageAccounts/lostone"
    assert account in (_home(tmp_path, environ).path / "cdk.tf.json").read_text(encoding="utf-8")
