"""The report without a browser: what it says, what it draws, and that nothing of a topology becomes HTML."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from isthmus.availability import FailureAssumptions
from isthmus.checks import Checked, check, check_loaded
from isthmus.cli import app
from isthmus.cost.bill import bill
from isthmus.files import write_whole
from isthmus.plan import Plan
from isthmus.plan.types import VpnConnection
from isthmus.prices import Prices, load, prices_path
from isthmus.problems import Problem, Severity
from isthmus.render.text import figure_text
from isthmus.report import html
from isthmus.report.chart import NEAR_GB, charts
from isthmus.report.drawing import clipped
from isthmus.report.topology import topology
from isthmus.topology import loads
from isthmus.views.cost import usd
from isthmus.views.types import Column, Table, row
from tests.unit.plans import one

PROJECT = Path(__file__).parents[2]
EXAMPLES = [PROJECT / "isthmus.yaml", *sorted((PROJECT / "examples").glob("*.yaml"))]
DAY = date(2026, 11, 26)
HOSTILE = "</text><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&"


@pytest.fixture(scope="module")
def prices() -> Prices:
    return load(prices_path(None))


class Seen(HTMLParser):
    """The tags, attributes and text of a page; void elements aside, each tag must be closed in turn."""

    VOID = ("meta", "link", "br")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data


def page_of(checked: Checked, prices: Prices, given: FailureAssumptions | None = None) -> str:
    return html(checked, bill(checked.plan, prices), day=DAY, given=given)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.stem)
def test_each_example_makes_a_page_that_is_well_formed(file: Path, prices: Prices) -> None:
    checked = check(file)
    seen = Seen(page_of(checked, prices))
    assert seen.open == []
    assert len(set(seen.ids)) == len(seen.ids)
    targets = [value[1:] for name, value in seen.attributes if name == "href" and value.startswith("#")]
    assert set(targets) <= set(seen.ids)
    assert "None" not in seen.text
    for _, tunnel in checked.plan.tunnels():
        assert str(tunnel.inside) in seen.text


def test_it_asks_for_nothing_and_runs_nothing(prices: Prices) -> None:
    page = page_of(check(PROJECT / "isthmus.yaml"), prices)
    seen = Seen(page)
    assert not {"script", "img", "iframe", "object", "form", "base"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name in ("src", "srcset", "style") or name.startswith("on")]
    assert {value for name, value in seen.attributes if name == "href" and value[0] != "#"} == {"data:,"}
    assert "url(" not in page
    assert "@import" not in page


def test_the_policy_names_the_style_sheet_by_its_digest(prices: Prices) -> None:
    page = page_of(check(PROJECT / "isthmus.yaml"), prices)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    [policy] = [value for _, value in Seen(page).attributes if value.startswith("default-src")]
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy


def hostile(plan: Plan) -> Plan:
    """``plan`` with HTML wherever it has a text of its own."""
    aws, azure = plan.aws[0], plan.azure[0]
    tags = {HOSTILE: HOSTILE}

    def renamed(connection: VpnConnection) -> VpnConnection:
        first, second = (replace(t, name=f"{HOSTILE}{t.key}") for t in connection.tunnels)
        return replace(connection, name=HOSTILE, tunnels=(first, second))

    links = tuple(
        replace(link, name=HOSTILE, connections=tuple(renamed(c) for c in link.connections)) for link in plan.links
    )
    return replace(
        plan,
        name=HOSTILE,
        aws=(replace(aws, region=HOSTILE, tags=tags),),
        azure=(replace(azure, region=HOSTILE, tags=tags),),
        links=links,
    )


def test_no_text_of_a_plan_becomes_html(prices: Prices) -> None:
    good = check(PROJECT / "isthmus.yaml")
    warning = Problem(text=HOSTILE, path=(HOSTILE,), line=1, severity=Severity.WARNING)
    bad = replace(good, plan=hostile(good.plan), file=f"/home/{HOSTILE.replace('/', '')}", warnings=(warning,))
    page = page_of(bad, replace(prices, name=HOSTILE))
    seen = Seen(page)
    assert seen.open == []
    assert HOSTILE in seen.text
    assert not {"script", "img"} & set(seen.tags)
    assert {name for name, _ in seen.attributes} == {
        name for name, _ in Seen(page_of(replace(good, warnings=(warning,)), prices)).attributes
    }


def test_tags_and_recipients_are_not_on_the_page(prices: Prices) -> None:
    page = page_of(check(PROJECT / "examples" / "complete.yaml"), prices)
    assert "network@example.com" not in page
    assert "4711" not in page


def test_the_same_plan_and_day_give_the_same_page(prices: Prices) -> None:
    first = page_of(check(PROJECT / "examples" / "hub.yaml"), prices)
    assert first == page_of(check(PROJECT / "examples" / "hub.yaml"), prices)
    later = html(
        (checked := check(PROJECT / "examples" / "hub.yaml")),
        bill(checked.plan, prices),
        day=DAY + timedelta(days=1),
    )
    differing = [b for a, b in zip(first.splitlines(), later.splitlines(), strict=True) if a != b]
    assert len(differing) == 1
    assert "2026-11-27" in differing[0]


def test_old_prices_are_warned_of(prices: Prices) -> None:
    checked = check(PROJECT / "isthmus.yaml")
    fresh, old = (replace(prices, day=DAY - timedelta(days=days)) for days in (90, 91))
    assert "days old" not in page_of(checked, fresh)
    assert "The prices are 91 days old" in page_of(checked, old)


def test_warnings_of_the_check_are_on_the_page(prices: Prices) -> None:
    checked = check(PROJECT / "isthmus.yaml")
    assert 'id="warnings"' not in page_of(checked, prices)
    warning = Problem(text="worth knowing", path=("aws",), line=7, severity=Severity.WARNING)
    seen = Seen(page_of(replace(checked, warnings=(warning,)), prices))
    assert "isthmus.yaml:7: warning: aws: worth knowing" in seen.text


def test_every_line_of_the_bill_is_there_with_its_source(prices: Prices) -> None:
    checked = check(PROJECT / "isthmus.yaml")
    month = bill(checked.plan, prices)
    page = html(checked, month, day=DAY)
    text = Seen(page).text
    [lines] = re.findall(r'<table class="columns-5">\s*<caption><span id="cost-lines">.*?</table>', page, re.DOTALL)
    assert len(re.findall(r'href="#source-\d+"', lines)) == len(month.lines)
    assert figure_text(usd(month.totals.all)) in text
    for source in month.sources:
        assert f"{source.name}, {source.date}" in text


def test_each_other_shape_leads_to_a_source(prices: Prices) -> None:
    checked = check(PROJECT / "examples" / "hub.yaml")
    page = page_of(checked, prices)
    [shapes] = re.findall(r'<span id="cost-compared">.*?</table>', page, re.DOTALL)
    rows = re.findall(r'<th scope="row">.*?</tr>', shapes, re.DOTALL)
    assert len(rows) == len(bill(checked.plan, prices).compared)
    assert all("the bill above" in found or 'href="#source-' in found for found in rows)
    assert all('href="#source-' in found for found in rows if "gateway VpnGw" in found)


def test_what_is_given_is_said(prices: Prices) -> None:
    checked = check(PROJECT / "isthmus.yaml")
    text = Seen(page_of(checked, prices, given=FailureAssumptions(path=0.999))).text
    assert "one path over the internet" in text
    assert "99.900 % available" in text


def test_both_pictures_have_each_tunnel_once() -> None:
    plan = check(PROJECT / "examples" / "hub.yaml").plan
    names = [t.name for _, t in plan.tunnels()]
    for drawing in topology(plan):
        assert [line.key for line in drawing.lines if line.key] == names
        assert all(0 <= t.x <= drawing.width and 0 <= t.y <= drawing.height for t in drawing.texts)


def test_lines_of_a_hub_do_not_cross() -> None:
    wide, _ = topology(check(PROJECT / "examples" / "hub.yaml").plan)
    ends = []
    for line in wide.lines:
        numbers = [float(n) for n in re.findall(r"[\d.]+", line.path)]
        ends.append((numbers[1], numbers[-2] if "C" in line.path else numbers[1]))
    assert [a for a, _ in sorted(ends)] == sorted(a for a, _ in ends)
    assert [b for _, b in sorted(ends)] == sorted(b for _, b in ends)


def test_a_site_without_a_link_is_drawn() -> None:
    plan = check_loaded(
        loads(
            """
