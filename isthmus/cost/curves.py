"""Cost over traffic, exactly: each curve is straight between its vertices, which are where a tier begins.

The traffic of the plan is scaled as a whole: the share of each link and direction stays what it is. A plan without
traffic sends as much each way, and as much over each link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from itertools import combinations, pairwise
from typing import Final

from isthmus.cost.lines import CostAssumptions
from isthmus.cost.shapes import Alternative, month, shapes
from isthmus.cost.usage import Usage
from isthmus.prices import Piece, Prices, egress_place
from isthmus.provenance import Status, weakest

UP_TO_GB: Final = Decimal(100_000)
"""Where curves end, 100 TB a month; for a plan with more traffic, at the next 50 TB above it."""
_STEP_GB: Final = Decimal(50_000)
_HALVINGS: Final = 100
"""Enough to halve 100 TB down to less than one of the 28 digits."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """A month with ``gb`` over all links and both directions, in USD; bounds count in full."""

    gb: Decimal
    usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The cost of a shape from no traffic on. Between neighbouring vertices it is a straight line.

    ``status`` says how well all of it is known.
    """

    key: str
    label: str
    vertices: tuple[Vertex, ...]
    status: Status

    def at(self, gb: Decimal) -> Decimal:
        """USD a month with ``gb``.

        Raises:
            ValueError: when ``gb`` is outside the curve.
        """
        for left, right in pairwise(self.vertices):
            if left.gb <= gb <= right.gb:
                return left.usd + (right.usd - left.usd) * (gb - left.gb) / (right.gb - left.gb)
        raise ValueError(f"{gb} GB is outside {self.vertices[0].gb} to {self.vertices[-1].gb}")


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where the dearer of two shapes becomes the cheaper: ``first`` is the cheaper below ``gb`` a month."""

    first: str
    then: str
    gb: Decimal
    usd: Decimal
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The curves of all shapes, where they cross, and the traffic that the plan has (None: it says none).

    ``outweighs_gb`` is the traffic from which on the plan pays more for it than for all the rest; None when that is
    not within the curves.
    """

    curves: tuple[Curve, ...]
    crossings: tuple[Crossing, ...]
    plan_gb: Decimal | None
    outweighs_gb: Decimal | None


def series(deployment: Usage, prices: Prices, assumed: CostAssumptions) -> Series:
    """The cost of every shape over 0 to :data:`UP_TO_GB` GB a month, with the crossing points."""
    stated = deployment.gb or None
    reference = deployment if stated else _even(deployment)
    found = tuple(curve(shape, prices, assumed) for shape in shapes(reference)) if reference.links else ()
    plan = next((c for c in found if c.key == "plan"), None)
    outweighs = _first_at(plan, 2 * plan.vertices[0].usd) if plan else None
    return Series(curves=found, crossings=crossings(found), plan_gb=stated, outweighs_gb=outweighs)


def curve(shape: Alternative, prices: Prices, assumed: CostAssumptions) -> Curve:
    """The cost of ``shape`` over traffic. Its deployment must have some, to say how it is shared out."""
    reference = shape.deployment.gb
    end = max(UP_TO_GB, (reference / _STEP_GB).quantize(Decimal(1), ROUND_CEILING) * _STEP_GB)
    points = sorted({Decimal(0), end, *(gb for gb in _kinks(shape.deployment, prices) if 0 < gb < end)})
    amounts = [month(shape, prices, assumed, traffic=gb / reference) for gb in points]
    return Curve(
        key=shape.key,
        label=shape.label,
        vertices=tuple(Vertex(gb, usd.most) for gb, usd in zip(points, amounts, strict=True)),
        status=weakest(usd.status for usd in amounts),
    )


def crossings(curves: Sequence[Curve]) -> tuple[Crossing, ...]:
    """Where two of ``curves`` cross, each to about 28 digits. Curves that only touch do not cross."""
    found = (c for a, b in combinations(curves, 2) for c in _crossings(a, b))
    return tuple(sorted(found, key=lambda c: c.gb))


def _crossings(a: Curve, b: Curve) -> list[Crossing]:
    found = []
    points = sorted({v.gb for c in (a, b) for v in c.vertices})
    # The last point at which one of the two was cheaper.
    before: tuple[Decimal, Decimal] | None = None
    for gb in points:
        difference = a.at(gb) - b.at(gb)
        if not difference:
            continue
        if before and (before[1] < 0) != (difference < 0):
            at = _bisect(a, b, before[0], gb)
            first, then = (a, b) if before[1] < 0 else (b, a)
            found.append(Crossing(first.key, then.key, at, a.at(at), weakest((a.status, b.status))))
        before = (gb, difference)
    return found


def _bisect(a: Curve, b: Curve, low: Decimal, high: Decimal) -> Decimal:
    """Where ``a`` and ``b``, of which the other one is cheaper at ``low`` than at ``high``, cost the same."""
    below = a.at(low) < b.at(low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        difference = a.at(middle) - b.at(middle)
        if not difference:
            return middle
        if (difference < 0) == below:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _first_at(found: Curve, usd: Decimal) -> Decimal | None:
    """The least traffic at which ``found``, which only rises, costs ``usd``."""
    if not found.vertices[0].usd:
        return None
    for left, right in pairwise(found.vertices):
        if left.usd < usd <= right.usd:
            return left.gb + (right.gb - left.gb) * (usd - left.usd) / (right.usd - left.usd)
    return None


def _kinks(deployment: Usage, prices: Prices) -> list[Decimal]:
    """The traffic of the whole deployment at which some pool of it enters a tier."""
    regions = {site.key: site.region for site in deployment.aws}
    azure_regions = {site.key: site.region for site in deployment.azure}
    pools: dict[tuple[Piece, str, str | None], Decimal] = {}
    for link in deployment.links:
        region = azure_regions[link.azure]
        aws_pool = (Piece.AWS_EGRESS, regions[link.aws], None)
        azure_pool = (Piece.AZURE_EGRESS, region, egress_place(region))
        pools[aws_pool] = pools.get(aws_pool, Decimal(0)) + link.aws_to_azure_gb
        # Regions of a zone share a pool; their rate is the same, whichever of them asks.
        same = next((p for p in pools if p[0] is Piece.AZURE_EGRESS and p[2] == azure_pool[2]), azure_pool)
        pools[same] = pools.get(same, Decimal(0)) + link.azure_to_aws_gb
    whole = deployment.gb
    sent = sum((gb for (piece, *_), gb in pools.items() if piece is Piece.AWS_EGRESS), Decimal(0))
    free = prices.free(Piece.AWS_EGRESS_FREE).end
    kinks = [free * whole / sent] if free and sent else []
    for (piece, region, place), gb in pools.items():
        if gb:
            rate = prices.rate(piece, region, place=place)
            # AWS's tiers begin beyond the allowance, which is shared out in proportion.
            beyond = free * gb / sent if piece is Piece.AWS_EGRESS and free else Decimal(0)
            kinks += [(fact.end + beyond) * whole / gb for fact in rate.facts if fact.end is not None]
    return kinks


def _even(deployment: Usage) -> Usage:
    one = Decimal(1)
    return replace(
        deployment,
        links=tuple(replace(link, aws_to_azure_gb=one, azure_to_aws_gb=one) for link in deployment.links),
    )
