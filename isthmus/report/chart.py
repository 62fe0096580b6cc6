"""Cost over traffic as a picture: one line a shape, a ring where two cross, a mark at the traffic of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from isthmus.cost.bill import traffic_tb
from isthmus.cost.curves import Curve, Series, Vertex
from isthmus.render.chart import distinct, round_up
from isthmus.report.drawing import Dot, Drawing, Line, Text

NEAR_GB: Final = Decimal(10_000)
"""Where the second chart ends: up to here what is billed by the hour still shows."""
_COLOURS: Final = 8
_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Legend:
    """A curve's label and the class of its line. ``cost`` is said at the right end of the chart."""

    label: str
    kind: str
    cost: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The same chart wide and narrow, with what its lines are."""

    wide: Drawing
    narrow: Drawing
    legend: tuple[Legend, ...]


def charts(series: Series) -> tuple[Chart, ...]:
    """All traffic of the curves, and the first part of it larger. None without curves."""
    if not series.curves:
        return ()
    end = max(c.vertices[-1].gb for c in series.curves)
    colours: dict[str, str] = {}
    return (
        _chart("traffic", series, series.curves, end, colours),
        _chart("traffic-near", series, [_cut(c, NEAR_GB) for c in series.curves], NEAR_GB, colours),
    )


def _cut(curve: Curve, end: Decimal) -> Curve:
    kept = [v for v in curve.vertices if v.gb < end]
    return replace(curve, vertices=(*kept, Vertex(end, curve.at(end))))


def _chart(key: str, series: Series, curves: Sequence[Curve], end: Decimal, colours: dict[str, str]) -> Chart:
    shown = distinct(curves)[:_COLOURS]
    for curve in shown:
        colours.setdefault(curve.key, f"c{len(colours) % _COLOURS + 1}")
    top = round_up(max(v.usd for c in shown for v in c.vertices))
    title = f"USD a month over traffic, 0 to {end / 1000:,.0f} TB"
    said = "; ".join(f"{c.label}: ${c.vertices[0].usd:,.0f} to ${c.vertices[-1].usd:,.0f}" for c in shown)

    def drawn(kind: str, width: float, height: float, margin: float, steps: int) -> Drawing:
        plot = _Plot(left=margin, right=width - 16, top=14, bottom=height - 44, end=end, most=top)
        texts, lines, dots = plot.axes(steps)
        names = {c.key for c in shown}
        lines += [
            Line("M" + "L".join(f"{plot.x(v.gb):.1f} {plot.y(v.usd):.1f}" for v in c.vertices),
                 f"curve {colours[c.key]}", c.key)
            for c in reversed(shown)
        ]  # fmt: skip
        for number, crossing in enumerate(series.crossings, start=1):
            if crossing.gb < end and {crossing.first, crossing.then} <= names:
                x, y = plot.x(crossing.gb), plot.y(crossing.usd)
                dots.append(Dot(x, y, "crossing"))
                texts.append(Text(x, y - 11, str(number), "mark", "middle"))
        if series.plan_gb is not None and series.plan_gb <= end:
            x = plot.x(series.plan_gb)
            lines.append(Line(f"M{x:.1f} {plot.top:.1f}V{plot.bottom:.1f}", "here"))
            left = x > (plot.left + plot.right) / 2
            texts.append(
                Text(x - 6 if left else x + 6, plot.top + 10, f"this plan: {traffic_tb(series.plan_gb)}", "mark",
                     "end" if left else "start")
            )  # fmt: skip
        return Drawing(
            key=f"{key}-{kind}", kind=kind, width=width, height=height, title=title,
            description=f"{said}. The tables below give the numbers.",
            lines=tuple(lines), dots=tuple(dots), texts=tuple(texts),
        )  # fmt: skip

    return Chart(
        wide=drawn("wide", 1080, 380, 70, 5),
        narrow=drawn("narrow", 340, 300, 64, 2),
        legend=tuple(Legend(c.label, colours[c.key], f"${c.vertices[-1].usd:,.0f}") for c in shown),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    left: float
    right: float
    top: float
    bottom: float
    end: Decimal
    most: Decimal

    def x(self, gb: Decimal) -> float:
        return self.left + (self.right - self.left) * float(gb / self.end)

    def y(self, usd: Decimal) -> float:
        return self.bottom - (self.bottom - self.top) * float(usd / self.most)

    def axes(self, steps: int) -> tuple[list[Text], list[Line], list[Dot]]:
        texts: list[Text] = []
        lines: list[Line] = []
        for n in range(_TICKS + 1):
            usd = self.most * n / _TICKS
            y = self.y(usd)
            lines.append(Line(f"M{self.left:.1f} {y:.1f}H{self.right:.1f}", "grid" if n else "axis"))
            texts.append(Text(self.left - 8, y + 4, f"${usd:,.0f}", "tick", "end"))
        for n in range(steps + 1):
            gb = self.end * n / steps
            anchor = "end" if n == steps else "middle"
            x = self.x(gb)
            lines.append(Line(f"M{x:.1f} {self.bottom:.1f}v5", "axis"))
            texts.append(Text(x, self.bottom + 20, f"{gb / 1000:,.0f}" + (" TB" if n == steps else ""), "tick", anchor))
        middle = (self.left + self.right) / 2
        texts.append(Text(middle, self.bottom + 38, "traffic a month, both ways together", "tick", "middle"))
        return texts, lines, []
