"""What differs between two outputs, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ABSENT: Final = "(absent)"


@dataclass(frozen=True, slots=True)
class Change:
    """A value at ``path`` that was ``before`` and is ``after``; ABSENT where there is none."""

    path: str
    before: object
    after: object

    @property
    def is_addition(self) -> bool:
        return self.before == ABSENT


def changes(before: object, after: object, path: str = "") -> list[Change]:
    """Every difference, of mappings key by key. A list whose new elements all stand at the end has additions only."""
    return list(_changes(before, after, path))


def _changes(before: object, after: object, path: str) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*before, *(k for k in after if k not in before)):
            yield from _changes(before.get(key, ABSENT), after.get(key, ABSENT), f"{path}.{key}".lstrip("."))
    elif isinstance(before, list) and isinstance(after, list):
        for number in range(max(len(before), len(after))):
            here, there = (elements[number] if number < len(elements) else ABSENT for elements in (before, after))
            yield from _changes(here, there, f"{path}[{number}]")
    elif before != after:
        yield Change(path, before, after)
