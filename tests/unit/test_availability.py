"""What SLAs add up to: the table worked out by hand, and what each shape of a link comes to."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from isthmus.availability import (
    Design,
    Element,
    FailureAssumptions,
    LinkAvailability,
    at_least_one,
    design,
    every,
    hours_a_year,
    minutes_a_month,
    of_deployment,
    of_link,
)
from isthmus.cli import app
from isthmus.provenance import Source, Status, percent
from tests.unit.plans import one

PROJECT = Path(__file__).parents[2]
EXAMPLES = sorted((PROJECT / "examples").glob("*.yaml"))
HUB = PROJECT / "examples" / "hub.yaml"
SOURCE = Source(name="a test", date="2026-11", status=Status.SEEN)


def shape(connections: int = 1, *, basic: bool = False, tgw: bool = False, pair: str = "") -> Design:
    return design(
        connections=[f"connection {n}{pair}" for n in range(connections)],
        azure_gateway=f"gateway{pair}",
        basic=basic,
        aws_gateway=f"gateway on AWS{pair}",
        tgw=tgw,
    )


def only(
    given: FailureAssumptions | None = None, *, aws: str = "", azure: str = "", link: str = ""
) -> LinkAvailability:
    plan = one(aws=aws, azure=azure, link=link)
    return of_link(plan, plan.links[0], given or FailureAssumptions())


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], prog_name="isthmus")


# The composite table: availability, minutes a month of 30 days, hours a year


@pytest.mark.parametrize(
    ("found", "share", "minutes", "hours"),
    [
        (shape(1, basic=True), 99.8001, 86.35, 17.5),
        (shape(1), 99.850, 64.8, 13.1),
        (shape(1, tgw=True), 99.850, 64.8, 13.1),
        (shape(2), 99.900, 43.2, 8.76),
        (shape(2, tgw=True), 99.900, 43.2, 8.76),
    ],
)
def test_one_gateway(found: Design, share: float, minutes: float, hours: float) -> None:
    availability = found.availability()
    assert availability * 100 == pytest.approx(share, abs=0.0002)
    assert minutes_a_month(availability) == pytest.approx(minutes, abs=0.05)
    assert hours_a_year(availability) == pytest.approx(hours, abs=0.05)


def test_two_pairs_of_regions() -> None:
    """Independent, they fail together by chance; with a tenth of their failures in common, mostly for that cause."""
    pair = [shape(2), shape(2, pair=" elsewhere")]
    independent, expected = at_least_one(pair), at_least_one(pair, FailureAssumptions(beta=0.1))
    assert independent is not None
    assert expected is not None
    one = shape(2).availability()
    assert independent == pytest.approx(1 - (1 - one) ** 2)
    assert percent(independent, 4) == "99.9999 %"
    with_common = shape(2).availability(FailureAssumptions(beta=0.1))
    assert 1 - expected == pytest.approx(0.9 * (1 - with_common) ** 2 + 0.1 * (1 - with_common))
    assert 99.989 < expected * 100 < 99.99


def test_azure_gateways_alone_with_a_tenth_in_common() -> None:
    """What is documented of such pairs: about 99.995 %."""
    alone = [Design(legs=(element(f"leg{n}", 1.0),), series=(element(f"gateway{n}", 0.9995),)) for n in (1, 2)]
    found = at_least_one(alone, FailureAssumptions(beta=0.1))
    assert found is not None
    assert percent(found, 3) == "99.994 %"
    assert found == pytest.approx(0.99995, abs=1e-6)


# Assumptions


def test_common_cause_bounds_what_a_second_connection_buys() -> None:
    """With everything in common two are as good as one; with nothing in common they are independent."""
    assert shape(2).availability(FailureAssumptions(beta=1.0)) == pytest.approx(shape(1).availability())
    assert shape(2).availability(FailureAssumptions(beta=0.0)) == shape(2).availability()
    shares = [shape(2).availability(FailureAssumptions(beta=b / 10)) for b in range(11)]
    assert shares == sorted(shares, reverse=True)


def test_beta_factor() -> None:
    assert 1 - shape(2).parallel(FailureAssumptions(beta=0.1)) == pytest.approx(0.9 * 0.0005**2 + 0.1 * 0.0005)


@pytest.mark.parametrize("path", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("beta", [0.1, 0.9])
def test_common_cause_never_makes_it_better(path: float, beta: float) -> None:
    """Where paths are mostly down too: no better than independent ones, no worse than one alone."""
    down = [1 - shape(n).parallel(FailureAssumptions(path=path, beta=beta)) for n in (1, 2, 3)]
    independent = 1 - shape(2).parallel(FailureAssumptions(path=path, beta=0.0))
    assert independent <= down[1] + 1e-12
    assert down[2] <= down[1] + 1e-12 <= down[0] + 2e-12


def test_a_path_that_is_always_down_leaves_nothing() -> None:
    assert shape(2).parallel(FailureAssumptions(path=0.0, beta=0.1)) == 0


@pytest.mark.parametrize(("connections", "low", "high"), [(1, 99.74, 99.76), (2, 99.87, 99.90)])
def test_internet_path_of_three_nines(connections: int, low: float, high: float) -> None:
    assert low <= shape(connections).availability(FailureAssumptions(path=0.999)) * 100 <= high


def test_path_is_in_series_with_its_connection() -> None:
    assert shape(1).availability(FailureAssumptions(path=0.99)) == pytest.approx(0.9995 * 0.99 * 0.9995 * 0.9995)


# The weakest


def test_equally_weak_are_both_named() -> None:
    assert shape(1).least_available() == ("connection 0", "gateway", "gateway on AWS")


def test_the_gateways_are_weakest_behind_two_connections() -> None:
    assert shape(2).least_available() == ("gateway", "gateway on AWS")


def test_path_is_weakest_when_it_is() -> None:
    assert shape(1).least_available(FailureAssumptions(path=0.999)) == ("the internet path",)


# Links of a plan


def test_default_link_has_two_connections() -> None:
    found = only()
    assert [len(found.design.legs), len(found.design.series), found.tunnels] == [2, 2, 4]
    assert found.documented == shape(2).availability()
    assert found.backed


def test_transit_gateway_counts() -> None:
    assert only(aws="kind: tgw").documented == shape(2, tgw=True).availability()


def test_static_link_has_one_connection() -> None:
    found = only(link="routing: static")
    assert found.documented == shape(1).availability()
    assert any("best effort" in remark for remark in found.remarks)


@pytest.mark.parametrize(("azure", "link"), [("mode: active-standby", ""), ("", "routing: static, tunnels: 1")])
def test_one_tunnel_has_no_sla_behind_it(azure: str, link: str) -> None:
    found = only(azure=azure, link=link)
    assert not found.backed
    assert found.promise.startswith("Promise no figure: with one tunnel")
    assert any("no SLA covers AWS's maintenance" in remark for remark in found.remarks)
    assert found.changes[0].what == "a second tunnel"
    assert found.changes[0].documented == found.documented


def test_what_a_second_connection_buys() -> None:
    [change] = [c for c in only(link="routing: static").changes if c.what.startswith("a second connection")]
    assert change.documented == shape(2).availability()
    assert change.expected < change.documented


def test_two_connections_are_not_offered_a_third() -> None:
    assert [c.what for c in only().changes] == ["a second pair of regions"]


def test_a_vgw_is_no_gain_over_a_tgw() -> None:
    """It has no SLA of its own, and does not count as never failing."""
    transit, private = only(aws="kind: tgw"), only()
    assert (transit.documented, transit.expected) == (private.documented, private.expected)
    assert not [c for c in transit.changes if "VGW" in c.what]
    assert [e.source.status for e in private.design.series] == [Status.SEEN, Status.ASSUMED]


def test_promise_without_a_path_names_what_is_missing() -> None:
    assert only().promise.startswith("Promise less than 99.89 % a month (about 48 minutes down in 30 days)")
    assert "the internet between them is in nobody's" in only().promise


def test_promise_with_a_path() -> None:
    said = only(FailureAssumptions(path=0.999), link="routing: static").promise
    assert said.startswith("Offer 99.75 % a month (about 108 minutes down in 30 days), assuming 99.900 % for one path")


@pytest.mark.parametrize("share", [0.9999, 0.99990001, 0.99989999, 0.999, 0.9985, 0.99899975])
def test_percent_is_never_rounded_up(share: float) -> None:
    assert float(percent(share, 2).removesuffix(" %")) / 100 <= share + 1e-12


# All links together, against counting out every state of everything


def up(designs: list[Design], down: set[str]) -> list[bool]:
    return [
        any(leg.name not in down for leg in d.legs) and all(e.name not in down for e in d.series) for d in designs
    ]  # fmt: skip


def element(name: str, availability: float) -> Element:
    return Element(name=name, availability=availability, source=SOURCE)


def test_shared_elements_count_once() -> None:
    hub, tgw = element("hub", 0.9), element("tgw", 0.8)
    designs = [
        Design(legs=(element("a", 0.7), element("b", 0.6)), series=(hub,)),
        Design(legs=(element("c", 0.5),), series=(hub, tgw)),
        Design(legs=(element("d", 0.4),), series=(element("own", 0.3), tgw)),
    ]
    parts = {e.name: e.availability for d in designs for e in (*d.legs, *d.series)}
    all_up = any_up = 0.0
    for state in product((True, False), repeat=len(parts)):
        chance = 1.0
        for works, share in zip(state, parts.values(), strict=True):
            chance *= share if works else 1 - share
        states = up(designs, {name for name, works in zip(parts, state, strict=True) if not works})
        all_up += chance * all(states)
        any_up += chance * any(states)
    assert every(designs) == pytest.approx(all_up)
    assert at_least_one(designs) == pytest.approx(any_up)


def test_deployment_of_one_link_is_that_link() -> None:
    plan = one()
    whole, found = of_deployment(plan, FailureAssumptions()), only()
    assert whole.every_expected == pytest.approx(found.expected)
    assert whole.any_expected == pytest.approx(found.expected)


# The command


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_command_with_every_example(file: Path) -> None:
    done = run("availability", file, "--json", "--internet-path", "99.9%")
    assert done.exit_code == 0
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["assumptions"] == {
        "internet_path": 0.999, "common_cause": 0.1, "common_cause_status": "assumed"
    }  # fmt: skip
    for link in said["links"]:
        assert 0.99 < link["expected"] < link["documented"] < 1
        assert link["least_available"]


def test_command_tells_every_link_and_the_whole() -> None:
    done = run("availability", HUB)
    assert done.exit_code == 0
    for said in ("fra-hub: its elements", "dub-hub: its elements", "iad-hub: its elements", "every link up, expected"):
        assert said in done.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--internet-path", "101%"], "--internet-path: '101%' is not a share: write one from 0 to 1, or from 0% to"),
        (["--common-cause", "often"], "--common-cause: 'often' is not a share such as 99.9% or 0.999"),
        (["--link", "x"], "--link: 'x' is not a link of this topology: there is fra-fra"),
    ],
)
def test_bad_options_are_one_line(args: list[str], words: str) -> None:
    done = run("availability", *args)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert words in done.stderr
