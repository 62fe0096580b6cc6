"""Synthesis writes everything or nothing, and keeps its hands off what is not its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import stacks.synth
from constructs.crosscloud.providers import App, LocalBackend, TerraformStack
from isthmus.checks import check
from isthmus.plan import Plan
from stacks.synth import synthesize
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLE, EXAMPLES, PROJECT, contents, environment, run


@pytest.fixture
def plan() -> Plan:
    return check(EXAMPLE).plan


@pytest.fixture
def earlier(output: Path, tmp_path: Path) -> Path:
    """An output folder that an earlier synthesis has filled."""
    return Path(shutil.copytree(output, tmp_path / "cdktf.out"))


def _fails_half_way(app: App, plan: Plan) -> None:
    LocalBackend(TerraformStack(app, "half-done"), path="half-done.tfstate")
    app.synth()
    raise RuntimeError("stopped half way")


def _one_other_stack(app: App, plan: Plan) -> None:
    LocalBackend(TerraformStack(app, "other"), path="other.tfstate")


def test_what_is_returned_is_what_was_written(plan: Plan, output: Path, tmp_path: Path) -> None:
    written = synthesize(plan, tmp_path / "deep" / "down" / "out")
    assert written == sorted(p for p in (tmp_path / "deep/down/out").rglob("*") if p.is_file())
    assert contents(tmp_path / "deep" / "down" / "out") == contents(output)


def test_a_failure_leaves_the_earlier_output_as_it_was(
    plan: Plan, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(earlier.parent)
    monkeypatch.setattr(stacks.synth, "build", _fails_half_way)
    with pytest.raises(RuntimeError, match="stopped half way"):
        synthesize(plan, earlier)
    assert contents(earlier.parent) == before
    assert [p.name for p in earlier.parent.iterdir()] == ["cdktf.out"]


def test_a_failure_writes_nothing_where_nothing_was(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stacks.synth, "build", _fails_half_way)
    with pytest.raises(RuntimeError):
        synthesize(plan, tmp_path / "cdktf.out")
    assert list(tmp_path.iterdir()) == []


def test_a_stack_that_is_no_longer_planned_goes_and_what_terraform_keeps_stays(
    plan: Plan, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = earlier / "stacks" / "example-aws-fra-vpn" / ".terraform.lock.hcl"
    lock.write_text("provider", encoding="utf-8")
    note = earlier / "note.txt"
    note.write_text("mine", encoding="utf-8")
    monkeypatch.setattr(stacks.synth, "build", _one_other_stack)
    monkeypatch.setattr(stacks.synth, "readmes", lambda plan: {"other": "# other\n"})
    synthesize(plan, earlier)
    assert set(contents(earlier)) == {
        "manifest.json",
        "note.txt",
        "stacks/example-aws-fra-vpn/.terraform.lock.hcl",
        "stacks/other/README.md",
        "stacks/other/cdk.tf.json",
    }
    assert {p.name for p in (earlier / "stacks").iterdir()} == {"example-aws-fra-vpn", "other"}


def test_a_stack_that_may_be_deployed_stays_until_it_is_destroyed(
    plan: Plan, earlier: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without its configuration nobody could destroy it any more."""
    (earlier / "stacks" / "example-aws-fra-vpn" / ".terraform").mkdir()
    monkeypatch.setattr(stacks.synth, "build", _one_other_stack)
    monkeypatch.setattr(stacks.synth, "readmes", lambda plan: {})
    synthesize(plan, earlier)
    kept = {file for file in contents(earlier) if file.startswith("stacks/example")}
    assert kept == {f"stacks/example-aws-fra-vpn/{name}" for name in ("README.md", "cdk.tf.json")}
    assert "example-aws-fra-vpn is no longer planned and stays where it is" in capfd.readouterr().err


def test_a_stack_with_local_state_stays_too(plan: Plan, earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever cleaned its folder left it deployed."""
    (earlier.parent / "terraform.example-aws-fra-vpn.tfstate").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(stacks.synth, "build", _one_other_stack)
    monkeypatch.setattr(stacks.synth, "readmes", lambda plan: {})
    synthesize(plan, earlier)
    kept = {file for file in contents(earlier) if file.startswith("stacks/example")}
    assert kept == {f"stacks/example-aws-fra-vpn/{name}" for name in ("README.md", "cdk.tf.json")}


def test_what_terraform_keeps_stays_when_a_stack_is_written_again(plan: Plan, earlier: Path) -> None:
    kept = earlier / "stacks" / "example-azure-fra-network" / ".terraform" / "providers" / "azurerm"
    kept.parent.mkdir(parents=True)
    kept.write_text("binary", encoding="utf-8")
    synthesize(plan, earlier)
    assert kept.read_text(encoding="utf-8") == "binary"


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_an_output_folder_that_cannot_be_written_is_said_in_one_line(place: str, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    done = run("-m", "isthmus", "synth", EXAMPLE, "-o", tmp_path / place)
    reason = "Not a directory" if place == "taken" else "File exists"
    assert done.stderr == f"{tmp_path / place}: cannot be written ({reason}): name a folder that you may write to\n"
    assert done.returncode == 2
    assert done.stdout == ""
    assert taken.read_text(encoding="utf-8") == "a file"
    assert list(tmp_path.iterdir()) == [taken]


def test_synthesis_runs_no_other_program(synthesized: Synthesized, tmp_path: Path) -> None:
    """A program for each link would cost more than all the rest; there is nothing to be found on this PATH but a trap.

    cdktf runs `terraform version` wherever its own class for terraform_data is used, as the hub's turns might.
    """
    path, sprung = tmp_path / "bin", tmp_path / "sprung"
    path.mkdir()
    for name in ("terraform", "tofu", "git", "node", "npm", "cdktf"):
        path.joinpath(name).write_text(f"#!/bin/sh\necho {name} \"$@\" >> '{sprung}'\n", encoding="utf-8")
        path.joinpath(name).chmod(0o755)
    outdir = tmp_path / "cdktf.out"
    env = environment(PATH=str(path), ISTHMUS_TOPOLOGY=str(EXAMPLES["hub"]), CDKTF_OUTDIR=str(outdir))
    done = run(PROJECT / "main.py", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert not sprung.exists()
    assert contents(outdir) == contents(synthesized.output("hub"))


def test_one_process_gives_the_same_bytes_for_a_topology_whatever_it_synthesized_before(
    output: Path, synthesized: Synthesized
) -> None:
    for example in EXAMPLES:
        synthesized.output(example)
    assert contents(synthesized.output(EXAMPLE)) == contents(output)
