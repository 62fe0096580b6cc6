"""Gets checkov, the scanner of Terraform's JSON that the tests run: `make test`. Nothing is done when it is there.

It has an environment of its own, within `.venv`: its packages are more than those of the project, and `make setup` does
not wait for them. The category `checkov` of Pipfile.lock pins each with its hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tools import setup

ENVIRONMENT: Final = setup.ENVIRONMENT / "checkov"
PYTHON: Final = ENVIRONMENT / setup.BIN.name / "python"
_DONE: Final = ENVIRONMENT / ".lock-hash"


def missing() -> str | None:
    """Why checkov cannot run; None when it is there as the lock file has it."""
    if _DONE.is_file() and _DONE.read_text(encoding="utf-8") == _lock_hash():
        return None
    return "checkov is not installed as Pipfile.lock has it: run `python -m tools.checkov` with .venv/bin/python"


def scan(folder: Path) -> dict[str, Any]:
    """What checkov finds in the Terraform JSON below ``folder``, without asking anything of the network.

    Returns checkov's own report: ``results`` with ``failed_checks`` and ``passed_checks``, and ``summary``.

    Raises:
        RuntimeError: checkov printed no report; with what it said.
    """
    words = ("--framework", "terraform_json", "--skip-download", "--compact", "--soft-fail", "--output", "json")
    # Run from there, and so without a file of settings that happens to lie where the tests are run.
    done = subprocess.run(
        [PYTHON, "-m", "checkov.main", "--directory", folder, *words],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if not k.startswith(("CKV_", "CHECKOV_", "BC_", "PYTHON"))},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        report = None
    if done.returncode or not isinstance(report, dict) or "results" not in report:
        raise RuntimeError(f"checkov ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-2000:]}")
    return report


def _lock_hash() -> str:
    packages = json.dumps(setup.locked()["checkov"], sort_keys=True)
    return hashlib.sha256(packages.encode()).hexdigest()


def main() -> int:
    """Install it, or say what is skipped without it."""
    if missing() is None:
        return 0
    packages = setup.locked()["checkov"]
    print(f"Setting up: checkov, for the tests, {len(packages)} Python packages …", flush=True)
    try:
        setup.install(ENVIRONMENT, packages)
    except subprocess.CalledProcessError as error:
        print(f"pip or venv failed with {error.returncode}: without checkov its tests are skipped.", flush=True)
        return 0
    _DONE.write_text(_lock_hash(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
