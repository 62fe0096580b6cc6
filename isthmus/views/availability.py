"""How available links are: by the SLAs, as expected, and in other designs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from isthmus.availability import (
    PATH_GIVEN,
    DeploymentAvailability,
    Element,
    FailureAssumptions,
    Improvement,
    LinkAvailability,
    hours_a_year,
    minutes_a_month,
)
from isthmus.provenance import LEGEND, Source, Status, percent
from isthmus.views.data import plain
from isthmus.views.types import Figure, Section, Sentence, Table, View, columns, row, source

_DOWN = ("Availability:", "Down a month:min", "Down a year:h")


def availability_view(
    links: Sequence[LinkAvailability], whole: DeploymentAvailability, given: FailureAssumptions
) -> View:
    """Link after link: the promise, the elements, what they add up to, what a change would buy; then all together."""
    sections = [section for number, found in enumerate(links, 1) for section in _link(number, found, given)]
    if len(links) > 1:
        rows = (row(what, *downtime(share, whole.status)) for what, share in _together(whole))
        sections.append(Sentence("The deployment", "heading"))
        sections.append(
            Table("availability-all", f"All links together ({whole.status})", columns("What", *_DOWN), tuple(rows))
        )
    return View("Availability", (*sections, Sentence(_assumed(given))), data=_data(links, whole, given))


def _link(number: int, found: LinkAvailability, given: FailureAssumptions) -> Iterator[Section]:
    yield Sentence(found.link, "heading")
    yield Sentence(found.promise, "lead")
    yield _elements(number, found, given)
    yield _outcomes(number, found)
    yield Sentence(f"Weakest: {' and '.join(found.least_available)}.")
    yield from map(Sentence, found.remarks)


def _elements(number: int, found: LinkAvailability, given: FailureAssumptions) -> Table:
    elements: list[tuple[str, float, Source]] = [_named(leg) for leg in found.design.legs]
    if given.path is not None:
        elements.append(("one path over the internet", given.path, PATH_GIVEN))
    elements += [_named(element) for element in found.design.series]
    rows = (row(name, share(value, origin.status), source(origin)) for name, value, origin in elements)
    headings = columns("Element", "Availability:", "Source")
    key = f"availability-{number}-elements"
    return Table(key, f"{found.link}: its elements", headings, tuple(rows), narrow=True)


def _named(element: Element) -> tuple[str, float, Source]:
    return element.name, element.availability, element.source


def _outcomes(number: int, found: LinkAvailability) -> Table:
    rows = [
        row("SLAs alone, all independent", *downtime(found.documented, found.documented_status), ""),
        row("expected", *downtime(found.expected, found.expected_status), "", kind="total"),
    ]
    for change in found.changes:
        saved = Figure(_saved(found, change), "min", 1, status=change.expected_status)
        what = f"with {change.what}: {change.remark}" if change.remark else f"with {change.what}"
        rows.append(row(what, *downtime(change.expected, change.expected_status), saved))
    headings = columns("Design", *_DOWN, "Saves a month:min")
    title = f"{found.link}: what they add up to ({found.expected_status})"
    return Table(f"availability-{number}-outcomes", title, headings, tuple(rows))


def _saved(found: LinkAvailability, change: Improvement) -> float:
    return minutes_a_month(found.expected) - minutes_a_month(change.expected)


def share(value: float, status: Status | None = None, digits: int = 3) -> Figure:
    """An availability, from 0 to 1."""
    return Figure(value, "share", digits, status=status)


def downtime(value: float, status: Status | None = None) -> tuple[Figure, Figure, Figure]:
    """An availability from 0 to 1, the minutes down in a month and the hours down in a year."""
    minutes, hours = minutes_a_month(value), hours_a_year(value)
    return (
        share(value, status, 4),
        Figure(minutes, "min", 2 if minutes < 1 else 1, status=status),
        Figure(hours, "h", 2 if hours < 10 else 1, status=status),
    )


def _together(whole: DeploymentAvailability) -> Iterator[tuple[str, float]]:
    yield "every link up, SLAs alone", whole.every_documented
    yield "every link up, expected", whole.every_expected
    if whole.any_documented is not None and whole.any_expected is not None:
        yield "at least one link up, SLAs alone", whole.any_documented
        yield "at least one link up, expected", whole.any_expected


def _assumed(given: FailureAssumptions) -> str:
    path = (
        "the internet path is left out (--internet-path)"
        if given.path is None
        else f"each connection has a path of its own over the internet, {percent(given.path)} available"
    )
    return (
        f"Expected: {given.beta:.0%} of the failures of parallel connections hit all of them (--common-cause, "
        f"{given.beta_status}); {path}. Minutes of a 30-day month, hours of a 365-day year. SLAs are credits, not "
        "guarantees."
    )


def _data(
    links: Sequence[LinkAvailability], whole: DeploymentAvailability, given: FailureAssumptions
) -> dict[str, Any]:
    """Availabilities as shares from 0 to 1."""
    return {
        "statuses": LEGEND,
        "assumptions": {
            "internet_path": given.path,
            "common_cause": given.beta,
            "common_cause_status": str(given.beta_status),
        },
        "links": [
            {
                **plain(one),
                "backed": one.backed,
                **_down("documented", one.documented),
                "documented_status": str(one.documented_status),
                **_down("expected", one.expected),
                "expected_status": str(one.expected_status),
                "changes": [
                    {
                        **plain(change),
                        **_down("expected", change.expected),
                        "saves_minutes_a_month": _saved(one, change),
                    }
                    for change in one.changes
                ],
            }
            for one in links
        ],
        "deployment": plain(whole)
        | {
            key: value
            for name in ("every_documented", "every_expected", "any_documented", "any_expected")
            if (up := getattr(whole, name)) is not None
            for key, value in _down(name, up).items()
        },
    }


def _down(name: str, availability: float) -> dict[str, float]:
    return {
        f"{name}_minutes_a_month": minutes_a_month(availability),
        f"{name}_hours_a_year": hours_a_year(availability),
    }
