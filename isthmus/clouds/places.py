"""Where the clouds' regions and some large cities are: one line each in ``data/``, read when first asked for."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from isthmus.clouds import azure
from isthmus.provenance import Source, Status

_DATA: Final = Path(__file__).parent / "data"
_DATE: Final = "2026-11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on the globe; latitude and longitude in degrees, north and east positive."""

    name: str
    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(
                f"{self.latitude:g},{self.longitude:g} is no place: latitude is -90 to 90, longitude -180 to 180; "
                "write them in that order, such as 50.1,8.7"
            )


class Access(StrEnum):
    """Who may use a region (assumed): some are opened on request only, some belong to a government cloud."""

    OPEN = "open"
    RESTRICTED = "restricted"
    GOVERNMENT = "government"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region of a cloud. ``zones`` says whether it has availability zones; every AWS region has."""

    cloud: str
    name: str
    point: Point
    access: Access
    zones: bool
    source: Source


@cache
def aws_regions() -> Mapping[str, Region]:
    """The AWS regions, by name."""
    return {row["region"]: _region("aws", row, zones=True) for row in _rows("aws_regions.csv")}


@cache
def azure_regions() -> Mapping[str, Region]:
    """The Azure regions, by name; zones as in :data:`isthmus.clouds.azure.REGIONS`."""
    return {
        row["region"]: _region("azure", row, zones=azure.REGIONS[row["region"]]) for row in _rows("azure_regions.csv")
    }


@cache
def cities() -> Mapping[str, Point]:
    """Large cities by name, in plain letters (assumed, to a hundredth of a degree)."""
    return {
        row["city"]: Point(name=row["city"], latitude=float(row["latitude"]), longitude=float(row["longitude"]))
        for row in _rows("cities.csv")
    }


def place(text: str) -> Point:
    """The place that ``text`` means: ``50.1,8.7`` or a city of :func:`cities`.

    Raises ValueError, with the nearest names, for anything else.
    """
    latitude, comma, longitude = text.partition(",")
    if comma:
        try:
            north, east = float(latitude), float(longitude)
        except ValueError:
            pass
        else:
            return Point(name=f"{north:g},{east:g}", latitude=north, longitude=east)
    wanted = _plain(text.partition(",")[0])
    by_plain = {_plain(name): point for name, point in cities().items()}
    if wanted in by_plain:
        return by_plain[wanted]
    import difflib

    near = difflib.get_close_matches(wanted, by_plain, n=3, cutoff=0.6)
    guess = f"did you mean {' or '.join(by_plain[n].name for n in near)}?" if near else f"{len(by_plain)} are known"
    said = "".join(c if c.isprintable() else "?" for c in text)[:60]
    raise ValueError(f"{said!r} is not a known city: {guess}; else write its latitude and longitude, such as 50.1,8.7")


def _rows(file: str) -> list[dict[str, str]]:
    with (_DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _region(cloud: str, row: Mapping[str, str], *, zones: bool) -> Region:
    return Region(
        cloud=cloud,
        name=row["region"],
        point=Point(name=row["place"], latitude=float(row["latitude"]), longitude=float(row["longitude"])),
        access=Access(row["access"]),
        zones=zones,
        source=Source(name=row["source"], date=_DATE, status=Status(row["status"])),
    )


def _plain(text: str) -> str:
    """Lower case, without accents and without what is not a letter, so that "São Paulo" is found."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())
