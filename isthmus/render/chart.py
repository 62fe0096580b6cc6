"""Curves as text: a dozen lines of characters, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, TypeVar

from isthmus.views.types import Curve

C = TypeVar("C", bound=Curve)

LEAST_WIDTH: Final = 38
"""Characters below which a chart is not worth reading."""
HEIGHT: Final = 13
"""Lines of a chart above its axis; odd, so that one is in the middle."""
_MARKS = "●○▲△■□◆◇"
_PLAIN_MARKS = "*o+x#@%&"
_ROUND: Final = tuple(Decimal(step) for step in ("1", "1.2", "1.6", "2", "2.4", "3", "4", "5", "6", "8", "10"))


def chart(curves: Sequence[Curve], *, width: int, height: int = HEIGHT, unicode: bool = True) -> list[str]:
    """The lines of a chart of ``curves`` over GB, ``width`` characters wide. An earlier curve lies on top.

    At most eight curves have a mark of their own.

    Raises:
        ValueError: ``width`` is below :data:`LEAST_WIDTH`.
    """
    if width < LEAST_WIDTH:
        raise ValueError(f"a chart needs {LEAST_WIDTH} characters")
    marks = _MARKS if unicode else _PLAIN_MARKS
    axis, corner, tick = ("│", "└", "─") if unicode else ("|", "+", "-")
    shown = curves[: len(marks)]
    right = max(c.vertices[-1].gb for c in shown)
    top = round_up(max(v.usd for c in shown for v in c.vertices))
    margin = len(f"${top:,.0f}") + 1
    columns = width - margin - 1
    grid = [[" "] * columns for _ in range(height)]
    for mark, found in reversed(list(zip(marks, shown, strict=False))):
        for x in range(columns):
            usd = found.at(right * x / (columns - 1))
            grid[height - 1 - round(usd / top * (height - 1))][x] = mark
    out = []
    for y, row in enumerate(grid):
        value = top * (height - 1 - y) / (height - 1)
        label = f"${value:,.0f}" if y in (0, height - 1, (height - 1) // 2) else ""
        out.append(f"{label:>{margin}}{axis}{''.join(row).rstrip()}")
    out.append(f"{'':>{margin}}{corner}{tick * columns}")
    out.append(f"{'':>{margin}} {_scale(right, columns)}")
    out += [f"{'':>{margin}} {mark} {c.label}" for mark, c in zip(marks, shown, strict=False)]
    return [line.rstrip() for line in out]


def distinct(curves: Sequence[C]) -> list[C]:
    """Those of ``curves`` that a chart can tell from the ones before: a line apart somewhere."""
    line = round_up(max(v.usd for c in curves for v in c.vertices)) / (HEIGHT - 1)
    found: list[C] = []
    for curve in curves:
        points = [v.gb for v in curve.vertices]
        if all(any(abs(curve.at(gb) - other.at(gb)) >= line for gb in points) for other in found):
            found.append(curve)
    return found


def _scale(right: Decimal, columns: int) -> str:
    middle, end = f"{right / 2000:,.0f}", f"{right / 1000:,.0f} TB a month"
    left = "0".ljust(columns // 2 - len(middle) // 2) + middle
    return left + end.rjust(columns - len(left))


def round_up(value: Decimal) -> Decimal:
    """The next round number, whose half is one too; 1 for nothing."""
    if value <= 0:
        return Decimal(1)
    power = Decimal(10) ** value.adjusted()
    return next(step * power for step in _ROUND if step * power >= value)
