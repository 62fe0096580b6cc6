"""What the jobs of examples/pipelines run, on emulated clouds: plans before, while and after something is deployed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import Any

import pytest

from isthmus.pipeline.comment import comment
from tests.deploy.conftest import UP, Deploy
from tests.deploy.deployment import Deployment
from tests.deploy.emulated import Emulated
from tests.synth.program import PROJECT

Json = dict[str, Any]


class Jobs:
    """The commands of a pipeline in the place of a deployment."""

    def __init__(self, deployment: Deployment, folder: Path) -> None:
        self.deployment = deployment
        self.report = folder / "report"
        self._topology = folder / "mine.yaml"
        self._topology.write_text(UP, encoding="utf-8")

    def plan(self, keys: str = "all", out: str = "plan.json") -> CompletedProcess[str]:
        words = ["plan", "--keys", keys, "--folder", str(self.deployment.output), "--out", str(self.report / out)]
        return run(
            [sys.executable, "-m", "isthmus", "pipeline", *words],
            cwd=PROJECT,
            env={**self.deployment.environ, "ISTHMUS_TOPOLOGY": str(self._topology)},
            capture_output=True,
            text=True,
            check=False,
        )

    def found(self, out: str = "plan.json") -> dict[str, Json]:
        """What the last plan wrote, by the end of the stack's name."""
        planned = json.loads((self.report / out).read_text(encoding="utf-8"))
        return {one["stack"].removeprefix("up-"): one for one in planned}

    def statuses(self, out: str = "plan.json") -> dict[str, str]:
        return {name: one["status"] for name, one in self.found(out).items()}


@pytest.fixture(scope="module")
def jobs(deploy: Deploy, tmp_path_factory: pytest.TempPathFactory) -> Jobs:
    return Jobs(deploy(UP), tmp_path_factory.mktemp("jobs"))


@pytest.fixture(autouse=True)
def _no_faults(clouds: Emulated) -> Iterator[None]:
    yield
    clouds.no_faults()


def test_before_the_first_deployment_only_the_first_stacks_can_be_planned(jobs: Jobs) -> None:
    done = jobs.plan()
    assert done.returncode == 0, done.stdout
    network, *others = jobs.found().values()
    # The AWS site refers to no other stack.
    others = [one for one in others if not one["stack"].endswith("-vpn")]
    assert len(others) == 3
    assert (network["stack"], network["status"]) == ("up-azure-fra-network", "changes")
    assert {action for action, _ in network["changes"]} == {"create"}
    assert "azurerm_virtual_network" in {address.partition(".")[0] for _, address in network["changes"]}
    assert {one["status"] for one in others} == {"waits"}
    assert all(one["waits_for"] for one in others)


def test_what_is_deployed_has_no_changes_and_what_follows_is_planned(jobs: Jobs, clouds: Emulated) -> None:
    jobs.deployment["-azure-fra-network"].apply()
    done = jobs.plan()
    assert done.returncode == 0, done.stdout
    statuses = jobs.statuses()
    assert statuses["azure-fra-network"] == "unchanged"
    assert statuses["azure-fra-gateway"] == "changes"
    assert statuses["azure-fra-connections"] == "waits"
    # Nothing was locked, and no plan is left that would have the keys in clear.
    assert not list(jobs.deployment.output.rglob("*tfplan*"))


def test_a_plan_that_fails_fails_the_job(jobs: Jobs, clouds: Emulated) -> None:
    """Unlike one that has to wait: the difference is told from the states, not from what terraform says."""
    refused = {"code": "AuthorizationFailed", "message": "The client does not have authorization.", "status": 403}
    clouds.azure_faults({"type": "azurerm_virtual_network", "operation": "read", "error": refused})
    done = jobs.plan()
    assert done.returncode == 1
    assert jobs.statuses()["azure-fra-network"] == "failed"
    assert "| " in done.stdout
    assert "AuthorizationFailed" in done.stdout
    # The others are planned all the same, so that one run shows all that is wrong.
    assert jobs.statuses()["azure-fra-gateway"] == "changes"
    assert "**the plan failed**" in comment(jobs.report)


def test_a_broken_configuration_fails_the_job(jobs: Jobs) -> None:
    stack = jobs.deployment["-azure-fra-gateway"]
    before = stack.config
    stack.write({**before, "resource": {"azurerm_no_such_thing": {"x": {}}}})
    try:
        done = jobs.plan()
    finally:
        stack.write(before)
    assert done.returncode == 1
    assert jobs.statuses()["azure-fra-gateway"] == "failed"
    assert jobs.statuses()["azure-fra-network"] == "unchanged"


def test_the_role_without_keys_touches_no_state_that_holds_them(jobs: Jobs) -> None:
    done = jobs.plan("without")
    assert done.returncode == 0, done.stdout
    statuses = jobs.statuses()
    assert statuses["azure-fra-network"] == "unchanged"
    assert statuses["azure-fra-connections"] == "keys"
    assert "keys" in statuses.values()
    with_keys = {name for name, status in statuses.items() if status == "keys"}
    done = jobs.plan("only", "plan-keys.json")
    assert done.returncode == 0, done.stdout
    assert jobs.statuses("plan-keys.json").keys() == with_keys
    body = comment(jobs.report)
    # What needs a reviewer takes the place of what was left out.
    assert "its state holds pre-shared keys" not in body
    assert body.count("| `up-") == len(statuses)
