"""``python -m emulate``: both clouds until standard input closes, or until SIGTERM or SIGINT.

Prints one line of JSON: what to export, where faults are asked for, and what a user should know of this machine.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import threading
from pathlib import Path

from emulate import ABOUT, environment


def main() -> int:
    """Serve; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m emulate", description=ABOUT)
    parser.add_argument("--cloud", type=Path, help="folder for the clouds' files; default: a temporary one")
    parser.add_argument(
        "--aws-provider", default=environment.AWS_PROVIDER, help="the version that stacks pin (default: %(default)s)"
    )
    parser.add_argument("--profile", action="append", default=[], help="an AWS profile that stacks name; repeatable")
    parser.add_argument(
        "--one-aws-provider",
        action="store_true",
        help="start the real AWS provider once, with only the types that stacks have: a command is 3 s faster, but "
        "only one terraform may run at a time",
    )
    given = parser.parse_args()
    environment.forget()
    # Only now: moto looks for the user's profile when it is imported.
    from emulate.clouds import Clouds, InUseError

    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    try:
        with tempfile.TemporaryDirectory(prefix="isthmus-clouds-", ignore_cleanup_errors=True) as scratch:
            clouds = Clouds(
                given.cloud or Path(scratch),
                pinned=given.aws_provider,
                profiles=given.profile,
                one_aws_provider=given.one_aws_provider,
            )
            with clouds:
                print(json.dumps(clouds.told()), flush=True)
                threading.Thread(target=_wait_for_stdin, args=(over,), daemon=True).start()
                over.wait()
    except InUseError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or 'the emulated clouds'}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


def _wait_for_stdin(over: threading.Event) -> None:
    # Whoever started this holds the other end; when they die, so does this.
    sys.stdin.read()
    over.set()


if __name__ == "__main__":
    sys.exit(main())
