"""The policies of examples/permissions: as generated, sound to a linter, and without keys for who only reads."""

from __future__ import annotations

import re
import warnings
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from isthmus.checks import check
from isthmus.plan import Plan
from isthmus.plan.order import steps
from isthmus.plan.types import S3State
from tools import permissions

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "examples" / "permissions"
EXAMPLES = sorted((PROJECT / "examples").glob("*.yaml"))
Json = dict[str, Any]

every_example = pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)


def plan(example: str) -> Plan:
    return check(PROJECT / "examples" / f"{example}.yaml").plan


def test_the_committed_files_are_as_generated() -> None:
    aws, azure = permissions.files(plan("state-s3")), permissions.files(plan("state-azurerm"))
    wanted = {name: (aws if name.startswith("aws") else azure)[name] for name in sorted(aws | azure)}
    found = {file.name: file.read_text(encoding="utf-8") for file in sorted(FOLDER.iterdir())}
    assert found == wanted, "run `make docs`"


@every_example
def test_a_linter_finds_nothing(file: Path) -> None:
    with warnings.catch_warnings():
        # Of the linter itself: it imports what setuptools is about to drop.
        warnings.simplefilter("ignore")
        import parliament
    for name, text in permissions.files(check(file).plan).items():
        if name.startswith("aws"):
            found = parliament.analyze_policy_string(text).findings
            assert [(name, f.issue, f.detail) for f in found if not _known(f.issue, str(f.detail))] == []


def _known(issue: str, detail: str) -> bool:
    """The other resource of such an action has the deployment's tag, and is allowed by the statement "Change"."""
    return issue == "RESOURCE_MISMATCH" and all(name in permissions.TYING for name in re.findall(r"ec2:\w+", detail))


def test_the_linter_finds_what_is_wrong() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import parliament
    text = permissions.files(plan("state-s3"))["aws-deploy.json"].replace("ec2:CreateVpc", "ec2:CreateVcp")
    assert [f.issue for f in parliament.analyze_policy_string(text).findings]


@every_example
def test_a_policy_fits_into_one_of_iam(file: Path) -> None:
    """A managed policy has 6,144 characters, without white space."""
    sizes = {name: len("".join(text.split())) for name, text in permissions.files(check(file).plan).items()}
    assert {name: size for name, size in sizes.items() if name.startswith("aws") and size > 6144} == {}


@every_example
def test_nothing_is_allowed_by_pattern_of_names(file: Path) -> None:
    for policy in permissions.aws_policies(check(file).plan).values():
        actions = [action for statement in policy["Statement"] for action in statement["Action"]]
        assert {s["Effect"] for s in policy["Statement"] if s["Sid"] != "NoOtherRouteTable"} == {"Allow"}
        assert [action for action in actions if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action)] == []
        # On everything only with a condition.
        assert [s["Sid"] for s in policy["Statement"] if s.get("Resource") == "*" and "Condition" not in s] == []
        sids = [s["Sid"] for s in policy["Statement"]]
        assert len(set(sids)) == len(sids)
    for role in permissions.azure_roles(check(file).plan).values():
        actions = [*role["Actions"], *role["DataActions"]]
        assert [a for a in actions if not re.fullmatch(r"Microsoft\.[A-Za-z]+(/[A-Za-z]+)+", a)] == []
        assert not role["NotActions"]
        assert not role["NotDataActions"]
        # Nobody gives rights to anybody, and nothing is registered.
        assert not [a for a in actions if a.startswith("Microsoft.Authorization") or a.endswith("register/action")]


@every_example
def test_who_only_reads_writes_nothing_and_sees_no_key(file: Path) -> None:
    policies, roles = permissions.aws_policies(check(file).plan), permissions.azure_roles(check(file).plan)
    for name in ("aws-read.json", "aws-read-keys.json"):
        actions = [action for s in policies[name]["Statement"] for action in s["Action"]]
        reading = re.compile(r"[a-z0-9]+:(Describe|Get|List)\w+|kms:Decrypt")
        assert [action for action in actions if not reading.fullmatch(action)] == []
    read = {action for s in policies["aws-read.json"]["Statement"] for action in s["Action"]}
    assert not read & {"ec2:DescribeVpnConnections", "secretsmanager:GetSecretValue", "sts:AssumeRole"}
    written = [a for a in roles["azure-read.json"]["Actions"] if not a.endswith("/read")]
    # The keys of a workspace for logs, which azurerm reads with it; none of a tunnel.
    assert written == ["Microsoft.OperationalInsights/workspaces/sharedKeys/action"]
    assert not [a for a in roles["azure-read.json"]["Actions"] if "connections/sharedKey" in a]


