"""Starts jsii's Node at once and has it load the bindings while Python still imports jsii and reads the topology.

jsii starts Node when the first binding is imported, and waits for it and for each package that it loads there. Here
Node is started first and asked for what it will be asked for anyway; what Python asks later goes the same way
(pipeline.py). Nothing but time depends on that.

jsii also puts a second Node between Python and the one that works, to wrap what that one prints; every message
passes through it. A socket in the place where the working one expects it makes that unnecessary.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import loading

if TYPE_CHECKING:
    from collections.abc import Mapping

HOOK: Final = Path(__file__).with_name("pipeline.cjs")
ASSEMBLIES: Final = {
    "constructs": "constructs",
    "cdktf": "cdktf",
    "cdktf_cdktf_provider_azurerm": "@cdktf/provider-azurerm",
    "cdktf_cdktf_provider_aws": "@cdktf/provider-aws",
}
"""Package to jsii assembly, in the order in which a synthesis loads them. Every topology needs all four."""

# The program reads and writes on descriptor 3; a shell puts it there, with nothing else left open.
_ON_DESCRIPTOR_3: Final = ("/bin/sh", "-c", 'exec "$@" 3<&0 </dev/null', "sh")


def start(environ: Mapping[str, str] = os.environ) -> bool:
    """Start Node and ask it for :data:`ASSEMBLIES`, without waiting.

    Returns:
        False when the shortcuts are off, the user names a runtime (``JSII_RUNTIME``), jsii is not made the way
        this is written for, or Node does not start: jsii then starts it in its own time, and says in its own
        words what is wrong.
    """
    node = {**environ, **loading.node_environment(environ)}.get("JSII_NODE", "node")
    posix = Path(_ON_DESCRIPTOR_3[0]).exists()
    if not loading.wanted(environ) or "JSII_RUNTIME" in environ or not posix or shutil.which(node) is None:
        return False
    folder = TemporaryDirectory(prefix="jsii.")
    try:
        process = _node(node, _program(Path(folder.name)))
    except OSError:
        folder.cleanup()
        return False
    try:
        asked = _ask_for_assemblies(process)
        # Only now: importing jsii takes as long as Node takes to start.
        from loading import pipeline

        pipeline.adopt(process, folder, asked)
    except (ImportError, AttributeError, OSError):
        process.kill()
        process.wait()
        folder.cleanup()
        return False
    return True


def _program(folder: Path) -> Path:
    """jsii's program for Node, copied into ``folder`` as jsii does, but without importing jsii.

    Raises:
        FileNotFoundError: jsii is not laid out that way.
    """
    spec = importlib.util.find_spec("jsii")
    for package in (spec and spec.submodule_search_locations) or ():
        for file in Path(package, "_embedded", "jsii").glob("lib__*.js"):
            target = folder.joinpath(*file.name.split("__"))
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, target)
    return (folder / "lib" / "program.js").resolve(strict=True)


def _node(node: str, program: Path) -> Any:
    """Node with ``program`` and the pipeline's hook, whose standard input and output are one socket.

    Raises:
        OSError: it cannot be started.
    """
    options = ("--max-old-space-size=4069", "--preserve-symlinks", "--require", str(HOOK))
    ours, theirs = socket.socketpair()
    with ours, theirs, loading.node_started_inside():
        process: Any = subprocess.Popen(
            [*_ON_DESCRIPTOR_3, node, *options, str(program)],
            stdin=theirs.fileno(),
            env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"},
        )
        process.stdin = ours.makefile("wb")
        process.stdout = ours.makefile("rb")
    return process


def _ask_for_assemblies(process: Any) -> list[str]:
    """Ask for each package that is laid out as jsii's are; returns their files, in the order asked."""
    asked: list[str] = []
    for package, assembly in ASSEMBLIES.items():
        spec = importlib.util.find_spec(package)
        for folder in (spec and spec.submodule_search_locations) or ():
            for file in Path(folder, "_jsii").glob("*.jsii.tgz"):
                version = file.name.removesuffix(".jsii.tgz").rpartition("@")[2]
                asked.append(str(file))
                request = {"api": "load", "name": assembly, "version": version, "tarball": str(file)}
                process.stdin.write(b"!%d %b\n" % (len(asked), json.dumps(request).encode()))
    process.stdin.flush()
    return asked
