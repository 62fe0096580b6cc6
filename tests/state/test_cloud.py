"""`terraform init` of every stack with a ``cloud`` block, against a stand-in for HCP Terraform."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isthmus.checks import check
from isthmus.plan.order import steps
from tests.state.hcp import Organization, Server
from tests.state.machine import Folder
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES

EXAMPLE = "state-cloud"
NAMES = [step.stack for step in steps(check(EXAMPLES[EXAMPLE]).plan)]


@pytest.fixture
def organization() -> Organization:
    return Organization("acme", ("network",))


@pytest.fixture
def hcp(organization: Organization, tmp_path: Path) -> Iterator[Server]:
    with Server(organization, tmp_path) as server:
        yield server


@pytest.fixture
def init(hcp: Server, environ: dict[str, str], synthesized: Synthesized, tmp_path: Path) -> Callable[..., str]:
    """Copies a stack as it is, but for the host, and runs ``terraform init`` in it."""

    def run(name: str, *, code: int = 0, token: str | None = "any", **cloud: str) -> str:
        target = tmp_path / "stacks" / name
        target.mkdir(parents=True)
        shutil.copy(synthesized.output(EXAMPLE) / "stacks" / name / "cdk.tf.json", target)
        # With a configuration file of its own terraform reads no other credentials than those in it.
        configuration = Path(environ["TF_CLI_CONFIG_FILE"]).read_text(encoding="utf-8")
        if token:
            configuration += f'credentials "{hcp.hostname}" {{\n  token = "{token}"\n}}\n'
        (tmp_path / "terraform.rc").write_text(configuration, encoding="utf-8")
        said = {"SSL_CERT_FILE": str(hcp.certificate), "TF_CLI_CONFIG_FILE": str(tmp_path / "terraform.rc")}
        stack = Folder(target, environ | said)
        config = stack.config
        assert config["terraform"]["cloud"]["hostname"] == "app.terraform.io"
        config["terraform"]["cloud"] |= {"hostname": hcp.hostname, **cloud}
        (target / "cdk.tf.json").write_text(json.dumps(config), encoding="utf-8")
        return stack.run("init", code=code)

    return run


def test_each_stack_gets_the_workspace_that_is_listed_in_its_project(
    init: Callable[..., str], organization: Organization
) -> None:
    for name in NAMES:
        assert "HCP Terraform has been successfully initialized!" in init(name)
    assert list(organization.workspaces) == NAMES
    assert {organization.project_of(name) for name in NAMES} == {"network"}
    assert organization.asked.count("POST /organizations/acme/workspaces") == len(NAMES)


def test_a_workspace_that_exists_is_used(init: Callable[..., str], organization: Organization) -> None:
    body = {"data": {"attributes": {"name": NAMES[0]}}}
    assert organization.answer("POST", "/organizations/acme/workspaces", {}, body)[0] == 201
    organization.asked.clear()
    init(NAMES[0])
    assert list(organization.workspaces) == NAMES[:1]
    assert "POST /organizations/acme/workspaces" not in organization.asked


def test_another_organization_is_refused(init: Callable[..., str], organization: Organization) -> None:
    assert 'organization "acne"' in init(NAMES[0], code=1, organization="acne")
    assert organization.workspaces == {}


def test_without_a_token_terraform_says_how_to_log_in(init: Callable[..., str], organization: Organization) -> None:
    assert "terraform login" in init(NAMES[0], code=1, token=None)
    assert organization.workspaces == {}
