"""The real terraform accepts every stack: those of AWS with the real provider, the others with its stand-in."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from emulate import terraform
from tests.deploy.emulated import emulated
from tests.needs import terraform_with_aws
from tests.synth.inside import Synthesized
from tests.synth.program import DATA, EXAMPLES, environment
from tests.synth.stacks import Json, Stacks, at
from tests.synth.topologies import KINDS

# Kinds of links that differ on AWS from all the examples.
OTHER_KINDS = (
    "static on a transit gateway",
    "static to an adopted transit gateway",
    "accelerated",
    "legacy proposal",
    "adopted VGW on a made VPC",
    "adopted TGW with its own defaults",
)
TOPOLOGIES: dict[str, Path | str] = {
    **{name: name for name in EXAMPLES},
    **{kind: KINDS[kind] for kind in OTHER_KINDS},
    "a four-byte ASN and every proposal": DATA / "mesh.yaml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What ``terraform validate`` said of a stack."""

    valid: bool
    text: str


Verdicts = dict[str, dict[str, Future[Verdict]]]


def _validated(config: Json, folder: Path, environ: Mapping[str, str]) -> Verdict:
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(config), encoding="utf-8")
    said = ""
    for command in (["init", "-backend=false", "-input=false"], ["validate"]):
        words = [terraform.binary(), command[0], "-no-color", *command[1:]]
        done = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, check=False)
        said = (done.stdout + done.stderr).strip()
        if done.returncode:
            return Verdict(valid=False, text=said)
    return Verdict(valid=True, text=said)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What leads terraform to the real AWS provider and to what stands for the others, each started once."""
    terraform_with_aws()
    with emulated(tmp_path_factory.mktemp("clouds")) as clouds:
        yield {**environment(), **clouds.variables}


@pytest.fixture(scope="module")
def verdicts(
    synthesized: Synthesized, environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Verdicts]:
    """What terraform says of every stack of each topology, two at a time."""
    folder = tmp_path_factory.mktemp("validate")
    with ThreadPoolExecutor(2) as workers:
        yield {
            name: {
                stack: workers.submit(_validated, config, folder / f"{number}" / stack, environ)
                for stack, config in synthesized.stacks(topology).items()
            }
            for number, (name, topology) in enumerate(TOPOLOGIES.items())
        }
        workers.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_terraform_accepts_every_stack(verdicts: Verdicts, name: str) -> None:
    assert verdicts[name]
    for stack, future in verdicts[name].items():
        verdict = future.result()
        assert verdict.valid, f"{stack}: {verdict.text}"


def test_every_site_of_the_examples_has_a_stack_that_is_looked_at(synthesized: Synthesized) -> None:
    for example, file in EXAMPLES.items():
        sites = yaml.safe_load(file.read_text("utf-8"))
        providers = [config["terraform"]["required_providers"] for config in synthesized.stacks(example).values()]
        links = len(synthesized.plan(example).links)
        assert len([p for p in providers if "aws" in p]) == len(sites["aws"]) + links
        assert len([p for p in providers if "azurerm" in p]) == 3 * len(sites["azure"])


@pytest.mark.parametrize(
    ("argument", "value", "said"),
    [
        # The first block of the range is one that AWS keeps to itself.
        ("tunnel1_inside_cidr", "169.254.0.0/30", "tunnel1_inside_cidr"),
        ("tunnel1_startup_action", "restart", "tunnel1_startup_action"),
        ("tunnel1_dpd_seconds", 45, "tunnel1_dpd_seconds"),
        ("tunnel_bandwidth", "huge", "tunnel_bandwidth"),
    ],
)
def test_terraform_refuses_what_aws_would_refuse(
    stacks: Stacks, environ: dict[str, str], tmp_path: Path, argument: str, value: object, said: str
) -> None:
    block = at(stacks, "to-fra/i0/connection")
    block.body[argument] = value
    verdict = _validated(stacks[block.stack], tmp_path / "work", environ)
    assert not verdict.valid
    assert said in verdict.text


def test_what_cannot_be_validated_fails_in_ci_and_is_skipped_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "no-such-terraform")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI must run this: no-such-terraform is not on PATH"):
        terraform_with_aws()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no-such-terraform is not on PATH"):
        terraform_with_aws()
