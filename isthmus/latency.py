"""Round trips from distances: what light in fibre allows, and what paths of that length take.

    floor      = 2 x great circle x index of glass / c
    round trip = 1.75 x floor + 5 ms + what the gateways add

The line is fitted to 1,530 measured pairs of regions of AWS and GCP at least 300 km apart (tests/data/round-trips.csv).
A path is longer than the great circle, and the shorter the path the more of it is detours. A test repeats the fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from isthmus.clouds.places import Point
from isthmus.provenance import Source, Status

FIBRE_KM_PER_SECOND: Final = 299_792.458 / 1.468
"""Light in glass of index 1.468."""

SLOPE: Final = 1.75
OFFSET_MS: Final = 5.0
"""The likely round trip is so many times the floor, and so many milliseconds more."""
RANGE_SLOPE: Final = 1.7
RANGE_OFFSET_MS: Final = 8.0
RANGE: Final = (0.75, 1.6)
"""The range is so many times (1.7 x floor + 8 ms): 83 % of the measured pairs are in it, 64 to 88 % by distance."""
NEAR_KM: Final = 300
"""Below it only 26 pairs were measured, most of them in one metropolitan area."""
METRO_MS: Final = 2.8
"""The median of the pairs less than 10 km apart, which took 2.2 to 4.3 ms."""
NEAR_MS: Final = (2.0, 17.0)
"""The least and most of the pairs below 300 km, with some room: one pair 156 km apart takes 15 to 16 ms."""
TUNNEL_MS: Final = (1.0, 2.0, 3.0)
"""Least, likely and most that two gateways with IPsec add to a round trip (assumed)."""

MEASURED: Final = Source(
    name="fitted to 1,556 round trips measured between regions of AWS and GCP (doitintl/intercloud-throughput)",
    date="2022-02",
    # The fit is computed. The distance that it is applied to is assumed.
    status=Status.ASSUMED,
)
WITH_GATEWAYS: Final = Source(
    name=f"{MEASURED.name}, and 1 to 3 ms for two gateways", date="2022-02", status=Status.ASSUMED
)
FLOOR: Final = Source(name="that distance, by light in fibre of index 1.468", date="2026-11", status=Status.ASSUMED)
GIVEN: Final = Source(name="--rtt", date="this run", status=Status.GIVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rtt:
    """A round-trip time in milliseconds: the likely one and the range that it is in. All equal when measured."""

    low: float
    likely: float
    high: float
    source: Source

    def less(self, milliseconds: tuple[float, float, float]) -> Rtt:
        """This one without (least, likely, most) ``milliseconds``, never below a tenth of one."""
        least, likely, most = milliseconds
        return Rtt(
            low=max(self.low - most, 0.1),
            likely=max(self.likely - likely, 0.1),
            high=max(self.high - least, 0.1),
            source=self.source,
        )


def distance_km(a: Point, b: Point) -> float:
    """The shortest way over the ground (WGS84), in kilometres."""
    from geographiclib.geodesic import Geodesic

    line = Geodesic.WGS84.Inverse(a.latitude, a.longitude, b.latitude, b.longitude, Geodesic.DISTANCE)
    return float(line["s12"]) / 1000


def floor_ms(km: float) -> float:
    """The round trip over ``km`` kilometres of straight fibre: nothing is faster."""
    return 2000 * km / FIBRE_KM_PER_SECOND


def estimate(km: float, *, gateways: bool = True) -> Rtt:
    """The round trip between places ``km`` kilometres apart, through two VPN gateways or through none."""
    floor = floor_ms(km)
    middle = RANGE_SLOPE * floor + RANGE_OFFSET_MS
    low, likely, high = RANGE[0] * middle, SLOPE * floor + OFFSET_MS, RANGE[1] * middle
    if km < NEAR_KM:
        # A straight line from one metropolitan area to where the fit begins.
        edge = SLOPE * floor_ms(NEAR_KM) + OFFSET_MS
        (low, high), likely = NEAR_MS, METRO_MS + (edge - METRO_MS) * km / NEAR_KM
    least, usual, most = TUNNEL_MS if gateways else (0.0, 0.0, 0.0)
    return Rtt(
        low=low + least,
        likely=likely + usual,
        high=high + most,
        source=WITH_GATEWAYS if gateways else MEASURED,
    )


def measured(milliseconds: float) -> Rtt:
    """A round trip that somebody measured."""
    return Rtt(low=milliseconds, likely=milliseconds, high=milliseconds, source=GIVEN)
