"""Gets the browser that the tests of the report run in: `make test`. Nothing is done when there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What the browser is called, on Debian first."""


def found() -> str | None:
    """The path of a Chromium, or None. The variable CHROMIUM names another one."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).is_file() else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> int:
    """Install Debian's Chromium where that can be done without asking; else say what to install."""
    if found():
        return 0
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        print(
            "No Chromium: the tests of the report in a browser are skipped. On Debian: apt install chromium", flush=True
        )
        return 0
    print("Setting up: Chromium, for the tests of the report, some 100 MB …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run([apt, *words], env=environment, check=False, stdout=subprocess.DEVNULL)
        if done.returncode:
            print(
                f"apt-get {words[0]} failed with {done.returncode}: without Chromium its tests are skipped.", flush=True
            )
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
