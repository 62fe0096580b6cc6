"""What Terraform's references and addresses are made of: ``module.a["x"].aws_vpn_connection.b[0].tunnel1_address``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

Index = int | str | None
Step = str | int

_NAME = r"[A-Za-z0-9_-]+"
_STEP: Final = re.compile(
    r'\.?(?P<name>[A-Za-z_][A-Za-z0-9_-]*)|\.(?P<dotted>\d+[A-Za-z0-9_-]*)|\[(?P<number>\d+)\]|\["(?P<key>(?:[^"\\]|\\.)*)"\]'
    r"|(?P<other>\[[^\[\]]*\])"
)
_MODULES: Final = re.compile(r'(?:module\.[A-Za-z0-9_-]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)*')
TRAVERSAL: Final = re.compile(rf'[A-Za-z_][A-Za-z0-9_-]*(?:\.{_NAME}|\[\d+\]|\["(?:[^"\\]|\\.)*"\])+')
_META: Final = frozenset({"count", "each", "local", "module", "path", "self", "terraform", "var"})


@dataclass(frozen=True, slots=True)
class Term:
    """A reference taken apart. ``kind`` is data, resource, or the word that it begins with."""

    kind: str
    type: str
    name: str
    index: Index
    path: tuple[Step, ...]
    lost: bool = False
    """The index is an expression (or a splat), so that it cannot be told which instance is meant."""


def steps(text: str) -> tuple[list[Step], bool]:
    """The names and indexes in ``text``, up to an index that is an expression, and whether there is one."""
    found: list[Step] = []
    for match in _STEP.finditer(text):
        if match["other"] is not None:
            return found, True
        if match["number"] is not None:
            found.append(int(match["number"]))
        elif match["dotted"] is not None:
            found.append(int(match["dotted"]) if match["dotted"].isdigit() else match["dotted"])
        else:
            found.append(match["name"] if match["name"] is not None else match["key"].replace('\\"', '"'))
    return found, False


def term(text: str) -> Term | None:
    """The reference ``text``, or None where it is none."""
    found, lost = steps(text)
    if not found or not isinstance(found[0], str):
        return None
    first = found[0]
    if first in _META:
        rest = found[1:]
        name = str(rest[0]) if rest else ""
        if first == "module":
            index, path = _index(rest[1:], text)
            return Term(first, "", name, index, tuple(path), lost)
        return Term(first, "", name, None, tuple(rest[1:]), lost)
    kind, rest = ("data", found[1:]) if first == "data" else ("resource", found)
    if len(rest) < 2:
        return None
    index, path = _index(rest[2:], text)
    return Term(kind, str(rest[0]), str(rest[1]), index, tuple(path), lost)


def _index(rest: list[Step], text: str) -> tuple[Index, list[Step]]:
    """The index that comes first in ``rest``, if one does: a number, or a text in brackets."""
    if rest and (isinstance(rest[0], int) or f'["{rest[0]}"]' in text):
        return rest[0], rest[1:]
    return None, rest


def module_of(address: str) -> str:
    """The module instance in ``address``: ``module.a["x"]``; empty for the root module."""
    match = _MODULES.match(address)
    return match[0].rstrip(".") if match else ""


def instance(address: str, index: Index) -> str:
    """``address`` of the instance ``index``."""
    if index is None:
        return address
    return f"{address}[{index}]" if isinstance(index, int) else f'{address}["{index}"]'


def longest(references: tuple[str, ...]) -> list[str]:
    """``references`` without those that are only the beginning of another, as a plan lists them besides."""
    return [
        one
        for one in dict.fromkeys(references)
        if not any(other != one and other.startswith(one) and other[len(one)] in ".[" for other in references)
    ]
