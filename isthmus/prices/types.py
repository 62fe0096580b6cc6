"""Prices as facts: one number, what it pays for, where, from which amount on, and where it is from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from isthmus.provenance import Source, Status, price_text

ANYWHERE: Final = "*"
"""The ``where`` of a price that is the same in all regions or, as a bound, of one that no region goes above."""

STALE_DAYS: Final = 90
"""From which age prices are called old: both clouds change some price in most quarters."""


class Piece(StrEnum):
    """What one of the clouds bills. The value is its name in a file of prices."""

    AWS_CONNECTION = "aws-vpn-connection"
    AWS_CONNECTION_LARGE = "aws-vpn-connection-large"
    AWS_IPV4 = "aws-public-ipv4"
    AWS_TGW_ATTACHMENT = "aws-tgw-attachment"
    AWS_TGW_DATA = "aws-tgw-data"
    AWS_ACCELERATOR = "aws-global-accelerator"
    AWS_ACCELERATOR_DATA = "aws-global-accelerator-data"
    AWS_EGRESS = "aws-egress"
    AWS_EGRESS_FREE = "aws-egress-free"
    AWS_CROSS_ZONE = "aws-cross-zone"
    AWS_SAME_ZONE = "aws-same-zone"
    AWS_ALARM = "aws-alarm"
    AWS_ALARM_FREE = "aws-alarm-free"
    AWS_LOGS = "aws-logs"
    AWS_LOGS_FREE = "aws-logs-free"
    AWS_LOG_STORAGE = "aws-log-storage"
    AWS_LOG_STORAGE_FREE = "aws-log-storage-free"
    AWS_SECRET = "aws-secret"  # noqa: S105  the name of what is billed
    AZURE_VPNGW1AZ = "azure-gateway-VpnGw1AZ"
    AZURE_VPNGW2AZ = "azure-gateway-VpnGw2AZ"
    AZURE_VPNGW3AZ = "azure-gateway-VpnGw3AZ"
    AZURE_VPNGW4AZ = "azure-gateway-VpnGw4AZ"
    AZURE_VPNGW5AZ = "azure-gateway-VpnGw5AZ"
    AZURE_TUNNEL = "azure-tunnel"
    AZURE_TUNNEL_FREE = "azure-tunnel-free"
    AZURE_IPV4 = "azure-public-ipv4"
    AZURE_EGRESS = "azure-egress"
    AZURE_CROSS_ZONE = "azure-cross-zone"
    AZURE_SAME_ZONE = "azure-same-zone"
    AZURE_ALERT = "azure-alert"
    AZURE_ALERT_FREE = "azure-alert-free"
    AZURE_LOGS = "azure-logs"
    AZURE_LOGS_FREE = "azure-logs-free"
    AZURE_LOG_STORAGE = "azure-log-storage"

    @property
    def cloud(self) -> str:
        """Whose bill it is on: ``aws`` or ``azure``."""
        return self.value.partition("-")[0]


GATEWAYS: Final = {
    piece.value.removeprefix("azure-gateway-"): piece for piece in Piece if piece.startswith("azure-gateway-")
}
"""The piece of each gateway SKU of Azure."""


class Unit(StrEnum):
    """What a price is for one of."""

    HOUR = "hour"
    GB = "GB"
    GB_MONTH = "GB-month"
    MONTH = "month"


UNITS: Final = {
    **dict.fromkeys(Piece, Unit.HOUR),
    **dict.fromkeys(
        (
            Piece.AWS_TGW_DATA,
            Piece.AWS_ACCELERATOR_DATA,
            Piece.AWS_EGRESS,
            Piece.AWS_EGRESS_FREE,
            Piece.AWS_CROSS_ZONE,
            Piece.AWS_SAME_ZONE,
            Piece.AWS_LOGS,
            Piece.AWS_LOGS_FREE,
            Piece.AZURE_EGRESS,
            Piece.AZURE_CROSS_ZONE,
            Piece.AZURE_SAME_ZONE,
            Piece.AZURE_LOGS,
            Piece.AZURE_LOGS_FREE,
        ),
        Unit.GB,
    ),
    **dict.fromkeys((Piece.AWS_LOG_STORAGE, Piece.AWS_LOG_STORAGE_FREE, Piece.AZURE_LOG_STORAGE), Unit.GB_MONTH),
    **dict.fromkeys(
        (Piece.AWS_ALARM, Piece.AWS_ALARM_FREE, Piece.AWS_SECRET, Piece.AZURE_ALERT, Piece.AZURE_ALERT_FREE), Unit.MONTH
    ),
}
"""The one unit of each piece: a file that says another is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """USD for one ``unit`` of ``piece`` in ``where``, of the part of a month's amount above ``start`` up to ``end``.

    ``where`` is a region, an egress zone (``zone 1``) or :data:`ANYWHERE`. ``bound`` says that it is not the price
    but an upper bound of it. ``low`` is then the least that it can be, when that is known.
    """

    piece: Piece
    where: str
    usd: Decimal
    unit: Unit
    source: Source
    start: Decimal = Decimal(0)
    end: Decimal | None = None
    bound: bool = False
    low: Decimal | None = None
    read: date | None = field(default=None, compare=False)
    """The day on which it was read; None: that of its file."""

    @property
    def key(self) -> tuple[str, str, Decimal]:
        """What tells it from the other facts of a file."""
        return (self.piece.value, self.where, self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a piece costs in a region: one fact, or one a tier, from 0 on without a hole.

    ``gap`` is None when the price is known. Else it says in a sentence what is not known and what is counted
    instead, which is an upper bound. ``low`` has the cheapest price known of the same tier, for the other end of
    the range; without a gap and a bound it repeats the price.
    """

    piece: Piece
    region: str
    facts: tuple[Fact, ...]
    low: tuple[Decimal, ...]
    gap: str | None

    @property
    def usd(self) -> Decimal:
        """The price of the first tier, which is all there is of most."""
        return self.facts[0].usd

    @property
    def is_bound(self) -> bool:
        """Whether it is an upper bound and not the price."""
        return self.gap is not None or any(f.bound for f in self.facts)


class NoPriceError(LookupError):
    """No price and no bound of a piece: the file of prices is not complete."""


@dataclass(frozen=True, slots=True)
class Prices:
    """All facts of a file, of the day ``day``. ``name`` says which file, for people."""

    facts: tuple[Fact, ...]
    day: date
    name: str
    _by_place: dict[tuple[Piece, str], tuple[Fact, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places: dict[tuple[Piece, str], list[Fact]] = {}
        for fact in self.facts:
            places.setdefault((fact.piece, fact.where), []).append(fact)
        ordered = {key: tuple(sorted(found, key=lambda f: f.start)) for key, found in places.items()}
        object.__setattr__(self, "_by_place", ordered)

    def age_days(self, today: date) -> int:
        """Whole days from the day of the prices to ``today``."""
        return (today - self.day).days

    def oldest(self, places: Iterable[tuple[Piece, str]] | None = None) -> date:
        """The day on which the oldest price was read: of all, or of those in ``places``.

        Nothing that is assumed counts, and with ``places`` nothing that is the same everywhere: no refresh renews that.
        """
        found = self.facts if places is None else [f for p in places for f in self.at(*p)]
        return min((f.read or self.day for f in found if f.source.status is not Status.ASSUMED), default=self.day)

    def at(self, piece: Piece, where: str) -> tuple[Fact, ...]:
        """The facts of exactly ``piece`` in ``where``, by tier; empty when there are none."""
        return self._by_place.get((piece, where), ())

    def rate(self, piece: Piece, region: str, *, place: str | None = None) -> Rate:
        """What ``piece`` costs in ``region``; ``place`` is the egress zone that the region is billed in, if any.

        Prices of the place come first, then those that are the same everywhere. Where there are neither, the
        file's upper bound stands in, and the rate has a gap that names the region.

        Raises:
            NoPriceError: when there is not even a bound.
        """
        for where in (place or region, ANYWHERE):
            facts = self.at(piece, where)
            if facts and not (where == ANYWHERE and facts[0].bound):
                low = tuple(f.low if f.low is not None else f.usd for f in facts)
                return Rate(piece=piece, region=region, facts=facts, low=low, gap=None)
        facts = self.at(piece, ANYWHERE)
        if not facts:
            raise NoPriceError(f"{self.name} has no price of {piece} in {region}, and no bound of it under '*'")
        low = tuple(self._cheapest(f) for f in facts)
        first = next((n for n, f in enumerate(facts) if f.usd), 0)
        gap = (
            f"{piece} in {region}: no price is known; {price_text(facts[first].usd)} / {facts[first].unit} is counted "
            f"({facts[first].source.name}); the cheapest known is {price_text(low[first])}"
        )
        return Rate(piece=piece, region=region, facts=facts, low=low, gap=gap)

    def free(self, piece: Piece) -> Fact:
        """The fact of an allowance, which is the same everywhere: free up to its ``end``.

        Raises:
            NoPriceError: when the file has none.
        """
        facts = self.at(piece, ANYWHERE)
        if not facts or facts[0].end is None:
            raise NoPriceError(f"{self.name} has no allowance {piece} with an end under '*'")
        return facts[0]

    def _cheapest(self, bound: Fact) -> Decimal:
        known: Iterable[Decimal] = (
            (f.low if f.low is not None else f.usd)
            for f in self.facts
            if f.piece is bound.piece and f.where != ANYWHERE and f.start == bound.start
        )
        return min((*known, bound.low if bound.low is not None else bound.usd))
