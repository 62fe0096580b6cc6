"""What a view is made of. Plain and frozen; nothing here knows a subject or a renderer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from isthmus.provenance import Source, Status

Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit. How many digits are shown is said here, so that every renderer rounds it alike.

    ``unit`` is such as ``Mbit/s``, ``USD``, ``USD/h``, or ``share`` (from 0 to 1, shown as per cent). ``digits`` after
    the point; None shows all digits of a price, and up to two of anything else. ``low`` and ``high`` are the range of
    the number. A ``bound`` is an upper bound of it. ``signed`` shows a plus. ``after`` is said behind it. A number
    that only names something, such as an ASN, is not ``grouped`` by thousands.
    """

    value: Number
    unit: str = ""
    digits: int | None = 0
    low: Number | None = None
    high: Number | None = None
    bound: bool = False
    signed: bool = False
    status: Status | None = None
    after: str = ""
    grouped: bool = True


@dataclass(frozen=True, slots=True)
class Ref:
    """Leads to a source. ``status`` is how well the number is known: a :class:`Status`, or ``bound``."""

    source: Source
    status: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: texts and numbers, each on a line unless ``inline``, and the sources of them."""

    content: tuple[str | Figure, ...] = ()
    refs: tuple[Ref, ...] = ()
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row; its first cell names it. ``kind``: ``group`` (one cell, heads the rows below), ``total``, ``limit``."""

    cells: tuple[Cell, ...]
    kind: Literal["", "group", "total", "limit"] = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading. Numbers are at the right. ``unit`` is that of the numbers that do not show their own.

    On a narrow terminal, columns that are ``optional`` are left out, those with the highest number first.
    """

    label: str
    unit: str = ""
    numeric: bool = False
    optional: int = 0

    @property
    def heading(self) -> str:
        """The label with the unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title and notes. ``key`` is unique on a page. One that is ``narrow`` may be beside another.

    Raises:
        ValueError: a row has more or fewer cells than there are columns.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    narrow: bool = False

    def __post_init__(self) -> None:
        for found in self.rows:
            if len(found.cells) != (1 if found.kind == "group" else len(self.columns)):
                raise ValueError(f"{self.title}: a row of {len(found.cells)} cells under {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text of its own: a ``heading``, the ``lead`` that says the main thing, or one like any other."""

    text: str
    kind: Literal["", "heading", "lead"] = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences under a title."""

    title: str
    texts: tuple[str, ...]


class Vertex(Protocol):
    """A point of a curve."""

    @property
    def gb(self) -> Decimal: ...
    @property
    def usd(self) -> Decimal: ...


class Curve(Protocol):
    """USD over GB, straight between its vertices."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def vertices(self) -> Sequence[Vertex]: ...

    def at(self, gb: Decimal) -> Decimal:
        """USD at ``gb``."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over each other; where they are not drawn, the tables beside them have their numbers.

    ``main`` are the keys of those that are drawn where there is room for few.
    """

    title: str
    curves: tuple[Curve, ...]
    main: tuple[str, ...] = ()


Section = Table | Sentence | Items | Chart


@dataclass(frozen=True, slots=True)
class View:
    """All that is shown of a subject, in order. ``data`` is the same for programs: plain values for JSON.

    The keys of ``data`` are a contract with whoever reads ``--json``.
    """

    title: str
    sections: tuple[Section, ...]
    data: Any = field(default=None, hash=False)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables, in order."""
        return tuple(section for section in self.sections if isinstance(section, Table))

    @property
    def refs(self) -> tuple[Ref, ...]:
        """What its tables lead to, in the order of its first use."""
        found = (ref for table in self.tables for row in table.rows for cell in row.cells for ref in cell.refs)
        return tuple(dict.fromkeys(found))


Content = str | Figure | Cell


def row(*cells: Content, kind: Literal["", "group", "total", "limit"] = "") -> Row:
    """A row of texts, numbers and cells."""
    return Row(tuple(c if isinstance(c, Cell) else Cell((c,)) for c in cells), kind)


def columns(*texts: str) -> tuple[Column, ...]:
    """Columns from texts such as ``Limit``, ``ASN:`` (of numbers) and ``Carries:Mbit/s`` (of numbers with a unit)."""
    parts = (text.partition(":") for text in texts)
    return tuple(Column(label, unit, numeric=bool(colon)) for label, colon, unit in parts)


def ref(source: Source, status: str | None = None) -> Ref:
    """Leads to ``source``; ``status`` where the number is known otherwise than the source says."""
    return Ref(source, status or source.status.value)


def source(*found: Source) -> Cell:
    """A cell that leads to the sources ``found``."""
    return Cell(refs=tuple(ref(one) for one in found))
