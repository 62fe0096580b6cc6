"""A view on a terminal of any width: never a name, an address or a price broken in the middle."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from isthmus.figures import Source
from isthmus.render import text as as_text
from isthmus.render.chart import LEAST_WIDTH, chart, distinct
from isthmus.views.types import Cell, Chart, Column, Items, Row, Section, Sentence, Table, View

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_BETWEEN = 2
"""Blanks between columns."""


def show(view: View, console: Console) -> None:
    """Print ``view``: sentences that follow each other without a blank line between, and its sources last."""
    found = as_text.sources([view])
    for number, (joined, sections) in enumerate(groupby(view.sections, key=_joins)):
        if number:
            console.print()
        for place, section in enumerate(sections):
            if place and not joined:
                console.print()
            _show(section, console, found)
    if found:
        console.print()
        _heading("Sources", console)
        _say((f"[{n}] {source}" for n, source in enumerate(found, start=1)), console)
        _say([as_text.legend(view.refs)], console)


def _joins(section: Section) -> bool:
    return isinstance(section, Sentence)


def _show(section: Section, console: Console, found: Sequence[Source]) -> None:
    match section:
        case Table():
            show_table(section, console, found)
        case Items():
            _heading(section.title, console)
            _say((f"- {text}" for text in section.texts), console)
        case Chart():
            _draw(section, console)
        case Sentence(kind="heading"):
            _heading(section.text, console)
        case Sentence():
            _say([section.text], console)


def _heading(text: str, console: Console) -> None:
    console.print(text, style="bold", highlight=False, markup=False)


def _say(texts: Iterable[str], console: Console) -> None:
    for text in texts:
        console.print(text, highlight=False, markup=False)


def _draw(section: Chart, console: Console) -> None:
    _heading(section.title, console)
    shown = distinct([c for key in section.main for c in section.curves if c.key == key])
    unicode = (console.encoding or "").lower().startswith("utf")
    width = min(console.width, 100) - 2
    if width < LEAST_WIDTH:
        _say([f"The chart needs {LEAST_WIDTH + 2} columns: it is left out."], console)
        return
    for line in chart(shown, width=width, unicode=unicode):
        console.print(line, highlight=False, markup=False, no_wrap=True)


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table as texts. In ``least`` is the width of each column below which a word or a figure would be broken."""

    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def least(self) -> list[int]:
        return [self._least(n) for n in range(len(self.headings))]

    @property
    def longest(self) -> list[int]:
        return [max(map(_width, self._lines(n)), default=0) for n in range(len(self.headings))]

    def _least(self, column: int) -> int:
        cells = [row[column] for row in self.rows]
        parts = [p for text in cells for p in (text.splitlines() if self.numeric[column] else text.split())]
        return max(map(_width, [*parts, *self.headings[column].split()]), default=0)

    def _lines(self, column: int) -> Iterator[str]:
        for text in (self.headings[column], *(row[column] for row in self.rows)):
            yield from text.splitlines()


def show_table(table: Table, console: Console, found: Sequence[Source] = ()) -> None:
    """Print ``table``; where it does not fit, without its optional columns, or as a block of lines for each row.

    Lines are broken between words only. In a block, a first cell that is empty says what the row above says.
    """
    left_out = sorted((c.optional for c in table.columns if c.optional), reverse=True)
    for least in (None, *left_out):
        kept = [n for n, c in enumerate(table.columns) if least is None or c.optional < least]
        shown = table if least is None else _without(table, kept)
        grid = _grid(shown, found)
        if sum(grid.least) + _BETWEEN * (len(kept) - 1) <= console.width:
            _show_grid(shown, grid, console)
            without = [c.heading for n, c in enumerate(table.columns) if n not in kept]
            if without:
                _say([f"A wider terminal also shows: {', '.join(without)}."], console)
            break
    else:
        _show_blocks(table, _grid(table, found), console)
    _say(table.notes, console)


