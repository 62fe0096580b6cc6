"""Starts jsii's Node at once and has it load the bindings while Python is still reading the topology.

jsii starts Node when the first binding is imported, waits for it, and waits again for each package that it loads
there. Here Node is started first and asked for what it will be asked for anyway; the answers are read when Python
comes to want them. A request that was not foreseen is sent as ever: nothing but time depends on the guess.

jsii also puts a second Node between Python and the one that works, to wrap what that one prints; every message
passes through it. A socket in the place where the working one expects it makes that unnecessary.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import platform
import socket
import subprocess
from collections import deque
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Final

import loading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ASSEMBLIES: Final = {
    "constructs": "constructs",
    "cdktf": "cdktf",
    "cdktf_cdktf_provider_azurerm": "@cdktf/provider-azurerm",
    "cdktf_cdktf_provider_aws": "@cdktf/provider-aws",
}
"""Package to jsii assembly, in the order in which a synthesis loads them. Every topology needs all four."""

# The program reads and writes on descriptor 3; a shell puts it there, with nothing else left open.
_ON_DESCRIPTOR_3: Final = ("/bin/sh", "-c", 'exec "$@" 3<&0 </dev/null', "sh")
_EXIT_SECONDS: Final = 5


def start(environ: Mapping[str, str] = os.environ) -> bool:
    """Start Node and ask it for :data:`ASSEMBLIES`, without waiting.

    Returns:
        False when the shortcuts are off, the user names a runtime (``JSII_RUNTIME``), jsii is not made the way
        this is written for, or Node does not start: jsii then starts it in its own time, and says in its own
        words what is wrong.
    """
    node = {**environ, **loading.node_environment(environ)}.get("JSII_NODE", "node")
    posix = Path(_ON_DESCRIPTOR_3[0]).exists()
    if not loading.wanted(environ) or "JSII_RUNTIME" in environ or not posix or which(node) is None:
        return False
    try:
        from jsii import _runtime as runtime
        from jsii._kernel.providers import process

        jsii_process: Any = process
        ordinary = jsii_process._NodeProcess
        provider: Any = runtime.kernel.provider
        from loading import pipeline

        jsii_process._NodeProcess = _early(ordinary, jsii_process.LoadRequest, pipeline)
    except (ImportError, AttributeError):
        return False
    try:
        with loading.node_started_inside():
            provider._process  # noqa: B018 - made when it is first looked at
    except (OSError, AttributeError):
        return False
    finally:
        jsii_process._NodeProcess = ordinary
    return True


def _early(ordinary: Any, load_request: Any, pipeline: Any) -> type[Any]:
    """jsii's own class for its Node process, less the waiting."""

    class EarlyNode(ordinary):  # type: ignore[misc]  # known at run time
        def start(self) -> None:
            program = Path(self._jsii_runtime()).parents[1] / "lib" / "program.js"
            node = [os.environ.get("JSII_NODE", "node"), "--max-old-space-size=4069", "--preserve-symlinks"]
            node += ["--require", str(pipeline.HOOK)]
            ours, theirs = socket.socketpair()
            with ours, theirs:
                process: Any = subprocess.Popen(
                    [*_ON_DESCRIPTOR_3, *node, str(program)],
                    stdin=theirs.fileno(),
                    env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"},
                )
                process.stdin = _Requests(ours.makefile("wb"))
                process.stdout = ours.makefile("rb")
            self._process = process
            self._answers: dict[bytes, Any] = {}
            self._greeted = False
            self._pipeline = pipeline.Pipeline()
            atexit.register(self.stop)
            self._foreseen = deque(self._line(load_request(*tarball)) for tarball in _tarballs())
            self._process.stdin.ahead(self._foreseen)

        def send(self, request: Any, response_type: Any) -> Any:
            ahead = self._pipeline.ahead(request)
            if ahead is None:
                return super().send(request, response_type)
            self._process.stdin.write(ahead[0])
            return ahead[1]

        def _line(self, request: Any) -> bytes:
            """As jsii writes it."""
            return b"%b\n" % json.dumps(self._serializer.unstructure(request)).encode()

        def _next_message(self) -> Any:
            """The answer to the last request: answers come in the order in which Node was asked."""
            if not self._greeted:
                self._greeted = True
                foreseen, self._foreseen = self._foreseen, deque()
                self.handshake()
                self._foreseen = foreseen
            wanted = self._process.stdin.last
            while self._foreseen and wanted not in self._answers:
                self._answers[self._foreseen.popleft()] = super()._next_message()
            return self._answers.pop(wanted) if wanted in self._answers else super()._next_message()

        def stop(self) -> None:
            atexit.unregister(self.stop)
            if self._foreseen:  # nobody wants that after all: do not wait for it, nor leave it half told
                self._process.kill()
            with suppress(OSError, ValueError):
                self._process.stdin.write(b'{"exit":0}\n')
                self._process.stdin.close()
            self._process.stdout.close()
            try:
                self._process.wait(timeout=_EXIT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._ctx_stack.close()

    return EarlyNode


class _Requests:
    """What Python asks of Node, less what Node was asked ahead."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._asked: set[bytes] = set()
        self.last = b""

    def ahead(self, lines: deque[bytes]) -> None:
        """Ask for ``lines`` now; when they are written later they are not sent again."""
        self._pipe.write(b"".join(lines))
        self._pipe.flush()
        self._asked.update(lines)

    def write(self, line: bytes) -> None:
        self.last = line
        if line in self._asked:
            self._asked.remove(line)
        else:
            self._pipe.write(line)

    def flush(self) -> None:
        self._pipe.flush()

    def close(self) -> None:
        self._pipe.close()


def _tarballs() -> Iterator[tuple[str, str, str]]:
    """Assembly, version and file of each package that is laid out as jsii's are."""
    for package, assembly in ASSEMBLIES.items():
        spec = importlib.util.find_spec(package)
        for folder in (spec and spec.submodule_search_locations) or ():
            for file in Path(folder, "_jsii").glob("*.jsii.tgz"):
                version = file.name.removesuffix(".jsii.tgz").rpartition("@")[2]
                yield assembly, version, str(file)
