"""The real AWS provider as one long-lived server that terraform attaches to: saves its start with each command."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

# The name of the variable that its own line assigns.
_LINE = "TF_REATTACH_PROVIDERS='"


def target(network: str, address: str) -> str:
    """The ``address`` that a provider tells, as gRPC writes it."""
    return f"unix:{address}" if network == "unix" else address


class LongLivedProvider:
    """``terraform-provider-aws -debug`` while the ``with`` block runs; ``target`` is its gRPC address.

    Whoever attaches configures it anew for everybody: only one terraform may run at a time.

    Raises:
        OSError: the executable cannot be started, or does not say where it is.
    """

    def __init__(self, executable: Path, environment: Mapping[str, str]) -> None:
        self._command = [str(executable), "-debug"]
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[str] | None = None
        self.target = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if _LINE in line:
                [said] = json.loads(line.strip().removeprefix(_LINE).removesuffix("'")).values()
                self.target = target(said["Addr"]["Network"], said["Addr"]["String"])
                break
        else:
            raise OSError(f"{self._command[0]} ended without saying where it serves")
        # It goes on writing; a full pipe would stop it.
        threading.Thread(target=self._process.stdout.read, name="aws-provider", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
