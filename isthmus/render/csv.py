"""A view as CSV: its tables, numbers with all their digits. A spreadsheet takes no cell of it for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
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
        writer.writerows([_inert(text) for text in found] for found in _rows(table))
    return out.getvalue()


def _rows(table: Table) -> Iterator[list[str]]:
    grouped = any(row.kind == "group" for row in table.rows)
    group = ""
    yield [*(["Group"] if grouped else []), *(column.heading for column in table.columns)]
    for row in table.rows:
        if row.kind == "group":
            group = _text(row.cells[0], Column(""))
            continue
        cells = [_text(cell, column) for cell, column in zip(row.cells, table.columns, strict=True)]
        yield [*([group] if grouped else []), *cells]


def _text(cell: Cell, column: Column) -> str:
    parts = [part if isinstance(part, str) else _number(part, column) for part in cell.content]
    parts += [f"{ref.status}: {ref.source.name}, {ref.source.date}" for ref in cell.refs]
    return "; ".join(parts)


def _number(figure: Figure, column: Column) -> str:
    """The number, which a program can read where it is alone in its cell."""
    text = f"{figure.value:f}" if not isinstance(figure.value, float | int) else str(figure.value)
    if figure.low is not None:
        high = "" if figure.high is None else f" to {figure.high}"
        text += f" (from {figure.low}{high})"
    return text + figure.after


def _inert(text: str) -> str:
    """``text`` as a cell that no spreadsheet takes for a formula: OWASP's advice on CSV injection. Numbers stay."""
    # The csv module leaves it unquoted: what follows would begin a row.
    text = text.replace("\r", " ")
    if _is_number(text) or not (text.startswith(("\t", "\n")) or text.lstrip().startswith(_FORMULA)):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal() and text.isascii()