def _without(table: Table, kept: Sequence[int]) -> Table:
    rows = tuple(
        row if row.kind == "group" else replace(row, cells=tuple(row.cells[n] for n in kept)) for row in table.rows
    )
    return replace(table, columns=tuple(table.columns[n] for n in kept), rows=rows)


def _grid(table: Table, found: Sequence[Source]) -> _Grid:
    return _Grid(
        headings=tuple(column.heading for column in table.columns),
        numeric=tuple(column.numeric for column in table.columns),
        rows=tuple(_texts(row, table.columns, found) for row in table.rows if row.kind != "group"),
    )


def _texts(row: Row, columns: Sequence[Column], found: Sequence[Source]) -> tuple[str, ...]:
    cells = [_text(cell, column, found) for cell, column in zip(row.cells, columns, strict=True)]
    if row.kind == "limit":
        cells[0] += f" <- {as_text.LIMIT}"
    return tuple(cells)


def _text(cell: Cell, column: Column, found: Sequence[Source]) -> str:
    refs = " ".join(f"{ref.status} [{found.index(ref.source) + 1}]" for ref in cell.refs)
    return "\n".join(text for text in (*as_text.texts(cell, column), refs) if text)


def _show_grid(table: Table, grid: _Grid, console: Console) -> None:
    from rich.table import Table as Drawn

    widths = _widths(grid, console.width)

    def drawn(*, heading: bool) -> Drawn:
        made = Drawn(box=None, header_style="bold", pad_edge=False, show_header=heading)
        for label, numeric, width in zip(grid.headings, grid.numeric, widths, strict=True):
            made.add_column(_literal(label), justify="right" if numeric else "left", width=width)
        return made

    if table.title:
        console.print(table.title, style="italic", highlight=False, markup=False)
    part, texts = drawn(heading=True), iter(grid.rows)
    for row in table.rows:
        if row.kind != "group":
            part.add_row(*map(_literal, next(texts)), style=_style(row))
            continue
        console.print(part)
        _heading(as_text.texts(row.cells[0])[0], console)
        part = drawn(heading=False)
    console.print(part)


def _literal(text: str) -> Text:
    """``text`` in which no brackets are markup."""
    from rich.text import Text

    return Text(text)


def _style(row: Row) -> str:
    return "bold" if row.kind == "total" else ""


def _widths(grid: _Grid, room: int) -> list[int]:
    """How wide each column is. The widest gives way first: that is prose, while figures are short."""
    least = grid.least
    widths = [max(pair) for pair in zip(grid.longest, least, strict=True)]
    while (over := sum(widths) + _BETWEEN * (len(widths) - 1) - room) > 0:
        at = max((n for n, w in enumerate(widths) if w > least[n]), key=lambda n: widths[n])
        next_widest = max((w for n, w in enumerate(widths) if n != at), default=0)
        widths[at] = max(least[at], widths[at] - over, min(next_widest, widths[at] - 1))
    return widths


def _show_blocks(table: Table, grid: _Grid, console: Console) -> None:
    if table.title:
        console.print(table.title, style="italic", highlight=False, markup=False)
    first, texts = "", iter(grid.rows)
    for row in table.rows:
        if row.kind == "group":
            _heading(as_text.texts(row.cells[0])[0], console)
            continue
        cells = next(texts)
        first = cells[0] or first
        _show_block(grid.headings, (first, *cells[1:]), console, style=_style(row))


def _show_block(headings: Sequence[str], texts: Sequence[str], console: Console, *, style: str) -> None:
    """One row as ``key: value`` lines; what has no heading is alone on its line, what is empty is left out."""
    indent = ""
    for heading, text in zip(headings, texts, strict=True):
        if not text:
            continue
        value = ", ".join(part for part in text.splitlines() if part)
        wrapped = textwrap.wrap(
            f"{heading}: {value}" if heading else value,
            width=max(console.width, 20),
            initial_indent=indent,
            subsequent_indent=f"{indent}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in wrapped:
            console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)
        indent = "  "


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
