"""How a message quotes a value, and what it was most likely meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Final

from pydantic_core import PydanticCustomError

from isthmus.printable import looks_secret, one_line

HIDDEN: Final = "a value (not shown: it may be a key)"


def refuse(text: str) -> PydanticCustomError:
    """The exception by which a validator says ``text`` to the user, word for word."""
    return PydanticCustomError("isthmus", "{text}", {"text": text})


def show(value: Any) -> str:
    """A value from a file as a message quotes it: short, on one line, in the file's own spelling."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(getattr(value, "written", value))
    if looks_secret(text.strip()):
        return HIDDEN
    text = one_line(" ".join(text.split()))
    return text if len(text) <= 60 else text[:57] + "..."


def quoted(value: Any) -> str:
    """Like :func:`show`, in quotation marks unless the value is hidden."""
    text = show(value)
    return text if text is HIDDEN else repr(text)


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that ``word`` was most likely meant to be, case aside."""
    by_lower = {k.lower(): k for k in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None


def text_of(value: Any, what: str, *, quoted: str = "") -> str:
    """``value`` if it is text; else refused, in the words ``what``. ``quoted`` says what to do about a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)) or value is None:
        raise refuse(f"expected text, got {show(value)}: {what.removeprefix('expected ')}; write one value")
    raise refuse(f"{show(value)} is not text: {what}; {quoted or 'write one'}")
