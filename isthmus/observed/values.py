"""Values as Terraform tells them: known, not known until apply, or absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import Any, Final

from isthmus.observed.secrets import Secret

AttributePath = tuple[str | int, ...]
"""The way to a value inside a resource: ``("bgp_settings", 0, "asn")``."""


class Certainty(IntEnum):
    """How sure it is what an unknown value refers to."""

    ASSUMED = 1
    """By an equal index: a plan does not tell what ``x[count.index].y`` leads to, but for ``x``."""
    REFERENCE = 2
    """The one thing that an expression refers to; a plan does not tell what else the expression does."""
    EXACT = 3
    """It is that attribute."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An attribute of a resource; without a path the resource, of which some attribute is meant."""

    root: str
    address: str
    path: AttributePath = ()

    def __str__(self) -> str:
        return ".".join((f"{self.root}/{self.address}", *map(str, self.path)))


@dataclass(frozen=True, slots=True)
class Known:
    """A value that Terraform tells; lists are tuples, maps are read-only, keys are :class:`Secret`."""

    value: Any

    def __str__(self) -> str:
        return said(self.value)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only apply gives."""

    meaning: str = ""
    """The expression with every reference followed to its source. Two values of the same meaning are the same; empty
    where that cannot be told."""
    reference: Reference | None = None
    """The attribute or resource that gives the value, where it is one."""
    certainty: Certainty = Certainty.EXACT
    reason: str = ""
    """Why a reference could not be followed; empty where it could."""

    def __str__(self) -> str:
        return self.meaning or (str(self.reference) if self.reference else "a value not known until apply")

    def inside(self, text: str) -> str:
        """The meaning of what ``text`` (``[0]``, ``.psk``) picks out of the value; empty where that cannot be told."""
        if self.meaning.endswith("}"):
            return f"{self.meaning[:-1]}{text}}}"
        return f"{self.meaning}{text}" if self.meaning else ""

    def at_most(self, certainty: Certainty) -> Unknown:
        return replace(self, certainty=min(certainty, self.certainty))


class Absent(Enum):
    """There is no such value."""

    ABSENT = "absent"

    def __str__(self) -> str:
        return "nothing"


ABSENT: Final = Absent.ABSENT
Value = Known | Unknown | Absent


def known(value: Value, default: Any = None) -> Any:
    """The value itself where it is known, else ``default``."""
    return value.value if isinstance(value, Known) else default


def mapped(value: Value, change: Callable[[Any], Any]) -> Value:
    """``change`` of a known value; any other stays as it is."""
    return Known(change(value.value)) if isinstance(value, Known) else value


def same(one: Value, other: Value) -> bool | None:
    """Whether two values are the same; None where that cannot be told before apply."""
    if isinstance(one, Known) and isinstance(other, Known):
        return bool(comparable(one.value) == comparable(other.value))
    if one is ABSENT and other is ABSENT:
        return True
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        if one.meaning and one.meaning == other.meaning:
            return True
        sure = min(one.certainty, other.certainty) > Certainty.ASSUMED
        if sure and one.meaning and other.meaning and _is_made(one) and _is_made(other):
            return False
        return None
    if ABSENT in (one, other):
        return None if isinstance(one, Unknown) or isinstance(other, Unknown) else False
    return None


def sequence(value: Any) -> tuple[Any, ...]:
    """The items of a list; anything else, where a list must be, as the only item of one."""
    return tuple(value) if isinstance(value, tuple | list | frozenset) else (value,)


def comparable(value: Any) -> Any:
    """``value`` as it is compared: numbers as their text, and what Azure writes in any case in small letters."""
    if isinstance(value, bool | Secret) or value is None:
        return value
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return value.lower() if value.lower().startswith("/subscriptions/") else value
    if isinstance(value, tuple | list):
        return tuple(comparable(inner) for inner in value)
    return value


def said(value: Any) -> str:
    """``value`` for a sentence: lists with commas, sets with "or"."""
    if isinstance(value, frozenset):
        return " or ".join(str(item) for item in sorted(value, key=lambda item: (str(type(item)), item))) or "nothing"
    if isinstance(value, tuple | list):
        return ", ".join(map(said, value)) or "nothing"
    return str(value)


def _is_made(value: Unknown) -> bool:
    """Whether it is an attribute that a resource of these files gets only when it is made."""
    return value.reference is not None and bool(value.reference.path) and ".data." not in f".{value.reference.address}"
