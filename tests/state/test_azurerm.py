"""State in a storage account: as much as can be known without one. The block itself is in tests/synth/test_backends."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.state.machine import Folder
from tests.synth.inside import Synthesized


def test_terraform_accepts_every_stack_with_state_in_a_storage_account(
    synthesized: Synthesized, environ: dict[str, str], tmp_path: Path
) -> None:
    sources = sorted(synthesized.output("state-azurerm").glob("stacks/*"))
    assert len(sources) == 5
    for source in sources:
        shutil.copytree(source, tmp_path / source.name)
        stack = Folder(tmp_path / source.name, environ)
        assert list(stack.config["terraform"]["backend"]) == ["azurerm"]
        stack.run("init", "-backend=false")
        assert "The configuration is valid" in stack.run("validate")