def test_who_only_reads_has_the_states_without_keys_and_no_other() -> None:
    found = plan("state-s3")
    state = found.state
    assert isinstance(state, S3State)
    policies = permissions.aws_policies(found)

    def readable(file: str) -> set[str]:
        arns = [
            arn
            for s in policies[file]["Statement"]
            if "s3:GetObject" in s["Action"]
            for arn in ([s["Resource"]] if isinstance(s["Resource"], str) else s["Resource"])
        ]
        objects = {step.stack: f"arn:aws:s3:::{state.bucket}/{state.key(step.stack)}" for step in steps(found)}
        return {stack for stack, arn in objects.items() if any(fnmatchcase(arn, pattern) for pattern in arns)}

    with_keys = {step.stack for step in steps(found) if step.keys}
    assert with_keys
    assert readable("aws-read.json") == {step.stack for step in steps(found)} - with_keys
    assert readable("aws-read-keys.json") == with_keys
    # It adds to the other two.
    assert readable("aws-deploy.json") == set()
    condition = permissions.blob_condition(plan("state-azurerm"))
    assert condition is not None
    for step in steps(plan("state-azurerm")):
        assert (f"'network/state-azurerm/{step.stack}.tfstate'" in condition) is not bool(step.keys)


def test_what_is_adopted_may_be_tied_to_and_not_deleted() -> None:
    policy = permissions.aws_policies(plan("adopted"))["aws-deploy.json"]
    [statement] = [s for s in policy["Statement"] if s["Sid"] == "TieToAdopted"]
    assert "arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-0a1b2c3d4e5f67890" in statement["Resource"]
    assert (
        "arn:aws:ec2:eu-central-1:111122223333:transit-gateway-route-table/tgw-rtb-0a1b2c3d4e5f67890"
        in (statement["Resource"])
    )
    assert [a for a in statement["Action"] if "Delete" in a] == ["ec2:DeleteRoute"]


@every_example
def test_patterns_hold_what_the_deployment_makes(file: Path) -> None:
    found = check(file).plan
    for site in found.aws:
        if site.monitoring:
            assert site.monitoring.log_group.startswith(f"/aws/vendedlogs/{found.name}-")
            assert site.monitoring.topic.startswith(f"{found.name}-")
        assert site.tags["isthmus"] == found.name
    alarms = [alarm.name for link in found.links for connection in link.connections for alarm in connection.alarms]
    assert [name for name in alarms if not name.startswith(f"{found.name}-")] == []


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--account", "12"], "'12' is not an AWS account: write its twelve digits"),
        (["--subscription", "x"], "'x' is not a subscription id"),
    ],
)
def test_bad_input_is_refused(option: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        permissions.main([str(PROJECT / "isthmus.yaml"), "--to", str(tmp_path), *option])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_refused_topology_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("name: Bad\n", encoding="utf-8")
    assert permissions.main([str(file), "--to", str(tmp_path / "out")]) == 2
    assert "bad.yaml:1: name:" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_who_deploys_may_make_locks_only_where_the_topology_wants_them() -> None:
    from isthmus.checks import check_loaded
    from isthmus.topology import loads

    text = (PROJECT / "examples" / "simple.yaml").read_text(encoding="utf-8")
    allowed = {}
    for wanted in ("true", "false"):
        locked = check_loaded(loads(f"{text}\nazure_locks: {wanted}\n")).plan
        actions = permissions.azure_roles(locked)["azure-deploy.json"]["Actions"]
        allowed[wanted] = [a for a in actions if "/locks/" in a]
    locks = [f"Microsoft.Authorization/locks/{verb}" for verb in ("delete", "read", "write")]
    assert allowed == {"true": locks, "false": []}
