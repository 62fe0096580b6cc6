"""The line of README.md that deploys on emulated clouds, run as it is where there is no terminal."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.deploy.emulated import with_providers
from tests.synth.program import PROJECT

STATE = "terraform.short-aws-fra-vpn.tfstate"
REAL = json.dumps({"version": 4, "serial": 7, "lineage": "of a real deployment"})


def documented_line(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it in a new project of the shortest topology that README.md has, beside the state of a real deployment."""
    folder.mkdir()
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    [topology] = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    [line] = re.findall(r"^.venv/bin/isthmus emulate .*$", readme, re.MULTILINE)
    short = re.sub(r"^name: .*", "name: short\nmonitoring: false", topology)
    (folder / "mine.yaml").write_text(short, encoding="utf-8")
    settings = json.loads((PROJECT / "cdktf.json").read_text(encoding="utf-8"))
    settings["app"] = f'"{sys.executable}" "{PROJECT / "main.py"}"'
    (folder / "cdktf.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (folder / STATE).write_text(REAL, encoding="utf-8")
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env={**with_providers(), "ISTHMUS_TOPOLOGY": "mine.yaml"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        # Without a terminal to open behind the back of standard input.
        start_new_session=True,
    )
