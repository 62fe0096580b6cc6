"""Kinds of values that many keys share: numbers within bounds, words out of a list, text of a pattern."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from isthmus.topology.values.words import HIDDEN, nearest, quoted, refuse, show, text_of


class Checked:
    """A validator that comes before pydantic's own, and what the JSON Schema says of the same values."""

    def __init__(self, check: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self.check = check
        self.schema = schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), **self.schema}


def whole(what: str, low: int, high: int, *, hidden: bool = False) -> Checked:
    """A whole number from ``low`` to ``high``; ``what`` says what it counts.

    With ``hidden``, a value that is none is not repeated in the message.
    """

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            found = HIDDEN if hidden else show(value)
            raise refuse(f"{found} is not a whole number: {what}, {low} to {high}; write one")
        if not low <= value <= high:
            raise refuse(f"{show(value)} is out of range: {what}, {low} to {high}; choose one of these")
        return value

    return Checked(check, {"minimum": low, "maximum": high})


AMOUNT_MAX: Final = 10**12
"""A limit of Isthmus's own, far above any traffic there is: a zettabyte a month, an exabit a second."""


def amount(what: str) -> Checked:
    """A number from 0 to :data:`AMOUNT_MAX`; ``what`` says what it measures, with its unit."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            grouped = isinstance(value, str) and re.fullmatch(r"[0-9][0-9,_]*(\.[0-9]*)?", value)
            remedy = "write its digits without commas or underscores" if grouped else "write one without a unit"
            raise refuse(f"{show(value)} is not a number: {what}; {remedy}")
        if not 0 <= value <= AMOUNT_MAX:
            raise refuse(f"{show(value)} is out of range: {what}, 0 to {AMOUNT_MAX}; correct it")
        return float(value)

    return Checked(check, {"minimum": 0, "maximum": AMOUNT_MAX})


def one_of(*allowed: str, hidden: bool = False, said: str = "", safe: Iterable[str] = ()) -> Checked:
    """A word out of ``allowed``.

    With ``hidden``, a value that is none of these is not repeated in the message. ``said`` is how a message
    lists what is allowed, where that takes more than the words; ``safe`` are those that it may propose, if not all.
    """
    words = f"allowed {'is' if len(allowed) == 1 else 'are'} {said or ', '.join(allowed)}"

    def check(value: Any) -> Any:
        if isinstance(value, str) and value in allowed:
            return value
        if hidden:
            raise refuse(f"{HIDDEN} is not known: {words}; choose one")
        if isinstance(value, (dict, list)) or value is None:
            raise refuse(f"expected a word, got {show(value)}: {words}; choose one")
        guess = nearest(show(value), safe or allowed)
        stands = quoted(value) if isinstance(value, str) else show(value)
        raise refuse(f"{stands} is not known: {words}; {f'write {guess}' if guess else 'choose one'}")

    return Checked(check, {})


def shaped(pattern: str, what: str, example: str, *, rule: str = "", hidden: bool = False) -> Checked:
    """Text that matches ``pattern`` as a whole; ``what`` says what it names.

    ``pattern`` is read as in JSON Schema: ``\\w`` and ``\\d`` are ASCII only. ``rule`` says what is allowed where an
    example does not. With ``hidden``, a value that does not fit is not repeated in the message.
    """
    regex = re.compile(pattern, re.ASCII)
    wanted = rule or f"expected one such as {example}"

    def check(value: Any) -> str:
        if isinstance(value, str) and regex.fullmatch(value):
            return value
        if hidden:
            raise refuse(f"{HIDDEN} is not {what}: {wanted}; correct it")
        fits = value is not None and regex.fullmatch(show(value))
        text = text_of(value, f"expected {what} such as {example}", quoted="put it in quotes" if fits else "")
        blanks = regex.fullmatch(text.strip()) is not None
        raise refuse(
            f"{quoted(text)} is not {what}: {wanted}; {'remove the white space around it' if blanks else 'correct it'}"
        )

    return Checked(check, {"pattern": schema_pattern(pattern)})


def any_case(pattern: str) -> str:
    """``pattern``, which has no letter behind a backslash, in capitals or not: a schema's patterns have no flag."""
    whole = re.sub(r"\[[^]]*\]", lambda found: re.sub("[a-z]", lambda c: c[0] + c[0].upper(), found[0]), pattern)
    parts = re.split(r"(\[[^]]*\])", whole)
    return "".join(p if p.startswith("[") else re.sub("[A-Za-z]", _both_cases, p) for p in parts)


def _both_cases(letter: re.Match[str]) -> str:
    return f"[{letter[0].upper()}{letter[0].lower()}]"


def schema_pattern(pattern: str) -> str:
    """``pattern``, for the whole text, so that every dialect of regular expressions reads it alike."""
    inside = re.sub(r"\[[^]]*\]", lambda found: _ascii(found[0], "", ""), pattern)
    return f"^(?:{_ascii(inside, '[', ']')})$"


def _ascii(pattern: str, opened: str, closed: str) -> str:
    return pattern.replace(r"\w", f"{opened}A-Za-z0-9_{closed}").replace(r"\d", f"{opened}0-9{closed}")


def listed(allowed: tuple[int, ...], what: str, *, said: str = "") -> Checked:
    """One of some whole numbers; ``what`` says what they are, ``said`` how a message lists them."""
    words = said or ", ".join(str(number) for number in allowed)

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            raise refuse(f"{show(value)} is not {what}: allowed are {words}; choose one")
        return value

    return Checked(check, {"enum": list(allowed)})
