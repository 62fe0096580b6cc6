"""Prices from AWS's price list: one file a service and region, to be had without credentials.

``/offers/v1.0/aws/<service>/current/<region>/index.json`` (AWS's bulk price list; the form of the path with a region
from memory): ``products`` by SKU with ``attributes``, and ``terms.OnDemand`` with a price for each tier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from isthmus.prices.refresh.amounts import amount, said
from isthmus.prices.refresh.http import Fetcher, FetchError
from isthmus.prices.types import UNITS, Fact, Piece
from isthmus.provenance import Source, Status

URL: Final = "https://pricing.us-east-1.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meter:
    """How a piece is told from the rest of a list: its usage type behind the prefix of a region, and attributes.

    A region's prefix (``EU-``, ``APS3-``) is missing in us-east-1, or not. The usage type has to match as a whole:
    ``VPN-large-Usage-Hours:ipsec.1`` ends like the one of a standard connection.
    """

    service: str
    piece: Piece
    usage: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    required: bool = False

    def meters(self, attributes: Mapping[str, Any]) -> bool:
        usage = attributes.get("usagetype", "")
        fits = re.fullmatch(rf"(?:[A-Z]+[0-9]*-)?{re.escape(self.usage)}", str(usage))
        return fits is not None and all(attributes.get(k) == v for k, v in self.attributes.items())


_METERS: Final = (
    _Meter(
        service="AmazonVPC",
        piece=Piece.AWS_CONNECTION,
        usage="VPN-Usage-Hours:ipsec.1",
        attributes={"operation": "CreateVpnConnection"},
        required=True,
    ),
    _Meter(
        service="AmazonVPC",
        piece=Piece.AWS_CONNECTION_LARGE,
        usage="VPN-large-Usage-Hours:ipsec.1",
        attributes={"operation": "CreateVpnConnection"},
    ),
    _Meter(
        service="AmazonVPC",
        piece=Piece.AWS_TGW_ATTACHMENT,
        usage="TransitGateway-Hours",
        attributes={"operation": "TransitGatewayVPN"},
    ),
    _Meter(
        service="AmazonVPC",
        piece=Piece.AWS_TGW_DATA,
        usage="TransitGateway-Bytes",
        attributes={"operation": "TransitGatewayVPN"},
    ),
    _Meter(service="AmazonVPC", piece=Piece.AWS_IPV4, usage="PublicIPv4:InUseAddress"),
    _Meter(
        service="AWSDataTransfer",
        piece=Piece.AWS_EGRESS,
        usage="DataTransfer-Out-Bytes",
        attributes={"transferType": "AWS Outbound", "toLocation": "External"},
        required=True,
    ),
    # The usage types of these three from memory.
    _Meter(service="AmazonCloudWatch", piece=Piece.AWS_ALARM, usage="CW:AlarmMonitorUsage"),
    _Meter(
        service="AmazonCloudWatch",
        piece=Piece.AWS_LOGS,
        usage="DataProcessing-Bytes",
        attributes={"operation": "PutLogEvents"},
    ),
    _Meter(service="AmazonCloudWatch", piece=Piece.AWS_LOG_STORAGE, usage="TimedStorage-ByteHrs"),
)
SERVICES: Final = tuple(dict.fromkeys(meter.service for meter in _METERS))


def read(fetcher: Fetcher, base: str, regions: Iterable[str]) -> Iterator[Fact]:
    """The prices of ``regions`` that AWS lists.

    Raises:
        FetchError: when a list cannot be had, is not what it should be, or lacks the price of a connection or of
            egress. What else a region lacks stays as it was.
    """
    for region in regions:
        for service in SERVICES:
            url = f"{base}/offers/v1.0/aws/{service}/current/{region}/index.json"
            fetcher.say(url)
            found = list(facts(fetcher.get(url), service, region, url))
            for piece in (m.piece for m in _METERS if m.service == service):
                if all(fact.piece is not piece for fact in found):
                    fetcher.say(f"AWS lists no {piece} in {region}: it is left as it was")
            yield from found


def facts(data: Any, service: str, region: str, url: str) -> Iterator[Fact]:
    """What the list ``data`` of ``service`` says of ``region``."""
    try:
        products = data["products"]
        terms = data.get("terms", {}).get("OnDemand", {})
        published = str(data["publicationDate"])[:10]
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", published):
            raise FetchError(f"{url}: no publicationDate")
        source = Source(name=f"AWS Price List, {service}", date=published, status=Status.SEEN)
        for meter in (m for m in _METERS if m.service == service):
            found = [
                tiers
                for sku, product in products.items()
                if meter.meters(product.get("attributes", {})) and _here(product["attributes"], region)
                if (tiers := list(_tiers(terms.get(sku, {}), meter.piece, url)))
            ]
            if not found:
                if meter.required:
                    raise FetchError(f"{url}: no price of {meter.piece} in it")
                continue
            # Several products of one usage type, were they to differ: the dearest, which bounds the bill.
            yield from _made(max(found, key=lambda t: [usd for *_, usd in t]), meter.piece, region, source, url)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise FetchError(
            f"{url}: not in the form of a price list ({type(error).__name__}: {said(str(error))})"
        ) from None


def _here(attributes: Mapping[str, Any], region: str) -> bool:
    named = attributes.get("regionCode") or attributes.get("fromRegionCode")
    return named in (None, region)


def _tiers(offers: Mapping[str, Any], piece: Piece, url: str) -> Iterator[tuple[Decimal, Decimal | None, Decimal]]:
    """From, to and USD of each tier, in order."""

    def price() -> str:
        return f"{url}: the price of {piece}"

    def tier() -> str:
        return f"{url}: a tier of {piece}"

    found = []
    for offer in offers.values():
        for dimension in offer["priceDimensions"].values():
            end = dimension.get("endRange", "Inf")
            found.append(
                (
                    amount(dimension.get("beginRange", "0"), tier),
                    None if end == "Inf" else amount(end, tier),
                    amount(dimension["pricePerUnit"]["USD"], price),
                )
            )
    yield from sorted(found, key=lambda tier: tier[0])


def _made(
    tiers: list[tuple[Decimal, Decimal | None, Decimal]], piece: Piece, region: str, source: Source, url: str
) -> Iterator[Fact]:
    if piece is not Piece.AWS_EGRESS:
        # Other pieces are too few here to leave their first tier. A free one is an allowance of the account.
        paid = next((usd for *_, usd in tiers if usd), None)
        if paid is None:
            raise FetchError(f"{url}: {piece} costs nothing in it")
        tiers = [(Decimal(0), None, paid)]
    else:
        if len(tiers) > 1 and not tiers[0][2]:
            # The allowance of the account has a fact of its own; tiers count from 0 all the same.
            tiers = [(Decimal(0), *tiers[1][1:]), *tiers[2:]]
        whole = tiers[0][0] == 0 and tiers[-1][1] is None
        empty = any(end is not None and start >= end for start, end, _ in tiers)
        if not whole or empty or any(a[1] != b[0] for a, b in pairwise(tiers)):
            raise FetchError(f"{url}: the tiers of {piece} do not follow each other from 0 on")
        if not tiers[-1][2]:
            raise FetchError(f"{url}: {piece} costs nothing in it")
    for start, end, usd in tiers:
        yield Fact(piece=piece, where=region, usd=usd, unit=UNITS[piece], source=source, start=start, end=end)
