"""Pairs of regions, nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isthmus.clouds.places import Region
from isthmus.latency import WITH_GATEWAYS
from isthmus.provenance import LEGEND, weakest
from isthmus.regions import EgressPrice, Pair
from isthmus.throughput import GEODESIC
from isthmus.views.data import plain
from isthmus.views.types import Cell, Column, Figure, Row, Sentence, Table, View, row


def regions_view(pairs: Sequence[Pair]) -> View:
    """One row a pair, best first."""
    places = [reach.place.name for reach in pairs[0].reaches] if pairs else []
    priced = any(pair.aws_egress or pair.azure_egress for pair in pairs)
    columns = (
        Column("AWS"),
        Column("Azure"),
        Column("Distance", "km", numeric=True, optional=3),
        Column("Round trip", "ms", numeric=True),
        *(Column(f"To {place}", "ms", numeric=True) for place in places),
        Column("Zones on Azure", optional=2),
        *([Column("Egress, AWS and Azure", "USD/GB", optional=1)] if priced else []),
        Column("Missing"),
    )
    notes = []
    if places:
        notes.append("To a place: the round trip to the AWS region, then to the Azure region, without a VPN.")
    if priced:
        notes.append("Egress: what the first GB that is paid for costs out of AWS, then out of Azure; sources: --json.")
    notes += [
        f"Round trips: {WITH_GATEWAYS}. Distances: {GEODESIC}.",
        "Coordinates: AWS publishes none, so the centre of the metro area; Azure's as its region list has them, which "
        "can be off by 300 km. Who may use a region is assumed. Measure before you buy.",
        LEGEND,
    ]
    rows = tuple(_row(pair, priced=priced) for pair in pairs)
    title = "Pairs of regions, nearest first"
    table = Table("regions", title, columns, rows)
    return View(title, (table, *map(Sentence, notes)), data=[_data(pair) for pair in pairs])


def _row(pair: Pair, *, priced: bool) -> Row:
    known = pair.rtt.source.status
    prices = Cell(tuple(_price(price) for price in (pair.aws_egress, pair.azure_egress)))
    return row(
        Cell((pair.aws.name, _place(pair.aws))),
        Cell((pair.azure.name, _place(pair.azure))),
        Figure(pair.km, "km", status=GEODESIC.status),
        Cell((Figure(pair.rtt.likely, "ms", 1, status=known), f"{pair.rtt.low:,.1f} to {pair.rtt.high:,.1f}")),
        *(Cell((Figure(reach.to_aws.likely, "ms"), Figure(reach.to_azure.likely, "ms"))) for reach in pair.reaches),
        "yes" if pair.azure.zones else "no",
        *([prices] if priced else []),
        Cell(pair.missing),
    )


def _place(region: Region) -> str:
    return f"{region.point.name} ({region.source.status})"


def _price(price: EgressPrice | None) -> str | Figure:
    if price is None:
        return "unknown"
    known = price.source.status
    return Figure(price.usd_per_gb, "USD/GB", 3, status=known, after=f" ({known})")


def _data(pair: Pair) -> dict[str, Any]:
    """Milliseconds and kilometres."""
    legs = (rtt.source.status for reach in pair.reaches for rtt in (reach.to_aws, reach.to_azure))
    score = weakest((pair.rtt.source.status, *legs))
    return {"statuses": LEGEND, **plain(pair), "km_source": str(GEODESIC), "score_status": str(score)}
