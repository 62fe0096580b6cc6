"""Names that would run into each other or end badly."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.checks.subject import Rule, Subject, error, warning
from isthmus.plan import names
from isthmus.printable import looks_secret
from isthmus.problems import Path, Problem
from isthmus.topology.values.words import HIDDEN


def one_name_one_link(subject: Subject) -> Iterator[Problem]:
    """``a-b`` with ``c`` and ``a`` with ``b-c`` would share the names of everything they make."""
    seen: dict[str, tuple[str, str]] = {}
    for path, link in subject.links:
        label = names.link(link.aws, link.azure)
        other = seen.setdefault(label, (link.aws, link.azure))
        if other != (link.aws, link.azure):
            yield error(
                path,
                f"{link.aws} with {link.azure} makes the same names ({label}) as {other[0]} with {other[1]}: "
                "each link needs names of its own; rename a site",
            )


def last_character(subject: Subject) -> Iterator[Problem]:
    """Azure wants the last character of a resource's name to be a letter, a digit or an underscore."""
    topology = subject.topology
    candidates: list[tuple[Path, str]] = [(("name",), topology.name)]
    candidates += [(("aws", key), key) for key in topology.aws]
    candidates += [(("azure", key), key) for key in topology.azure]
    for path, name in candidates:
        if name.endswith("-"):
            text = f"{name!r} ends with a hyphen: Azure requires a letter or digit at the end; write {name.rstrip('-')}"
            yield error(path, text)


def tags_hold_no_secret(subject: Subject) -> Iterator[Problem]:
    """Both clouds show tags to whoever may list resources, and on bills."""
    for name, value in subject.topology.tags.items():
        if looks_secret(value, digests=False):
            yield warning(
                ("tags", name),
                f"{HIDDEN} looks like a password or a key: everyone who can read a resource can read its tags; "
                "remove it if it is one",
            )


RULES: tuple[Rule, ...] = (one_name_one_link, last_character, tags_hold_no_secret)
