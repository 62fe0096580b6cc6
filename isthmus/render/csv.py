"""A view as CSV: its tables, numbers with all their digits. A spreadsheet takes no text of it for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO

from isthmus.views.types import Cell, Column, Figure, Table, View

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - some spreadsheets read the wide ones, too


def render(view: View) -> str:
    """Each table with a heading; of several tables each has its title before it, and a blank line after it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, table in enumerate(view.tables):
        if len(view.tables) > 1:
            writer.writerows([[]] if number else [])
            writer.writerow([_inert(table.title)])
        writer.writerows(_rows(table))
    return out.getvalue()


def _rows(table: Table) -> Iterator[list[str]]:
    grouped = any(row.kind == "group" for row in table.rows)
    group = ""
    units = [_units(table, n) for n in range(len(table.columns))]
    headings = (_heading(column, found) for column, found in zip(table.columns, units, strict=True))
    yield [*(["Group"] if grouped else []), *map(_inert, headings)]
    for row in table.rows:
        if row.kind == "group":
            group = _text(row.cells[0], with_unit=False)
            continue
        cells = [_text(cell, with_unit=len(found) > 1) for cell, found in zip(row.cells, units, strict=True)]
        yield [*([group] if grouped else []), *cells]


def _units(table: Table, column: int) -> set[str]:
    cells = (row.cells[column] for row in table.rows if row.kind != "group")
    return {part.unit for cell in cells for part in cell.content if isinstance(part, Figure)}


def _heading(column: Column, units: set[str]) -> str:
    """The label, and the unit where all numbers of the column have the same."""
    unit = next(iter(units)) if len(units) == 1 else ""
    return f"{column.label} ({unit})" if unit and unit not in column.label.split() else column.label


def _text(cell: Cell, *, with_unit: bool) -> str:
    parts = [part if isinstance(part, str) else _number(part, with_unit=with_unit) for part in cell.content]
    parts += [f"{ref.status}: {ref.source.name}, {ref.source.date}" for ref in cell.refs]
    # A negative number is none either.
    alone = len(parts) == 1 and cell.content and isinstance(cell.content[0], Figure)
    return parts[0] if alone else _inert("; ".join(parts))


def _number(figure: Figure, *, with_unit: bool) -> str:
    """The number, which a program can read where it is alone in its cell."""
    text = f"{figure.value:f}" if isinstance(figure.value, Decimal) else str(figure.value)
    if figure.low is not None:
        high = "" if figure.high is None else f" to {figure.high}"
        text += f" (from {figure.low}{high})"
    return f"{text} {figure.unit}{figure.after}" if with_unit and figure.unit else text + figure.after


def _inert(text: str) -> str:
    """``text`` as a cell that no spreadsheet takes for a formula: OWASP's advice on CSV injection."""
    formula = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(_FORMULA)
    # The csv module leaves a carriage return unquoted: what follows would begin a row.
    text = text.replace("\r", " ")
    return f"'{text}" if formula else text
