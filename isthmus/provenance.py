"""A number that a user is shown, with where it is from: nobody should have to believe one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import floor
from typing import Final


class Status(StrEnum):
    """How well a number is known."""

    SEEN = "seen"
    """Read in the source that is named."""
    COMPUTED = "computed"
    """Worked out from numbers that were seen or given."""
    GIVEN = "given"
    """What the user said in this run."""
    ASSUMED = "assumed"
    """General knowledge that nobody looked up: a default, to be overridden where it matters."""


LEGEND: Final = (
    "seen: read in the named source; computed: worked out from such figures; given: said by you; "
    "assumed: general knowledge that was not looked up, or worked out from it."
)
"""Explains the four words in one line, for every output that uses them."""
BOUND: Final = "bound: an upper bound stands in for a price that is not known."


def weakest(statuses: Iterable[Status]) -> Status:
    """How well a number is known that is worked out from numbers known as ``statuses``.

    It is assumed if any of them is, and computed otherwise: also from what was seen or given alone.
    """
    return Status.ASSUMED if Status.ASSUMED in set(statuses) else Status.COMPUTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number is from: a document or an API, and the day (ISO 8601) or month it was read or is dated."""

    name: str
    date: str
    status: Status

    def __str__(self) -> str:
        return f"{self.name}, {self.date} ({self.status})"


def percent(share: float, digits: int = 3) -> str:
    """A share from 0 to 1 as per cent, never rounded up: what is promised must hold."""
    scale = 10 ** (digits + 2)
    return f"{floor(share * scale + 1e-6) / scale * 100:.{digits}f} %"


def price_text(usd: Decimal) -> str:
    """A price with all its digits, two at least after the point: ``$0.05``, ``$0.0408``."""
    whole, _, rest = f"{usd.normalize():f}".partition(".")
    return f"${int(whole):,}.{rest:0<2}"


def amount_text(amount: float | Decimal) -> str:
    """An amount to two digits after the point, without those that are zero."""
    return f"{amount:,.2f}".rstrip("0").rstrip(".")
