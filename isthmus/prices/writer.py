"""Writes a file of prices: one fact a line, in an order of its own, so that two can be compared."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from isthmus.files import write_whole
from isthmus.prices.reader import VERSION, PriceFileError, loads
from isthmus.prices.types import Fact, Piece, Prices

_HEAD = """\
# What AWS and Azure charge, in USD without tax; written by `isthmus prices refresh`. Use it with --prices FILE or
# ISTHMUS_PRICES. A line that was not read anew keeps its own source and date.
"""


def text(prices: Prices) -> str:
    """``prices`` as YAML."""
    import yaml

    lines = [
        yaml.safe_dump(_plain(f), default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6).strip()
        for f in _ordered(prices)
    ]
    listed = "".join(f"  - {line}\n" for line in lines)
    return f"{_HEAD}version: {VERSION}\ndate: {prices.day.isoformat()}\nprices:\n{listed}"


def write(path: Path, prices: Prices) -> None:
    """Write ``prices`` to ``path``, whole or not at all.

    Raises:
        OSError: when it cannot be written; nothing is left behind then.
        PriceFileError: when the file could not be read again; it is not written then.
    """
    written = text(prices)
    try:
        loads(written, path)
    except PriceFileError as error:
        listed = _ordered(prices)
        # Nobody sees the file whose lines it counts.
        named = [re.sub(r"^price (\d+): ", lambda at: _name(listed[int(at[1]) - 1]), p) for p in error.problems]
        raise PriceFileError(str(path), named) from None
    write_whole(path, written)


def _ordered(prices: Prices) -> list[Fact]:
    order = list(Piece)
    return sorted(prices.facts, key=lambda f: (order.index(f.piece), f.where, f.start))


def _name(fact: Fact) -> str:
    return f"{fact.piece} in {fact.where}: "


def _plain(fact: Fact) -> dict[str, Any]:
    plain: dict[str, Any] = {"piece": fact.piece.value, "where": fact.where}
    if fact.start or fact.end is not None:
        plain["from"] = _number(fact.start)
    if fact.end is not None:
        plain["to"] = _number(fact.end)
    plain |= {"usd": _number(fact.usd), "unit": fact.unit.value}
    if fact.bound:
        plain["bound"] = "upper"
    if fact.low is not None:
        plain["low"] = _number(fact.low)
    if fact.read is not None:
        plain["read"] = fact.read
    return plain | {"source": fact.source.name, "date": fact.source.date, "status": fact.source.status.value}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
