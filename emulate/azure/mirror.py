"""Writes a filesystem mirror whose executables are the stand-in, for a Terraform that starts its providers itself.

    FOLDER/registry.terraform.io/hashicorp/azurerm/4.55.0/linux_amd64/terraform-provider-azurerm_v4.55.0_x5

Terraform looks for a name that begins with ``terraform-provider-azurerm``; the rest is custom.
"""

from __future__ import annotations

import platform
import shlex
import sys
from pathlib import Path

from emulate.azure.schema import load
from emulate.azure.serving import REGISTRIES

PROJECT = Path(__file__).resolve().parents[2]


def write(folder: Path, cloud: Path, providers: tuple[str, ...]) -> list[Path]:
    """Write a launcher for each of ``providers`` below ``folder``; they keep their cloud in ``cloud``."""
    made = []
    for name in providers:
        schema = load(name)
        for registry in REGISTRIES:
            place = folder / registry / schema.address / schema.version / _platform()
            place.mkdir(parents=True, exist_ok=True)
            launcher = place / f"terraform-provider-{schema.type}_v{schema.version}_x5"
            launcher.write_text(_launcher(name, cloud.absolute()), encoding="utf-8")
            launcher.chmod(0o755)
            made.append(launcher)
    return made


def _launcher(name: str, cloud: Path) -> str:
    """A shell script: the first line of a script may neither be long nor hold a space, and paths may be both.

    ``-I`` keeps PYTHONPATH and the stack's folder out; ``exec`` so that Terraform's child is the provider itself.
    """
    program = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from emulate.azure.__main__ import main; sys.exit(main())"
    )
    words = [sys.executable, "-I", "-c", program, "plugin", name, "--cloud", str(cloud)]
    return f"#!/bin/sh\nexec {shlex.join(words)}\n"


def _platform() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}_{machine}"
