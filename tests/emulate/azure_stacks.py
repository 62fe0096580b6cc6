"""The Azure stacks of an example, for the real terraform to run against the stand-in.

What would come from the AWS stack is a state file with made-up addresses and keys.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from emulate import terraform
from emulate.azure.cloud import Cloud
from tests.synth.program import PROJECT, environment
from tests.waiting import FOR_EVER

Json = dict[str, Any]

MADE_UP_KEY = "MadeUpKeyThatNobodyShallSee"
_FROM_AWS = re.compile(r"terraform_remote_state\.[\w-]+-link-[\w-]+\.outputs\.([\w.-]+)\}")


class StandIn:
    """``python -m emulate.azure serve`` in a process of its own."""

    def __init__(self, cloud: Path, process: subprocess.Popen[str], reattach: str) -> None:
        self.cloud = cloud
        self.process = process
        self.reattach = reattach

    def control(self, *rules: Json) -> None:
        new = self.cloud.with_suffix(".new")
        new.write_text(json.dumps({"rules": rules}), encoding="utf-8")
        new.replace(self.cloud.with_suffix(".control.json"))

    def resources(self, subscription: str) -> list[Json]:
        with Cloud(self.cloud).open() as world:
            return [asdict(r) for key, r in world.resources.items() if f"/subscriptions/{subscription}/" in key]

    def change(self, id_: str, **attributes: object) -> None:
        """What somebody does by hand."""
        world = json.loads(self.cloud.read_text(encoding="utf-8"))
        world["resources"][id_.lower()]["attributes"].update(attributes)
        self.cloud.write_text(json.dumps(world), encoding="utf-8")


@contextmanager
def serving(cloud: Path) -> Iterator[StandIn]:
    command = [sys.executable, "-m", "emulate.azure", "serve", "--cloud", str(cloud)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True, env=environment()) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield StandIn(cloud, process, process.stdout.readline())
        process.stdin.close()
        assert process.wait(timeout=FOR_EVER) == 0


class Stack:
    """One stack's folder. ``environ`` says where the providers are."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self._environ = environment(CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", **environ)

    @cached_property
    def config(self) -> Json:
        config: Json = json.loads((self.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        return config

    def save(self) -> None:
        (self.folder / "cdk.tf.json").write_text(json.dumps(self.config), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        words = 2 if arguments[0] == "providers" else 1
        return [terraform.binary(), *arguments[:words], *([] if words > 1 else ["-no-color"]), *arguments[words:]]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self._environ, stdout=pipe, stderr=pipe, text=True
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run terraform and return all it said; with its lines unwrapped, unless it is JSON."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self._environ, capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        return said if "-json" in arguments else " ".join(re.sub(r"[│╷╵]", "", said).split())

    def init(self) -> None:
        self.run("init", "-input=false")

    def apply(self, *arguments: str, code: int = 0) -> str:
        return self.run("apply", "-auto-approve", "-input=false", *arguments, code=code)

    def destroy(self, code: int = 0) -> str:
        return self.run("destroy", "-auto-approve", "-input=false", code=code)

    def unchanged(self) -> None:
        """A plan finds nothing to do."""
        self.run("plan", "-input=false", "-detailed-exitcode")

    def planned(self) -> dict[str, Json]:
        """What a plan would change, by address."""
        self.run("plan", "-input=false", "-out=tfplan")
        plan = json.loads(self.run("show", "-json", "tfplan"))
        changes = {c["address"]: c["change"] for c in plan.get("resource_changes", [])}
        return {address: change for address, change in changes.items() if change["actions"] != ["no-op"]}

    def state(self, type_: str) -> list[Json]:
        """The attributes of every resource of a type."""
        root = json.loads(self.run("show", "-json"))["values"]["root_module"]
        return [r["values"] for r in root.get("resources", []) if r["type"] == type_]


class Stacks:
    """The three Azure stacks of a synthesized example, in a subscription of their own."""

    def __init__(self, synthesized: Path, folder: Path, **environ: str) -> None:
        self.subscription = str(uuid.uuid4())
        stacks = folder / "cdktf.out" / "stacks"
        self._all = {}
        for source in synthesized.glob("stacks/*-azure-*"):
            target = stacks / source.name
            target.mkdir(parents=True)
            (target / "cdk.tf.json").write_bytes((source / "cdk.tf.json").read_bytes())
            override = {"provider": {"azurerm": {"subscription_id": self.subscription}}}
            (target / "zz_override.tf.json").write_text(json.dumps(override), encoding="utf-8")
            self._all[source.name.rpartition("-")[2]] = Stack(target, environ)
        self._write_aws_state(folder)

    def __getitem__(self, name: str) -> Stack:
        return self._all[name]

    def _write_aws_state(self, folder: Path) -> None:
        stack = self["connections"]
        [path] = [
            remote["config"]["path"]
            for name, remote in stack.config["data"]["terraform_remote_state"].items()
            if "-link-" in name
        ]
        names = sorted(set(_FROM_AWS.findall(json.dumps(stack.config))))
        outputs = {}
        for number, name in enumerate(names):
            value = f"203.0.113.{number + 1}" if name.endswith("address") else f"{MADE_UP_KEY}{number}"
            outputs[name] = {"value": value, "type": "string", "sensitive": True}
        state = {"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "made-up", "outputs": outputs}
        (folder / Path(path).name).write_text(json.dumps({**state, "resources": []}), encoding="utf-8")
