"""A synthesized topology, deployed stack by stack with the real terraform."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from emulate import terraform
from isthmus.observed import Document, Kind, Observed
from isthmus.observed.agreement import differences
from isthmus.observed.links import Links
from isthmus.observed.summary import Summary, summaries
from tests.deploy.emulated import Emulated

Json = dict[str, Any]

_BORDERS = re.compile(r"[│╷╵]")


class Stack:
    """One stack's folder."""

    def __init__(self, folder: Path, environ: Mapping[str, str], seconds: dict[str, float]) -> None:
        self.folder = folder
        self.name = folder.name
        self._environ = dict(environ)
        self._seconds = seconds
        self._initialized = False

    @property
    def config(self) -> Json:
        config: Json = json.loads((self.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        return config

    @property
    def provider(self) -> Json:
        """The settings of its AWS or Azure provider."""
        providers = self.config["provider"]
        [found] = (providers.get("aws") or providers["azurerm"])[:1]
        assert isinstance(found, dict)
        return found

    @property
    def is_aws(self) -> bool:
        return "aws" in self.config["provider"]

    def write(self, config: Json) -> None:
        """Take another configuration; what Terraform keeps in the folder stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "cdk.tf.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
        self._initialized = False

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start terraform and return at once; standard error comes with standard output."""
        if arguments[0] != "init" and not self._initialized:
            self._initialized = True
            self.run("init", "-input=false")
        return subprocess.Popen(
            [terraform.binary(), arguments[0], *(["-no-color"] if arguments[0] != "state" else []), *arguments[1:]],
            cwd=self.folder,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0, keep_lines: bool = False) -> str:
        """Run terraform, which must end with ``code``; returns what it said, its errors without their frames."""
        process = self.start(*arguments)
        began = time.monotonic()
        said, _ = process.communicate()
        self._seconds[arguments[0]] += time.monotonic() - began
        assert process.returncode == code, f"{self.name}: terraform {' '.join(arguments)}\n{said[-4000:]}"
        return said if keep_lines else " ".join(_BORDERS.sub("", said).split())

    def apply(self, *arguments: str, code: int = 0) -> str:
        return self.run("apply", "-auto-approve", "-input=false", *arguments, code=code)

    def destroy(self, *arguments: str, code: int = 0) -> str:
        return self.run("destroy", "-auto-approve", "-input=false", *arguments, code=code)

    def unchanged(self) -> None:
        """A plan finds nothing to do."""
        self.run("plan", "-input=false", "-detailed-exitcode")

    def planned(self) -> dict[str, Json]:
        """What a plan would change, by address, as ``terraform show -json`` tells it. The plan stays for apply."""
        self.run("plan", "-input=false", "-out=tfplan")
        plan = json.loads(self.run("show", "-json", "tfplan", keep_lines=True))
        changes = {c["address"]: c["change"] for c in plan.get("resource_changes", [])}
        return {
            address: change for address, change in changes.items() if change["actions"] not in (["no-op"], ["read"])
        }

    def apply_planned(self) -> None:
        self.run("apply", "-input=false", "tfplan")

    def state(self) -> Json:
        """The state, wherever it is kept."""
        found: Json = json.loads(self.run("state", "pull", keep_lines=True) or "{}")
        return found

    def resources(self, type_: str = "") -> dict[str, Json]:
        """The attributes of what is in the state, by address."""
        # As terraform stores them: keys are compared with those that were given, which isthmus.observed hides.
        return {
            f"{block['type']}.{block['name']}": block["instances"][0]["attributes"]
            for block in self.state().get("resources", [])
            if block["mode"] == "managed" and block["instances"] and type_ in ("", block["type"])
        }


class Deployment:
    """Every stack of a topology, in a folder laid out as a project is."""

    def __init__(
        self, synthesized: Path, order: Iterable[str], folder: Path, clouds: Emulated, **variables: str
    ) -> None:
        self.clouds = clouds
        self.seconds: dict[str, float] = defaultdict(float)
        self._folder = folder
        self.output = folder / "cdktf.out"
        self._stacks = self.output / "stacks"
        steering = ("TF_", "ARM_", "AWS_", "CDKTF_")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(steering)}
        self.environ = {**clean, **clouds.variables, **variables}
        self.order: list[str] = []
        self._known: dict[str, Stack] = {}
        self.take(synthesized, order)

    def __getitem__(self, ending: str) -> Stack:
        """The stack whose name ends so."""
        [found] = [stack for name, stack in self._known.items() if name.endswith(ending)]
        return found

    @property
    def link(self) -> Stack:
        """The stack of the only link."""
        [found] = [stack for name, stack in self._known.items() if "-link-" in name]
        return found

    def __iter__(self) -> Iterator[Stack]:
        """The stacks in the order of apply."""
        return (self._known[name] for name in self.order)

    def take(self, synthesized: Path, order: Iterable[str]) -> None:
        """Take the configuration of another synthesis of the same topology."""
        self.order = list(order)
        for name in self.order:
            self.take_one(synthesized, name)

    def take_one(self, synthesized: Path, name: str) -> None:
        """Take the configuration of the stack ``name`` alone."""
        if name not in self._known:
            self._known[name] = Stack(self._stacks / name, self.environ, self.seconds)
        self._known[name].write(json.loads((synthesized / "stacks" / name / "cdk.tf.json").read_text(encoding="utf-8")))

    def keep_state_local(self) -> None:
        """Override whatever backend the stacks have with a local one, in their folders only."""
        for stack in self:
            remotes = stack.config.get("data", {}).get("terraform_remote_state", {})
            readers = {
                id_: {"backend": "local", "config": {"path": self._path(id_)}, "workspace": "default"}
                for id_ in remotes
            }
            override: Json = {"terraform": {"backend": {"local": {"path": self._path(stack.name)}}}}
            if readers:
                override["data"] = {"terraform_remote_state": readers}
            (stack.folder / "zz_override.tf.json").write_text(json.dumps(override), encoding="utf-8")

    def _path(self, name: str) -> str:
        return f"../../../terraform.{name.removeprefix('cross-stack-reference-input-')}.tfstate"

    def apply(self) -> None:
        """Apply every stack, in order."""
        for stack in self:
            stack.apply()

    def unchanged(self) -> None:
        """No stack has anything to do."""
        for stack in self:
            stack.unchanged()

    def destroy(self) -> None:
        """Destroy every stack, the last one first."""
        for stack in reversed(list(self)):
            stack.destroy()

    def links(self) -> Links:
        """Both sides, out of the state."""
        return Links(
            Observed(
                Document(name=stack.name, file=stack.name, kind=Kind.STATE, content=stack.state() or {"version": 4})
                for stack in self
            )
        )

    def tunnels(self) -> list[Summary]:
        """The tunnels, out of the state."""
        return summaries(self.links())

    def agree(self, tunnels: int) -> None:
        """There are so many tunnels, and both ends of each were told the same."""
        links = self.links()
        assert len(links.tunnels) == tunnels
        assert list(map(str, differences(links))) == []

    def left(self) -> dict[str, Json]:
        """Everything in both clouds, by id, in the accounts, regions and subscriptions of the stacks."""
        found = {f"{r['type']} {r['id']}": r for r in self.clouds.on_azure()}
        places = {
            (stack.provider["region"], stack.provider.get("assume_role", [{}])[0].get("role_arn"))
            for stack in self._known.values()
            if stack.is_aws
        }
        for region, role in sorted(places, key=str):
            found |= self.clouds.on_aws(region, role)
        return found

    def ids(self) -> set[str]:
        """The ids of everything in the states."""
        return {
            str(a.get(key))
            for stack in self._known.values()
            if stack.name in self.order
            for a in stack.resources().values()
            for key in ("id", "arn")
        }
