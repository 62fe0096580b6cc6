"""Emulated runs of terraform leave nothing where a real run looks, whatever ends them and when."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulate import runs
from emulate.environment import AWS_PROVIDER
from tests.needs import terraform_with_aws
from tests.synth.program import CDKTF, PROJECT, environment
from tests.waiting import until

COMMAND = [sys.executable, "-m", "isthmus", "emulate"]
FAKE = """\
#!/bin/sh
mkdir -p .terraform && echo stand-in > .terraform.lock.hcl && echo $0 > .terraform/providers
[ "$1" = plan ] && echo emulated > tfplan
env > .terraform/environment
for word in "$@"; do echo "$word"; done
cat *.tf tfplan 2> /dev/null; true
"""


def contents(folder: Path) -> dict[str, Any]:
    """Everything below ``folder``: the bytes of each file, the target of each link."""
    return {
        str(path.relative_to(folder)): path.readlink() if path.is_symlink() else path.is_file() and path.read_bytes()
        for path in folder.rglob("*")
    }


class Clouds:
    """A clouds' folder with a program in it that starts ``FAKE`` in place of terraform."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clouds"
        self.fake = folder / "fake"
        self.fake.write_text(FAKE, encoding="utf-8")
        self.fake.chmod(0o755)
        runs.write(self.folder, {"terraform": str(self.fake)}, {"SAID": "by the clouds"}, ("TF_DATA_DIR",))

    def run(self, here: Path, *arguments: str, **variables: str) -> str:
        done = subprocess.run(
            [self.folder / "bin" / "terraform", *arguments],
            cwd=here,
            env=environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def override(self, here: Path) -> Any:
        self.run(here, "plan")
        file = runs.place(self.folder, here) / "zzz_emulated_override.tf.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


@pytest.fixture
def clouds(tmp_path: Path) -> Clouds:
    return Clouds(tmp_path)


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    made = tmp_path / "a prøject" / "cdktf.out" / "stacks" / "x"
    made.mkdir(parents=True)
    (made / "main.tf").write_text("# one\n", encoding="utf-8")
    return made


def test_terraform_works_on_a_copy(clouds: Clouds, stack: Path) -> None:
    real = {".terraform.lock.hcl": "real", "terraform.tfstate": "real", ".terraform/modules": "real", "a/b.txt": "b"}
    for name, text in real.items():
        (stack / name).parent.mkdir(exist_ok=True)
        (stack / name).write_text(text, encoding="utf-8")
    before = contents(stack)
    said = clouds.run(stack, "plan", "-out=tfplan", TF_DATA_DIR=str(stack / "data"))
    assert said == "plan\n-out=tfplan\n# one\nemulated\n"
    assert contents(stack) == before
    working = runs.place(clouds.folder, stack)
    assert sorted(path.name for path in working.iterdir()) == [
        ".copied.json", ".terraform", ".terraform.lock.hcl", "a", "main.tf", "tfplan"
    ]  # fmt: skip
    environ = (working / ".terraform" / "environment").read_text(encoding="utf-8").splitlines()
    assert {"SAID=by the clouds", f"PWD={working}"} < set(environ)
    assert not [line for line in environ if line.startswith("TF_DATA_DIR=")]
    # States and plans hold keys.
    assert (working / "tfplan").stat().st_mode & 0o077 == 0


def test_the_copy_follows_the_configuration_and_keeps_what_terraform_wrote(clouds: Clouds, stack: Path) -> None:
    (stack / "tfplan").write_text("of a real run", encoding="utf-8")
    (stack / "second.tf").write_text("# two\n", encoding="utf-8")
    assert clouds.run(stack, "plan").endswith("# one\n# two\nemulated\n")
    (stack / "main.tf").write_text("# changed\n", encoding="utf-8")
    (stack / "second.tf").unlink()
    assert clouds.run(stack, "apply").endswith("# changed\nemulated\n")


def test_it_may_be_told_another_folder(clouds: Clouds, stack: Path, tmp_path: Path) -> None:
    assert clouds.run(tmp_path, f"-chdir={stack.relative_to(tmp_path)}", "plan") == "plan\n# one\nemulated\n"
    assert runs.place(clouds.folder, stack).joinpath("tfplan").exists()
    # Whoever goes there by himself stays there.
    assert clouds.run(runs.place(clouds.folder, stack), "show").startswith("show\n")
    assert not runs.place(clouds.folder, clouds.folder).exists()


def test_what_formats_files_formats_those_of_the_user(clouds: Clouds, stack: Path) -> None:
    clouds.run(stack, "fmt")
    assert not runs.place(clouds.folder, stack).exists()


def test_modules_beside_the_stack_come_along_and_the_clouds_own_folder_does_not(clouds: Clouds, tmp_path: Path) -> None:
    for name, text in {
        "main.tf": 'module "a" {\n  source = "../modules/a"\n}\n',
        "../modules/a/main.tf": 'module "b" {\n  source = "./../b"\n}\n',
        "../modules/b/b.tf.json": '{"module": {"c": {"source": "../../top"}}}',
        "../top/main.tf": 'module "self" {\n  source = "../first/./../top"\n}\n',
    }.items():
        file = tmp_path / "first" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "first" / "loop").symlink_to(tmp_path)
    clouds.run(tmp_path / "first", "init")
    copied = runs.place(clouds.folder, tmp_path)
    assert all((copied / name).is_file() for name in ("modules/a/main.tf", "modules/b/b.tf.json", "top/main.tf"))
    assert not list(copied.rglob("terraform.json"))


