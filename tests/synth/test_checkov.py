"""checkov finds nothing in any example, nor in the bootstrap of state, but what `checkov.yaml` names with a reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from isthmus.plan.state_home import AzurermHome, Home, S3Home
from isthmus.plan.types import StorageAccess
from tests.needs import unavailable
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tools import checkov

Json = dict[str, Any]

# A bucket that anyone may write to: a run that does not find this finds nothing.
OPEN = {
    "resource": {
        "aws_s3_bucket": {"open": {"bucket": "open"}},
        "aws_s3_bucket_acl": {"open": {"bucket": "${aws_s3_bucket.open.id}", "acl": "public-read-write"}},
    }
}
OTHERS = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/others/providers"
HOMES: tuple[Home, ...] = (
    S3Home(bucket="checked", region="eu-central-1", kms_key_id=None, access_log_bucket=None, tags={}),
    S3Home(bucket="closed", region="eu-central-1", kms_key_id="alias/tfstate", access_log_bucket="logs", tags={}),
    AzurermHome(
        resource_group="checked",
        location="germanywestcentral",
        storage_account="checked",
        container="tfstate",
        replication="ZRS",
        access=StorageAccess(),
        tags={},
    ),
    AzurermHome(
        resource_group="closed",
        location="germanywestcentral",
        storage_account="closed",
        container="tfstate",
        replication="GZRS",
        access=StorageAccess(
            ip_ranges=("203.0.113.0/28",),
            log_workspace_id=f"{OTHERS}/Microsoft.OperationalInsights/workspaces/logs",
            key_id="https://acme.vault.azure.net/keys/tfstate",
            identity_id=f"{OTHERS}/Microsoft.ManagedIdentity/userAssignedIdentities/tfstate",
        ),
        tags={},
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A failed check of a resource or data source."""

    check: str
    title: str
    stack: str
    type: str
    name: str

    def __str__(self) -> str:
        return f"{self.check} ({self.title}): {self.stack}: {self.type}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A finding that stays, and why."""

    check: str
    type: str
    reason: str
    stacks: tuple[str, ...] = ("*",)

    def covers(self, finding: Finding) -> bool:
        return (self.check, self.type) == (finding.check, finding.type) and any(
            fnmatch(finding.stack, pattern) for pattern in self.stacks
        )


def waivers() -> list[Waiver]:
    entries = yaml.safe_load(Path(__file__).with_name("checkov.yaml").read_text(encoding="utf-8"))
    return [Waiver(**{**entry, "stacks": tuple(entry.get("stacks", ["*"]))}) for entry in entries]


def unwaived(findings: Sequence[Finding], entries: Sequence[Waiver]) -> list[str]:
    return sorted(str(f) for f in findings if not any(entry.covers(f) for entry in entries))


def unused(findings: Sequence[Finding], entries: Sequence[Waiver]) -> list[Waiver]:
    return [entry for entry in entries if not any(entry.covers(f) for f in findings)]


@pytest.fixture(scope="module")
def findings(synthesized: Synthesized, tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What one run finds in all of them."""
    from stacks.state_home import synthesize

    if reason := checkov.missing():
        unavailable(reason)
    folder = tmp_path_factory.mktemp("checkov")
    stacks = {stack: body for example in EXAMPLES for stack, body in synthesized.stacks(example).items()}
    for home in HOMES:
        file = synthesize(home, tmp_path_factory.mktemp("home"), adopt={})
        stacks[home.stack] = json.loads(file.read_text(encoding="utf-8"))
    for stack, body in {**stacks, "open": OPEN}.items():
        # checkov cannot read a file whose block `terraform` has a text in it, such as required_version.
        read = {key: value for key, value in body.items() if key != "terraform"}
        (folder / stack).mkdir()
        (folder / stack / "cdk.tf.json").write_text(json.dumps(read, indent=1), encoding="utf-8")
    report = checkov.scan(folder)
    assert report["summary"]["parsing_errors"] == 0
    found = [_finding(check, stacks) for check in report["results"]["failed_checks"] if _stack(check) != "open"]
    assert any(_stack(check) == "open" for check in report["results"]["failed_checks"])
    return found


def _stack(check: Json) -> str:
    return Path(check["file_path"]).parent.name


def _finding(check: Json, stacks: dict[str, Json]) -> Finding:
    # checkov's address has the type only in some of its checks; a construct's name is its own within a stack.
    name = check["resource"].rpartition(".")[2]
    stack = _stack(check)
    [type_] = [
        type_
        for mode in ("resource", "data")
        for type_, named in stacks[stack].get(mode, {}).items()
        if name in named and (mode == "data") == check["resource"].startswith("data.")
    ]
    return Finding(check["check_id"], check["check_name"], stack, type_, name)


def test_every_finding_is_mended_or_named_with_its_reason(findings: list[Finding]) -> None:
    assert unwaived(findings, waivers()) == []


def test_every_entry_is_of_something_that_is_found(findings: list[Finding]) -> None:
    assert unused(findings, waivers()) == []


def test_a_finding_without_an_entry_and_an_entry_without_a_finding_are_told() -> None:
    finding = Finding("CKV_1", "Ensure that", "one-aws", "aws_vpc", "network")
    entry = Waiver(check="CKV_1", type="aws_vpc", stacks=("two-*",), reason="of the other")
    assert unwaived([finding], [entry]) == ["CKV_1 (Ensure that): one-aws: aws_vpc.network"]
    assert unused([finding], [entry]) == [entry]
    here = Waiver(check="CKV_1", type="aws_vpc", stacks=("one-*",), reason="of this")
    assert (unwaived([finding], [here]), unused([finding], [here])) == ([], [])
