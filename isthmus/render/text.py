"""A number or a cell as text: the same in every renderer."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from isthmus.provenance import BOUND, LEGEND, Source, amount_text, percent, price_text
from isthmus.views.types import Cell, Column, Figure, Number, Ref, View

LIMIT: Final = "the limit"
"""Marks the row of the limit that is met first."""


def figure_text(figure: Figure, column: Column | None = None) -> str:
    """A number with its unit, unless that is in the heading of its ``column``."""
    text = _number(figure.value, figure)
    if figure.signed and figure.value > 0:
        text = f"+{text}"
    if figure.bound:
        text = f"≤ {text}"
    if figure.unit.startswith("USD/") and figure.digits is None:
        text += f" / {figure.unit.removeprefix('USD/')}"
    elif figure.unit not in ("", "USD", "share") and not (column and column.unit == figure.unit):
        text += f" {figure.unit}"
    if figure.low is not None:
        low = _number(figure.low, figure)
        text += f" (at least {low})" if figure.high is None else f" ({low} to {_number(figure.high, figure)})"
    return text + figure.after


def _number(value: Number, figure: Figure) -> str:
    if not figure.grouped:
        return str(value)
    if figure.unit == "share":
        return percent(float(value), figure.digits or 0)
    if figure.digits is not None:
        return f"{value:,.{figure.digits}f}"
    if figure.unit.startswith("USD"):
        return price_text(Decimal(str(value)))
    return amount_text(value)


def texts(cell: Cell, column: Column | None = None) -> tuple[str, ...]:
    """What is in a cell but for its sources, a text for each line of it."""
    found = [part if isinstance(part, str) else figure_text(part, column) for part in cell.content]
    return (", ".join(found),) if cell.inline else tuple(found)


def sources(views: Iterable[View]) -> tuple[Source, ...]:
    """Every source of ``views``, in the order of its first use: its place is its number, from 1."""
    return tuple(dict.fromkeys(ref.source for view in views for ref in view.refs))


def legend(refs: Iterable[Ref]) -> str:
    """Explains the words that ``refs`` use for how well a number is known."""
    return f"{LEGEND} {BOUND}" if any(ref.status == "bound" for ref in refs) else LEGEND