def test_files_that_are_named_mean_those_beside_the_stack(clouds: Clouds, stack: Path) -> None:
    (stack.parent / "my.tfvars").touch()
    there = runs.place(clouds.folder, stack.parent)
    said = clouds.run(
        stack,
        *("plan", "-var-file=../my.tfvars", "-var-file", "../my.tfvars", "-state=../x.tfstate", "--backup", "../y"),
        *("-backend-config=path=/z.tfstate", "-backend-config=key=k", "-backup=-", "tfplan"),
    )
    assert said.splitlines()[:11] == [
        *("plan", f"-var-file={stack}/../my.tfvars", "-var-file", f"{stack}/../my.tfvars"),
        *(f"-state={there}/x.tfstate", "--backup", f"{there}/y"),
        *(f"-backend-config=path={clouds.folder}/runs/z.tfstate", "-backend-config=key=k", "-backup=-", "tfplan"),
    ]


@pytest.mark.parametrize(
    "config",
    [
        {"terraform": {"backend": {"local": {"path": "../../../terraform.x.tfstate"}}}},
        {"terraform": {"backend": {"s3": {"bucket": "b", "key": "k"}}}},
        {"data": {"terraform_remote_state": {"x": {"backend": "s3", "config": {"bucket": "b", "key": "k"}}}}},
        {"data": {"terraform_remote_state": {"x": {"backend": "local", "config": "${local.config}"}}}},
        {"resource": {"terraform_data": {"x": {}}}},
    ],
)
def test_state_that_an_emulated_run_has_for_itself_stays(clouds: Clouds, stack: Path, config: Any) -> None:
    (stack / "cdk.tf.json").write_text(json.dumps(config), encoding="utf-8")
    assert clouds.override(stack) is None


@pytest.mark.parametrize(
    ("backend", "reader"),
    [
        ({"backend": {"azurerm": {"storage_account_name": "a", "container_name": "c", "key": "k", "use_oidc": True}}},
         {"backend": "azurerm", "config": {"storage_account_name": "a", "container_name": "c", "key": "k"}}),
        ({"cloud": {"organization": "o", "workspaces": {"name": "w", "project": "p"}}},
         {"backend": "remote", "config": {"organization": "o", "workspaces": {"name": "w"}}}),
        ({"cloud": [{"organization": "o", "hostname": "h", "workspaces": [{"name": "w"}]}]},
         {"backend": "remote", "config": {"organization": "o", "hostname": "h", "workspaces": [{"name": "w"}]}}),
        ({"backend": [{"local": {"path": "/states/x.tfstate"}}]},
         {"backend": "local", "config": {"path": "/states/x.tfstate"}}),
        ({"backend": {"http": {"address": "https://states"}}},
         {"backend": "http", "config": {"address": "https://states"}}),
        ({"backend": {"s3": {"bucket": "b", "key": "k", "endpoints": {"s3": "https://else"}}}},
         {"backend": "s3", "config": {"bucket": "b", "key": "k", "endpoints": {"s3": "https://else"}}}),
    ],
)  # fmt: skip
def test_state_elsewhere_is_kept_with_the_clouds_and_read_there(
    clouds: Clouds, stack: Path, tmp_path: Path, backend: Any, reader: Any
) -> None:
    (stack / "cdk.tf.json").write_text(json.dumps({"terraform": backend}), encoding="utf-8")
    other = tmp_path / "elsewhere" / "reader"
    other.mkdir(parents=True)
    config = {"terraform": [{}], "data": {"terraform_remote_state": {"x": reader}}}
    (other / "cdk.tf.json").write_text(json.dumps(config), encoding="utf-8")
    kept = clouds.override(stack)["terraform"]["backend"]["local"]
    assert Path(kept["path"]).is_relative_to(clouds.folder)
    assert clouds.override(other) == {"data": {"terraform_remote_state": {"x": {"backend": "local", "config": kept}}}}
    (stack / "cdk.tf.json").write_text("{}", encoding="utf-8")
    assert clouds.override(stack) is None


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ('terraform {\n  # backend "azurerm" {}\n  backend "local" {\n    path = "../x.tfstate"\n  }\n}', True),
        ('terraform {\n  backend "local" {\n    path = "/x.tfstate"\n  }\n}', False),
        ('terraform {\n  cloud {\n    organization = "o"\n  }\n}', False),
        ('terraform {\n  backend "gcs" {}\n}', False),
        ('terraform {\n  backend "s3" {\n    key = "k"\n  }\n}', True),
    ],
)
def test_the_same_in_the_language_of_terraform(clouds: Clouds, stack: Path, text: str, *, stays: bool) -> None:
    (stack / "main.tf").write_text(text, encoding="utf-8")
    assert (clouds.override(stack) is None) is stays


