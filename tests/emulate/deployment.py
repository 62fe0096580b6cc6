"""The real terraform on the synthesized AWS stacks of a link, against the stand-in."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emulate import terraform
from emulate.environment import AWS_PROVIDER
from tests.state.machine import providers
from tests.synth.program import synthesize

Json = dict[str, Any]

_REMOTE = re.compile(r"data\.terraform_remote_state\.(?P<id>[\w-]+)\.outputs\.(?P<output>[\w.-]+?)[}\s]")

AZURE_ADDRESSES = ("192.0.2.10", "192.0.2.11")
"""What the network stack on Azure would tell of its public IPs."""


class Deployment:
    """The AWS stacks of a topology of one link, in folders of their own, laid out as ``cdktf.out`` is.

    The site's stack comes first, then the link's, and the other way round to destroy.
    """

    def __init__(self, topology: Path, folder: Path, environment: Mapping[str, str]) -> None:
        output = synthesize(topology, folder / "synthesized")
        # State is three levels above the stack's folder: beside cdktf.out.
        stacks = folder / "deployed" / "cdktf.out" / "stacks"
        self._folders = []
        for pattern in ("*-aws-*-vpn", "*-link-*"):
            [stack] = output.glob(f"stacks/{pattern}")
            self._folders.append(shutil.copytree(stack, stacks / stack.name))
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
        self._environment = inherited | providers(folder, {"aws": AWS_PROVIDER}) | dict(environment)
        self.link = self._config(self._folders[-1])
        self._write_azure_state()
        self.seconds: list[tuple[str, float]] = []

    def _run(self, folder: Path, *arguments: str, allowed: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run terraform, which must end with one of the ``allowed`` codes."""
        began = time.monotonic()
        done = subprocess.run(
            [terraform.binary(), *arguments],
            cwd=folder,
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
        for folder in self._folders:
            done = self._run(folder, "init", "-no-color", allowed=(0,) if have else (0, 1))
            if done.returncode:
                raise terraform.UnavailableError(f"no mirror has the AWS provider, and terraform cannot: {done.stderr}")

    def apply(self) -> None:
        """Do what the last plan says, or else plan and do it."""
        for folder in self._folders:
            saved = folder / "plan"
            plan = [str(saved)] if saved.exists() else []
            self._run(folder, "apply", "-auto-approve", "-no-color", *plan)
            saved.unlink(missing_ok=True)

    def destroy(self) -> None:
        for folder in reversed(self._folders):
            self._run(folder, "destroy", "-auto-approve", "-no-color")

    def changes(self) -> list[tuple[str, str]]:
        """What a plan would do: the address of each resource and the action; empty where nothing changes."""
        found = []
        for folder in self._folders:
            saved = folder / "plan"
            done = self._run(folder, "plan", "-json", "-detailed-exitcode", f"-out={saved}", allowed=(0, 2))
            said = map(json.loads, done.stdout.splitlines())
            planned = [line["change"] for line in said if line["type"] == "planned_change"]
            assert bool(planned) == (done.returncode == 2), done.stdout
            if not planned:
                saved.unlink()
            found += [(change["resource"]["addr"], change["action"]) for change in planned]
        return found

    def resources(self, type_: str) -> dict[str, Json]:
        """The resources of ``type_`` in the states, by address."""
        found = {}
        for folder in self._folders:
            # Read from the file: `terraform show` starts the provider, which takes seconds.
            file = folder / self._config(folder)["terraform"]["backend"]["local"]["path"]
            for r in json.loads(file.resolve().read_text(encoding="utf-8"))["resources"]:
                if r["type"] == type_ and r["mode"] == "managed":
                    found[f"{r['type']}.{r['name']}"] = r["instances"][0]["attributes"]
        return found

    def override(self, resource: str, arguments: Json) -> None:
        """Give ``resource`` of the link's stack other arguments, as an operator would in an override file."""
        type_, name = resource.split(".")
        override = {"resource": {type_: {name: arguments}}}
        (self._folders[-1] / "zz_override.tf.json").write_text(json.dumps(override), encoding="utf-8")

    def _config(self, folder: Path) -> Json:
        config: Json = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8"))
        return config

    def _write_azure_state(self) -> None:
        """Write the state that the link's stack reads the public IPs of the Azure gateway from."""
        [(id_, remote)] = [
            (id_, remote)
            for id_, remote in self.link["data"]["terraform_remote_state"].items()
            if id_.endswith("-network")
        ]
        names = sorted({m["output"] for m in _REMOTE.finditer(json.dumps(self.link)) if m["id"] == id_})
        outputs = {
            name: {"value": address, "type": "string"} for name, address in zip(names, AZURE_ADDRESSES, strict=False)
        }
        assert 0 < len(names) == len(outputs), names
        state = {"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "", "outputs": outputs}
        file = self._folders[-1] / remote["config"]["path"]
        file.resolve().write_text(json.dumps({**state, "resources": []}), encoding="utf-8")
