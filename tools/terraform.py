"""Runs the real terraform on synthesized stacks, with whatever providers this machine has.

A provider comes from a mirror folder where one is found, else from the registry terraform itself knows. The AWS
provider of a mirror may be another version than the stacks pin: an alias then stands for the pinned one, in a
temporary mirror, and the stacks stay as they are.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from tools.mirrors import MIRROR_VARIABLE as MIRROR_VARIABLE
from tools.mirrors import REGISTRIES, alias
from tools.mirrors import mirrored as mirrored
from tools.mirrors import mirrors as mirrors


class UnavailableError(Exception):
    """terraform, or a provider it needs, is not on this machine; the text says what to do."""


def binary() -> str:
    """The terraform on PATH (``TERRAFORM_BINARY_NAME`` names another).

    Raises:
        UnavailableError: there is none.
    """
    name = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    found = shutil.which(name)
    if not found:
        raise UnavailableError(f"{name} is not on PATH: install Terraform or OpenTofu, 1.11 or later")
    return found


def required_providers(stack: Path) -> dict[str, str]:
    """The providers of a synthesized ``stack``, by name, with the version it pins."""
    config = json.loads((stack / "cdk.tf.json").read_text(encoding="utf-8"))
    return {name: wanted["version"] for name, wanted in config["terraform"]["required_providers"].items()}


def workspace(stack: Path, folder: Path) -> Path:
    """Copy the configuration of ``stack`` into ``folder`` with a mirror of what is to be had; returns the copy.

    Providers that no mirror has are left to terraform to fetch.
    """
    copy = folder / stack.name
    copy.mkdir(parents=True)
    shutil.copy(stack / "cdk.tf.json", copy)
    mirror = folder / "mirror"
    mirror.mkdir(exist_ok=True)
    names = []
    for name, wanted in required_providers(stack).items():
        have = mirrored(name)
        if have is None:
            continue
        for registry in REGISTRIES:
            names.append(f"{registry}/hashicorp/{name}")
            alias(mirror / registry / "hashicorp" / name / wanted, have)
    (folder / "terraform.rc").write_text(
        "disable_checkpoint = true\nprovider_installation {\n"
        f"  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n    include = {json.dumps(names)}\n  }}\n"
        f"  direct {{\n    exclude = {json.dumps(names)}\n  }}\n}}\n",
        encoding="utf-8",
    )
    return copy


def environment(folder: Path) -> dict[str, str]:
    """What terraform needs to ask nothing, and to find the mirror that :func:`workspace` made in ``folder``."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("TF_")},
        "TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
    }
