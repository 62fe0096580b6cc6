"""The round trips that are estimated, against those that were measured."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import fmean, median

import pytest

from isthmus import latency
from isthmus.latency import NEAR_KM, OFFSET_MS, SLOPE, estimate, floor_ms

DATA = Path(__file__).parents[1] / "data" / "round-trips.csv"


@pytest.fixture(scope="module")
def measured() -> list[tuple[float, float]]:
    """Kilometres and milliseconds of each pair of regions."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [(float(row["km"]), float(row["rtt_ms"])) for row in rows]


def _error(pairs: list[tuple[float, float]], slope: float, offset: float) -> float:
    """The mean distance of a line from what was measured, in milliseconds."""
    return fmean(abs(ms - slope * floor_ms(km) - offset) for km, ms in pairs)


def test_the_line_is_as_good_as_the_best_one(measured: list[tuple[float, float]]) -> None:
    """Round figures near the line of least absolute error; another slope or offset is worse by more than they are."""
    far = [(km, ms) for km, ms in measured if km >= NEAR_KM]
    assert (len(measured), len(far)) == (1556, 1530)
    best = min(_error(far, slope / 100, offset) for slope in range(150, 200) for offset in range(12))
    assert _error(far, SLOPE, OFFSET_MS) < best * 1.01
    for slope, offset in ((SLOPE - 0.2, OFFSET_MS), (SLOPE + 0.2, OFFSET_MS), (SLOPE, OFFSET_MS + 15)):
        assert _error(far, slope, offset) > best * 1.01


@pytest.mark.parametrize(
    ("least", "most", "inside"),
    [(300, 1_000, 0.63), (1_000, 2_000, 0.85), (2_000, 5_000, 0.88), (5_000, 9_000, 0.78), (9_000, 21_000, 0.87)],
)
def test_the_range_holds_most_of_what_was_measured(
    measured: list[tuple[float, float]], least: float, most: float, inside: float
) -> None:
    here = [(km, ms) for km, ms in measured if least <= km < most]
    said = [estimate(km, gateways=False) for km, _ in here]
    held = [rtt.low <= ms <= rtt.high for rtt, (_, ms) in zip(said, here, strict=True)]
    assert inside <= fmean(held) < inside + 0.02
    # Neither too long nor too short at any distance.
    assert median(ms / rtt.likely for rtt, (_, ms) in zip(said, here, strict=True)) == pytest.approx(1, abs=0.05)


def test_what_was_measured_of_near_pairs_is_in_the_range(measured: list[tuple[float, float]]) -> None:
    for km, ms in measured:
        if km < NEAR_KM:
            rtt = estimate(km, gateways=False)
            assert rtt.low <= ms <= rtt.high
    metro = median(ms for km, ms in measured if km < 10)
    assert estimate(0, gateways=False).likely == pytest.approx(metro, abs=0.1)


def test_the_likely_round_trip_has_no_jump() -> None:
    below, above = (estimate(NEAR_KM + step).likely for step in (-0.001, 0.001))
    assert above == pytest.approx(below, abs=0.001)


@pytest.mark.parametrize(
    ("km", "ms"),
    [(7_603, 147.5), (7_603, 139.8)],
    ids=["Mumbai-Dublin, published", "Mumbai-Dublin, the peak of an iperf3 run"],
)
def test_single_measurements_are_in_the_range(km: float, ms: float) -> None:
    rtt = estimate(km)
    assert rtt.low < ms < rtt.high
    assert rtt.likely == pytest.approx(ms, rel=0.08)


def test_two_gateways_add_what_is_said() -> None:
    with_gateways, without = estimate(5_000), estimate(5_000, gateways=False)
    added = (with_gateways.low - without.low, with_gateways.likely - without.likely, with_gateways.high - without.high)
    assert added == pytest.approx(latency.TUNNEL_MS)
