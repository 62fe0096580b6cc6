"""Renews the lock files: `make lock`.

Neither names where packages come from, so that every machine uses its own index: pipenv's sources and npm's
addresses are left out.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BIN = PROJECT / ".venv" / "bin"


def main() -> None:
    """Lock, then take the sources out again."""
    environ = {**os.environ, "VIRTUAL_ENV": str(BIN.parent), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([BIN / "pipenv", "lock"], check=True, cwd=PROJECT, env=environ)
    path = PROJECT / "Pipfile.lock"
    lock = json.loads(path.read_text(encoding="utf-8"))
    lock["_meta"]["sources"] = []
    for section in lock.keys() - {"_meta"}:
        for package in lock[section].values():
            package.pop("index", None)
    path.write_text(json.dumps(lock, indent=4, sort_keys=True) + "\n", encoding="utf-8")
    subprocess.run([BIN / "npm", "install", "--package-lock-only"], check=True, cwd=PROJECT, env=environ)


if __name__ == "__main__":
    main()
