"""Tables on a terminal of any width: never a name, an address or a price broken in the middle."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Column, Table


def fits(table: Table, console: Console) -> bool:
    """Whether every word of ``table``, and every figure, stands on one line within the console's width."""
    return sum(map(_least, table.columns)) + _between(table) <= console.width


def print_table(table: Table, console: Console) -> None:
    """Print ``table``, whose cells are text; as a block of ``key: value`` lines a row where it does not fit.

    Lines are broken between words only. In a block, a first cell that is empty says what the row above says.
    """
    if not fits(table, console):
        _print_blocks(table, console)
        return
    least = [_least(column) for column in table.columns]
    widths = [max(_longest(column), low) for column, low in zip(table.columns, least, strict=True)]
    # The widest gives way first: that is prose, while figures are short.
    while (over := sum(widths) + _between(table) - console.width) > 0:
        at = max((n for n, w in enumerate(widths) if w > least[n]), key=lambda n: widths[n])
        next_widest = max((w for n, w in enumerate(widths) if n != at), default=0)
        widths[at] = max(least[at], widths[at] - over, min(next_widest, widths[at] - 1))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        column.no_wrap = False
    console.print(table)


def print_block(headings: Sequence[str], texts: Sequence[str], console: Console, *, style: str = "") -> None:
    """Print one row as ``key: value`` lines; what has no heading stands alone, what is empty is left out."""
    indent = ""
    for heading, text in zip(headings, texts, strict=True):
        if not text:
            continue
        value = ", ".join(part for part in text.splitlines() if part)
        key = ", ".join(heading.splitlines())
        wrapped = textwrap.wrap(
            f"{key}: {value}" if key else value,
            width=max(console.width, 20),
            initial_indent=indent,
            subsequent_indent=f"{indent}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in wrapped:
            console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)
        indent = "  "


def _print_blocks(table: Table, console: Console) -> None:
    if table.title:
        console.print(str(table.title), style="italic", highlight=False, markup=False)
    headings = [str(column.header) for column in table.columns]
    first = ""
    for row, cells in zip(table.rows, zip(*(column.cells for column in table.columns), strict=True), strict=True):
        first = str(cells[0]) or first
        print_block(headings, [first, *map(str, cells[1:])], console, style=str(row.style or ""))


def _between(table: Table) -> int:
    """The blanks between columns that have no lines between them."""
    return 2 * len(table.columns) - (0 if table.pad_edge else 2)


def _longest(column: Column) -> int:
    return max(map(_width, [line for text in _texts(column) for line in text.splitlines()]), default=0)


def _least(column: Column) -> int:
    """The width below which a word, or a figure, would be broken."""
    whole = column.no_wrap or column.justify == "right"
    cells = [str(cell) for cell in column.cells]
    parts = [part for text in cells for part in (text.splitlines() if whole else text.split())]
    return max(map(_width, [*parts, *str(column.header).split()]), default=0)


def _texts(column: Column) -> list[str]:
    return [str(column.header), *map(str, column.cells)]


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
