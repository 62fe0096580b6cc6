"""What sections of the report are made of: tables of cells, and sources with a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from isthmus.figures import Source


@dataclass(frozen=True, slots=True)
class Ref:
    """Leads to a source: its number in the list at the end, and how well the figure is known."""

    number: int
    status: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: text, and where it is from."""

    text: str
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row; its first cell names it. ``kind``: ``group`` (heads all columns), ``total``, ``limit`` or empty."""

    cells: tuple[Cell, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; numbers stand at the right."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def table(caption: str, columns: str, rows: Sequence[Row]) -> Table:
    """A table with ``columns`` such as ``"what|USD:right|source"``.

    Raises:
        ValueError: when a row has more or fewer cells than there are columns.
    """
    headings = tuple(Column(c.removesuffix(":right"), c.endswith(":right")) for c in columns.split("|"))
    for found in rows:
        if found.kind != "group" and len(found.cells) != len(headings):
            raise ValueError(f"{caption}: a row of {len(found.cells)} cells under {len(headings)} columns")
    return Table(caption, headings, tuple(rows))


def row(*cells: str | Cell, kind: str = "") -> Row:
    """A row of texts and cells."""
    return Row(tuple(c if isinstance(c, Cell) else Cell(c) for c in cells), kind)


@dataclass(slots=True)
class Sources:
    """Every source that the report leads to, numbered in the order of its first use."""

    found: list[Source] = field(default_factory=list)

    def ref(self, source: Source, status: str | None = None) -> Ref:
        """The number of ``source``; ``status`` when the figure is known otherwise than the source says."""
        if source not in self.found:
            self.found.append(source)
        return Ref(self.found.index(source) + 1, status or source.status.value)

    def cell(self, source: Source) -> Cell:
        """A cell that leads to ``source``."""
        return Cell("", (self.ref(source),))
