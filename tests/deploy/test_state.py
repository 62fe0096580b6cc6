"""State in S3, for real: a lock that was left behind, and two deployments at once."""

from __future__ import annotations

import re
import signal
from typing import Any

import pytest

from tests.deploy.deployment import Deployment
from tests.deploy.emulated import Emulated
from tests.waiting import FOR_EVER, until

BUCKET = "faulty-state"
REGION = "eu-central-1"
TOPOLOGY = f"""
name: locked
state: {{backend: s3, bucket: {BUCKET}, region: {REGION}}}
aws:
  fra: {{region: {REGION}, network: {{cidr: 10.10.0.0/16}}}}
azure:
  fra: {{region: germanywestcentral, network: {{cidr: 10.20.0.0/16}}}}
"""
VNET = "azurerm_virtual_network"
LOCKED = "Error: Error acquiring the state lock"


@pytest.fixture(scope="module")
def bucket(clouds: Emulated) -> Any:
    client = clouds.client("s3", REGION)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


@pytest.fixture
def deployment(bucket: Any, deploy: Any, clouds: Emulated) -> Deployment:
    """The stacks, not applied; only those on Azure are, which needs no time."""
    clouds.no_faults()
    made: Deployment = deploy(TOPOLOGY)
    return made


def _keys(bucket: Any) -> list[str]:
    return sorted(entry["Key"] for entry in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", []))


def test_a_lock_that_a_killed_terraform_left_is_told_and_broken(
    deployment: Deployment, clouds: Emulated, bucket: Any
) -> None:
    stack = deployment["network"]
    clouds.azure_faults({"type": VNET, "operation": "create", "hold": True})
    with stack.start("apply", "-auto-approve", "-input=false") as process:
        clouds.until_on_azure(VNET, "Creating", process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert any(key.endswith(".tflock") for key in _keys(bucket))
    said = stack.apply(code=1)
    assert LOCKED in said
    held = re.search(r"ID: +([0-9a-f-]{36}) .*Who: +\S+@\S+ .*Created: +\S+", said)
    assert held, said
    clouds.no_faults()
    stack.run("force-unlock", "-force", held[1])
    # State in S3 is written every twenty seconds and at the end: what was made since is in the cloud alone.
    assert "already exists" in stack.apply(code=1)
    group, *_ = [r for r in clouds.on_azure() if r["type"] == "azurerm_resource_group"]
    known = {a["id"] for a in stack.resources().values()}
    config = stack.config["resource"]
    for found in clouds.on_azure():
        for block, body in config.get(found["type"], {}).items():
            if body["name"] == found["attributes"]["name"] and found["id"] not in known:
                stack.run("import", "-input=false", f"{found['type']}.{block}", found["id"])
    stack.apply()
    stack.unchanged()
    assert [r["id"] for r in clouds.on_azure() if r["type"] == "azurerm_resource_group"] == [group["id"]]
    assert not any(key.endswith(".tflock") for key in _keys(bucket))
    stack.destroy()
    assert clouds.on_azure() == []


def test_of_two_deployments_at_once_one_waits_or_says_who_has_the_lock(
    deployment: Deployment, deploy: Any, clouds: Emulated
) -> None:
    mine, theirs = deployment["network"], deploy(TOPOLOGY)["network"]
    theirs.run("init", "-input=false")
    clouds.azure_faults({"type": VNET, "operation": "create", "hold": True})
    with mine.start("apply", "-auto-approve", "-input=false") as process:
        clouds.until_on_azure(VNET, "Creating", process)
        said = theirs.apply(code=1)
        assert LOCKED in said
        assert "terraform force-unlock" not in said
        with theirs.start("apply", "-auto-approve", "-input=false", f"-lock-timeout={FOR_EVER}s") as waiting:
            # Terraform says nothing while it waits for a lock: it has asked AWS for it once more than before.
            asked = clouds.calls()["PutObject"]
            until(lambda: clouds.calls()["PutObject"] > asked, by=waiting)
            clouds.no_faults()
            waited, _ = waiting.communicate()
            assert waiting.returncode == 0, waited
        process.communicate()
        assert process.returncode == 0
    assert "0 added, 0 changed, 0 destroyed" in waited
    assert len([r for r in clouds.on_azure() if r["type"] == VNET]) == 1
    theirs.unchanged()
    mine.destroy()
    assert clouds.on_azure() == []
