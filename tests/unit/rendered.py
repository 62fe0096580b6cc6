"""What each renderer made of a view, read back: rows of cells, group by group of a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console

from isthmus.render import csv as as_csv
from isthmus.render import html as as_html
from isthmus.render import markdown, terminal
from isthmus.render.text import LIMIT
from isthmus.views.types import Table, View

Rows = list[list[str]]


def terminal_rows(view: View) -> dict[str, Rows]:
    """By the key of the table, the rows of it but for those that head a group, heading first."""
    out = io.StringIO()
    terminal.show(view, Console(file=out, width=600))
    lines = out.getvalue().splitlines()
    return {table.key: list(_terminal_table(lines, table)) for table in view.tables}


def _terminal_table(lines: list[str], table: Table) -> Iterator[list[str]]:
    start = lines.index(table.title) + 1
    end = next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))
    groups = {row.cells[0].content[0] for row in table.rows if row.kind == "group"}
    body = [line for line in lines[start:end] if line.strip() not in groups]
    width = max(map(len, body))
    blank = [all(line[n : n + 1] in ("", " ") for line in body) for n in range(width)]
    # Columns are two blanks apart in every line; words of a cell are one blank apart.
    starts = [n for n in range(width) if not blank[n] and (n == 0 or (blank[n - 1] and blank[n - 2]))]
    found: Rows = []
    for line in body:
        cells = [line[a:b].strip() for a, b in zip(starts, [*starts[1:], width], strict=True)]
        if cells[0] or not found:
            found.append(cells)
        else:
            found[-1] = [f"{before} {cell}".strip() for before, cell in zip(found[-1], cells, strict=True)]
    yield from ([cell.removesuffix(f" <- {LIMIT}") for cell in row] for row in found)


class _Tables(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, Rows] = {}
        self.key = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "div" and (named.get("class") or "").startswith("scroll"):
            self.key = named["aria-labelledby"] or ""
            self.tables[self.key] = []
        elif tag == "tr" and self.key:
            self.tables[self.key].append([])
        elif tag in ("th", "td") and self.key:
            self.tables[self.key][-1].append("")
        elif tag in ("br", "a", "span"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.key = ""

    def handle_data(self, data: str) -> None:
        if self.key and self.tables[self.key] and self.tables[self.key][-1]:
            self.tables[self.key][-1][-1] += data


def html_rows(view: View) -> dict[str, Rows]:
    """The same of the HTML."""
    found = _Tables(str(as_html.render(view))).tables
    return {
        key: [[_one(cell).removesuffix(f" {LIMIT}") for cell in row] for row in rows if len(row) > 1]
        for key, rows in found.items()
    }


def markdown_rows(view: View) -> dict[str, Rows]:
    """The same of the Markdown, as a reader of CommonMark and tables takes it."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown.render(view))
    titles = {table.title: table for table in view.tables}
    found: dict[str, Rows] = {}
    title = ""
    for token, inside in pairwise(tokens):
        text = _inline(inside.children or [])
        if token.type == "heading_open":
            title = text
        elif token.type == "table_open":
            found[titles[title].key] = []
        elif token.type == "tr_open":
            found[titles[title].key].append([])
        elif token.type in ("th_open", "td_open"):
            found[titles[title].key][-1].append(text.removesuffix(f" ({LIMIT})"))
    return {key: [row for n, row in enumerate(rows) if not n or any(row[1:])] for key, rows in found.items()}


def _inline(tokens: Sequence[Token]) -> str:
    text = "".join(" " if token.type == "html_inline" else token.content for token in tokens)
    return _one(text.replace("\u200b", ""))


def csv_rows(view: View) -> dict[str, Rows]:
    """The same of the CSV, without the column that names the group."""
    rows = list(csv.reader(io.StringIO(as_csv.render(view))))
    found: dict[str, Rows] = {}
    for table in view.tables:
        start = rows.index([table.title]) + 1 if len(view.tables) > 1 else 0
        end = next((n for n in range(start, len(rows)) if not rows[n]), len(rows))
        grouped = any(row.kind == "group" for row in table.rows)
        found[table.key] = [row[1:] if grouped else row for row in rows[start:end]]
    return found


def _one(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
