"""A view on a terminal of any width: never a name, an address or a price broken in the middle."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from isthmus.provenance import Source
from isthmus.render import text as as_text
from isthmus.render.chart import LEAST_WIDTH, chart, distinct
from isthmus.views.types import Cell, Chart, Column, Items, Row, Section, Sentence, Table, View

if TYPE_CHECKING:
    from rich.console import Console

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


def show_table(table: Table, console: Console, found: Sequence[Source] = ()) -> None:
    """Print ``table``; where it does not fit, without its optional columns, or as a block of lines for each row.

    Lines are broken between words only. In a block, a first cell that is empty says what the row above says.
    """
    rows = [(row, _texts(row, table.columns, found)) for row in table.rows]
    cells = [texts for row, texts in rows if row.kind != "group"]
    by_column = [[texts[n] for texts in cells] for n in range(len(table.columns))]
    least = [_least(column, texts) for column, texts in zip(table.columns, by_column, strict=True)]
    kept = _kept(table.columns, least, console.width)
    if table.title:
        console.print(table.title, style="italic", highlight=False, markup=False)
    if kept:
        longest = [_longest([table.columns[n].heading, *by_column[n]]) for n in kept]
        _show_grid(table, rows, kept, _widths([least[n] for n in kept], longest, console.width), console)
    else:
        _show_blocks(table, rows, console)
    if without := [c.heading for n, c in enumerate(table.columns) if kept and n not in kept]:
        _say([f"A wider terminal also shows: {', '.join(without)}."], console)
    _say(table.notes, console)


def _texts(row: Row, columns: Sequence[Column], found: Sequence[Source]) -> list[str]:
    cells = [_text(cell, column, found) for cell, column in zip(row.cells, columns, strict=False)]
    if row.kind == "limit":
        cells[0] += f" <- {as_text.LIMIT}"
    return cells


def _text(cell: Cell, column: Column, found: Sequence[Source]) -> str:
    refs = " ".join(f"{ref.status} [{found.index(ref.source) + 1}]" for ref in cell.refs)
    return "\n".join(text for text in (*as_text.texts(cell, column), refs) if text)


def _least(column: Column, texts: Sequence[str]) -> int:
    """The width below which a word, or a number, would be broken."""
    parts = [part for text in texts for part in (text.splitlines() if column.numeric else text.split())]
    return max(map(_width, [*parts, *column.heading.split()]), default=0)


def _longest(texts: Sequence[str]) -> int:
    return max((_width(line) for text in texts for line in text.splitlines()), default=0)


def _kept(columns: Sequence[Column], least: Sequence[int], room: int) -> list[int]:
    """The places of the columns that there is room for; none where not even the ones that must be there fit."""
    most = max((column.optional for column in columns), default=0)
    for optional in range(most, -1, -1):
        kept = [n for n, column in enumerate(columns) if column.optional <= optional]
        if sum(least[n] for n in kept) + _BETWEEN * (len(kept) - 1) <= room:
            return kept
    return []


def _widths(least: Sequence[int], longest: Sequence[int], room: int) -> list[int]:
    """How wide each column is. The widest gives way first: that is prose, while numbers are short."""
    widths = [max(pair) for pair in zip(longest, least, strict=True)]
    while (over := sum(widths) + _BETWEEN * (len(widths) - 1) - room) > 0:
        at = max((n for n, w in enumerate(widths) if w > least[n]), key=lambda n: widths[n])
        next_widest = max((w for n, w in enumerate(widths) if n != at), default=0)
        widths[at] = max(least[at], widths[at] - over, min(next_widest, widths[at] - 1))
    return widths


def _show_grid(
    table: Table, rows: Sequence[tuple[Row, list[str]]], kept: Sequence[int], widths: Sequence[int], console: Console
) -> None:
    from rich.table import Table as Drawn
    from rich.text import Text

    def drawn(*, heading: bool) -> Drawn:
        made = Drawn(box=None, header_style="bold", pad_edge=False, show_header=heading)
        for n, width in zip(kept, widths, strict=True):
            column = table.columns[n]
            made.add_column(Text(column.heading), justify="right" if column.numeric else "left", width=width)
        return made

    part = drawn(heading=True)
    for row, texts in rows:
        if row.kind == "group":
            console.print(part)
            _heading(texts[0], console)
            part = drawn(heading=False)
        else:
            # As Text, in which no brackets are markup.
            part.add_row(*(Text(texts[n]) for n in kept), style="bold" if row.kind == "total" else "")
    console.print(part)


def _show_blocks(table: Table, rows: Sequence[tuple[Row, list[str]]], console: Console) -> None:
    first = ""
    for row, texts in rows:
        if row.kind == "group":
            _heading(texts[0], console)
            continue
        first = texts[0] or first
        headings = [column.heading for column in table.columns]
        _show_block(headings, [first, *texts[1:]], console, style="bold" if row.kind == "total" else "")


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
