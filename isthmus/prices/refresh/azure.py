"""Prices from the Azure Retail Prices API, to be had without credentials, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from isthmus.prices.refresh.amounts import amount, said
from isthmus.prices.refresh.http import Fetcher, FetchError
from isthmus.prices.types import GATEWAYS, UNITS, Fact, Piece
from isthmus.prices.zones import WITHOUT_METER, ZONES, egress_place
from isthmus.provenance import Source, Status

URL: Final = "https://prices.azure.com"
_PATH: Final = "/api/retail/prices"
_MOST_PAGES: Final = 100
"""A query here has one page, or a few."""

Item = dict[str, Any]


def read(fetcher: Fetcher, base: str, regions: Iterable[str], *, today: date) -> Iterator[Fact]:
    """The prices of ``regions`` that Azure lists; egress of a zone comes once, however many regions are in it.

    A price that holds only after ``today`` is left alone.

    Raises:
        FetchError: when the API fails, an answer is not what it should be, or the price of a gateway or of egress is
            missing where it must be. Regions outside the known zones may lack egress: that stays a gap.
    """
    zones: set[str] = set()
    for region in regions:
        gateways = _items(fetcher, base, region, today, serviceName="VPN Gateway")
        addresses = _items(
            fetcher,
            base,
            region,
            today,
            serviceName="Virtual Network",
            productName="IP Addresses",
            skuName="Standard",
            meterName="Standard IPv4 Static Public IP",
        )
        found = [*_gateways(gateways, region), *_one(addresses, Piece.AZURE_IPV4, region)]
        for piece in (*GATEWAYS.values(), Piece.AZURE_TUNNEL, Piece.AZURE_IPV4):
            if all(fact.piece is not piece for fact in found):
                fetcher.say(f"Azure lists no {piece} in {region}: it is left as it was")
        yield from found
        place = egress_place(region)
        if place not in zones:
            egress = _items(
                fetcher,
                base,
                region,
                today,
                serviceName="Bandwidth",
                productName="Rtn Preference: MGN",
                meterName="Standard Data Transfer Out",
            )
            tiers = list(_egress(egress, region))
            if tiers:
                zones.add(place)
            elif region in ZONES and region not in WITHOUT_METER:
                raise FetchError(f"Azure lists no egress of {region}, which has some")
            else:
                fetcher.say(f"Azure lists no egress of {region}: {place} is left as it was")
            yield from tiers


def _items(fetcher: Fetcher, base: str, region: str, today: date, **equal: str) -> list[Item]:
    """Every item of a query that holds ``today``, of all pages."""
    wanted = {**equal, "armRegionName": region, "priceType": "Consumption"}
    query = urlencode(
        {
            "api-version": "2023-01-01-preview",
            "currencyCode": "'USD'",
            "$filter": " and ".join(f"{name} eq '{value}'" for name, value in wanted.items()),
        },
        quote_via=quote,
    )
    items: list[Item] = []
    seen: set[str] = set()
    while True:
        # Only the query of a next page is followed: it stays with the server that was asked, or its mirror.
        url = f"{base}{_PATH}?{query}"
        if query in seen or len(seen) == _MOST_PAGES:
            raise FetchError(f"{url}: its pages have no end")
        seen.add(query)
        fetcher.say(f"Azure: {equal['serviceName']}, {region}, page {len(seen)}")
        page = fetcher.get(url)
        if not isinstance(page, dict) or not isinstance(page.get("Items"), list):
            raise FetchError(f"{url}: no list of Items in it")
        # The filter is case-sensitive on the server and may be ignored by a mirror: it is applied here as well.
        items += [_named(item) for item in page["Items"] if isinstance(item, dict) and _fits(item, equal, region)]
        following = page.get("NextPageLink")
        if not following:
            return [item for item in items if _day(item) <= today]
        query = _query(url, str(following))


def _query(url: str, following: str) -> str:
    try:
        query = urlsplit(following).query if len(following) < 10_000 else ""
    except ValueError:
        query = ""
    if not query or not query.isascii() or not query.isprintable() or " " in query:
        raise FetchError(f"{url}: the address of its next page is none")
    return query


def _named(item: Item) -> Item:
    """``item``, whose names are text."""
    for name in ("meterName", "skuName", "unitOfMeasure", "effectiveStartDate"):
        if not isinstance(item.get(name), (str, type(None))):
            raise FetchError(f"Azure gives {said(item[name])} as {name}, which is no text")
    return item


def _day(item: Item) -> date:
    """The day from which on a price holds."""
    try:
        return date.fromisoformat(str(item.get("effectiveStartDate"))[:10])
    except ValueError:
        raise FetchError(
            f"Azure gives {said(item.get('effectiveStartDate'))} as effectiveStartDate of {said(item.get('meterName'))}"
        ) from None


def _fits(item: Item, equal: dict[str, str], region: str) -> bool:
    return (
        all(item.get(name) == value for name, value in equal.items())
        and item.get("armRegionName") == region
        and item.get("type") == "Consumption"
        and item.get("currencyCode") == "USD"
    )


def _gateways(items: list[Item], region: str) -> Iterator[Fact]:
    """The hour of each SKU, whose meter is called like it, and of tunnels above ten, which each SKU has a meter of."""
    hours = [item for item in items if item.get("meterName") in GATEWAYS and item.get("skuName") == item["meterName"]]
    if not hours:
        raise FetchError(f"Azure lists no zone-redundant VPN gateway in {region}")
    for sku, piece in GATEWAYS.items():
        yield from _one([item for item in hours if item["skuName"] == sku], piece, region)
    tunnels = [item for item in items if item.get("meterName") == "S2S Connection" and item.get("skuName") in GATEWAYS]
    yield from _one(tunnels, Piece.AZURE_TUNNEL, region)


def _one(items: list[Item], piece: Piece, region: str) -> Iterator[Fact]:
    """The one price of a piece: the latest, and the dearest of those, should several SKUs have one."""
    found = _latest(items)
    if found:
        item = max(found, key=_usd)
        if not _usd(item):
            raise FetchError(f"Azure lists {piece} in {region} at nothing")
        yield _fact(item, piece, region)


def _egress(items: list[Item], region: str) -> Iterator[Fact]:
    tiers = sorted(_table(items), key=_start)
    # Two tiers of one price are one to a bill, but each is said as it is listed.
    if tiers and (_start(tiers[0]) or any(_start(a) == _start(b) for a, b in pairwise(tiers))):
        raise FetchError(f"Azure lists the tiers of egress from {region} with a hole, or twice")
    if tiers and not _usd(tiers[-1]):
        raise FetchError(f"Azure lists the egress of {region} at nothing")
    ends = [_start(item) for item in tiers[1:]]
    for item, end in zip(tiers, [*ends, None], strict=False):
        yield _fact(item, Piece.AZURE_EGRESS, egress_place(region), end=end)


def _table(items: list[Item]) -> list[Item]:
    """The tiers that hold: a tier whose price did not change has an older date than the others of its table.

    Tables that were superseded as a whole are listed too: one that begins at 0 again is older than a whole newer one.
    """
    found: list[Item] = []
    for day in sorted({_day(item) for item in items}, reverse=True):
        group = [item for item in items if _day(item) == day]
        starts = {_start(item) for item in found}
        whole = 0 in starts and _usd(max(found, key=_start))
        if whole and any(not _start(item) for item in group):
            break
        found += [item for item in group if _start(item) not in starts]
    return found


def _latest(items: list[Item]) -> list[Item]:
    """Of prices that hold from different days on, those of the latest: old tiers are listed beside the new ones."""
    day = max((_day(item) for item in items), default=None)
    return [item for item in items if _day(item) == day]


def _usd(item: Item) -> Decimal:
    return _number(item, "retailPrice")


def _start(item: Item) -> Decimal:
    return _number(item, "tierMinimumUnits")


def _number(item: Item, name: str) -> Decimal:
    value = item.get(name)
    what = f"Azure's {name} of {said(item.get('meterName'))}"
    if isinstance(value, str):
        raise FetchError(f"{what}: {said(value)} is text, not a number")
    return amount(value, lambda: what)


_UNITS: Final = {"1 Hour": "hour", "1 GB": "GB", "1/Hour": "hour"}


def _fact(item: Item, piece: Piece, where: str, *, end: Decimal | None = None) -> Fact:
    if _UNITS.get(str(item.get("unitOfMeasure"))) != UNITS[piece]:
        raise FetchError(f"Azure gives {piece} by {said(item.get('unitOfMeasure'))}, which is not known here")
    tiered = piece is Piece.AZURE_EGRESS
    return Fact(
        piece=piece,
        where=where,
        usd=_usd(item),
        unit=UNITS[piece],
        source=Source(name="Azure Retail Prices API", date=_day(item).isoformat(), status=Status.SEEN),
        start=_start(item) if tiered else Decimal(0),
        end=end,
    )
