"""The main job on the embedded example: `make demo`. Needs no cloud account and no credentials.

Checks, plans, synthesizes; then deploys with the real terraform on clouds emulated on loopback, reads back what came
up, and shows that a second look changes nothing. All of it happens in a scratch folder; the report stays.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from emulate import ABOUT, environment, runs, terraform  # noqa: E402 - after the path is set
from isthmus.observed import agreement, observe  # noqa: E402 - after the path is set
from isthmus.observed.links import Links  # noqa: E402
from isthmus.observed.summary import summaries  # noqa: E402
from isthmus.streams import any_encoding, coloured  # noqa: E402 - after the path is set

EXAMPLE = PROJECT / "isthmus.yaml"
CDKTF = PROJECT / "node_modules" / ".bin" / "cdktf"

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STACK = re.compile(r"^(?P<stack>[a-z][a-z0-9-]*-(?:network|gateway|vpn|connections|link-[a-z0-9-]+)) ")
# Terraform tells hundreds of lines for a stack; these say how far it is.
_STEP = re.compile(
    r"(?P<what>[a-z]\w+)\.[\w-]+: (?:Creation complete|(?P<waits>Still creating))|(?P<done>Apply complete.*)"
)

REAL = """\
On real clouds, with credentials of AWS and Azure in the environment:

  .venv/bin/isthmus init mine.yaml
  export ISTHMUS_TOPOLOGY=mine.yaml
  .venv/bin/cdktf deploy '*'

