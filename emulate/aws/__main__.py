"""``python -m emulate.aws``: serve until stdin closes, or until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from emulate.aws.faults import parse
from emulate.aws.server import ABOUT, CONTROL, Server


def main() -> int:
    """Print where the stand-in is, as one line of JSON, and serve."""
    parser = argparse.ArgumentParser(prog="python -m emulate.aws", description=ABOUT)
    parser.add_argument("--host", default="127.0.0.1", help="an address on loopback (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--faults", type=Path, help="a JSON file of what is to go wrong: see emulate/aws/faults.py")
    arguments = parser.parse_args()
    try:
        faults = parse(json.loads(arguments.faults.read_text(encoding="utf-8"))) if arguments.faults else []
        server = Server(host=arguments.host, port=arguments.port, faults=faults)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with server:
        line = {
            "endpoint": server.endpoint,
            "control": f"{server.endpoint}{CONTROL}",
            "about": ABOUT,
            "environment": server.environment(),
        }
        print(json.dumps(line), flush=True)
        threading.Thread(target=_wait_for_stdin, args=(over,), daemon=True).start()
        over.wait()
    return 0


def _wait_for_stdin(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


if __name__ == "__main__":
    sys.exit(main())
