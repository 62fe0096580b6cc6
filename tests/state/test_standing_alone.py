"""A stack's folder copied elsewhere is a whole configuration: that is what a remote run uploads."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from emulate import terraform
from tests.state.machine import Folder
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES, environment

_ID = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/{}"
_READ = re.compile(r"data\.terraform_remote_state\.[\w-]+\.outputs\.([\w.-]+)")


def _upstream(config: dict[str, Any]) -> dict[str, Any]:
    """A state with what ``config`` reads of others, and made-up values."""
    names = sorted(set(_READ.findall(json.dumps(config))))
    outputs = {name: {"value": f"192.0.2.{n + 1}", "type": "string"} for n, name in enumerate(names)}
    for name in names:
        if "preshared" in name or "key" in name:
            outputs[name]["value"] = "AMadeUpKeyOf24Characters"
        elif name.endswith("arn"):
            outputs[name]["value"] = "arn:aws:sns:eu-central-1:111122223333:made-up"
        elif name.endswith("id"):
            outputs[name]["value"] = _ID.format("subnets/GatewaySubnet" if "subnet" in name else "things/t")
    return {"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "x", "outputs": outputs}


def _planned(folder: Folder) -> str:
    folder.run("init")
    return folder.run("plan")


def test_a_copied_folder_needs_only_the_states_that_it_reads(
    synthesized: Synthesized, environ: dict[str, str], tmp_path: Path
) -> None:
    # Local state is three levels above: the only thing outside its folder that a stack ever names.
    for source in sorted(synthesized.output("simple").glob("stacks/*")):
        top = tmp_path / source.name
        place = top / "another" / "place" / source.name
        shutil.copytree(source, place)
        stack = Folder(place, environ)
        for remote in stack.config.get("data", {}).get("terraform_remote_state", {}).values():
            read = place / remote["config"]["path"]
            assert read.resolve().parent == top
            read.resolve().write_text(json.dumps({**_upstream(stack.config), "resources": []}), encoding="utf-8")
        assert "to add, 0 to change, 0 to destroy" in _planned(stack)


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_folder_names_no_file_outside_itself_but_local_state(synthesized: Synthesized, example: str) -> None:
    for name, config in synthesized.stacks(example).items():
        backend = config["terraform"].get("backend", {})
        remotes = config.get("data", {}).get("terraform_remote_state", {}).values()
        allowed = [backend.get("local", {}).get("path"), *(r["config"].get("path") for r in remotes)]
        paths = [text for text in _strings(config) if text.startswith(("/", "./", "../", "~")) and text not in allowed]
        # Ids of Azure and names of log groups begin with a slash as well.
        assert [p for p in paths if not p.startswith(("/subscriptions/", "/aws/"))] == [], name
        assert not any("path.module" in text or "file(" in text for text in _strings(config))


@pytest.mark.parametrize("example", EXAMPLES)
def test_nothing_in_a_stack_is_for_terraform_alone(synthesized: Synthesized, example: str) -> None:
    """OpenTofu 1.11 knows all of it: blocks, meta-arguments, functions and the backends' arguments."""
    for config in synthesized.stacks(example).values():
        assert set(config) <= {"//", "data", "locals", "output", "provider", "resource", "terraform", "variable"}
        settings = config["terraform"]
        # No experiments, no provider_meta. OpenTofu compares required_version with its own version.
        assert set(settings) <= {"backend", "cloud", "required_providers", "required_version"}
        assert settings["required_version"] == ">= 1.11.0, < 2.0.0"
        assert set(settings.get("backend", {})) <= {"local", "s3", "azurerm"}
        # A bare name is of whichever registry the program has.
        for name, wanted in settings["required_providers"].items():
            assert wanted["source"] in (name, f"hashicorp/{name}")
        for variable in config.get("variable", {}).values():
            assert set(variable) <= {"//", "type", "description", "sensitive", "nullable", "default", "validation"}
        for output in config.get("output", {}).values():
            assert set(output) <= {"value", "description", "sensitive"}
        for blocks in config.get("resource", {}).values():
            for block in blocks.values():
                assert not [key for key in block if key.endswith(("_wo", "_wo_version"))]
                kept = {"create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"}
                assert set(block.get("lifecycle", {})) <= kept | {"precondition", "postcondition"}
        called = {call for text in _strings(config) for call in re.findall(r"\b([a-z_:]+)\(", _expressions(text))}
        assert called <= {"alltrue", "can", "element", "jsondecode", "lookup", "nonsensitive", "regex", "zipmap"}


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() if key != "//" for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _expressions(text: str) -> str:
    return " ".join(re.findall(r"\$\{(.*?)\}", text))


def test_opentofu_accepts_the_example(
    synthesized: Synthesized, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    try:
        terraform.binary()
    except terraform.UnavailableError as error:
        # Nobody promises it to be here, CI included.
        pytest.skip(str(error))
    for source in synthesized.output("simple").glob("stacks/*"):
        target = tmp_path / "cdktf.out" / "stacks" / source.name
        shutil.copytree(source, target)
        stack = Folder(target, environment(**environ))
        stack.run("init", "-backend=false")
        assert "The configuration is valid" in stack.run("validate")
