"""The CDKTF program: reads the topology, works out the plan, synthesizes every stack.

`cdktf synth` and `cdktf deploy` run it, and so does `isthmus synth`. It works from any working directory.
Exit codes: 0 written; 2 the topology cannot be used, the output not written or a package missing: standard error says
what is wrong.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

# The program lives for a second and keeps what it allocates: looking for garbage would be all there is to it.
gc.disable()

PROGRAM = Path(__file__).resolve().parent
# Our constructs/ joins the PyPI package of that name only if it is found before that is imported.
if str(PROGRAM) not in sys.path:
    sys.path.insert(0, str(PROGRAM))

from loading import early  # noqa: E402 - after the path is set

if __name__ == "__main__":
    early.start()

from isthmus import extras  # noqa: E402 - while Node gets ready
from isthmus.checks import check  # noqa: E402 - while Node gets ready
from isthmus.printable import one_line  # noqa: E402 - while Node gets ready
from isthmus.problems import TopologyError  # noqa: E402 - while Node gets ready
from isthmus.settings import output_folder, topology_path  # noqa: E402 - while Node gets ready
from isthmus.streams import any_encoding  # noqa: E402 - while Node gets ready


def main() -> int:
    """Synthesize the topology that the environment names; see `isthmus.settings`."""
    any_encoding()
    try:
        checked = check(topology_path())
    except TopologyError as error:
        print(error.report, file=sys.stderr)
        return 2
    for warning in checked.warnings:
        print(warning.render(checked.file), file=sys.stderr)

    if lacking := extras.missing("synth"):
        print(one_line(f"isthmus synth: {lacking}"), file=sys.stderr)
        return 2
    # Only now, so that a mistake in the topology is told without waiting for Node.
    from stacks.synth import synthesize

    folder = output_folder()
    try:
        synthesize(checked.plan, folder)
    except OSError as error:
        said = f"{folder}: cannot be written ({error.strerror}): name a folder that you may write to"
        print(one_line(said), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
