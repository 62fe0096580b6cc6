"""A view as Markdown for a comment on a pull request: tables, and texts that are nothing but text.

It imports nothing that has to be installed: the job that writes the comment installs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from isthmus.provenance import Source
from isthmus.render import text as as_text
from isthmus.views.types import Cell, Column, Items, Row, Sentence, Table, View

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>|~&$]")
_AT_START: Final = re.compile(r"^(?:([-+](?=[-\s]|$)|=+$|#+(?=\s|$))|(\d+)([.)](?=\s|$)))")
"""What begins a list, a heading or an underline."""
_LINK: Final = re.compile(r"(?<=[@#!%])(?=\w)|(?<=\bGH-)(?=\d)|(?<=\bwww)(?=\.)|(?<=:)(?=//)", re.IGNORECASE)
"""Where GitHub or GitLab would make a mention, a reference or a link even of what is escaped."""
_BREAK: Final = "\u200b"
_ESCAPED: Final = re.compile(r"\\[\\`*_\[\]<>|~&$+=#.)-]")
_MORE: Final = re.compile(r"[<>`\[\]~$&]|^ *(?:#{1,2}|#{5,}) |^ *(?:[-=*_] *)+$", re.MULTILINE)
"""What :func:`render` never writes: HTML, code, links, headings of other levels, lines."""


def render(view: View) -> str:
    """``view`` under a heading of the third level, its sources last."""
    found = as_text.sources([view])
    parts = [f"### {escaped(view.title)}", *(part for section in view.sections for part in _section(section, found))]
    if found:
        listed = [f"{n}. {escaped(str(source))}" for n, source in enumerate(found, start=1)]
        parts += ["#### Sources", "\n".join(listed), escaped(as_text.legend(view.refs))]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """``text`` on one line, with nothing in it that Markdown, HTML or a service that shows them would read."""
    plain = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
    broken = _LINK.sub(_BREAK, " ".join(plain.split()))
    special = _SPECIAL.sub(r"\\\g<0>", broken)
    return _AT_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", special)


def is_rendered(text: str) -> bool:
    """Whether there is nothing in ``text`` that :func:`render` would not write.

    It can then be shown although somebody else may have written it: it is text, headings of the levels three and
    four, lists and tables.
    """
    bare = _ESCAPED.sub("", text.replace("<br>", ""))
    printable = all(c.isprintable() or c in f"\n{_BREAK}" for c in text)
    return printable and not _MORE.search(bare) and not _LINK.search(bare)


def _section(section: object, found: Sequence[Source]) -> Iterator[str]:
    match section:
        case Table():
            yield f"#### {escaped(section.title)}"
            yield "\n".join(_table(section, found))
            yield from map(escaped, section.notes)
        case Items():
            yield f"#### {escaped(section.title)}"
            yield "\n".join(f"- {escaped(text)}" for text in section.texts)
        case Sentence(kind="heading"):
            yield f"#### {escaped(section.text)}"
        case Sentence(kind="lead"):
            yield f"**{escaped(section.text)}**"
        case Sentence():
            yield escaped(section.text)


def _table(table: Table, found: Sequence[Source]) -> Iterator[str]:
    yield _line(escaped(column.heading) for column in table.columns)
    yield _line("---:" if column.numeric else "---" for column in table.columns)
    for row in table.rows:
        yield _line(_cells(row, table.columns, found))


def _cells(row: Row, columns: Sequence[Column], found: Sequence[Source]) -> Iterator[str]:
    for cell, column in zip(row.cells, columns, strict=False):
        text = _cell(cell, column, found)
        if column is columns[0] and row.kind == "limit":
            text += f" ({as_text.LIMIT})"
        yield f"**{text}**" if row.kind and text else text
    yield from [""] * (len(columns) - len(row.cells))


def _cell(cell: Cell, column: Column, found: Sequence[Source]) -> str:
    lines = [escaped(text) for text in as_text.texts(cell, column)]
    lines += [escaped(f"{ref.status} [{found.index(ref.source) + 1}]") for ref in cell.refs]
    return "<br>".join(lines)


def _line(cells: object) -> str:
    assert isinstance(cells, Iterator)
    return f"| {' | '.join(cells)} |"
