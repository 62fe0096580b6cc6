"""Both clouds at once, on free ports of loopback, and what leads terraform to them."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from emulate import ABOUT, environment, runs, terraform
from emulate.aws.older_provider import proxy
from emulate.aws.server import CONTROL, Server
from emulate.azure.providers import Emulator


class InUseError(Exception):
    """Somebody else serves out of the folder; the text says what to do."""


class Clouds:
    """The emulated clouds as a context manager. What they keep, but for AWS, is in ``folder``.

    ``variables`` are for the programs that use them, with ``path`` first on PATH: :mod:`emulate.runs` says why.

    ``profiles`` are the AWS profiles that stacks name; ``pinned`` is the version of the AWS provider that they want.
    With ``one_aws_provider`` the real AWS provider is started once, so that only one terraform may run at a time, and
    offers only the types of resources that stacks have.

    Raises:
        InUseError: others serve out of ``folder``.
        OSError: ``folder`` cannot be written, or no port is free.
    """

    def __init__(
        self, folder: Path, *, pinned: str, profiles: Iterable[str] = (), one_aws_provider: bool = False
    ) -> None:
        # As a process that works below it is told where it is.
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stack = ExitStack()
        self._stack.enter_context(_alone(self.folder))
        self.azure_file = self.folder / "azure.json"
        self._aws = Server()
        self._azure = Emulator(self.azure_file)
        self.notes: list[str] = []
        self.variables = {
            **environment.always(),
            **environment.profiles(self.folder, profiles),
            **self._aws.environment(),
        }
        self._binaries: dict[str, str] = {}
        self._for_terraform: dict[str, str] = {}
        try:
            self._binaries = environment.binaries()
        except terraform.UnavailableError as error:
            self.notes.append(str(error))
        else:
            found = environment.providers(self.folder, pinned, self._aws.endpoint)
            self.notes += found.notes
            self._for_terraform = {**self.variables, **found.variables}
            self.variables["TERRAFORM_BINARY_NAME"] = str(self.folder / "bin" / next(iter(self._binaries)))
        self.variables |= environment.outside(self.folder)
        self._pinned = pinned
        self._one_aws_provider = one_aws_provider

    @property
    def path(self) -> Path:
        """The folder with the ``terraform`` that runs on these clouds; to come first on PATH."""
        return self.folder / "bin"

    def __enter__(self) -> Self:
        self._stack.enter_context(self._aws)
        self._stack.enter_context(self._azure)
        reattach = dict(self._azure.reattach)
        executable = environment.aws_executable() if self._one_aws_provider else None
        if executable:
            long_lived = proxy.long_lived(executable, self._pinned, self._aws.endpoint, self.variables)
            reattach |= self._stack.enter_context(long_lived)
        self._for_terraform["TF_REATTACH_PROVIDERS"] = json.dumps(reattach)
        runs.write(self.folder, self._binaries, self._for_terraform, environment.UNSET_FOR_TERRAFORM)
        self._stack.callback(runs.forget, self.folder)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def told(self) -> dict[str, Any]:
        """Where everything is, as JSON."""
        return {
            "about": ABOUT,
            "environment": self.variables,
            "path": str(self.path),
            "unset": list(environment.UNSET_FOR_TERRAFORM),
            "runs": str(runs.place(self.folder, Path("/"))),
            "aws": {"endpoint": self._aws.endpoint, "control": f"{self._aws.endpoint}{CONTROL}"},
            "azure": {"cloud": str(self.azure_file), "control": str(self.azure_file.with_suffix(".control.json"))},
            "notes": self.notes,
        }


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep everybody else from serving out of ``folder``; whoever dies lets go of it."""
    with (folder / "serving.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError(
                f"{folder}: another `isthmus emulate` uses this folder: end that one, or name another folder"
            ) from None
        yield
