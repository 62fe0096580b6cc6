"""`isthmus cost` and `isthmus prices show` as a user meets them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from isthmus.checks import check
from isthmus.cli import app
from isthmus.cost.bill import bill
from isthmus.prices import SNAPSHOT, Prices, load
from isthmus.render import csv as as_csv
from isthmus.render import terminal
from isthmus.views.cost import cost_view, lines_view

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
EXAMPLE = PROJECT / "isthmus.yaml"
FILES = [EXAMPLE, *sorted((PROJECT / "examples").glob("*.yaml")), *sorted(HERE.glob("valid/*.yaml"))]
RECIPE = """\
name: t
aws: {a: {region: us-east-1, network: {cidr: 10.1.0.0/16}}}
azure: {b: {region: eastus, network: {cidr: 10.2.0.0/16}}}
links: [{aws: a, azure: b, traffic: {aws_to_azure_gb: 1000, azure_to_aws_gb: 1000}}]
monitoring: false
"""


TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The snapshot grows old; the tests do not."""
    monkeypatch.setattr("isthmus.cli.money._today", lambda: TODAY)


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], prog_name="isthmus")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    file = tmp_path / "recipe.yaml"
    file.write_text(RECIPE, encoding="utf-8")
    return file


def row(text: str, start: str) -> list[str]:
    [found] = [line.split() for line in text.splitlines() if line.strip().startswith(start)]
    return found


def test_the_recipe_in_a_table(recipe: Path) -> None:
    done = run("cost", recipe)
    assert (done.exit_code, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [words[-1] for words in lines if words[:1] == ["all"]] == ["407.50", "168.60", "238.90", "407.50"]
    assert row(done.stdout, "egress to 10,240 GB") == "egress to 10,240 GB $0.09 / GB 900 81.00 seen [2]".split()
    assert "≤" not in done.stdout.partition("Other shapes")[0]


def test_months_and_options_change_the_sum(recipe: Path) -> None:
    said = json.loads(run("cost", recipe, "--json", "--months", "12", "--no-tunnel-ipv4").stdout)
    assert (said["month"]["usd"], said["months"], said["months_usd"]) == (392.9, 12, 4714.8)
    assert "USD in 12 months" in run("cost", recipe, "--months", "12").stdout


def test_json_has_all_of_a_line(recipe: Path) -> None:
    said = json.loads(run("cost", recipe, "--json").stdout)
    [line] = [n for n in said["lines"] if n["piece"] == "azure-gateway-VpnGw1AZ"]
    assert line == {
        "cloud": "azure",
        "site": "azure.b",
        "link": None,
        "piece": "azure-gateway-VpnGw1AZ",
        "what": "gateway VpnGw1AZ",
        "where": "eastus",
        "unit": "hour",
        "unit_usd": 0.21,
        "quantity": 730.0,
        "month_usd": 153.3,
        "month_usd_least": 153.3,
        "months_usd": 153.3,
        "month_status": "computed",
        "source": "Azure Retail Prices API, in public copies",
        "date": "2026-09",
        "status": "seen",
        "bound": False,
        "gap": None,
    }
    assert said["sites"]["aws.a"]["usd"] == 168.6
    assert said["clouds"]["azure"]["usd"] == 238.9


def test_json_has_curves_for_a_chart(recipe: Path) -> None:
    over = json.loads(run("cost", recipe, "--json").stdout)["over_traffic"]
    plan = next(c for c in over["curves"] if c["shape"] == "plan")
    assert plan["vertices"][0] == {"gb": 0.0, "month_usd": 248.2}
    assert over["plan_gb"] == 2000
    assert {"cheaper_below", "cheaper_above", "gb", "month_usd", "status"} == over["crossings"][0].keys()


def test_csv_has_the_lines_of_json(recipe: Path) -> None:
    rows = list(csv.DictReader(StringIO(run("cost", recipe, "--csv").stdout)))
    lines = json.loads(run("cost", recipe, "--json").stdout)["lines"]
    assert [(r["what"], float(r["month_usd"])) for r in rows] == [(n["what"], n["month_usd"]) for n in lines]
    assert rows[0].keys() == lines[0].keys()


@pytest.mark.parametrize("start", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "  =1"])
def test_csv_has_no_formula_out_of_a_price_file(start: str, recipe: Path) -> None:
    known = load()
    odd = [replace(fact, source=replace(fact.source, name=start)) for fact in known.facts]
    text = as_csv.render(lines_view(bill(check(recipe).plan, Prices(tuple(odd), known.day, "p"))))
    rows = list(csv.DictReader(StringIO(text, newline="")))
    assert {row["source"] for row in rows} == {"'" + start.replace("\r", " ")}
    assert all(float(row["month_usd"]) >= 0 for row in rows)


