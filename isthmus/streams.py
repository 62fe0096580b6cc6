"""What is printed reaches every terminal: what its encoding lacks becomes ASCII; colours are optional."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from collections.abc import Mapping
from typing import Final, TextIO

_ERRORS: Final = "isthmus.plain"

# ruff: noqa: RUF001 - what looks like another character is meant here
_PLAIN: Final = {
    "≤": "<=", "≥": ">=", "≈": "~", "×": "x", "·": "-", "•": "*", "…": "...", "→": "->", "←": "<-",
    "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "µ": "u", "ß": "ss", "°": " deg",
    "✓": "+", "✗": "x",
}  # fmt: skip
_WIDE: Final = ("≤", "≥")
"""Two characters in plain: the blank that follows one gives way, so that columns stay in line."""


def any_encoding() -> None:
    """Let standard output and error take every character, in whatever encoding they have."""
    codecs.register_error(_ERRORS, _replaced)
    for stream in (sys.stdout, sys.stderr):
        # What stands in for one in a test, or in a program around this one, may have nothing to set.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ERRORS)


def plain(text: str) -> str:
    """``text`` in ASCII, as near to it as that goes."""
    return "".join(_plain(character) for character in text)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    character, after = error.object[error.start], error.start + 1
    if character in _WIDE and error.object[after : after + 1] == " ":
        after += 1
    return _plain(character), after


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # A byte of a file's name that is none of its encoding.
        return f"\\x{code - 0xDC00:02x}"
    name = unicodedata.name(character, "")
    if name.startswith("BOX DRAWINGS"):
        kind = name.rpartition(" ")[2] if " AND " not in name else ""
        return {"HORIZONTAL": "-", "VERTICAL": "|"}.get(kind, "+")
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return letters or "?"


def coloured(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether what goes to ``stream`` may have colours.

    ``NO_COLOR`` and ``FORCE_COLOR`` decide where they are set; else whether it is a terminal that knows colours.
    """
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and environ.get("TERM", "").lower() not in ("dumb", "unknown")
