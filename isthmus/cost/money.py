"""Amounts of USD: what is counted, and the least that it can be where a price is only a bound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from isthmus.provenance import Status, weakest


@dataclass(frozen=True, slots=True)
class Usd:
    """An amount. ``most`` is what is counted; ``least`` is below it where a price is an upper bound.

    ``status`` says how well it is known. A sum is known as well as the weakest of its parts.
    """

    most: Decimal = Decimal(0)
    least: Decimal = Decimal(0)
    status: Status = Status.COMPUTED

    def __add__(self, other: Usd) -> Usd:
        return Usd(self.most + other.most, self.least + other.least, weakest((self.status, other.status)))

    def times(self, factor: Decimal) -> Usd:
        """``factor`` times the amount."""
        return Usd(self.most * factor, self.least * factor, weakest((self.status,)))

    @property
    def is_known(self) -> bool:
        """Whether no bound is in it."""
        return self.most == self.least


def total(amounts: Iterable[Usd]) -> Usd:
    """The sum of ``amounts``."""
    return sum(amounts, Usd())
