"""Reads prices anew from the clouds' own lists: only of the regions that are asked for, and all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from isthmus.prices.refresh import aws, azure
from isthmus.prices.refresh.http import Fetcher, FetchError
from isthmus.prices.types import Fact, Piece, Prices

__all__ = ["FetchError", "Fetcher", "PriceChange", "RefreshError", "Refreshed", "refresh"]


class RefreshError(Exception):
    """Sources that failed, a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """What is different about a piece in a place: its prices by tier before (none: not known) and after."""

    piece: Piece
    where: str
    before: tuple[Fact, ...]
    after: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """New prices, how they differ from the old ones, and how many places were read and found as they were."""

    prices: Prices
    changes: tuple[PriceChange, ...]
    same: int


def refresh(
    old: Prices,
    fetcher: Fetcher,
    *,
    aws_regions: Sequence[str],
    azure_regions: Sequence[str],
    aws_url: str = aws.URL,
    azure_url: str = azure.URL,
    today: date,
) -> Refreshed:
    """``old`` with what the clouds list for the regions now. What they were not asked for stays, with its date.

    Raises:
        RefreshError: when either source fails: half a file of new prices would be told from a whole one by nobody.
    """
    found: list[Fact] = []
    failed: list[str] = []
    azure_read = partial(azure.read, today=today)
    for read, url, regions in ((aws.read, aws_url, aws_regions), (azure_read, azure_url, azure_regions)):
        try:
            found += read(fetcher, url, dict.fromkeys(regions))
        except FetchError as error:
            failed.append(str(error))
    if failed:
        raise RefreshError("\n".join(failed))
    return merge(old, found, today)


def merge(old: Prices, found: Iterable[Fact], today: date) -> Refreshed:
    """``old`` with the pieces and places of ``found`` replaced as a whole."""
    places: dict[tuple[Piece, str], list[Fact]] = {}
    for fact in found:
        places.setdefault((fact.piece, fact.where), []).append(fact)
    # What was not read is no younger for lying in a new file.
    kept = [replace(f, read=f.read or old.day) for f in old.facts if (f.piece, f.where) not in places]
    changes = []
    for (piece, where), after in places.items():
        before = old.at(piece, where)
        if [_told(f) for f in before] != [_told(f) for f in after]:
            changes.append(PriceChange(piece=piece, where=where, before=before, after=tuple(after)))
    new = Prices((*kept, *(fact for facts in places.values() for fact in facts)), today, old.name)
    return Refreshed(prices=new, changes=tuple(changes), same=len(places) - len(changes))


def _told(fact: Fact) -> tuple[object, ...]:
    return (fact.start, fact.end, fact.usd, fact.bound)
