"""What a change does to a running deployment: resources, tunnels, steps, and what it buys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from isthmus.changes import Change, Foreseen, Kind
from isthmus.cost.money import Usd
from isthmus.provenance import LEGEND, Status
from isthmus.views.types import Column, Figure, Items, Section, Sentence, Table, View, row

_PAST = {Kind.CREATE: "made", Kind.UPDATE: "changed in place", Kind.REPLACE: "replaced", Kind.DESTROY: "destroyed"}
_MARK = {Kind.CREATE: "+", Kind.UPDATE: "~", Kind.REPLACE: "-/+", Kind.DESTROY: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """A key of the topology that has another value. ``line`` is that in the new file, 0 where the key is gone."""

    path: str
    before: str
    after: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a deployment is worth. ``usd`` is None where a price is not known; shares and Mbit/s by link."""

    usd: Usd | None
    availability: dict[str, tuple[float, Status]]
    mbps: dict[str, tuple[float, Status]]


def changes_view(found: Foreseen, keys: Sequence[KeyChange], before: Worth, after: Worth) -> View:
    """The most important first: what is down, what cannot be done, then every resource and every step."""
    sections: list[Section] = [Sentence(_lead(found), "lead"), *_outages(found), *_refused(found)]
    if keys:
        columns = (Column("Key"), Column("Before"), Column("After"), Column("Line", numeric=True))
        rows = (row(k.path, k.before, k.after, str(k.line) if k.line else "") for k in keys)
        sections.append(Table("changes-keys", "Changed keys", columns, tuple(rows)))
    sections += [*_resources(found), *_steps(found), _worth(before, after)]
    if found.outages:
        sections.append(Sentence(LEGEND))
    return View("Changes", tuple(sections), data=_data(found, keys, before, after))


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many resources are made, changed, replaced and destroyed."""
    listed = list(changes)
    return {kind.value: sum(change.kind is kind for change in listed) for kind in Kind}


def _lead(found: Foreseen) -> str:
    changes = found.prediction.changes
    if not changes and not found.prediction.removed:
        return "Nothing changes: Terraform finds the deployment as it is planned."
    numbers = [(kind, sum(change.kind is kind for change in changes)) for kind in Kind]
    said = ", ".join(f"{count} {_PAST[kind]}" for kind, count in numbers if count) or "none"
    down = [outage for outage in found.outages if outage.whole]
    if down:
        links = ", ".join(f"{o.link} for about {o.duration.minutes} min" for o in down)
        return f"Resources: {said}. Down meanwhile: {links}."
    some = [outage for outage in found.outages if not outage.whole]
    if some:
        return f"Resources: {said}. Every link keeps a tunnel; some tunnels are down meanwhile."
    return f"Resources: {said}. No tunnel goes down."


def _outages(found: Foreseen) -> Iterator[Table]:
    if not found.outages:
        return
    columns = (
        Column("Link"),
        Column("Tunnels down"),
        Column("About", "min", numeric=True),
        Column("Why"),
        Column("Source"),
    )
    rows = (
        row(
            outage.link,
            "all" if outage.whole else ", ".join(outage.tunnels),
            Figure(outage.duration.minutes, "min", status=outage.duration.source.status),
            outage.why,
            str(outage.duration.source),
        )
        for outage in found.outages
    )
    yield Table("changes-outages", "Down meanwhile", columns, tuple(rows))


def _refused(found: Foreseen) -> Iterator[Items]:
    refused = [f"{c.path or c.address}: {c.refused}" for c in found.prediction.changes if c.refused]
    if refused:
        yield Items("Cannot be done as it is", tuple(refused))
    if found.advice:
        yield Items("Another way", found.advice)


def _resources(found: Foreseen) -> Iterator[Table]:
    if not found.prediction.changes:
        return
    columns = (Column(""), Column("Resource"), Column("Type", optional=1), Column("Why"))
    rows = []
    for stack in dict.fromkeys(change.stack for change in found.prediction.changes):
        rows.append(row(stack, kind="group"))
        for change in found.prediction.of(stack):
            name = change.path.partition("/")[2] or change.address
            rows.append(row(_MARK[change.kind], name, change.type, _why(change)))
    notes = ("+ made, ~ changed in place, -/+ replaced, - destroyed",)
    yield Table("changes-resources", "Resources", columns, tuple(rows), notes)


def _why(change: Change) -> str:
    if change.causes:
        return "; ".join(map(str, change.causes))
    return "its stack is destroyed and made again" if change.kind is Kind.REPLACE else ""


def _steps(found: Foreseen) -> Iterator[Table]:
    if not found.stages:
        return
    columns = (Column("Step", numeric=True), Column("Action"), Column("Stack"), Column("Why"))
    rows = (row(str(n), s.action.value, s.stack, s.why) for n, s in enumerate(found.stages, 1))
    notes: tuple[str, ...] = ()
    if any(stage.action.value == "destroy" for stage in found.stages):
        notes = ("Destroy a stack with the configuration that it was applied with, before the new one is written.",)
    yield Table("changes-steps", "Steps", columns, tuple(rows), notes)


def _worth(before: Worth, after: Worth) -> Table:
    columns = (Column("What"), Column("Before", numeric=True), Column("After", numeric=True))
    rows = [row("Cost a month (USD)", _usd(before.usd), _usd(after.usd))]
    for link in dict.fromkeys((*before.availability, *after.availability)):
        pair = (w.availability.get(link) for w in (before, after))
        rows.append(row(f"{link}: availability", *(Figure(v[0], "share", 3, status=v[1]) if v else "" for v in pair)))
        pair = (w.mbps.get(link) for w in (before, after))
        rows.append(row(f"{link}: throughput", *(Figure(v[0], "Mbit/s", status=v[1]) if v else "" for v in pair)))
    return Table("changes-worth", "Before and after", columns, tuple(rows))


def _usd(amount: Usd | None) -> Figure | str:
    if amount is None:
        return "no price"
    return Figure(amount.most, "USD", 2, bound=not amount.is_known, status=amount.status)


def _data(found: Foreseen, keys: Sequence[KeyChange], before: Worth, after: Worth) -> dict[str, Any]:
    return {
        "summary": {
            **counted(found.prediction.changes),
            "interrupted_links": [o.link for o in found.outages if o.whole],
        },
        "keys": [{"path": k.path, "before": k.before, "after": k.after, "line": k.line} for k in keys],
        "resources": [
            {
                "stack": c.stack,
                "address": c.address,
                "path": c.path,
                "type": c.type,
                "action": c.kind.value,
                "because": [
                    {"argument": cause.argument, "before": cause.before, "after": cause.after, "of": cause.of}
                    for cause in c.causes
                ],
                "refused": c.refused,
            }
            for c in found.prediction.changes
        ],
        "outages": [
            {
                "link": o.link,
                "tunnels": list(o.tunnels),
                "whole_link": o.whole,
                "minutes": o.duration.minutes,
                "why": o.why,
                "source": o.duration.source.name,
                "status": o.duration.source.status.value,
            }
            for o in found.outages
        ],
        "steps": [{"action": s.action.value, "stack": s.stack, "why": s.why} for s in found.stages],
        "removed_stacks": list(found.prediction.removed),
        "advice": list(found.advice),
        "before": _worth_data(before),
        "after": _worth_data(after),
    }


def _worth_data(worth: Worth) -> dict[str, Any]:
    links = {
        link: {
            "availability": share,
            "availability_status": status.value,
            "mbps": worth.mbps[link][0],
            "mbps_status": worth.mbps[link][1].value,
        }
        for link, (share, status) in worth.availability.items()
    }
    usd = worth.usd
    money = None if usd is None else {"usd": _number(usd.most), "bound": not usd.is_known, "status": usd.status.value}
    return {"month": money, "links": links}


def _number(value: Decimal) -> float:
    return round(float(value), 2)
