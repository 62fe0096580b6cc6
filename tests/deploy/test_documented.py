"""What README.md tells a user to run on emulated clouds runs, without a terminal too, and leaves a real state alone."""

from __future__ import annotations

from concurrent.futures import Future
from subprocess import CompletedProcess

import pytest

from tests.deploy.documented import REAL, STATE

pytestmark = pytest.mark.deploys_last


def test_the_line_of_the_readme_deploys_everything(
    documented: Future[CompletedProcess[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    done = documented.result()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "Apply complete!" in done.stdout
    [line_folder] = tmp_path_factory.getbasetemp().glob("background[0-9]*/documented")
    assert (line_folder / STATE).read_text(encoding="utf-8") == REAL
    left = [path.name for path in line_folder.rglob("*") if path.name != STATE]
    assert not [name for name in left if "tfstate" in name or name.startswith(".terraform")]
