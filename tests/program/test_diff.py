"""`isthmus diff`: what a change does to a running deployment, for people, programs and pull requests."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.synth.program import environment, run

BASE = """name: pay
aws:
  fra: {region: eu-central-1, network: {cidr: 10.10.0.0/16}}
azure:
  fra: {region: germanywestcentral, network: {cidr: 10.20.0.0/16}}
"""
STANDBY = BASE.replace("10.20.0.0/16}", "10.20.0.0/16}, gateway: {mode: active-standby}")
GROWN = BASE.replace("10.20.0.0/16", "10.20.0.0/15")


def diff(tmp_path: Path, new: str, *options: str, old: str = BASE) -> subprocess.CompletedProcess[str]:
    files = []
    for name, text in (("old", old), ("new", new)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        files.append(str(tmp_path / f"{name}.yaml"))
    return run("-m", "isthmus", "diff", *files, *options, cwd=tmp_path, env=environment())


def data(tmp_path: Path, new: str, *options: str) -> dict[str, Any]:
    done = diff(tmp_path, new, "--json", *options)
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_nothing_changes_where_nothing_does(tmp_path: Path) -> None:
    done = diff(tmp_path, BASE, "--fail-on", "destruction")
    assert done.returncode == 0
    assert done.stdout.startswith("Nothing changes: Terraform finds the deployment as it is planned.\n")
    found = data(tmp_path, BASE)
    assert (found["resources"], found["steps"], found["keys"], found["outages"]) == ([], [], [], [])
    assert found["before"] == found["after"]


def test_another_mode_replaces_the_gateway_and_the_link_is_down(tmp_path: Path) -> None:
    found = data(tmp_path, STANDBY)
    [key] = found["keys"]
    assert key == {"path": "azure.fra.gateway.mode", "before": "nothing", "after": "active-standby", "line": 5}
    [gateway] = [r for r in found["resources"] if r["type"] == "azurerm_virtual_network_gateway"]
    assert gateway["action"] == "replace"
    [outage] = found["outages"]
    assert (outage["link"], outage["whole_link"], outage["minutes"]) == ("fra-fra", True, 60)
    assert [(s["action"], s["stack"].removeprefix("pay-")) for s in found["steps"]] == [
        ("destroy", "azure-fra-connections"),
        ("destroy", "azure-fra-gateway"),
        ("apply", "azure-fra-network"),
        ("apply", "azure-fra-gateway"),
        ("apply", "link-fra-fra"),
        ("apply", "azure-fra-connections"),
    ]
    # One instance less: one address and two tunnels less to pay for.
    assert found["after"]["month"]["usd"] < found["before"]["month"]["usd"]
    assert found["after"]["links"]["fra-fra"]["availability"] < found["before"]["links"]["fra-fra"]["availability"]


def test_what_gets_there_with_less_is_said(tmp_path: Path) -> None:
    [advice] = data(tmp_path, GROWN)["advice"]
    assert advice.startswith("azure.fra.network: write gateway_subnet: 10.20.255.224/27, and both subnets stay")
    kept = GROWN.replace("10.20.0.0/15", "10.20.0.0/15, gateway_subnet: 10.20.255.224/27")
    found = data(tmp_path, kept, "--fail-on", "replacement")
    assert (found["advice"], found["outages"]) == ([], [])
    assert {r["action"] for r in found["resources"]} == {"update"}


def test_what_is_protected_is_named(tmp_path: Path) -> None:
    old, new = (f"{text}protect: true\n" for text in (BASE, STANDBY))
    done = diff(tmp_path, new, "--markdown", old=old)
    assert done.returncode == 0
    assert "#### Cannot be done as it is" in done.stdout
    assert "- vpn/gateway: it is protected" in done.stdout.replace("pay-azure-fra-gateway/", "")


@pytest.mark.parametrize(
    ("new", "limit", "code"),
    [
        (STANDBY, "interruption", 1),
        (STANDBY, "replacement", 1),
        (STANDBY, "destruction", 1),
        (f"tags: {{owner: network}}\n{BASE}", "replacement", 0),
    ],
)
def test_a_limit_ends_it_with_1(tmp_path: Path, new: str, limit: str, code: int) -> None:
    done = diff(tmp_path, new, "--fail-on", limit)
    assert (done.returncode, done.stderr) == (code, "")
    assert "Resources" in done.stdout


def test_a_revision_of_git_is_the_old_one(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", "-C", str(tmp_path), *identity, *words], check=True, capture_output=True)

    file = tmp_path / "isthmus.yaml"
    file.write_text(BASE, encoding="utf-8")
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    file.write_text(f"tags: {{owner: network}}\n{BASE}", encoding="utf-8")
    words = ("-m", "isthmus", "diff", str(file), "--from", "HEAD")
    done = run(*words, cwd=tmp_path.parent, env=environment())
    assert (done.returncode, done.stderr) == (0, "")
    assert "tags.owner" in done.stdout
    assert "No tunnel goes down." in done.stdout
    unknown = run(*words[:-1], "HEAD~7", cwd=tmp_path, env=environment())
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr.startswith("--from HEAD~7: git has no isthmus.yaml there (")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (
            BASE.replace("pay", "wages"),
            "the deployments are called pay and wages: these are two deployments; to rename one",
        ),
        (BASE.replace("10.20", "10.10"), "overlaps"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, new: str, said: str) -> None:
    done = diff(tmp_path, new)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_one_topology_alone_is_refused(tmp_path: Path) -> None:
    done = run("-m", "isthmus", "diff", "one.yaml", cwd=tmp_path, env=environment())
    assert (done.returncode, done.stderr) == (2, "name two topologies, or one with --from <git revision>\n")
