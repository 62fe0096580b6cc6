"""The real terraform and the real AWS provider accept the AWS stacks."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.synth.terraform_json import Stacks, at
from tools import terraform


def _verdict(stack: Path, folder: Path) -> terraform.Verdict:
    try:
        return terraform.validate(stack, folder)
    except terraform.UnavailableError as error:
        # Where the tests decide what is merged, an untested stack must not look like a good one.
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must validate: {error}")
        pytest.skip(str(error))


def _written(stacks: Stacks, name: str, folder: Path) -> Path:
    stack = folder / "stacks" / name
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps(stacks[name]), encoding="utf-8")
    return stack


def _of_aws(stacks: Stacks) -> list[str]:
    return [name for name, config in stacks.items() if set(config["terraform"]["required_providers"]) == {"aws"}]


def test_terraform_accepts_the_aws_stacks(stacks: Stacks, output: Path, tmp_path: Path) -> None:
    names = _of_aws(stacks)
    assert names == ["example-aws-fra-vpn"]
    for name in names:
        verdict = _verdict(output / "stacks" / name, tmp_path / name)
        assert verdict.valid, verdict.text


def test_terraform_accepts_a_four_byte_asn_and_every_proposal(mesh: Stacks, tmp_path: Path) -> None:
    for name in _of_aws(mesh):
        verdict = _verdict(_written(mesh, name, tmp_path), tmp_path / name)
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
    verdict = _verdict(_written(stacks, block.stack, tmp_path), tmp_path / "work")
    assert not verdict.valid
    assert said in verdict.text


def test_a_stack_that_cannot_be_validated_fails_in_ci_and_is_skipped_elsewhere(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "no-such-terraform")
    stack = output / "stacks" / "example-aws-fra-vpn"
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI must validate: no-such-terraform is not on PATH"):
        _verdict(stack, tmp_path)
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no-such-terraform is not on PATH"):
        _verdict(stack, tmp_path)
