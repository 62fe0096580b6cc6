"""How far two regions are apart."""

from __future__ import annotations

from isthmus.latency import FLOOR, Rtt
from isthmus.throughput import GEODESIC
from isthmus.views.types import Figure, Row, Table, columns, row, source


def round_trip(rtt: Rtt) -> Figure:
    """A round trip in milliseconds, with its range unless it was measured."""
    if rtt.low == rtt.high:
        return Figure(rtt.likely, "ms", 1, status=rtt.source.status)
    return Figure(rtt.likely, "ms", 1, low=rtt.low, high=rtt.high, status=rtt.source.status)


def distance_table(key: str, title: str, *, km: float | None, floor_ms: float | None, rtt: Rtt | None) -> Table:
    """The distance, the least time that light takes over it, and the round trip; ``rtt`` None: not known."""
    rows: list[Row] = []
    if km is not None and floor_ms is not None:
        rows.append(row("distance", Figure(km, "km"), source(GEODESIC)))
        rows.append(row("light in fibre, there and back", Figure(floor_ms, "ms", 1), source(FLOOR)))
    if rtt:
        rows.append(row("round trip", round_trip(rtt), source(rtt.source)))
    else:
        rows.append(row("round trip", "unknown", "no coordinates of a region; give --rtt"))
    return Table(key, title, columns("Between the regions", "Value:", "Source"), tuple(rows), narrow=True)
