"""Reads a file of prices. Everything wrong with it is said at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from isthmus.prices.types import UNITS, Fact, Piece, Prices, Unit
from isthmus.printable import one_line
from isthmus.provenance import Source, Status

SNAPSHOT: Final = Path(__file__).with_name("snapshot.yaml")
"""The prices that come with Isthmus."""
VERSION: Final = 1
_REQUIRED: Final = frozenset({"piece", "where", "usd", "unit", "source", "date", "status"})
_OPTIONAL: Final = frozenset({"from", "to", "bound", "low", "read"})
_MOST_PROBLEMS: Final = 10
MOST_LETTERS: Final = 500
MOST: Final = 10**12
MOST_DIGITS: Final = 40
"""The largest number of a file, and its digits after the point: far from any price and amount there is."""


class PriceFileError(Exception):
    """A file of prices that cannot be used, with all its problems, a line each."""

    def __init__(self, file: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        shown = [f"{file}: {problem}" for problem in self.problems[:_MOST_PROBLEMS]]
        more = len(self.problems) - _MOST_PROBLEMS
        rest = [f"{file}: and {more} more"] if more > 0 else []
        self.lines = tuple(one_line(line) for line in (*shown, *rest))
        super().__init__("\n".join(self.lines))


ADDED: Final = {Piece.AZURE_ALERT_FREE: Piece.AZURE_ALERT}
"""Allowances that files written before November 2026 do not have, though they have what is free."""


def prices_path(given: Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Path:
    """The file of prices that is meant: ``given``, else ``ISTHMUS_PRICES``, else the snapshot."""
    if given is not None:
        return given
    return Path(environ["ISTHMUS_PRICES"]) if environ.get("ISTHMUS_PRICES") else SNAPSHOT


def load(path: Path = SNAPSHOT) -> Prices:
    """Read the file of prices ``path``.

    Raises:
        PriceFileError: when it is not there, is no YAML or is none of prices, or has a line that is no price.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PriceFileError(str(path), [f"cannot be read ({reason}): make it with isthmus prices refresh"]) from None
    return loads(text, path)


