"""`isthmus state bootstrap` as far as it goes without terraform: what it says, refuses and would make."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from isthmus.checks import check
from isthmus.cli import app
from isthmus.plan.state_home import AzurermHome, S3Home, state_home

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "examples"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, ["state", "bootstrap", *map(str, args)], prog_name="isthmus")


@pytest.mark.parametrize(
    ("topology", "said"),
    [
        (
            "simple.yaml",
            "nothing to create: state is in local files next to the output folder, which terraform writes itself",
        ),
        (
            "state-cloud.yaml",
            "nothing to create: app.terraform.io keeps the state, and `terraform init` creates each workspace",
        ),
    ],
)
def test_where_nothing_is_to_be_made_it_says_why(topology: str, said: str) -> None:
    done = run(EXAMPLES / topology)
    assert (done.exit_code, done.stdout) == (0, f"{said}\n")
    assert json.loads(run(EXAMPLES / topology, "--json").stdout) == {"made": False, "reason": said}


def test_a_dry_run_says_what_it_would_make_and_makes_nothing(tmp_path: Path) -> None:
    done = run(EXAMPLES / "state-s3.yaml", "--dry-run", "--adopt", "bucket", "--output", tmp_path / "state")
    assert done.exit_code == 0
    assert "acme-tfstate in eu-central-1; never destroyed by terraform" in done.stdout
    assert "with the KMS key alias/tfstate" in done.stdout
    assert "bucket: acme-tfstate" in done.stdout
    assert list(tmp_path.iterdir()) == []
    said = json.loads(run(EXAMPLES / "state-azurerm.yaml", "--dry-run", "--json", "--location", "westeurope").stdout)
    assert (said["home"]["location"], said["home"]["replication"]) == ("westeurope", "ZRS")


@pytest.mark.parametrize(
    ("topology", "arguments", "said"),
    [
        ("state-s3", ["--adopt", "container"], "--adopt: 'container' cannot be adopted here: write one of bucket\n"),
        ("state-azurerm", ["--location", "westerope"], "--location: 'westerope' is not an Azure region"),
        ("state-azurerm", ["--replication", "RAID"], "--replication: 'RAID' is not known: write one of LRS, ZRS"),
        ("state-azurerm", ["--adopt", "container"], "--adopt: set ARM_SUBSCRIPTION_ID"),
    ],
)
def test_what_cannot_be_is_refused(
    topology: str, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARM_SUBSCRIPTION_ID", raising=False)
    done = run(EXAMPLES / f"{topology}.yaml", *arguments, "--dry-run")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(said)


def test_the_binary_named_is_the_one_that_is_missed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run(EXAMPLES / "state-s3.yaml", "--yes")
    assert done.exit_code == 1
    assert done.stderr.startswith("tofu is not on PATH: install ")


def test_nobody_is_asked_where_nobody_can_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    terraform = tmp_path / "terraform"
    terraform.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    terraform.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TERRAFORM_BINARY_NAME", raising=False)
    done = run(EXAMPLES / "state-s3.yaml", "--output", tmp_path / "state")
    assert done.exit_code == 2
    assert done.stderr == "there is no terminal to ask for confirmation: check with --dry-run, then add --yes\n"
    assert not (tmp_path / "state").exists()


def test_a_place_is_named_after_what_it_is_and_not_after_the_deployment() -> None:
    s3 = state_home(check(EXAMPLES / "state-s3.yaml").plan)
    azurerm = state_home(check(EXAMPLES / "state-azurerm.yaml").plan, replication="LRS")
    assert isinstance(s3, S3Home)
    assert isinstance(azurerm, AzurermHome)
    assert (s3.stack, azurerm.stack) == ("state-s3-acme-tfstate", "state-azurerm-acmetfstate-tfstate")
    assert s3.tags == azurerm.tags == {"isthmus": "state"}
    assert azurerm.location == "germanywestcentral"
