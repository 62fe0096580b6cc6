"""What both clouds charge: a dated snapshot in ``snapshot.yaml``, or a file that ``isthmus prices refresh`` wrote."""

from isthmus.prices.reader import SNAPSHOT, PriceFileError, load, prices_path
from isthmus.prices.types import (
    ANYWHERE,
    GATEWAYS,
    STALE_DAYS,
    Fact,
    NoPriceError,
    Piece,
    Prices,
    Rate,
    Unit,
)
from isthmus.prices.zones import egress_place, egress_source

__all__ = [
    "ANYWHERE",
    "GATEWAYS",
    "SNAPSHOT",
    "STALE_DAYS",
    "Fact",
    "NoPriceError",
    "Piece",
    "PriceFileError",
    "Prices",
    "Rate",
    "Unit",
    "egress_place",
    "egress_source",
    "load",
    "prices_path",
]
