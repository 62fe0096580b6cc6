"""Expressions as a configuration writes them: texts with ``${...}`` in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from isthmus.observed.resources import Resource, Scope
from isthmus.observed.secrets import Secret
from isthmus.observed.terms import TRAVERSAL, Term, term
from isthmus.observed.values import ABSENT, Certainty, Known, Unknown, Value

Follow = Callable[[Scope, Term, Resource | None, Certainty], Value | None]

_PART: Final = re.compile(r"\$\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_WRAPPED: Final = re.compile(
    r"(?:tostring|tonumber|tobool|sensitive|nonsensitive|one|trimspace)\((?P<inner>.*)\)", re.DOTALL
)
_CHOICE: Final = re.compile(
    r'zipmap\(\[(?P<keys>(?:[^][]|\[[^][]*\])+)\], ?\[(?P<values>(?:[^][]|\[[^][]*\])+)\]\)\["(?P<key>[^"]+)"\]'
)
_LITERAL: Final = re.compile(r'-?\d+(?:\.\d+)?|true|false|"[^"$\\]*"')
_QUOTED: Final = re.compile(r'("(?:[^"\\]|\\.)*")')


class Expressions:
    """Works out what texts of a configuration stand for; ``follow`` answers for each reference in them."""

    def __init__(self, follow: Follow) -> None:
        self._follow = follow

    def value(self, scope: Scope, written: object, resource: Resource | None) -> Value:
        """The value of ``written``: known, or its expression with every reference followed to its source."""
        if isinstance(written, str):
            return self._text(scope, written, resource)
        if isinstance(written, tuple | list):
            inner = [self.value(scope, item, resource) for item in written]
            return _together(inner)
        if isinstance(written, Mapping):
            found = {key: self.value(scope, item, resource) for key, item in written.items() if key != "//"}
            whole = _together(list(found.values()))
            return (
                Known({k: v.value for k, v in found.items() if isinstance(v, Known)})
                if isinstance(whole, Known)
                else whole
            )
        return ABSENT if written is None else Known(written)

    def _text(self, scope: Scope, text: str, resource: Resource | None) -> Value:
        if "${" not in text:
            return Known(text)
        parts = list(_PART.finditer(text))
        if not parts:
            return Unknown(text)
        if parts[0][0] == text:
            return self._inner(scope, parts[0][1].strip(), resource)
        pieces: list[str] = []
        unknown, reasons, end = False, [], 0
        for part in parts:
            pieces.append(text[end : part.start()])
            value, end = self._inner(scope, part[1].strip(), resource), part.end()
            if isinstance(value, Known) and not isinstance(value.value, Secret):
                pieces.append(str(value.value))
            else:
                unknown = True
                pieces.append(str(value) if value is not ABSENT else part[0])
                reasons += [value.reason] if isinstance(value, Unknown) and value.reason else []
        whole = "".join([*pieces, text[end:]])
        return Unknown(whole, reason="; ".join(reasons)) if unknown else Known(whole)

    def _inner(self, scope: Scope, inner: str, resource: Resource | None) -> Value:
        """The value of what stands between ``${`` and ``}``."""
        if TRAVERSAL.fullmatch(inner):
            found = term(inner)
            value = self._follow(scope, found, resource, Certainty.EXACT) if found else None
            return Unknown(f"${{{scope.named(inner)}}}") if value is None else value
        if _LITERAL.fullmatch(inner):
            return Known(json.loads(inner))
        if wrapped := _WRAPPED.fullmatch(inner):
            return self._inner(scope, wrapped["inner"].strip(), resource)
        if choice := _CHOICE.fullmatch(inner):
            return self._chosen(scope, choice, resource)
        return self._composed(scope, inner, resource)

    def _chosen(self, scope: Scope, choice: re.Match[str], resource: Resource | None) -> Value:
        """``zipmap([keys], [values])["key"]``: the value beside the key, where the keys are known."""
        keys, values = ([part.strip() for part in choice[name].split(",")] for name in ("keys", "values"))
        for key, value in zip(keys, values, strict=False):
            found = self._inner(scope, key, resource)
            if isinstance(found, Unknown):
                return found if found.reason else self._composed(scope, choice[0], resource)
            if isinstance(found, Known) and str(found.value) == choice["key"]:
                return self._inner(scope, value, resource)
        return Unknown(reason=f"none of the keys that are chosen among is {choice['key']}")

    def _composed(self, scope: Scope, inner: str, resource: Resource | None) -> Value:
        """An expression that does something with what it refers to: the same, with every reference followed."""
        reasons: list[str] = []

        def followed(match: re.Match[str]) -> str:
            found = term(match[0])
            value = self._follow(scope, found, resource, Certainty.EXACT) if found else None
            if isinstance(value, Known):
                return (
                    "(secret)" + str(hash(value.value))
                    if isinstance(value.value, Secret)
                    else json.dumps(_plain(value.value))
                )
            if isinstance(value, Unknown):
                reasons.extend([value.reason] if value.reason else [])
                plain = value.meaning
                return plain[2:-1] if plain.startswith("${") and plain.endswith("}") else f'"{plain or value}"'
            return match[0]

        # What is quoted is a text, unless it has an expression of its own.
        pieces = [
            piece if number % 2 and "${" not in piece else TRAVERSAL.sub(followed, piece)
            for number, piece in enumerate(_QUOTED.split(inner))
        ]
        return Unknown(f"${{{''.join(pieces)}}}", reason="; ".join(reasons))


def _together(inner: list[Value]) -> Value:
    """Several values as one list: known where each is."""
    if all(isinstance(value, Known) for value in inner):
        return Known(tuple(value.value for value in inner if isinstance(value, Known)))
    reasons = "; ".join(value.reason for value in inner if isinstance(value, Unknown) and value.reason)
    return Unknown(f"[{', '.join(map(str, inner))}]", reason=reasons)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