name: t
aws:
  a: {region: eu-central-1, network: {cidr: 10.1.0.0/16}}
  c: {region: eu-west-1, network: {cidr: 10.3.0.0/16}}
azure: {b: {region: westeurope, network: {cidr: 10.2.0.0/16}}}
links: [{aws: a, azure: b}]
"""
        )
    ).plan
    for drawing in topology(plan):
        assert [t.text for t in drawing.texts].count("c") == 1


def test_static_routes_are_drawn_otherwise() -> None:
    for drawing in topology(one(link="routing: static, tunnels: 2")):
        assert {line.kind for line in drawing.lines if line.key} == {"tunnel static"}


def test_the_chart_marks_the_traffic_of_the_plan_and_ends_where_it_says(prices: Prices) -> None:
    month = bill(check(PROJECT / "isthmus.yaml").plan, prices)
    whole, near = charts(month.series)
    assert whole.wide.title.endswith("0 to 100 TB")
    assert near.wide.title.endswith("0 to 10 TB")
    for chart in (whole, near):
        for drawing in (chart.wide, chart.narrow):
            assert "this plan: 1.5 TB" in [t.text for t in drawing.texts]
            assert len([line for line in drawing.lines if line.key]) == len(chart.legend)
    plan = next(c for c in month.series.curves if c.key == "plan")
    assert near.legend[0].cost == f"${plan.at(NEAR_GB):,.0f}"
    assert whole.legend[0].cost == f"${plan.at(Decimal(100_000)):,.0f}"


def test_a_table_refuses_a_row_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells under 2 columns"):
        Table("t", "t", (Column("a"), Column("b")), (row("x"),))


def test_long_names_are_cut() -> None:
    assert clipped("frankfurt-i0-t1", 15) == "frankfurt-i0-t1"
    assert clipped("frankfurt-dublin-i0-t1", 15) == "frankfur…-i0-t1"


def test_the_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.html"
    write_whole(file, "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, "new")
    assert file.read_text() == "old"
    assert [f.name for f in tmp_path.iterdir()] == ["report.html"]


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    done = CliRunner().invoke(app, ["report", str(PROJECT / "isthmus.yaml"), "--output", str(file)])
    assert (done.exit_code, done.stdout) == (0, f"{file}: written; open it in a browser\n")
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--output", "{tmp}"], "{tmp}: is a folder: name a file in a folder that exists with --output"),
        (["--output", "{tmp}/a/b"], "{tmp}/a/b: its folder does not exist: name a file in a folder that exists with"),
        (["--internet-path", "x"], "--internet-path: 'x'"),
        (["--common-cause", "2"], "--common-cause: '2'"),
    ],
)
def test_what_cannot_be_is_refused(words: list[str], said: str, tmp_path: Path) -> None:
    given = [word.replace("{tmp}", str(tmp_path)) for word in words]
    given += [] if "--output" in given else ["--output", str(tmp_path / "r.html")]
    done = CliRunner().invoke(app, ["report", str(PROJECT / "isthmus.yaml"), *given])
    assert done.exit_code == 2
    assert done.stderr.startswith(said.replace("{tmp}", str(tmp_path)))
    assert list(tmp_path.iterdir()) == []
