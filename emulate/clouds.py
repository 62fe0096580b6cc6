"""Both clouds at once, on free ports of loopback, and what leads terraform to them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from emulate import ABOUT, environment
from emulate.aws import newer_arguments
from emulate.aws.in_front import OURS, InFront
from emulate.aws.provider import LongLivedProvider
from emulate.aws.server import CONTROL, Server
from emulate.azure.providers import Emulator
from emulate.plugin.serving import Server as PluginServer


class Clouds:
    """The emulated clouds as a context manager. What they keep, but for AWS, is in ``folder``.

    ``profiles`` are the AWS profiles that stacks name; ``pinned`` is the version of the AWS provider that they want.
    With ``one_aws_provider`` the real AWS provider is started once (see :class:`LongLivedProvider`), and offers only
    the types of resources that stacks have.

    Raises:
        OSError: ``folder`` cannot be written, or no port is free.
    """

    def __init__(
        self, folder: Path, *, pinned: str, profiles: Iterable[str] = (), one_aws_provider: bool = False
    ) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.azure_file = self.folder / "azure.json"
        self._aws = Server()
        self._azure = Emulator(self.azure_file)
        self._stack = ExitStack()
        found = environment.providers(self.folder, pinned, self._aws.endpoint)
        self.notes = found.notes
        self.variables = {
            **environment.always(),
            **environment.profiles(self.folder, profiles),
            **self._aws.environment(),
            **found.variables,
        }
        self._pinned = pinned
        self._one_aws_provider = one_aws_provider

    def __enter__(self) -> Self:
        self._stack.enter_context(self._aws)
        self._stack.enter_context(self._azure)
        reattach = dict(self._azure.reattach)
        executable = environment.aws_executable() if self._one_aws_provider else None
        if executable:
            provider = self._stack.enter_context(LongLivedProvider(executable, self.variables))
            older = environment.is_older(executable.parent.parent, self._pinned)
            added = newer_arguments.added() if older else {}
            front = PluginServer(InFront(provider.target, self._aws.endpoint, added=added, offered=OURS).served)
            front.start()
            self._stack.callback(front.stop)
            reattach |= front.reattach
        self.variables["TF_REATTACH_PROVIDERS"] = json.dumps(reattach)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()
        environment.forget_providers(self.folder)

    def told(self) -> dict[str, Any]:
        """Where everything is, as JSON."""
        return {
            "about": ABOUT,
            "environment": self.variables,
            "unset": list(environment.UNSET_FOR_TERRAFORM),
            "aws": {"endpoint": self._aws.endpoint, "control": f"{self._aws.endpoint}{CONTROL}"},
            "azure": {"cloud": str(self.azure_file), "control": str(self.azure_file.with_suffix(".control.json"))},
            "notes": self.notes,
        }
