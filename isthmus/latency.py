"""Round trips from distances: what light in fibre allows, and what paths of that length take.

round trip = 2 x great circle x index of glass / c x path inflation + what the gateways add
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from isthmus.clouds.places import Point
from isthmus.figures import Source, Status

FIBRE_KM_PER_SECOND: Final = 299_792.458 / 1.468
"""Light in glass of index 1.468."""

INFLATION: Final = 1.6
LONG_INFLATION: Final = 1.9
LONG_KM: Final = 5_000
"""From here on a route is taken for one by sea, which goes round continents: Mumbai to Dublin came to 1.88."""
LEAST_INFLATION: Final = 1.3
MOST_INFLATION: Final = 2.1
NEAR_KM: Final = 300
NEAR_MS: Final = (1.0, 8.0)
"""Two regions so near each other may be in one metro or not: published points are off by that much."""
FIXED_MS: Final = (2.0, 3.0, 4.0)
"""Least, likely and most that two gateways with IPsec add to a round trip."""
TUNNEL_MS: Final = (1.0, 2.0, 3.0)
"""What of that is the tunnel's: a path without one is so much shorter."""

MODEL: Final = Source(
    name="great circle in fibre, times 1.6 (1.9 from 5,000 km on; 1.3 to 2.1), plus 2 to 4 ms; 1 to 8 ms below 300 km",
    date="2026-11",
    status=Status.MEMORY,
)
FLOOR: Final = Source(name="WGS84 geodesic, light in fibre of index 1.468", date="2026-11", status=Status.COMPUTED)
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
    least, likely, most = FIXED_MS if gateways else (0.0, 1.0, 2.0)
    low, high = floor * LEAST_INFLATION + least, floor * MOST_INFLATION + most
    if km < NEAR_KM and gateways:
        low, high = min(low, NEAR_MS[0]), max(high, NEAR_MS[1])
    return Rtt(
        low=low,
        likely=floor * (LONG_INFLATION if km >= LONG_KM else INFLATION) + likely,
        high=high,
        source=MODEL,
    )


def measured(milliseconds: float) -> Rtt:
    """A round trip that somebody measured."""
    return Rtt(low=milliseconds, likely=milliseconds, high=milliseconds, source=GIVEN)
