"""``python -m emulate.azure serve|mirror|plugin``: see README.md."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from emulate import mirror
from emulate.plugin import STAND_IN
from emulate.plugin.schema import load

PROVIDERS = ("azurerm", "random")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the first argument says; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m emulate.azure", description=f"hashicorp/azurerm: {STAND_IN}")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve until standard input closes; prints TF_REATTACH_PROVIDERS")
    write = commands.add_parser("mirror", help="write a filesystem mirror with the stand-in in it")
    write.add_argument("folder", type=Path)
    plugin = commands.add_parser("plugin", help="be a provider (Terraform starts this)")
    plugin.add_argument("provider", choices=PROVIDERS)
    for command in (serve, write, plugin):
        command.add_argument("--cloud", type=Path, required=True, help="the JSON file that is the cloud")
    given = parser.parse_args(arguments)
    if given.command == "mirror":
        sys.stdout.writelines(f"{path}\n" for path in _mirror(given.folder, given.cloud.absolute()))
        return 0
    # Loading gRPC takes a fifth of a second, which the others need not wait for.
    from emulate.azure.providers import engine
    from emulate.plugin.serving import run_as_plugin, served

    if given.command == "plugin":
        return run_as_plugin(served(engine(given.provider, given.cloud)))
    return _serve(given.cloud)


def _mirror(folder: Path, cloud: Path) -> Iterator[Path]:
    for name in PROVIDERS:
        provider = load(name)
        command = mirror.python("emulate.azure.__main__", "plugin", name, "--cloud", str(cloud))
        yield from mirror.write(folder, provider.address, provider.version, command)


def _serve(cloud: Path) -> int:
    from emulate.azure.providers import Emulator

    done = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        done.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with Emulator(cloud) as running:
        sys.stdout.write(json.dumps(running.reattach) + "\n")
        sys.stdout.flush()
        threading.Thread(target=_until_closed, args=[done], daemon=True).start()
        done.wait()
    return 0


def _until_closed(done: threading.Event) -> None:
    # Whoever started this holds the other end; when they die, so does this.
    sys.stdin.read()
    done.set()


if __name__ == "__main__":
    sys.exit(main())