def test_csv_and_json_are_one_too_many(recipe: Path) -> None:
    done = run("cost", recipe, "--csv", "--json")
    assert (done.exit_code, done.stderr) == (2, "")
    assert json.loads(done.stdout)["problems"][0]["text"] == "--json and --csv cannot be combined: leave one out"


@pytest.mark.parametrize("option", [("--months", "0"), ("--log-gb", "-1"), ("--log-gb", "nan"), ("--months", "x")])
def test_amounts_out_of_range_are_bad_input(option: tuple[str, str], recipe: Path) -> None:
    done = run("cost", recipe, *option)
    assert (done.exit_code, done.stdout) == (2, "")
    assert option[0] in done.stderr


def test_a_link_without_traffic_is_named() -> None:
    done = run("cost", PROJECT / "examples" / "hub.yaml")
    assert "No traffic is stated for fra-hub, dub-hub, iad-hub: none is counted." in done.stdout


def test_gaps_name_the_region() -> None:
    said = json.loads(run("cost", EXAMPLE, "--json").stdout)
    assert [gap.partition(":")[0] for gap in said["gaps"]] == [
        "azure-gateway-VpnGw1AZ in germanywestcentral",
        "azure-log-storage in germanywestcentral",
    ]
    assert "At the cheapest prices known, the month is $" in run("cost", EXAMPLE).stdout


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_tables_keep_to_the_width_of_the_terminal(file: Path, width: int) -> None:
    out = StringIO()
    terminal.show(cost_view(bill(check(file).plan, load()), months=12), Console(file=out, width=width))
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text.replace("aws_to_azure_gb: …", "").replace("azure_to_aws_gb: …", "")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_number_leads_to_a_source(file: Path) -> None:
    out = StringIO()
    terminal.show(cost_view(bill(check(file).plan, load())), Console(file=out, width=160))
    body, _, sources = out.getvalue().partition("\nSources\n")
    listed = {line.partition(" ")[0] for line in sources.splitlines() if line.startswith("[")}
    used = {word for word in body.split() if word.startswith("[") and word.endswith("]")}
    assert used
    assert used <= listed


def test_sites_without_a_link_cost_their_gateways() -> None:
    plan = replace(check(EXAMPLE).plan, links=())
    found = bill(plan, load())
    assert [line.what for line in found.lines] == ["gateway VpnGw1AZ", "static IPv4, 2"]
    assert (found.totals.links, found.series.curves) == ((), ())
    out = StringIO()
    terminal.show(cost_view(found), Console(file=out, width=80))
    assert "shared at azure.fra" in out.getvalue()


# prices show


def old_prices(folder: Path, days: int) -> Path:
    file = folder / "old.yaml"
    day = TODAY - timedelta(days=days)
    text = SNAPSHOT.read_text(encoding="utf-8").replace("\ndate: 2026-11-25\n", f"\ndate: {day.isoformat()}\n")
    file.write_text(text, encoding="utf-8")
    return file


def test_prices_older_than_90_days_are_warned_of(tmp_path: Path, recipe: Path) -> None:
    file = old_prices(tmp_path, 91)
    done = run("cost", recipe, "--prices", file)
    assert done.exit_code == 0
    assert done.stderr == f"warning: {file} is 91 days old: renew it with isthmus prices refresh\n"
    assert run("cost", recipe, "--prices", old_prices(tmp_path, 90)).stderr == ""


def test_show_says_the_age(tmp_path: Path) -> None:
    file = old_prices(tmp_path, 3)
    day = TODAY - timedelta(days=3)
    first = run("prices", "show", "--prices", file).stdout.replace("\n", " ")
    assert f"of {day.isoformat()}: 3 days old. USD without tax." in first


