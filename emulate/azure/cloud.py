"""The cloud: one JSON file that several processes share, so that whatever is killed leaves it whole.

An operation is not something that a process does but something that is under way until a time: a client that is killed
in the middle of a create finds the resource made afterwards, as with Azure. The file is replaced in one step, under a
lock beside it. It may be edited by hand: that is drift. It holds keys in clear, as a cloud does, and is its owner's
alone to read.
"""

from __future__ import annotations

import fcntl
import ipaddress
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from emulate.azure.faults import holding
from emulate.plugin import STAND_IN
from emulate.plugin.engine import RefusedError
from emulate.plugin.values import Json, walk

# For documentation (RFC 5737) and for benchmarks (RFC 2544): nobody's. The other two documentation blocks are left to
# the AWS side.
_PUBLIC: Final = (ipaddress.IPv4Network("192.0.2.0/24"), ipaddress.IPv4Network("198.18.0.0/16"))


@dataclass(slots=True, kw_only=True)
class Resource:
    """One resource, with its attributes as the provider shows them."""

    id: str
    type: str
    attributes: Json
    state: str = "Succeeded"
    doing: str = ""
    until: float = 0.0
    """When what is under way will be done; seconds since the epoch."""
    held: str = ""
    """The rule of the control file that keeps it under way."""
    holds: list[str] = field(default_factory=list)
    """Ids on which no other operation may begin meanwhile."""

    @property
    def key(self) -> str:
        """What no two resources share. An association has the id of what it is tied to."""
        return _key(self.id, self.type)

    @property
    def name(self) -> str:
        """The name that its user gave it."""
        return str(self.attributes.get("name") or self.id.rpartition("/")[2])


@dataclass(slots=True, kw_only=True)
class World:
    """What is in the cloud, while nobody else may change it."""

    resources: dict[str, Resource] = field(default_factory=dict)
    addresses_given: int = 0
    fired: dict[str, int] = field(default_factory=dict)
    """How often each rule of the control file has refused something."""

    def get(self, id_: str, type_: str = "") -> Resource | None:
        """The resource with this id, which Azure compares without regard to case."""
        return self.resources.get(_key(id_, type_))

    def add(self, resource: Resource) -> None:
        """Put ``resource`` in, or in place of what was there."""
        self.resources[resource.key] = resource

    def remove(self, resource: Resource) -> None:
        """Take ``resource`` out, with everything below it."""
        for below in [resource, *self.below(resource.id)]:
            self.resources.pop(below.key, None)

    def below(self, id_: str) -> list[Resource]:
        """Everything whose id begins with this one."""
        return [r for r in self.resources.values() if r.id.lower().startswith(id_.lower() + "/")]

    def of_type(self, type_: str) -> list[Resource]:
        """Every resource of a type."""
        return [r for r in self.resources.values() if r.type == type_]

    def referring(self, id_: str) -> list[tuple[Resource, str]]:
        """Who names this id, and in which attribute."""
        return [
            (resource, path)
            for resource in self.resources.values()
            for path, value in walk(resource.attributes)
            if isinstance(value, str) and value.lower() == id_.lower() and path != "id"
        ]

    def under_way(self, ids: list[str]) -> Resource | None:
        """A resource with an operation under way that holds one of ``ids``."""
        wanted = {id_.lower() for id_ in ids}
        now = time.time()
        return next(
            (r for r in self.resources.values() if (r.held or r.until > now) and wanted & {h.lower() for h in r.holds}),
            None,
        )

    def release(self, control: Path) -> None:
        """Let go what the control file no longer holds."""
        held = [resource for resource in self.resources.values() if resource.held]
        rules = holding(control) if held else None
        for resource in held:
            if rules is not None and resource.held not in rules:
                resource.held = ""

    def public_address(self) -> str:
        """An address that nobody had before."""
        number = self.addresses_given
        for block in _PUBLIC:
            if number < block.num_addresses - 2:
                self.addresses_given += 1
                return str(block[number + 1])
            number -= block.num_addresses - 2
        raise RefusedError("the stand-in has no public address left: begin with an empty cloud file")

    def settle(self) -> None:
        """Finish what is due."""
        now = time.time()
        for resource in list(self.resources.values()):
            if resource.doing and not resource.held and resource.until <= now:
                if resource.doing == "delete":
                    self.remove(resource)
                resource.doing, resource.until, resource.holds = "", 0.0, []
                resource.state = "Failed" if resource.state == "Failing" else "Succeeded"


class Cloud:
    """The file ``path``; beside it a lock, a control file (faults.py) and a log of what was done, without values."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.control = self.path.with_suffix(".control.json")
        self._lock = self.path.with_suffix(".lock")
        self._log = self.path.with_suffix(".log")

    @contextmanager
    def open(self) -> Iterator[World]:
        """The world, for as long as the block takes; what was changed is kept, also when the block refuses."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
            world = _read(before, self.path)
            world.release(self.control)
            world.settle()
            try:
                yield world
            finally:
                self._write(world, before)

    def note(self, *words: str) -> None:
        """Add a line to the log: operation, resource, outcome; never a value."""
        line = " ".join([datetime.now(UTC).isoformat(timespec="milliseconds"), *words])
        with self._log.open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _write(self, world: World, before: str) -> None:
        resources = {key: asdict(resource) for key, resource in sorted(world.resources.items())}
        body: dict[str, Any] = {"what": STAND_IN, **asdict(world), "resources": resources}
        after = json.dumps(body, indent=1) + "\n"
        if after == before:
            return
        new = self.path.with_suffix(f".{os.getpid()}.new")
        new.touch(mode=0o600)
        new.write_text(after, encoding="utf-8")
        new.replace(self.path)


def _read(text: str, path: Path) -> World:
    if not text.strip():
        return World()
    try:
        data = json.loads(text)
        resources = {key: Resource(**one) for key, one in data["resources"].items()}
        return World(resources=resources, addresses_given=data["addresses_given"], fired=data["fired"])
    except (AttributeError, KeyError, TypeError, ValueError) as broken:
        raise RefusedError(f"{path} is not a cloud file of the stand-in: {type(broken).__name__}") from None


def _key(id_: str, type_: str) -> str:
    return f"{id_.lower()}|{type_}" if type_.endswith("_association") else id_.lower()
