"""The real terraform on one synthesized AWS stack, against the stand-in."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.synth.program import synthesize
from tools import terraform

Json = dict[str, Any]

_REMOTE = re.compile(r"data\.terraform_remote_state\.(?P<id>[\w-]+)\.outputs\.(?P<output>[\w.-]+?)[}\s]")

AZURE_ADDRESSES = ("192.0.2.10", "192.0.2.11")
"""What the network stack on Azure would tell of its public IPs."""


class Deployment:
    """The AWS stack of a topology in a folder of its own, laid out as ``cdktf.out`` is."""

    def __init__(self, topology: Path, folder: Path, environment: Mapping[str, str]) -> None:
        output = synthesize(topology, folder / "synthesized")
        [stack] = output.glob("stacks/*-aws-*-vpn")
        # State is three levels above the stack's folder: beside cdktf.out.
        self._top = folder / "deployed"
        stacks = self._top / "cdktf.out" / "stacks"
        stacks.mkdir(parents=True)
        self._plan = self._top / "plan"
        self.folder = terraform.workspace(stack, stacks)
        self._environment = {**terraform.environment(stacks), **environment}
        self.config: Json = json.loads((self.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        self._write_azure_state()
        self.seconds: list[tuple[str, float]] = []

    def run(self, *arguments: str, allowed: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run terraform, which must end with one of the ``allowed`` codes."""
        began = time.monotonic()
        done = subprocess.run(
            [terraform.binary(), *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.seconds.append((arguments[0], round(time.monotonic() - began, 1)))
        assert done.returncode in allowed, f"terraform {' '.join(arguments)}\n{done.stdout[-3000:]}\n{done.stderr}"
        return done

    def init(self) -> None:
        """Set up.

        Raises:
            terraform.UnavailableError: the provider is not to be had here.
        """
        have = terraform.mirrored("aws") is not None
        done = self.run("init", "-no-color", allowed=(0,) if have else (0, 1))
        if done.returncode:
            raise terraform.UnavailableError(f"no mirror has the AWS provider, and terraform cannot: {done.stderr}")

    def apply(self) -> None:
        """Do what the last plan says, or else plan and do it."""
        plan = [str(self._plan)] if self._plan.exists() else []
        self.run("apply", "-auto-approve", "-no-color", *plan)
        self._plan.unlink(missing_ok=True)

    def destroy(self) -> None:
        self.run("destroy", "-auto-approve", "-no-color")

    def changes(self) -> list[tuple[str, str]]:
        """What a plan would do: the address of each resource and the action; empty where nothing changes."""
        done = self.run("plan", "-json", "-detailed-exitcode", f"-out={self._plan}", allowed=(0, 2))
        said = map(json.loads, done.stdout.splitlines())
        planned = [line["change"] for line in said if line["type"] == "planned_change"]
        assert bool(planned) == (done.returncode == 2), done.stdout
        if not planned:
            self._plan.unlink()
        return [(change["resource"]["addr"], change["action"]) for change in planned]

    def resources(self, type_: str) -> dict[str, Json]:
        """The resources of ``type_`` in the state, by address."""
        # Read from the file: `terraform show` starts the provider, which takes seconds.
        file = self.folder / self.config["terraform"]["backend"]["local"]["path"]
        found = json.loads(file.resolve().read_text(encoding="utf-8"))["resources"]
        return {
            f"{r['type']}.{r['name']}": r["instances"][0]["attributes"]
            for r in found
            if r["type"] == type_ and r["mode"] == "managed"
        }

    def override(self, resource: str, arguments: Json) -> None:
        """Give ``resource`` other arguments, as an operator would in an override file."""
        type_, name = resource.split(".")
        override = {"resource": {type_: {name: arguments}}}
        (self.folder / "zz_override.tf.json").write_text(json.dumps(override), encoding="utf-8")

    def _write_azure_state(self) -> None:
        """Write the state that the stack reads the public IPs of the Azure gateway from."""
        names = sorted({match["output"] for match in _REMOTE.finditer(json.dumps(self.config))})
        outputs = {
            name: {"value": address, "type": "string"} for name, address in zip(names, AZURE_ADDRESSES, strict=False)
        }
        assert 0 < len(names) == len(outputs), names
        state = {"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "", "outputs": outputs}
        for remote in self.config["data"]["terraform_remote_state"].values():
            file = self.folder / remote["config"]["path"]
            file.resolve().write_text(json.dumps({**state, "resources": []}), encoding="utf-8")
