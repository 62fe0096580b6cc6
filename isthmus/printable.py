"""What may be printed of a text that comes from a file, a file's name or the command line."""

from __future__ import annotations

import re
from typing import Final

_COMMAND: Final = re.compile(r"##(?=[\w.-]*\[)")
"""How Azure Pipelines, TeamCity and older GitHub runners mark a command anywhere in a line (``##vso[``, ``##[``)."""

_MIXED: Final = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[!-~]{10,}")
_HEX: Final = re.compile(r"(?=.*[a-fA-F])(?=.*[0-9])[0-9a-fA-F]{32,}")
_PLAIN: Final = re.compile(r"arn:|/subscriptions/|[^@]+@[\w-]+(\.[\w-]+)+$|[a-z]+://", re.ASCII | re.IGNORECASE)
"""Identifiers that mix letters and digits as a key does."""


def one_line(text: str) -> str:
    """``text`` on one line, without anything that a terminal or a CI service would obey.

    White space becomes a blank; control characters, escape sequences, marks that change the direction of writing
    and whatever else does not print become ``?``. So do the marks of commands in the log of a pipeline.
    """
    plain = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
    plain = _COMMAND.sub("#?", plain)
    # GitHub looks for :: behind blanks at the start of a line.
    return f"?{plain.lstrip()[1:]}" if plain.lstrip().startswith("::") else plain


def looks_secret(text: str, *, digests: bool = True) -> bool:
    """Whether ``text`` has the look of a password or a key rather than of a name.

    That is small and capital letters with digits, 10 characters or more, or 32 hexadecimal digits or more;
    without ``digests`` the latter pass, since they may be those of a commit.
    """
    if _PLAIN.match(text):
        return False
    return bool(_MIXED.fullmatch(text) or (digests and _HEX.fullmatch(text)))
