"""What a change of a topology does: diff."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli.common import AsJson, AsMarkdown, fail, needs, one_format, say, show
from isthmus.settings import PROGRAM

if TYPE_CHECKING:
    from isthmus.changes import Foreseen
    from isthmus.checks import Checked
    from isthmus.plan import Plan
    from isthmus.views.changes import KeyChange, Worth


class FailOn(StrEnum):
    """What ends the command with exit code 1."""

    INTERRUPTION = "interruption"
    REPLACEMENT = "replacement"
    DESTRUCTION = "destruction"


def diff(
    old: Annotated[
        Path, typer.Argument(help="The topology that is deployed; with --from, the only file.", show_default=False)
    ],
    new: Annotated[
        Path | None, typer.Argument(help="The topology that is to take its place.", show_default=False)
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option("--from", help="Take the old topology from this git revision of the file.", show_default=False),
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            help="Exit code 1 if a link is down meanwhile, a resource is replaced, or one is destroyed.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Foresee what a change does to a running deployment: resources, tunnels, cost, and the steps to get there.

    Needs no credentials: it synthesizes both topologies and knows what each provider changes in place. Exit codes: 0,
    1 with --fail-on, 2 for bad input.
    """
    from isthmus.changes import foresee
    from isthmus.observed import observe
    from isthmus.views.changes import changes_view

    one_format(json=as_json, markdown=as_markdown)
    if (new is None) == (revision is None):
        fail("name two topologies, or one with --from <git revision>")
    with tempfile.TemporaryDirectory(prefix="isthmus-diff-") as folder:
        place = Path(folder)
        if revision is not None:
            new, old = old, _from_git(old, revision, place)
        assert new is not None
        before, after = _checked(old), _checked(new)
        if before.plan.name != after.plan.name:
            fail(
                f"the deployments are called {before.plan.name} and {after.plan.name}: these are two deployments; to "
                f"rename one, write formerly: {before.plan.name} in {new}"
            )
        needs("synth", "isthmus diff")
        if sys.stderr.isatty():
            say("Synthesizing both topologies …", error=True)
        found = foresee(
            observe(_synthesized(old, place / "old")),
            observe(_synthesized(new, place / "new")),
            before.plan,
            after.plan,
        )
        view = changes_view(found, _keys(before, after, new), _worth(before.plan), _worth(after.plan))
    show(view, as_json=as_json, as_markdown=as_markdown)
    if fail_on is not None and _reached(found, fail_on):
        raise typer.Exit(1)


def _reached(found: Foreseen, limit: FailOn) -> bool:
    from isthmus.changes import Kind

    kinds = {change.kind for change in found.prediction.changes}
    match limit:
        case FailOn.INTERRUPTION:
            return any(outage.whole for outage in found.outages)
        case FailOn.REPLACEMENT:
            return bool(kinds & {Kind.REPLACE, Kind.DESTROY})
        case FailOn.DESTRUCTION:
            return Kind.DESTROY in kinds or bool(found.prediction.removed)


def _checked(file: Path) -> Checked:
    from isthmus.checks import check
    from isthmus.problems import TopologyError

    try:
        return check(file)
    except TopologyError as error:
        fail(*error.report.splitlines())


def _from_git(file: Path, revision: str, place: Path) -> Path:
    """Write the topology of ``revision`` to a file of the same name and return that."""
    done = subprocess.run(
        ["git", "-C", str(file.absolute().parent), "show", f"{revision}:./{file.name}"],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        fail(f"--from {revision}: git has no {file.name} there ({said[-1] if said else 'no message'}): name a revision")
    written = place / "from" / file.name
    written.parent.mkdir()
    written.write_bytes(done.stdout)
    return written


def _synthesized(file: Path, folder: Path) -> Path:
    """Synthesize ``file`` into ``folder``, as `isthmus synth` does, and return that."""
    environ = {**os.environ, "ISTHMUS_TOPOLOGY": str(file.absolute()), "CDKTF_OUTDIR": str(folder)}
    command = [sys.executable, str(PROGRAM / "main.py")]
    done = subprocess.run(command, env=environ, stderr=subprocess.PIPE, text=True, umask=0o077, check=False)
    if done.returncode:
        fail(
            *(done.stderr.splitlines() or [f"{file}: could not be synthesized"]), code=2 if done.returncode == 2 else 1
        )
    return folder


def _keys(before: Checked, after: Checked, file: Path) -> list[KeyChange]:
    from isthmus.problems import dotted
    from isthmus.topology import load
    from isthmus.views.changes import KeyChange

    old, new = (dict(_flat(one.topology.model_dump(mode="json"))) for one in (before, after))
    source = load(file).source
    return [
        KeyChange(
            path=dotted(path),
            before=_value(old.get(path)),
            after=_value(new.get(path)),
            line=source.line(path) if path in new else 0,
        )
        for path in sorted({*old, *new}, key=str)
        if old.get(path) != new.get(path)
    ]


def _flat(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, (*path, key))
    elif isinstance(value, (list, tuple)) and value and any(isinstance(item, dict) for item in value):
        for number, inner in enumerate(value):
            yield from _flat(inner, (*path, number))
    else:
        yield path, value


def _value(value: Any) -> str:
    from isthmus.topology.values.words import show as shown

    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "nothing"
    return shown(value)


def _worth(plan: Plan) -> Worth:
    from isthmus.availability import DOCUMENTED, of_link
    from isthmus.cli.money import loaded_prices
    from isthmus.cost.bill import bill
    from isthmus.prices import NoPriceError
    from isthmus.provenance import weakest
    from isthmus.throughput import Tcp, throughput
    from isthmus.views.changes import Worth

    try:
        usd = bill(plan, loaded_prices(None)).totals.all
    except NoPriceError:
        usd = None
    links = {link.name: of_link(plan, link, DOCUMENTED) for link in plan.links}
    carried = {link.name: throughput(plan, link, tcp=Tcp()) for link in plan.links}
    return Worth(
        usd=usd,
        availability={name: (found.expected, found.expected_status) for name, found in links.items()},
        mbps={
            name: (min(way.binding.mbps for way in found.directions), weakest(way.status for way in found.directions))
            for name, found in carried.items()
        },
    )
