"""Writes filesystem mirrors: folders in which Terraform finds the providers that it starts itself.

    FOLDER/registry.terraform.io/hashicorp/azurerm/4.55.0/linux_amd64/terraform-provider-azurerm_v4.55.0_x5

Terraform looks for a name that begins with ``terraform-provider-azurerm``; the rest is custom. A launcher is a shell
script, because the first line of a script may neither be long nor hold a space, and paths may be both; it ends with
``exec``, so that Terraform's child is the provider itself.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

from emulate.terraform import REGISTRIES, host_platform

PROJECT = Path(__file__).resolve().parents[1]


def write(folder: Path, address: str, version: str, command: list[str]) -> list[Path]:
    """Write launchers of ``command`` below ``folder``, as that version of the provider ``address``."""
    made = []
    for registry in REGISTRIES:
        place = folder / registry / address / version / host_platform()
        place.mkdir(parents=True, exist_ok=True)
        launcher = place / f"terraform-provider-{address.rpartition('/')[2]}_v{version}_x5"
        launcher.write_text(f"#!/bin/sh\nexec {shlex.join(command)}\n", encoding="utf-8")
        launcher.chmod(0o755)
        made.append(launcher)
    return made


def alias(folder: Path, address: str, version: str, have: Path) -> None:
    """Let what is in ``have``, a version folder of another mirror, be that version of the provider ``address``."""
    for registry in REGISTRIES:
        link = folder / registry / address / version / host_platform()
        link.parent.mkdir(parents=True, exist_ok=True)
        # Terraform follows a linked platform folder, but not a linked version folder.
        link.unlink(missing_ok=True)
        link.symlink_to(have / host_platform())


def configure(file: Path, folder: Path, addresses: list[str]) -> None:
    """Write a CLI configuration: the providers ``addresses`` are in the mirror ``folder``, all others are fetched."""
    names = [f"{registry}/{address}" for address in addresses for registry in REGISTRIES]
    file.write_text(
        "disable_checkpoint = true\nprovider_installation {\n"
        f"  filesystem_mirror {{\n    path = {json.dumps(str(folder))}\n    include = {json.dumps(names)}\n  }}\n"
        f"  direct {{\n    exclude = {json.dumps(names)}\n  }}\n}}\n",
        encoding="utf-8",
    )


def python(module: str, *arguments: str) -> list[str]:
    """The command that is ``main`` of ``module``; ``-I`` keeps PYTHONPATH and the stack's folder out."""
    program = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from {module} import main; sys.exit(main())"
    return [sys.executable, "-I", "-c", program, *arguments]
