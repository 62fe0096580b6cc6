"""What terraform needs on this machine: itself, the AWS provider, and both clouds emulated."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from emulate import mirror, terraform
from tests.needs import unavailable
from tests.synth.program import environment

Json = dict[str, Any]


def binary() -> str:
    """The terraform to run."""
    try:
        return terraform.binary()
    except terraform.UnavailableError as error:
        unavailable(error)


def providers(folder: Path, names: dict[str, str]) -> dict[str, str]:
    """A CLI configuration below ``folder`` with a mirror of the providers ``names``, by version; what to export."""
    binary()
    for name, version in names.items():
        have = terraform.mirrored(name)
        if have is None:
            unavailable(f"no mirror on this machine has the provider {name}: set {terraform.MIRROR_VARIABLE}")
        mirror.alias(folder / "mirror", f"hashicorp/{name}", version, have)
    mirror.configure(folder / "terraform.rc", folder / "mirror", [f"hashicorp/{name}" for name in names])
    return {
        "TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
        # The user's own files must not lead elsewhere.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


class Folder:
    """A folder with a configuration, and terraform run in it."""

    def __init__(self, path: Path, environ: dict[str, str]) -> None:
        self.path = path
        self.environ = environment(**environ)

    @property
    def config(self) -> Json:
        config: Json = json.loads((self.path / "cdk.tf.json").read_text(encoding="utf-8"))
        return config

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        # Of its commands this one takes no such option.
        plain = [] if arguments[0] == "force-unlock" else ["-no-color"]
        return subprocess.Popen(
            [binary(), arguments[0], *plain, *arguments[1:]],
            cwd=self.path,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run terraform, which must end with ``code``; what it said, in one line unless it is JSON."""
        with self.start(*arguments) as process:
            said = process.communicate()[0]
        assert process.returncode == code, f"terraform {' '.join(arguments)}\n{said}"
        return said if "-json" in arguments else " ".join(re.sub(r"[│╷╵]", "", said).split())

    def apply(self) -> str:
        self.run("init")
        return self.run("apply", "-auto-approve")

    def unchanged(self) -> None:
        """A plan finds nothing to do."""
        self.run("plan", "-detailed-exitcode")