def test_show_json_has_every_fact() -> None:
    said: dict[str, Any] = json.loads(run("prices", "show", "--json").stdout)
    assert len(said["prices"]) == len(load().facts)
    assert {"piece", "where", "from", "to", "usd", "unit", "bound", "low", "source", "date", "status"} == said[
        "prices"
    ][0].keys()


def test_a_bad_file_of_prices_is_exit_code_2(tmp_path: Path, recipe: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("version: 1\ndate: 2026-11-01\nprices: [7]\n", encoding="utf-8")
    for command in (("cost", recipe), ("prices", "show"), ("prices", "refresh", recipe)):
        done = run(*command, "--prices", file)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.startswith(f"{file}: price 1: not a mapping with ")


def test_a_file_of_prices_that_lacks_one_is_exit_code_2(tmp_path: Path, recipe: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("version: 1\ndate: 2026-11-01\nprices: []\n", encoding="utf-8")
    done = run("cost", recipe, "--prices", file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith("renew the file with isthmus prices refresh, or leave it out\n")


@pytest.mark.parametrize("args", [("cost",), ("prices",), ("prices", "show"), ("prices", "refresh")])
def test_help(args: tuple[str, ...]) -> None:
    done = run(*args, "--help")
    assert done.exit_code == 0
    assert f"Usage: isthmus {' '.join(args)}" in done.stdout


def compared(file: Path) -> dict[str, Any]:
    return {c["shape"]: c for c in json.loads(run("cost", file, "--json").stdout)["compared"]}


def test_a_shape_that_misses_the_peak_says_so(recipe: Path) -> None:
    """A larger SKU does not help a VGW, which sends 1,250 Mbit/s."""
    text = RECIPE.replace("region: eastus,", "region: eastus, gateway: {sku: VpnGw5AZ},")
    recipe.write_text(text.replace("traffic: {", "traffic: {peak_mbps: 1200, "), encoding="utf-8")
    notes = {key: c["note"] for key, c in compared(recipe).items()}
    assert (notes["plan"], notes["one-tunnel"]) == ("", "down when AWS maintains it")
    recipe.write_text(text.replace("traffic: {", "traffic: {peak_mbps: 2000, "), encoding="utf-8")
    notes = {key: c["note"] for key, c in compared(recipe).items()}
    missed = "misses the peak of a-b (2,000 Mbit/s)"
    assert notes["plan"] == missed
    assert notes["one-tunnel"] == f"down when AWS maintains it; {missed}"
    assert notes["sku-VpnGw3AZ"].endswith(missed)
    assert notes["tgw"] == "flows use all tunnels"


def test_every_shape_says_how_well_its_prices_are_known() -> None:
    """Also where its source is one of the plan's."""
    told = run("cost", PROJECT / "examples" / "adopted.yaml").stdout.partition("USD a month over traffic")[0]
    for sku in ("VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ"):
        lines = [line for line in told.splitlines() if line.startswith(f"gateway {sku}")]
        assert lines
        assert all("bound [" in line for line in lines)


def test_gaps_of_other_shapes_name_the_region(recipe: Path) -> None:
    recipe.write_text(RECIPE.replace("us-east-1", "eu-west-1"), encoding="utf-8")
    gaps = compared(recipe)["tgw"]["gaps"]
    assert any(gap.startswith("aws-tgw-attachment in eu-west-1: no price is known") for gap in gaps)
    shown = run("cost", recipe).stdout
    assert "Not known about the alternatives" in shown
    assert "aws-tgw-attachment in eu-west-1: no price is known" in " ".join(shown.split())


def test_a_region_without_a_meter_is_not_said_to_be_seen(recipe: Path) -> None:
    recipe.write_text(RECIPE.replace("eastus", "polandcentral"), encoding="utf-8")
    lines = json.loads(run("cost", recipe, "--json").stdout)["lines"]
    assert {line["status"] for line in lines if line["piece"] == "azure-egress"} == {"computed"}
    pair = json.loads(run("regions", "--azure", "polandcentral", "--json").stdout)[0]
    assert pair["azure_egress"]["source"]["status"] == "computed"
