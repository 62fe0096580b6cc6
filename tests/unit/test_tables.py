"""Tables on terminals of any width: names, addresses and prices stay whole."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from isthmus import cli
from isthmus.checks import check
from isthmus.plan.order import steps
from isthmus.render.terminal import show_table
from isthmus.views.types import Column, Row, Table, row

PROJECT = Path(__file__).parents[2]
TWO_SITES = """
name: hubx
aws:
  fra: {region: eu-central-1, network: {cidr: 10.10.0.0/16}, gateway: {asn: 64512}}
  dub: {region: eu-west-1, network: {cidr: 10.11.0.0/16}, gateway: {asn: 64513}}
azure:
  hub: {region: westeurope, network: {cidr: 10.20.0.0/16}, gateway: {sku: VpnGw2AZ}}
links:
  - {aws: fra, azure: hub, slot: 0, traffic: {aws_to_azure_gb: 1000}}
  - {aws: dub, azure: hub, slot: 1, traffic: {azure_to_aws_gb: 3000}}
"""


@pytest.fixture
def topology(tmp_path: Path) -> Path:
    file = tmp_path / "two.yaml"
    file.write_text(TWO_SITES, encoding="utf-8")
    return file


def printed(width: int, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """What a command prints on a terminal of ``width`` columns."""
    monkeypatch.setattr(cli.common, "wide_console", lambda: Console(width=width))
    done = CliRunner().invoke(cli.app, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


def table(*rows: tuple[str, ...] | Row, headings: tuple[str, ...]) -> Table:
    columns = tuple(Column(name.removesuffix(":right"), numeric=name.endswith(":right")) for name in headings)
    return Table("t", "Title", columns, tuple(r if isinstance(r, Row) else row(*r) for r in rows))


def text_of(made: Table, width: int) -> str:
    console = Console(width=width, file=io.StringIO())
    show_table(made, console)
    out = console.file
    assert isinstance(out, io.StringIO)
    return out.getvalue()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 160])
def test_every_name_and_address_of_a_plan_is_whole(width: int, topology: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = check(topology).plan
    words = set(printed(width, monkeypatch, "plan", str(topology)).replace(",", " ").split())
    for link, tunnel in plan.tunnels():
        wanted = {tunnel.name, str(tunnel.inside), str(tunnel.aws_address), str(tunnel.azure_address)}
        assert wanted | {c.name for c in link.connections} <= words
    assert {str(site.network.cidrs[0]) for site in plan.aws} <= words
    assert {site.stack for site in plan.aws} <= words


@pytest.mark.parametrize("width", [20, 40, 60, 80])
def test_every_stack_is_whole(width: int, topology: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {step.stack for step in steps(check(topology).plan)}
    assert names <= set(printed(width, monkeypatch, "workspaces", str(topology)).replace(",", " ").split())


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_headings_and_prices_of_regions_are_whole(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(width, monkeypatch, "regions", "--near", "Frankfurt", "--top", "2")
    assert {"eu-central-1", "germanywestcentral"} <= set(shown.replace(",", " ").split())
    assert "0.090" in shown
    assert not re.search(r"^\s*\S\s*$", shown, re.MULTILINE), "a letter a line"


def test_a_pair_of_regions_is_a_block_where_its_table_has_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(60, monkeypatch, "regions", "--near", "Frankfurt", "--top", "1").splitlines()
    assert shown[1] == "AWS: eu-central-1, Frankfurt (assumed)"
    assert shown[2] == "  Azure: germanywestcentral, Frankfurt (assumed)"


@pytest.mark.parametrize("command", ["cost", "throughput", "availability"])
@pytest.mark.parametrize("width", [40, 60])
def test_no_figure_is_cut(command: str, width: int, topology: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever number stands in the wide tables stands in the narrow ones."""
    figure = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})*\.\d+(?![\d.])")
    wide = set(figure.findall(printed(300, monkeypatch, command, str(topology)).partition("USD a month over")[0]))
    narrow = set(figure.findall(printed(width, monkeypatch, command, str(topology))))
    assert wide
    assert wide <= narrow


@pytest.mark.parametrize("width", [60, 80])
def test_no_line_of_a_bill_is_wider_than_the_terminal(
    width: int, topology: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = printed(width, monkeypatch, "cost", str(topology)).splitlines()
    assert max(map(len, lines)) <= width


def test_prices_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(50, monkeypatch, "prices", "show")
    assert "Piece: aws-vpn-connection" in shown
    assert "\n  USD: $0.05\n" in shown
    assert not re.search(r"^\s*\S\s*$", shown, re.MULTILINE), "a letter a line"


def test_a_table_that_fits_is_a_table() -> None:
    assert text_of(table(("a", "1.5"), headings=("name", "USD:right")), 11).splitlines() == [
        "Title",
        "name  USD",
        "a     1.5",
    ]


def test_prose_gives_way_before_names() -> None:
    made = table(("fra-hub-i0-t1", "many words that can be broken"), headings=("tunnel", "note"))
    assert text_of(made, 26).splitlines()[1:] == [
        "tunnel         note       ",
        "fra-hub-i0-t1  many words ",
        "               that can be",
        "               broken     ",
    ]


def test_one_column_too_few_makes_blocks() -> None:
    made = table(("fra-hub-i0-t1", "10.10.0.0/16"), ("", "10.11.0.0/16"), headings=("tunnel", "inside"))
    assert text_of(made, 27).splitlines()[1] == "tunnel         inside      "
    assert text_of(made, 26).splitlines() == [
        "Title",
        "tunnel: fra-hub-i0-t1",
        "  inside: 10.10.0.0/16",
        "tunnel: fra-hub-i0-t1",
        "  inside: 10.11.0.0/16",
    ]


def test_a_figure_is_not_parted_from_its_unit() -> None:
    made = table(("round trip", "3.0 ms, 1.0 to 8.0"), headings=("what", "figure:right"))
    assert text_of(made, 25).splitlines()[2] == "round  3.0 ms, 1.0 to 8.0"
    assert text_of(made, 24).splitlines()[1:] == ["what: round trip", "  figure: 3.0 ms, 1.0 to", "    8.0"]


def test_a_word_longer_than_the_terminal_is_left_whole() -> None:
    name = "x" * 50
    assert name in text_of(table((name, ""), headings=("name", "note")), 20)
