"""A view says the same in every renderer: what each wrote is read back and held against the numbers of the view."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from isthmus.availability import FailureAssumptions, of_deployment, of_link
from isthmus.checks import check
from isthmus.cost.bill import bill
from isthmus.plan.order import steps
from isthmus.prices import load
from isthmus.provenance import Source, Status
from isthmus.regions import pairs
from isthmus.render import csv as as_csv
from isthmus.render import html as as_html
from isthmus.render import json as as_json
from isthmus.render import markdown, terminal
from isthmus.throughput import Tcp, throughput
from isthmus.views.availability import availability_view
from isthmus.views.cost import cost_view
from isthmus.views.plan import plan_view, steps_view
from isthmus.views.prices import prices_view
from isthmus.views.regions import regions_view
from isthmus.views.throughput import throughput_view
from isthmus.views.types import Cell, Column, Figure, Items, Sentence, Table, View, ref, row, source
from tests.unit.rendered import Rows, csv_rows, html_rows, markdown_rows, terminal_rows

PROJECT = Path(__file__).parents[2]
EXAMPLES = ("hub", "accounts")
SUBJECTS = ("plan", "steps", "cost", "throughput", "availability")
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
HOSTILE = "|x|`</td><script>alert(1)</script>**b** [a](http://x) @team #1 ~~c~~ \x1b[31m\u202e"


@cache
def view_of(example: str, subject: str) -> View:
    plan = check(PROJECT / "examples" / f"{example}.yaml").plan
    assert len(plan.links) > 1
    given, tcp = FailureAssumptions(path=0.999), Tcp(flows=3)
    match subject:
        case "plan":
            return plan_view(plan)
        case "steps":
            return steps_view(steps(plan), plan.state)
        case "cost":
            return cost_view(bill(plan, load()))
        case "throughput":
            return throughput_view([throughput(plan, link, tcp=tcp) for link in plan.links], tcp)
        case _:
            return availability_view([of_link(plan, n, given) for n in plan.links], of_deployment(plan, given), given)


def shown(view: View) -> Iterator[tuple[str, int, int, Cell]]:
    """Every cell, with the key of its table, and the places that it has there without the rows that head a group."""
    for table in view.tables:
        rows = [r for r in table.rows if r.kind != "group"]
        for y, found in enumerate(rows, start=1):
            for x, cell in enumerate(found.cells):
                yield table.key, y, x, cell


def figures(cell: Cell) -> list[Figure]:
    return [part for part in cell.content if isinstance(part, Figure)]


def is_figure(cell: Cell) -> bool:
    return len(cell.content) == 1 and bool(figures(cell))


def close(text: str, figure: Figure) -> bool:
    """Whether ``text`` is the number of ``figure``, as near as its digits are said to go."""
    found = NUMBER.search(text)
    assert found, text
    read = Decimal(found[0].replace(",", ""))
    value, digits = Decimal(str(figure.value)), 2 if figure.digits is None else figure.digits
    if figure.unit == "share":
        # Never rounded up.
        return 0 <= value * 100 - read + Decimal("1e-9") < Decimal(1).scaleb(-digits)
    if figure.digits is None and figure.unit.startswith("USD"):
        return read == value
    return abs(read - value) <= Decimal("0.5").scaleb(-digits) + Decimal("1e-9")


@pytest.mark.parametrize("read", [terminal_rows, html_rows, markdown_rows], ids=["terminal", "html", "markdown"])
@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_renderer_shows_every_figure(example: str, subject: str, read: Any) -> None:
    view = view_of(example, subject)
    rows = read(view)
    for table in view.tables:
        data = [r for r in table.rows if r.kind != "group"]
        assert [len(r) for r in rows[table.key]] == [len(table.columns)] * (len(data) + 1), table.key
        assert rows[table.key][0] == [column.heading for column in table.columns]
    for key, y, x, cell in shown(view):
        text = rows[key][y][x]
        assert bool(text) == bool(any(cell.content) or cell.refs), (key, y, x, text)
        if is_figure(cell):
            assert close(text, figures(cell)[0]), (key, text, cell)
        for part in cell.content:
            assert isinstance(part, Figure) or " ".join(part.split()) in text
        for found in cell.refs:
            assert found.status in text


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_terminal_html_and_markdown_say_the_same_in_each_cell(example: str, subject: str) -> None:
    view = view_of(example, subject)

    def plain(rows: dict[str, Rows]) -> dict[str, Rows]:
        # A source is "seen [2]" in two of them, and "seen, source 2" in the other.
        words = re.compile(r",? ?source | \[(?=\d+\])|(?<=\d)\]")
        return {
            key: [[" ".join(words.sub(" ", cell).replace(" ,", "").split()) for cell in r] for r in found]
            for key, found in rows.items()
        }

    assert plain(terminal_rows(view)) == plain(html_rows(view)) == plain(markdown_rows(view))


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_csv_has_every_figure_with_all_its_digits(example: str, subject: str) -> None:
    view = view_of(example, subject)
    rows = csv_rows(view)
    for key, y, x, cell in shown(view):
        if is_figure(cell):
            assert Decimal(rows[key][y][x].split()[0]) == Decimal(str(figures(cell)[0].value))


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    elif type(value) in (int, float):
        yield float(value)


@pytest.mark.parametrize("subject", [subject for subject in SUBJECTS if subject != "steps"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_json_has_every_figure(example: str, subject: str) -> None:
    """To a millionth, however many digits the tables show."""
    view = view_of(example, subject)
    known = list(numbers(json.loads(as_json.render(view))))
    for key, y, x, cell in shown(view):
        # The number of a crossing is nothing but its place.
        wanted = [] if key == "cost-crossings" and x == 0 else [float(f.value) for f in figures(cell)]
        assert [w for w in wanted if not any(abs(w - n) < 2e-6 for n in known)] == [], (key, y)


def test_regions_and_prices_are_whole_as_well() -> None:
    for view in (regions_view(pairs(azure="westeurope")[:5]), prices_view(load(), load().day)):
        known = {round(number, 5) for number in numbers(json.loads(as_json.render(view)))}
        rows = html_rows(view)
        for key, y, x, cell in shown(view):
            for figure in figures(cell):
                assert round(float(figure.value), 5) in known
            if is_figure(cell):
                assert close(rows[key][y][x], figures(cell)[0])


SEEN = Source(name=f"A price list {HOSTILE}", date="2026-11", status=Status.SEEN)
SMALL = View(
    f"A view {HOSTILE}",
    (
        Sentence(HOSTILE, "lead"),
        Sentence("1. no list", ""),
        Table(
            "t",
            f"Title {HOSTILE}",
            (Column(f"Name {HOSTILE}"), Column("Cost", "USD", numeric=True), Column("Source")),
            (
                row("a group", kind="group"),
                row(HOSTILE, Figure(Decimal("1234.5"), "USD", 2, bound=True, status=Status.SEEN), source(SEEN)),
                row("=SUM(1)", Figure(-3.25, "USD", 2), Cell(("x",), (ref(SEEN, "bound"),)), kind="total"),
            ),
            notes=("- no item", "# no heading"),
        ),
        Items("Not known", ("* no item in an item",)),
    ),
)


def test_json_of_a_view_without_data_of_its_own() -> None:
    said = json.loads(as_json.render(SMALL))
    table = said["sections"][2]
    group, first, second = table["rows"]
    assert (group["kind"], second["kind"]) == ("group", "total")
    [amount] = first["cells"][1]["content"]
    assert (amount["value"], amount["unit"], amount["bound"], amount["status"]) == (1234.5, "USD", True, "seen")
    assert second["cells"][2]["content"] == ["x"]
    assert second["cells"][2]["refs"] == [
        {"source": {"name": SEEN.name, "date": "2026-11", "status": "seen"}, "status": "bound"}
    ]
    assert said["sections"][0]["text"] == HOSTILE


def test_csv_takes_nothing_for_a_formula_and_leaves_numbers_alone() -> None:
    heading, first, second = csv.reader(io.StringIO(as_csv.render(SMALL)))
    assert heading[2] == "Cost (USD)"
    assert (first[0], first[2]) == ("a group", "1234.5")
    assert (second[1], second[2]) == ("'=SUM(1)", "-3.25")


def test_html_is_nothing_but_text() -> None:
    page = str(as_html.render(SMALL))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_markdown_is_nothing_but_text() -> None:
    text = markdown.render(SMALL)
    assert markdown.is_rendered(text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]|[@#]\w|://|www\.", text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in inline} == {"text", "strong_open", "strong_close", "html_inline"}
    assert {token.content for token in inline if token.type == "html_inline"} == {"<br>"}
    kinds = Counter(token.type for token in tokens)
    # Of the notes, the sentences and the items, none has become a list or a heading of its own.
    assert (kinds["heading_open"], kinds["table_open"], kinds["tr_open"], kinds["td_open"]) == (4, 1, 4, 9)
    assert (kinds["bullet_list_open"], kinds["ordered_list_open"], kinds["list_item_open"]) == (1, 1, 2)
    assert not {"html_block", "fence", "code_block", "blockquote_open", "hr"} & kinds.keys()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_rendered_is_told_from_what_is_not(subject: str) -> None:
    assert markdown.is_rendered(markdown.render(view_of("hub", subject)))


@pytest.mark.parametrize(
    "text",
    ["<b>", "`a`", "```\na\n```", "[a](b)", "![a](b)", "@team", "see #12", "https://a", "www.a", "a\x1b[31m", "a\u202e",
     "# Approved", "## Approved", "Approved\n===", "Approved\n---", "***", "~~a~~", "&lt;", "$a$", "a > b", "\\\\<b>"],
)  # fmt: skip
def test_what_isthmus_does_not_write_is_noticed(text: str) -> None:
    assert not markdown.is_rendered(f"### Cost\n\n{text}\n")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("@team/core", "@\u200bteam/core"),
        ("see #12 and GH-3", "see #\u200b12 and GH-\u200b3"),
        ("https://example.com", "https:\u200b//example.com"),
        ("www.example.com", "www\u200b.example.com"),
        ("a|b `c` <d> [e](f) *g* _h_ ~i~", r"a\|b \`c\` \<d\> \[e\](f) \*g\* \_h\_ \~i\~"),
        ("a\\", "a\\\\"),
        ("-47.88", "-47.88"),
        ("- a", "\\- a"),
        ("--- ", "\\---"),
        ("73.00", "73.00"),
        ("1. a", "1\\. a"),
        ("=== ", "\\==="),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("a\nb", "a b"),
    ],
)
def test_markdown_escapes(text: str, escaped: str) -> None:
    assert markdown.escaped(text) == escaped


def drawn(table: Table, width: int) -> list[str]:
    out = io.StringIO()
    terminal.show_table(table, Console(file=out, width=width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_optional_columns_give_way_and_are_named() -> None:
    columns = (Column("Name"), Column("Round trip", "ms", numeric=True, optional=2), Column("Zones", optional=1))
    table = Table("t", "", columns, (row("eu-central-1", Figure(4.8, "ms", 1), "yes"),))
    assert drawn(table, 36) == ["Name          Round trip (ms)  Zones", "eu-central-1              4.8  yes"]
    assert drawn(table, 25)[1:] == ["eu-central-1  yes", "A wider terminal also", "shows: Round trip (ms)."]
    assert drawn(table, 12)[1] == "eu-central-1"
    # Where not even the others fit, everything is said line by line.
    assert drawn(table, 11) == ["Name: eu-central-1", "  Round trip (ms):", "    4.8", "  Zones: yes"]


def test_brackets_of_a_cell_are_no_markup() -> None:
    table = Table("t", "[b]", (Column("[c]"),), (row("[red]x[/red]"),))
    assert drawn(table, 40) == ["[b]", "[c]", "[red]x[/red]"]
