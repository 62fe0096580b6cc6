"""Where the state of each stack goes, and that whoever reads another's state reads the same place."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.stacks import Json, Stacks

S3 = {
    "bucket": "acme-tfstate",
    "encrypt": True,
    "kms_key_id": "alias/tfstate",
    "region": "eu-central-1",
}
AZURERM = {
    "container_name": "tfstate",
    "resource_group_name": "tfstate",
    "storage_account_name": "acmetfstate",
    "use_azuread_auth": True,
}


def _backends(stacks: Stacks, kind: str) -> dict[str, Json]:
    found = {name: stack["terraform"]["backend"] for name, stack in stacks.items()}
    assert all(list(backend) == [kind] for backend in found.values())
    return {name: backend[kind] for name, backend in found.items()}


def _reads(stacks: Stacks) -> dict[tuple[str, str], Json]:
    """Each remote state that is read: by reader and read, what it says."""
    return {
        (name, key.removeprefix("cross-stack-reference-input-")): block
        for name, stack in stacks.items()
        for key, block in stack.get("data", {}).get("terraform_remote_state", {}).items()
    }


@pytest.mark.parametrize(
    ("example", "kind", "settings", "lock"),
    [("state-s3", "s3", S3, {"use_lockfile": True}), ("state-azurerm", "azurerm", AZURERM, {})],
)
def test_a_stack_has_an_object_of_its_own_and_is_read_there(
    synthesized: Synthesized, example: str, kind: str, settings: Mapping[str, object], lock: Mapping[str, object]
) -> None:
    stacks = synthesized.stacks(EXAMPLES[example])
    backends = _backends(stacks, kind)
    assert backends == {name: {**settings, **lock, "key": f"network/{example}/{name}.tfstate"} for name in stacks}
    reads = _reads(stacks)
    assert len(reads) == 5
    for (_, read), block in reads.items():
        assert block["backend"] == kind
        assert block["config"] == {**settings, "key": backends[read]["key"]}


def test_a_stack_has_a_workspace_of_its_own_and_is_read_there(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks(EXAMPLES["state-cloud"])
    for name, stack in stacks.items():
        assert "backend" not in stack["terraform"]
        assert stack["terraform"]["cloud"] == {
            "hostname": "app.terraform.io",
            "organization": "acme",
            "workspaces": {"name": name, "project": "network"},
        }
    for (_, read), block in _reads(stacks).items():
        assert block["backend"] == "remote"
        assert block["config"] == {
            "hostname": "app.terraform.io",
            "organization": "acme",
            "workspaces": {"name": read},
        }
