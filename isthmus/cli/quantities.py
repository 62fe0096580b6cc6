"""Values with units on the command line. Each raises ValueError, with what is allowed, for anything else."""

from __future__ import annotations

import re
from math import isfinite
from typing import Final

_BYTES: Final = {
    "": 1, "b": 1, "byte": 1, "bytes": 1,
    "kb": 10**3, "mb": 10**6, "gb": 10**9,
    "kib": 2**10, "mib": 2**20, "gib": 2**30,
    # iperf3 prints these words and counts in powers of two.
    "kbytes": 2**10, "mbytes": 2**20, "gbytes": 2**30,
}  # fmt: skip
_MOST_BYTES: Final = 2**40
"""A thousand times the largest window that TCP can announce."""
_SECONDS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
_NUMBER: Final = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*([a-zA-Z%]*)\s*")


def size(text: str) -> float:
    """Bytes: ``1.01MiB``, ``1.01 MBytes`` (as iperf3 prints, binary), ``64kB`` (decimal), ``65536``."""
    number, unit = _split(text, "a size such as 1.01MiB, 64KiB or 65536")
    if unit.lower() not in _BYTES or not 1 <= number * _BYTES[unit.lower()] <= _MOST_BYTES:
        raise ValueError(
            f"{_said(text)} is not a size: write one from 1 byte to 1024GiB, such as 1.01MiB, 64KiB or 65536 (bytes)"
        )
    return number * _BYTES[unit.lower()]


def milliseconds(text: str) -> float:
    """Milliseconds: ``140ms``, ``0.14s``, ``900us``."""
    number, unit = _split(text, "a time such as 140ms or 0.14s")
    if unit not in _SECONDS or not 0.01 <= number * _SECONDS[unit] * 1000 <= 60_000:
        raise ValueError(
            f"{_said(text)} is not a round trip: write one from 0.01ms to 60s with its unit, such as 140ms"
        )
    return number * _SECONDS[unit] * 1000


def share(text: str) -> float:
    """A share from 0 to 1: ``0.999``, ``99.9%``, ``2.6e-6``."""
    number, unit = _split(text, "a share such as 99.9% or 0.999")
    # Rounded, so that 99.9% is 0.999 and not the float above it.
    value = round(number / 100, 15) if unit == "%" else number
    if unit not in ("", "%") or not 0 <= value <= 1:
        raise ValueError(f"{_said(text)} is not a share: write one from 0 to 1, or from 0% to 100%")
    return value


def _split(text: str, wanted: str) -> tuple[float, str]:
    found = _NUMBER.fullmatch(text)
    if not found or not isfinite(float(found[1])):
        raise ValueError(f"{_said(text)} is not {wanted}")
    return float(found[1]), found[2]


def _said(text: str) -> str:
    return repr("".join(c if c.isprintable() else "?" for c in text)[:40])
