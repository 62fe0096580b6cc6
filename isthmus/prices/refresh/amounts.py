"""Numbers of the clouds' lists: only what a file of prices can hold."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from isthmus.prices.reader import MOST, MOST_DIGITS
from isthmus.prices.refresh.http import FetchError


def said(value: object) -> str:
    """``value`` of an answer, short enough for a message."""
    return reprlib.repr(value)


def amount(value: Any, describe: Callable[[], str]) -> Decimal:
    """``value``, text or number, from 0 to a million millions and with at most 40 digits after the point.

    Raises:
        FetchError: it is another; the text says so of what ``describe`` returns.
    """
    number = Decimal(-1)
    text = str(value) if isinstance(value, (str, int, float)) else ""
    # Decimal takes the digits of every script, and underscores.
    if re.fullmatch(r"[0-9.eE+-]{1,100}", text):
        with suppress(InvalidOperation):
            number = Decimal(text)
    # The exponent is looked at before anything is calculated: 1e999999 has a million digits.
    if not number.is_finite() or number < 0 or number.adjusted() > 12 or number > MOST:
        raise FetchError(f"{describe()}: {said(value)} is not a number from 0 to {MOST:,}")
    if int(number.as_tuple().exponent) < -MOST_DIGITS:
        raise FetchError(f"{describe()}: {said(value)} has more than {MOST_DIGITS} digits after the point")
    return number
