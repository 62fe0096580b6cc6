"""Which pair of an AWS and an Azure region is near: to each other, and to the places that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from isthmus.clouds import aws as aws_facts
from isthmus.clouds.places import Access, Point, Region, aws_regions, azure_regions
from isthmus.latency import Rtt, distance_km, estimate
from isthmus.provenance import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressPrice:
    """What a region takes for a GB sent out, in US dollars."""

    usd_per_gb: float
    source: Source


PriceOf = Callable[[str, str], EgressPrice | None]
"""The price of egress of a cloud (``aws`` or ``azure``) from a region; None when it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a place is from the two regions of a pair; round trips without a VPN."""

    place: Point
    to_aws: Rtt
    to_azure: Rtt


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An AWS and an Azure region. ``score`` is what pairs are ranked by, in milliseconds: the likely round trip
    between the two, and with places the mean of those from the places to both besides."""

    aws: Region
    azure: Region
    km: float
    rtt: Rtt
    reaches: tuple[Reach, ...]
    score: float
    missing: tuple[str, ...]
    aws_egress: EgressPrice | None
    azure_egress: EgressPrice | None


def pairs(
    *,
    near: Sequence[Point] = (),
    aws: str | None = None,
    azure: str | None = None,
    government: bool = False,
    price_of: PriceOf | None = None,
) -> tuple[Pair, ...]:
    """All pairs, best first; ``aws`` or ``azure`` fix one side.

    Regions of the government clouds are left out unless one is named or ``government`` is true. Raises KeyError
    for a region that is not in the tables.
    """
    ours = [aws_regions()[aws]] if aws else list(aws_regions().values())
    theirs = [azure_regions()[azure]] if azure else list(azure_regions().values())
    named = {aws, azure}
    government = government or any(r.access is Access.GOVERNMENT for r in (*ours, *theirs) if r.name in named)
    open_to_us = [[r for r in side if government or r.access is not Access.GOVERNMENT] for side in (ours, theirs)]
    to_place = {(r.cloud, r.name): [_user(r, p) for p in near] for side in open_to_us for r in side}
    found = (_pair(a, z, near, to_place, price_of) for a in open_to_us[0] for z in open_to_us[1])
    return tuple(sorted(found, key=lambda pair: (round(pair.score, 6), pair.aws.name, pair.azure.name)))


def _user(region: Region, place: Point) -> Rtt:
    return estimate(distance_km(region.point, place), gateways=False)


def _pair(
    ours: Region,
    theirs: Region,
    near: Sequence[Point],
    to_place: dict[tuple[str, str], list[Rtt]],
    price_of: PriceOf | None,
) -> Pair:
    km = distance_km(ours.point, theirs.point)
    rtt = estimate(km)
    reaches = tuple(
        Reach(place=place, to_aws=a, to_azure=z)
        for place, a, z in zip(near, to_place[ours.cloud, ours.name], to_place[theirs.cloud, theirs.name], strict=True)
    )
    legs = [r.likely for reach in reaches for r in (reach.to_aws, reach.to_azure)]
    return Pair(
        aws=ours,
        azure=theirs,
        km=km,
        rtt=rtt,
        reaches=reaches,
        score=rtt.likely + (sum(legs) / len(legs) if legs else 0.0),
        missing=tuple(_missing(ours, theirs)),
        aws_egress=price_of("aws", ours.name) if price_of else None,
        azure_egress=price_of("azure", theirs.name) if price_of else None,
    )


def _missing(ours: Region, theirs: Region) -> Iterable[str]:
    if not theirs.zones:
        yield "no zones on Azure"
    if ours.name in aws_facts.WITHOUT_LARGE_TUNNELS:
        yield "no large tunnels on AWS"
    if ours.name in aws_facts.LONG_OUTAGES:
        yield "long outages on AWS since March 2026"
    for region, cloud in ((ours, "AWS"), (theirs, "Azure")):
        if region.access is Access.RESTRICTED:
            yield f"{cloud} opens it on request"
        elif region.access is Access.GOVERNMENT:
            yield f"{cloud}'s government cloud"
