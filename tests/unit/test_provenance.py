"""How well a figure is known: as the weakest of what it rests on, wherever it is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from isthmus.availability import FailureAssumptions, of_link
from isthmus.checks import check
from isthmus.cli import app
from isthmus.cost.bill import Bill, bill
from isthmus.cost.lines import CostAssumptions
from isthmus.latency import measured
from isthmus.prices import Piece, Prices, load
from isthmus.provenance import LEGEND, Status, weakest
from isthmus.report import html
from isthmus.throughput import Tcp, throughput
from isthmus.views.cost_data import bill_data

SEEN, COMPUTED, GIVEN, ASSUMED = Status.SEEN, Status.COMPUTED, Status.GIVEN, Status.ASSUMED
# In these regions every price that the bill has is seen or computed.
TOPOLOGY = """
name: t
aws:
  a: {region: us-east-1, network: {cidr: 10.1.0.0/16}}
azure:
  b: {region: eastus, network: {cidr: 10.2.0.0/16}}
links:
  - {aws: a, azure: b, traffic: {aws_to_azure_gb: 1000, azure_to_aws_gb: 1000}}
monitoring: false
"""
SAID = CostAssumptions(tunnel_ipv4_status=GIVEN, log_gb_status=GIVEN)


@pytest.fixture
def topology(tmp_path: Path) -> Path:
    file = tmp_path / "t.yaml"
    file.write_text(TOPOLOGY, encoding="utf-8")
    return file


def _with(prices: Prices, piece: Piece, status: Status) -> Prices:
    """``prices`` in which those of ``piece`` are known as ``status``."""
    facts = tuple(replace(f, source=replace(f.source, status=status)) if f.piece is piece else f for f in prices.facts)
    return Prices(facts, prices.day, prices.name)


def test_a_figure_is_known_as_the_weakest_that_it_rests_on() -> None:
    assert weakest([SEEN, GIVEN, COMPUTED]) is weakest([SEEN]) is weakest([GIVEN]) is weakest([]) is COMPUTED
    assert weakest([SEEN, ASSUMED]) is weakest([ASSUMED, COMPUTED]) is weakest([ASSUMED]) is ASSUMED


@pytest.mark.parametrize("piece", [Piece.AWS_CONNECTION, Piece.AZURE_VPNGW1AZ, Piece.AWS_EGRESS, Piece.AZURE_IPV4])
def test_one_assumed_price_makes_all_that_rests_on_it_assumed(topology: Path, piece: Piece) -> None:
    plan, prices = check(topology).plan, load()
    known = bill(plan, prices, SAID)
    assert (known.totals.all.status, _card(topology, known)) == (COMPUTED, "computed")
    assumed = bill(plan, _with(prices, piece, ASSUMED), SAID)
    assert (assumed.totals.all.status, _card(topology, assumed)) == (ASSUMED, "assumed")
    own, other = ("aws", "azure") if piece.cloud == "aws" else ("azure", "aws")
    said = bill_data(assumed, 1)
    assert (said["clouds"][own]["status"], said["clouds"][other]["status"]) == ("assumed", "computed")
    assert said["month"]["status"] == said["links"][0]["month"]["status"] == "assumed"
    [plan_curve] = [c for c in said["over_traffic"]["curves"] if c["shape"] == "plan"]
    assert plan_curve["status"] == "assumed"


def _card(topology: Path, found: Bill) -> str:
    """What the card of the month in the report says of how well it is known."""
    page = html(check(topology), found, day=date(2026, 11, 26))
    return page.partition("of traffic (")[2].partition(")")[0]


def test_an_upper_bound_and_an_assumed_amount_are_assumptions(topology: Path) -> None:
    plan, prices = check(topology).plan, load()
    assert bill(plan, prices).totals.all.status is ASSUMED, "how many addresses a connection has is assumed"
    text = TOPOLOGY.replace("eastus", "uksouth")
    topology.write_text(text, encoding="utf-8")
    assert bill(check(topology).plan, prices, SAID).totals.all.status is ASSUMED


def test_a_flow_rests_on_its_round_trip_and_its_window(topology: Path) -> None:
    plan = check(topology).plan
    [link] = plan.links
    assert (flow := throughput(plan, link, tcp=Tcp(window=65536.0), rtt=measured(10)).flow)
    assert flow.status is COMPUTED
    for tcp, rtt in ((Tcp(window=65536.0), None), (Tcp(), measured(10))):
        assert (flow := throughput(plan, link, tcp=tcp, rtt=rtt).flow)
        assert flow.status is ASSUMED


def test_an_availability_rests_on_every_sla_and_on_what_is_in_common(topology: Path) -> None:
    plan = check(topology).plan
    found = of_link(plan, plan.links[0], FailureAssumptions(beta_status=GIVEN))
    assert found.documented_status is found.expected_status is ASSUMED, "a virtual private gateway has no SLA"
    design = replace(found.design, series=found.design.series[:1])
    seen = replace(found, design=design)
    assert (seen.documented_status, seen.expected_status) == (COMPUTED, COMPUTED)
    assert replace(seen, given=FailureAssumptions()).expected_status is ASSUMED


def _statuses(value: Any) -> set[str]:
    """The values of all keys that say how well something is known."""
    if isinstance(value, dict):
        own = {str(v) for k, v in value.items() if k == "status" or k.endswith("_status")}
        return own.union(*(_statuses(v) for v in value.values()))
    return set().union(*map(_statuses, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("cost", "FILE"),
        ("throughput", "FILE"),
        ("availability", "FILE"),
        ("regions", "--top", "2"),
        ("prices", "show"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_command_explains_the_words_that_it_uses(arguments: tuple[str, ...], topology: Path) -> None:
    words = [str(topology) if word == "FILE" else word for word in arguments]
    said = CliRunner().invoke(app, words).stdout
    assert " ".join(said.split()).count(LEGEND) == 1
    told = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    statuses = _statuses(told)
    assert statuses
    assert statuses <= {status.value for status in Status}
    assert json.dumps(told).count(json.dumps(LEGEND)) >= 1