The Azure gateway takes 45 minutes or more, and is billed from then on: `cdktf destroy '*'` ends that.
Here, for anything that terraform can do: .venv/bin/isthmus emulate
"""


class FailedError(Exception):
    """A step did not do what it must; the text says which."""


def main() -> int:
    """Show all of it; the exit code."""
    parser = argparse.ArgumentParser(description="The main job on the embedded example.")
    parser.add_argument("--report", type=Path, default=PROJECT / "report.html", help="where the report goes")
    report = parser.parse_args().report.resolve()
    any_encoding()
    environment.forget()
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="isthmus-demo-") as folder:
            scratch = Path(folder).resolve()
            _isthmus("check", EXAMPLE.name)
            _isthmus("plan", EXAMPLE.name)
            _isthmus("synth", EXAMPLE.name, "-o", str(scratch / "cdktf.out"))
            _deployed(scratch)
        _isthmus("report", EXAMPLE.name, "--output", str(report))
    except FailedError as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing was left behind.", file=sys.stderr)
        return 130
    _headline("The same on real clouds")
    print(REAL)
    print(f"Everything took {time.monotonic() - began:.0f} s; nothing was left behind but {report}.")
    return 0


def _isthmus(*arguments: str) -> None:
    _headline(f"isthmus {arguments[0]}")
    began = time.monotonic()
    if subprocess.run([sys.executable, "-m", "isthmus", *arguments], cwd=PROJECT, check=False).returncode:
        raise FailedError(f"isthmus {arguments[0]}")
    print(f"({time.monotonic() - began:.1f} s)")


def _deployed(scratch: Path) -> None:
    """Deploy on emulated clouds, or say what is missing for that."""
    _headline("cdktf deploy '*', with the real terraform on emulated clouds")
    missing = _missing()
    if missing:
        print(f"Not deployed here: {missing}.")
        return
    print(ABOUT, flush=True)
    # Loading moto and gRPC takes a second or two, which whoever has no terraform need not wait for.
    from emulate.clouds import Clouds

    with Clouds(scratch / "clouds", pinned=environment.AWS_PROVIDER) as clouds:
        for note in clouds.notes:
            print(f"Note: {note}.")
        kept = {k: v for k, v in os.environ.items() if k not in environment.UNSET_FOR_TERRAFORM}
        environ = {**kept, **clouds.variables}
        environ["PATH"] = os.pathsep.join(
            [str(clouds.path), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        )
        _project(scratch)
        began = time.monotonic()
        _cdktf(["deploy", "*", "--auto-approve"], scratch, environ, show=_progress)
        print(f"({time.monotonic() - began:.1f} s)")
        _came_up(scratch, runs.place(clouds.folder, scratch))
        _unchanged(scratch, environ)


def _missing() -> str | None:
    try:
        terraform.binary()
    except terraform.UnavailableError as error:
        return str(error)
    if not CDKTF.exists():
        return "cdktf is not installed: `make setup` does that"
    if terraform.mirrored("aws") is None:
        return (
            f"no mirror on this machine has the AWS provider: set {terraform.MIRROR_VARIABLE} to a folder that "
            "`terraform providers mirror` made"
        )
    return None


def _project(scratch: Path) -> None:
    """Make ``scratch`` a project of its own: cdktf keeps its output and local state where it is started."""
    project = json.loads((PROJECT / "cdktf.json").read_text(encoding="utf-8"))
    project["app"] = f'"{sys.executable}" "{PROJECT / "main.py"}"'
    (scratch / "cdktf.json").write_text(json.dumps(project), encoding="utf-8")


Filter = Callable[[Iterable[str]], Iterator[str]]


def _cdktf(arguments: list[str], scratch: Path, environ: dict[str, str], *, show: Filter = iter) -> str:
    """Run cdktf, showing how far it is; returns all it said.

    Raises:
        FailedError: it did not end well.
    """
    words = [str(CDKTF), *arguments, "--skip-synth"]
    said: list[str] = []
    with subprocess.Popen(
        words,
        cwd=scratch,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        umask=0o077,
    ) as process:
        assert process.stdout is not None
        lines = (_COLOUR.sub("", line) for line in process.stdout)
        said.extend(show(lines))
    if process.returncode:
        sys.stdout.writelines(said[-40:])
        raise FailedError(f"cdktf {arguments[0]}")
    return "".join(said)


def _progress(lines: Iterable[str]) -> Iterator[str]:
    """Tell of each stack what is made as it is made, and when it is done."""
    stack, counts, waited = "", dict[str, int](), 0.0
    for line in lines:
        yield line
        named = _STACK.match(line)
        stack = named["stack"] if named else stack
        step = _STEP.search(line)
        if not step:
            continue
        if step["waits"]:
            # One line for all that it waits for at the same time.
            if time.monotonic() - waited > 5:
                print(f"  {stack}: the AWS provider waits ten seconds before it asks whether it is there", flush=True)
            waited = time.monotonic()
        elif step["done"]:
            made = ", ".join(f"{n} {what}" if n > 1 else what for what, n in counts.items())
            print(f"  {stack}: {step['done'].strip()} ({made})", flush=True)
            counts.clear()
        else:
            counts[step["what"]] = counts.get(step["what"], 0) + 1


def _came_up(scratch: Path, kept: Path) -> None:
    """A table of the tunnels, out of the states in ``kept``, which have every resource of every stack."""
    from rich.console import Console
    from rich.table import Table

    _headline("What came up, read back from the state")
    synthesized, deployed = observe(scratch / "cdktf.out"), observe(*sorted(kept.glob("terraform.*.tfstate")))
    for stack in sorted(root.name for root in synthesized.roots):
        wanted, has = (len(list(seen.resources(root=stack))) for seen in (synthesized, deployed))
        if has != wanted:
            raise FailedError(f"{stack} has {wanted} resources, and its state {has}")
        print(f"  {stack}: all {wanted} resources")
    links = Links(deployed)
    found = summaries(links)
    table = Table(box=None, header_style="bold")
    for heading in ("tunnel", "AWS outside", "Azure outside", "AWS inside", "Azure inside", "AWS ASN", "Azure ASN"):
        table.add_column(heading, no_wrap=True)
    for tunnel in found:
        ends = (tunnel.aws_outside, tunnel.azure_outside, tunnel.aws_inside, tunnel.azure_inside)
        table.add_row(tunnel.name, *(str(cell or "-") for cell in (*ends, tunnel.aws_asn, tunnel.azure_asn)))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    wrong = [str(difference) for difference in agreement.differences(links)]
    if wrong or not found:
        raise FailedError("; ".join(wrong) or "no tunnel is in the state")
    print(f"Both ends of all {len(found)} tunnels have the same addresses, key and ASNs.")


def _unchanged(scratch: Path, environ: dict[str, str]) -> None:
    _headline("cdktf diff: a second look")
    for stack in json.loads((scratch / "cdktf.out" / "manifest.json").read_text(encoding="utf-8"))["stacks"]:
        with _heartbeat(f"  {stack}: "):
            said = _cdktf(["diff", stack], scratch, environ)
        if "No changes. Your infrastructure matches the configuration." not in said:
            print(said)
            raise FailedError(f"a second diff of {stack} finds changes")
        print("no changes")


@contextmanager
def _heartbeat(text: str) -> Iterator[None]:
    """Print ``text``, and a dot every two seconds while the block runs."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(2):
            print(".", end="", flush=True)

    print(text, end="", flush=True)
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        print(" ", end="", flush=True)


def _headline(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if coloured(sys.stdout) else f"\n== {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
