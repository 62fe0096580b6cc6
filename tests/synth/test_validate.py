"""The real terraform and the real AWS provider accept the AWS stacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from tests.needs import unavailable
from tests.synth.inside import Synthesized
from tests.synth.older_provider import FIXED_KEY, for_5_100
from tests.synth.program import DATA, EXAMPLES
from tests.synth.terraform_json import Json, Stacks, at, strings
from tests.synth.topologies import KINDS
from tools import terraform

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

Verdicts = dict[str, list[Future[terraform.Verdict]]]


def _verdict(stack: Path, folder: Path) -> terraform.Verdict:
    try:
        return terraform.validate(stack, folder)
    except terraform.UnavailableError as error:
        unavailable(error)


def _written(config: Json, name: str, folder: Path) -> Path:
    stack = folder / "stacks" / name
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps(config), encoding="utf-8")
    return stack


def _of_aws(stacks: Stacks) -> list[str]:
    return [name for name, config in stacks.items() if "aws" in config["terraform"]["required_providers"]]


@pytest.fixture(scope="module")
def verdicts(synthesized: Synthesized, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdicts]:
    """What terraform says of every AWS stack of each topology; two at a time, since each takes seconds."""
    folder = tmp_path_factory.mktemp("validate")
    without_random = terraform.mirrored("random") is None
    with ThreadPoolExecutor(2) as workers:
        found: Verdicts = {}
        for number, (name, topology) in enumerate(TOPOLOGIES.items()):
            stacks = synthesized.stacks(topology)
            for stack in _of_aws(stacks):
                written = _written(for_5_100(stacks[stack], without_random=without_random), stack, folder / f"{number}")
                work = folder / f"{number}" / "work" / stack
                found.setdefault(name, []).append(workers.submit(terraform.validate, written, work))
        yield found
        workers.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_terraform_accepts_every_aws_stack(verdicts: Verdicts, name: str) -> None:
    assert verdicts[name]
    for future in verdicts[name]:
        try:
            verdict = future.result()
        except terraform.UnavailableError as error:
            unavailable(error)
        assert verdict.valid, verdict.text


def test_every_aws_site_of_the_examples_has_a_stack_that_is_looked_at(synthesized: Synthesized) -> None:
    for example, file in EXAMPLES.items():
        assert len(_of_aws(synthesized.stacks(example))) == len(yaml.safe_load(file.read_text("utf-8"))["aws"])


def test_only_what_the_older_provider_lacks_is_taken_out(synthesized: Synthesized) -> None:
    for example in EXAMPLES:
        stacks = synthesized.stacks(example)
        for name in _of_aws(stacks):
            config, random = stacks[name], "random" in stacks[name]["provider"]
            wanted = example in ("complete", "tgw-large")
            assert (for_5_100(config, without_random=False) != config) is wanted
            rewritten = for_5_100(config, without_random=True)
            keys = [text for text in strings(rewritten) if FIXED_KEY in text]
            # Four arguments, each after the letter, and four outputs.
            assert sorted(keys) == sorted([FIXED_KEY] * 4 + [f"k{FIXED_KEY}"] * 4 if random else [])
            assert not any("random_password." in text for text in strings(rewritten.get("resource")))


def test_terraform_accepts_the_aws_stacks(stacks: Stacks, output: Path, tmp_path: Path) -> None:
    names = _of_aws(stacks)
    assert names == ["example-aws-fra-vpn"]
    for name in names:
        verdict = _verdict(output / "stacks" / name, tmp_path / name)
        assert verdict.valid, verdict.text


@pytest.mark.parametrize(
    ("argument", "value", "said"),
    [
        # The first block of the range is one that AWS keeps to itself.
        ("tunnel1_inside_cidr", "169.254.0.0/30", "tunnel1_inside_cidr"),
        ("tunnel1_startup_action", "restart", "tunnel1_startup_action"),
        ("tunnel1_dpd_seconds", 45, "tunnel1_dpd_seconds"),
    ],
)
def test_terraform_refuses_what_aws_would_refuse(
    stacks: Stacks, tmp_path: Path, argument: str, value: object, said: str
) -> None:
    block = at(stacks, "to-fra/i0/connection")
    block.body[argument] = value
    verdict = _verdict(_written(stacks[block.stack], block.stack, tmp_path), tmp_path / "work")
    assert not verdict.valid
    assert said in verdict.text


def test_a_stack_that_cannot_be_validated_fails_in_ci_and_is_skipped_elsewhere(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "no-such-terraform")
    stack = output / "stacks" / "example-aws-fra-vpn"
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI must run this: no-such-terraform is not on PATH"):
        _verdict(stack, tmp_path)
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no-such-terraform is not on PATH"):
        _verdict(stack, tmp_path)
