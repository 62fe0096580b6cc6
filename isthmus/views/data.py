"""Values for programs: dataclasses as dictionaries, numbers as JSON has them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """``value`` as dictionaries, lists, numbers and text: addresses as text, enumerations as their values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if value is None or type(value) in (bool, int, float, str):
        return value
    return str(value)


def number(value: Decimal) -> float:
    """To a millionth, which is finer than any price list."""
    return float(round(value, 6))
