"""A number that a user is shown, with where it is from: nobody should have to believe one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How well a number is known."""

    SEEN = "seen"
    """Read in the source that is named."""
    COMPUTED = "computed"
    """Worked out from numbers that were seen."""
    GIVEN = "given"
    """What the user said in this run."""
    MEMORY = "memory"
    """General knowledge that nobody looked up: a default, to be overridden where it matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number is from: a document or an API, and the day (ISO 8601) or month it was read or is dated."""

    name: str
    date: str
    status: Status

    def __str__(self) -> str:
        return f"{self.name}, {self.date} ({self.status})"
