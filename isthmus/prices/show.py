"""Prices for people (a table) and for programs (plain values)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from isthmus.figures import BOUND, LEGEND
from isthmus.prices.refresh import Change
from isthmus.prices.types import ANYWHERE, STALE_DAYS, Fact, Piece, Prices, price_text
from isthmus.tables import print_table

if TYPE_CHECKING:
    from rich.console import Console


def prices_json(prices: Prices, today: date) -> dict[str, Any]:
    """Every fact, with the age of the file in days."""
    return {
        "name": prices.name,
        "date": prices.day.isoformat(),
        "age_days": prices.age_days(today),
        "oldest": prices.oldest().isoformat(),
        "old": prices.age_days(today) > STALE_DAYS,
        "currency": "USD",
        "statuses": LEGEND,
        "prices": [fact_json(fact) for fact in prices.facts],
    }


def fact_json(fact: Fact) -> dict[str, Any]:
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


def change_json(change: Change) -> dict[str, Any]:
    """What a refresh changed about one piece in one place."""
    return {
        "piece": change.piece.value,
        "where": change.where,
        "before": [fact_json(fact) for fact in change.before],
        "after": [fact_json(fact) for fact in change.after],
    }


def print_prices(prices: Prices, console: Console, today: date) -> None:
    """One row a piece and place, tiers beside each other, and where the numbers are from."""
    from rich.table import Table

    sources = list(dict.fromkeys(fact.source for fact in prices.facts))
    age = prices.age_days(today)
    oldest = f" The oldest was read on {prices.oldest().isoformat()}." if prices.oldest() < prices.day else ""
    old = f"{age} day{'' if age == 1 else 's'} old" if age >= 0 else "dated in the future"
    console.print(
        f"{prices.name}, of {prices.day.isoformat()}: {old}. USD without tax.{oldest}",
        highlight=False,
    )
    console.print()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("piece", "where", "USD", "for a", "known"):
        table.add_column(heading, no_wrap=heading == "known")
    places: dict[tuple[Piece, str], list[Fact]] = {}
    for fact in prices.facts:
        places.setdefault((fact.piece, fact.where), []).append(fact)
    before = None
    for (piece, where), found in places.items():
        facts = sorted(found, key=lambda f: f.start)
        known = "bound" if facts[0].bound else str(facts[0].source.status)
        table.add_row(
            "" if piece is before else piece.value,
            _where(where, alone=sum(p is piece for p, _ in places) == 1),
            usd_text(facts),
            facts[0].unit.value,
            f"{known} [{sources.index(facts[0].source) + 1}]",
        )
        before = piece
    print_table(table, console)
    console.print()
    console.print(f"{LEGEND} {BOUND}", highlight=False)
    for number, source in enumerate(sources, start=1):
        console.print(f"[{number}] {source}", highlight=False, markup=False)


def _where(where: str, *, alone: bool) -> str:
    if where != ANYWHERE:
        return where
    return "everywhere" if alone else "elsewhere"


def change_text(change: Change) -> str:
    """A change in a line: what it was, and what it is now."""
    before = usd_text(change.before) if change.before else "not known"
    if change.before and change.before[0].bound:
        before = f"at most {before}"
    return f"{change.piece} in {change.where}: {before} -> {usd_text(change.after)} / {change.after[0].unit}"


def usd_text(facts: Sequence[Fact]) -> str:
    """The prices of all tiers, with where each ends."""
    if len(facts) == 1 and facts[0].end is None:
        low = facts[0].low
        return price_text(facts[0].usd) + (f" (at least {price_text(low)})" if low is not None else "")
    return ", ".join(_tier_text(fact) for fact in facts)


def _tier_text(fact: Fact) -> str:
    usd = "free" if fact.usd == Decimal(0) else price_text(fact.usd)
    return f"{usd} above" if fact.end is None else f"{usd} to {fact.end:,f}"