def test_when_the_clouds_have_ended_it_says_so(clouds: Clouds, stack: Path) -> None:
    runs.forget(clouds.folder)
    done = subprocess.run(
        [clouds.folder / "bin" / "terraform", "plan"], cwd=stack, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "The emulated clouds have ended: start `isthmus emulate` again.\n"
    assert sorted(contents(stack)) == ["main.tf"]


def test_new_clouds_in_the_same_folder_forget_the_checksums_of_the_old(clouds: Clouds, stack: Path) -> None:
    clouds.run(stack, "init")
    lock = runs.place(clouds.folder, stack) / ".terraform.lock.hcl"
    assert lock.exists()
    runs.write(clouds.folder, {"terraform": str(clouds.fake)}, {}, ())
    assert not lock.exists()


# The real terraform

CONFIG = {
    "terraform": {
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": AWS_PROVIDER}},
        "backend": {"local": {"path": "../../../terraform.small.tfstate"}},
    },
    "resource": {"aws_customer_gateway": {"x": {"ip_address": "192.0.2.1", "bgp_asn": 65010, "type": "ipsec.1"}}},
}
CALL = "CreateCustomerGateway"


class Started:
    """`isthmus emulate` that runs a line of shell; its processes are known by their environment."""

    def __init__(self, mark: str, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._mark = f"STARTED_BY={mark}".encode()

    def line(self) -> str:
        assert self.process.stdout is not None
        while not (line := self.process.stdout.readline()).startswith("SAID "):
            assert line, self.process.communicate()
        return line.removeprefix("SAID ").strip()

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self, *words: str) -> None:
        """Kill at once whatever has one of ``words`` in its command line."""
        pids = [pid for pid, command in self.running().items() if any(word in command for word in words)]
        assert pids or words == ("",), (words, self.running())
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        until(lambda: not self.running().keys() & set(pids))

    def running(self) -> dict[int, str]:
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self._mark in process.joinpath("environ").read_bytes().split(b"\0"):
                    found[int(process.name)] = process.joinpath("cmdline").read_text("utf-8").replace("\0", " ")
            except OSError:
                continue
        self.process.poll()
        return found


@contextmanager
def started(here: Path, mark: Path, *arguments: str, **variables: str) -> Iterator[Started]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=here,
        env=environment(STARTED_BY=str(mark), TMPDIR=str(mark), **variables),
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        running = Started(str(mark), process)
        try:
            yield running
        finally:
            running.kill("")


@pytest.mark.parametrize(
    ("moment", "victim"),
    [
        *(("initialized", victim) for victim in ("-m emulate", "-m isthmus", "")),
        *(("applying", victim) for victim in ("-m emulate", "-m isthmus", "terraform apply", "provider-aws", "")),
    ],
)
def test_killed_at_any_moment_it_leaves_the_stack_as_it_was(tmp_path: Path, moment: str, victim: str) -> None:
    terraform_with_aws()
    project, mark = tmp_path / "project", tmp_path / "marked"
    mark.mkdir()
    stack = project / "cdktf.out" / "stacks" / "small"
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    # Of a real deployment.
    (stack / ".terraform.lock.hcl").write_text("# real\n", encoding="utf-8")
    (project / "cache").mkdir()
    elsewhere = {"TF_PLUGIN_CACHE_DIR": str(project / "cache"), "TF_DATA_DIR": str(project / "data")}
    (project / "terraform.small.tfstate").write_text('{"version": 4, "serial": 7}', encoding="utf-8")
    before = contents(project)
    line = (
        f'cd {shlex.quote(str(stack))} && echo SAID "$AWS_ENDPOINT_URL" && read _ && terraform init && '
        "echo SAID initialized && read _ && terraform apply -auto-approve"
    )
    # In another folder than it was started in.
    with started(PROJECT, mark, "--exec", line, **elsewhere) as clouds:
        endpoint = clouds.line()
        fault = json.dumps({"call": CALL, "hold": True, "done": True}).encode()
        urllib.request.urlopen(f"{endpoint}/_emulate/faults", fault).close()
        clouds.go_on()
        assert clouds.line() == "initialized"
        if moment == "applying":
            clouds.go_on()
            until(lambda: CALL in _held(endpoint), by=clouds.process)
        clouds.kill(victim)
        assert contents(project) == before
    assert contents(project) == before


def _held(endpoint: str) -> list[str]:
    with urllib.request.urlopen(f"{endpoint}/_emulate/held") as answer:
        held: list[str] = json.load(answer)
    return held


def test_a_terraform_that_is_not_that_of_the_clouds_does_nothing(tmp_path: Path) -> None:
    """It would take a real state for one of the emulated clouds."""
    terraform_with_aws()
    (tmp_path / "cdk.tf.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    before = contents(tmp_path)
    line = 'PATH="${PATH#*:}"; terraform init && echo it did'
    done = subprocess.run(
        [*COMMAND, "--exec", line], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "only-the-terraform-in-bin-finds-providers-here" in done.stderr
    assert contents(tmp_path) == before


def test_cdktf_killed_with_everything_else_leaves_what_it_synthesized(tmp_path: Path) -> None:
    terraform_with_aws()
    project, cloud, mark = tmp_path / "project", tmp_path / "cloud", tmp_path / "marked"
    for folder in (project, cloud, mark):
        folder.mkdir()
    settings = json.loads((PROJECT / "cdktf.json").read_text(encoding="utf-8"))
    settings["app"] = f'"{sys.executable}" "{PROJECT / "main.py"}"'
    (project / "cdktf.json").write_text(json.dumps(settings), encoding="utf-8")
    rule = {"type": "azurerm_virtual_network", "operation": "create", "hold": True}
    (cloud / "azure.control.json").write_text(json.dumps({"rules": [rule]}), encoding="utf-8")
    words = ["--cloud", str(cloud), "--", str(CDKTF), "deploy", "example-azure-fra-network", "--auto-approve"]
    with started(project, mark, *words, ISTHMUS_TOPOLOGY=str(PROJECT / "isthmus.yaml")) as clouds:
        until(lambda: '"Creating"' in _text(cloud / "azure.json"), by=clouds.process)
        synthesized = project / "cdktf.out" / "stacks"
        clouds.kill("")
        assert {path.name for path in synthesized.glob("*/*")} == {"cdk.tf.json", "README.md"}
        assert not [name for name in contents(project) if "tfstate" in name or ".terraform" in name]
    assert list(runs.place(cloud, project).glob("*.tfstate*"))
    # The clouds, the state and the plan know every key; so would the state of a real run that begins here.
    for known in (cloud / "azure.json", *cloud.rglob("*.tfstate*"), *cloud.rglob("plan")):
        assert known.stat().st_mode & 0o077 == 0, known
    assert synthesized.stat().st_mode & 0o077 == 0


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def test_only_one_serves_out_of_a_folder(tmp_path: Path) -> None:
    with started(PROJECT, tmp_path, "--cloud", str(tmp_path / "cloud"), "--exec", "echo SAID yes; read _") as clouds:
        clouds.line()
        before = contents(tmp_path / "cloud")
        done = subprocess.run(
            [*COMMAND, "--cloud", str(tmp_path / "cloud"), "--", "true"],
            cwd=PROJECT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"{tmp_path / 'cloud'}: another `isthmus emulate` uses this folder: end that one, or name another folder\n"
        )
        assert contents(tmp_path / "cloud") == before
        # Nobody has to clean up after one that was killed.
        clouds.kill("")
    with started(PROJECT, tmp_path, "--cloud", str(tmp_path / "cloud"), "--exec", "echo SAID yes") as clouds:
        clouds.line()
        assert clouds.process.wait() == 0


def test_a_broken_state_in_the_folder_changes_no_exit_code(tmp_path: Path) -> None:
    (tmp_path / "terraform.x.tfstate").write_text("{broken", encoding="utf-8")
    line = 'printf "{" > terraform.y.tfstate; exit 7'
    done = subprocess.run(
        [*COMMAND, "--exec", line], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 7
    assert "Traceback" not in done.stderr
