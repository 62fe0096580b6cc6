"""Prices: each with its source and status, and what a refresh changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from isthmus.prices import ANYWHERE, STALE_DAYS, Fact, Piece, Prices
from isthmus.prices.refresh import PriceChange
from isthmus.provenance import LEGEND, price_text
from isthmus.views.types import Cell, Figure, Row, Sentence, Table, View, columns, ref, row


def prices_view(prices: Prices, today: date) -> View:
    """One row a piece and place, tiers beside each other."""
    age = prices.age_days(today)
    oldest = f" The oldest was read on {prices.oldest().isoformat()}." if prices.oldest() < prices.day else ""
    old = f"{age} day{'' if age == 1 else 's'} old" if age >= 0 else "dated in the future"
    said = f"{prices.name}, of {prices.day.isoformat()}: {old}. USD without tax.{oldest}"
    table = Table("prices", "Prices", columns("Piece", "Where", "USD", "Unit", "Status"), tuple(_rows(prices)))
    return View("Prices", (Sentence(said, "lead"), table), data=_data(prices, today))


def _rows(prices: Prices) -> Iterator[Row]:
    places: dict[tuple[Piece, str], list[Fact]] = {}
    for fact in prices.facts:
        places.setdefault((fact.piece, fact.where), []).append(fact)
    before = None
    for (piece, where), found in places.items():
        facts = sorted(found, key=lambda f: f.start)
        alone = sum(other is piece for other, _ in places) == 1
        known = "bound" if facts[0].bound else None
        yield row(
            "" if piece is before else piece.value,
            where if where != ANYWHERE else "everywhere" if alone else "elsewhere",
            Cell(_amounts(facts), inline=True),
            facts[0].unit.value,
            Cell(refs=(ref(facts[0].source, known),)),
        )
        before = piece


def _amounts(facts: Sequence[Fact]) -> tuple[Figure, ...]:
    """The prices of all tiers, with where each ends."""
    one = len(facts) == 1 and facts[0].end is None
    return tuple(
        Figure(
            fact.usd,
            "USD",
            None,
            low=fact.low if one else None,
            status=fact.source.status,
            after="" if one else " above" if fact.end is None else f" to {fact.end:,f}",
        )
        for fact in facts
    )


def change_text(change: PriceChange) -> str:
    """A change in a line: what it was, and what it is now."""
    before = _text(change.before) if change.before else "not known"
    if change.before and change.before[0].bound:
        before = f"at most {before}"
    return f"{change.piece} in {change.where}: {before} -> {_text(change.after)} / {change.after[0].unit}"


def _text(facts: Sequence[Fact]) -> str:
    if len(facts) == 1 and facts[0].end is None:
        low = facts[0].low
        return price_text(facts[0].usd) + (f" (at least {price_text(low)})" if low is not None else "")
    return ", ".join(
        f"{price_text(fact.usd) if fact.usd else 'free'}{' above' if fact.end is None else f' to {fact.end:,f}'}"
        for fact in facts
    )


def change_data(change: PriceChange) -> dict[str, Any]:
    """What a refresh changed about one piece in one place."""
    return {
        "piece": change.piece.value,
        "where": change.where,
        "before": [_fact(fact) for fact in change.before],
        "after": [_fact(fact) for fact in change.after],
    }


def _data(prices: Prices, today: date) -> dict[str, Any]:
    """Every fact, with the age of the file in days."""
    return {
        "name": prices.name,
        "date": prices.day.isoformat(),
        "age_days": prices.age_days(today),
        "oldest": prices.oldest().isoformat(),
        "old": prices.age_days(today) > STALE_DAYS,
        "currency": "USD",
        "statuses": LEGEND,
        "prices": [_fact(fact) for fact in prices.facts],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    """One fact, by the names that a file of prices has."""
    return {
        "piece": fact.piece.value,
        "where": fact.where,
        "from": float(fact.start),
        "to": None if fact.end is None else float(fact.end),
        "usd": float(fact.usd),
        "unit": fact.unit.value,
        "bound": "upper" if fact.bound else None,
        "low": None if fact.low is None else float(fact.low),
        "source": fact.source.name,
        "date": fact.source.date,
        "status": fact.source.status.value,
    }