def loads(text: str, path: Path) -> Prices:
    """Read ``text``, which is or will be in the file ``path``.

    Raises:
        PriceFileError: as :func:`load`.
    """
    import yaml

    # libyaml reads the same ten times as fast; it is missing from a few platforms' packages.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    name = "the snapshot in Isthmus" if path == SNAPSHOT else one_line(str(path))
    try:
        data = yaml.load(text, Loader=loader)  # noqa: S506  both are safe loaders
    except RecursionError:
        raise PriceFileError(str(path), ["nested too deeply: make it with isthmus prices refresh"]) from None
    except ValueError as error:
        # YAML takes what looks like a day or a number for one, and fails on a thirteenth month.
        raise PriceFileError(
            str(path), [f"a value is no day or number ({error}): write days such as 2026-11-22"]
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise PriceFileError(str(path), [f"{where}this is no YAML: make it with isthmus prices refresh"]) from None
    if not isinstance(data, dict) or not data.keys() & {"version", "prices"}:
        topology = isinstance(data, dict) and data.keys() & {"aws", "azure"}
        what = "is a topology, not a file of prices" if topology else "is not a file of prices"
        raise PriceFileError(str(path), [f"{what}: isthmus prices refresh makes one; name that"])
    problems: list[str] = []
    day = _head(data, problems)
    listed = data.get("prices")
    if isinstance(listed, list):
        facts = tuple(f for f in (_fact(n, raw, problems) for n, raw in enumerate(listed, start=1)) if f)
        problems.extend(_tier_problems(facts))
    else:
        facts = ()
        problems.append("prices: a list of prices must be here")
    if problems:
        raise PriceFileError(str(path), problems)
    return Prices((*facts, *_added_since(facts, path)), day, name)


def _added_since(facts: tuple[Fact, ...], path: Path) -> Iterator[Fact]:
    """What files of earlier versions do not have, from the snapshot."""
    pieces = {fact.piece for fact in facts}
    missing = {new for new, of in ADDED.items() if of in pieces and new not in pieces}
    if missing and path != SNAPSHOT:
        snapshot = load()
        yield from (replace(fact, read=fact.read or snapshot.day) for fact in snapshot.facts if fact.piece in missing)


def _head(data: dict[Any, Any], problems: list[str]) -> date:
    if "version" not in data:
        problems.append(f"version: is missing: {VERSION} is known; renew the file with isthmus prices refresh")
    elif data["version"] != VERSION:
        problems.append(f"version: {data['version']!r} is not known: {VERSION} is; renew the file")
    day = data.get("date")
    # A moment is a date to Python and does not compare with one.
    if type(day) is not date:
        problems.append("date: the day of the prices must be here, such as 2026-11-22")
        return date.min
    return day


def _fact(number: int, raw: Any, problems: list[str]) -> Fact | None:
    at = f"price {number}"
    if not isinstance(raw, dict):
        problems.append(f"{at}: not a mapping with {', '.join(sorted(_REQUIRED))}")
        return None
    if missing := sorted(_REQUIRED - raw.keys()):
        problems.append(f"{at}: {', '.join(missing)} missing")
        return None
    if unknown := sorted(str(k) for k in raw.keys() - _REQUIRED - _OPTIONAL):
        problems.append(f"{at}: {', '.join(unknown)} not known")
        return None
    if raw.get("bound", "upper") != "upper":
        problems.append(f"{at}: bound is {raw['bound']!r}: upper is the only one")
        return None
    try:
        piece = Piece(raw["piece"])
        unit = Unit(raw["unit"])
        # Until November 2026 the word was memory, and files with it are about.
        status = Status.ASSUMED if raw["status"] == "memory" else Status(raw["status"])
        end = raw.get("to")
        low = raw.get("low")
        fact = Fact(
            piece=piece,
            where=_text(raw["where"]),
            usd=_amount(raw["usd"]),
            unit=unit,
            source=Source(name=_text(raw["source"]), date=_text(raw["date"]), status=status),
            start=_amount(raw.get("from", 0)),
            end=None if end is None else _amount(end),
            bound="bound" in raw,
            low=None if low is None else _amount(low),
            read=_read(raw.get("read")),
        )
    except ValueError as error:
        problems.append(f"{at}: {error}")
        return None
    if UNITS[piece] is not unit:
        problems.append(f"{at}: {piece} is billed by the {UNITS[piece]}, not by the {unit}")
        return None
    return fact


def _text(value: Any) -> str:
    """A text as every table and report may show it."""
    text = one_line(str(value))
    if len(text) > MOST_LETTERS:
        raise ValueError(f"a text has {len(text):,} characters: {MOST_LETTERS} are allowed")
    return text


def _read(value: Any) -> date | None:
    if value is not None and type(value) is not date:
        raise ValueError(f"read is {value!r}: write a day such as 2026-11-22")
    return value


def _amount(value: Any) -> Decimal:
    """A number that is not negative, without the noise of binary fractions."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal(-1)
    if isinstance(value, bool) or not amount.is_finite() or amount < 0:
        raise ValueError(f"{value!r} is not a number from 0 on")
    # What is printed has all its digits: not a million of them.
    if amount > MOST or int(amount.as_tuple().exponent) < -MOST_DIGITS:
        raise ValueError(f"{value!r} is more than {MOST:,} or has more than {MOST_DIGITS} digits after the point")
    return amount


def _tier_problems(facts: tuple[Fact, ...]) -> Iterator[str]:
    places: dict[tuple[Piece, str], list[Fact]] = {}
    for fact in facts:
        places.setdefault((fact.piece, fact.where), []).append(fact)
    for (piece, where), found in places.items():
        tiers = sorted(found, key=lambda f: f.start)
        if len({f.start for f in tiers}) < len(tiers):
            yield f"{piece} in {where}: said twice from the same amount on"
        elif tiers[0].start or any(a.end != b.start for a, b in pairwise(tiers)):
            yield f"{piece} in {where}: its tiers must begin at 0 and follow each other without a hole"
        elif tiers[-1].end is not None and not piece.endswith("-free"):
            yield f"{piece} in {where}: the last tier has an end"
