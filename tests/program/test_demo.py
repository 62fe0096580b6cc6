"""`make demo` where terraform is not to be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_without_terraform_it_says_what_to_install_and_does_the_rest(tmp_path: Path) -> None:
    before = sorted(PROJECT.iterdir())
    environ = {**os.environ, "TERRAFORM_BINARY_NAME": "no-such-terraform"}
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "demo.py", "--report", "report.html"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for text in (
        "isthmus.yaml: good: 1 AWS site",
        "fra-fra-i1-t2",
        "example-azure-fra-connections/cdk.tf.json",
        "Not deployed here: no-such-terraform is not on PATH: install Terraform or OpenTofu, 1.11 or later.",
        "report.html: written",
        ".venv/bin/cdktf deploy '*'",
    ):
        assert text in done.stdout
    assert sorted(PROJECT.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert "<title>" in (tmp_path / "report.html").read_text(encoding="utf-8")
