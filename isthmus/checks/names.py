"""Names that would run into each other or end badly."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.checks.context import Context, Rule, error, warning
from isthmus.plan import names
from isthmus.printable import looks_secret
from isthmus.problems import KeyPath, Problem
from isthmus.topology.values.words import HIDDEN


def one_name_one_link(context: Context) -> Iterator[Problem]:
    """``a-b`` with ``c`` and ``a`` with ``b-c`` would share the names of everything they make."""
    seen: dict[str, tuple[str, str]] = {}
    met: set[tuple[str, ...]] = set()
    for path, link in context.links:
        label = names.link_of(context.topology, link)
        ends = tuple(names.identity(context.topology, *end) for end in (("aws", link.aws), ("azure", link.azure)))
        other = seen.setdefault(label, (link.aws, link.azure))
        # Two sites of one identity are refused by themselves.
        if other != (link.aws, link.azure) and ends not in met:
            yield error(
                path,
                f"{link.aws} with {link.azure} makes the same names ({label}) as {other[0]} with {other[1]}: "
                "each link needs names of its own; rename a site",
            )
        met.add(ends)


def one_identity_one_site(context: Context) -> Iterator[Problem]:
    """A site that was renamed keeps the names that it had; no other site may have them."""
    topology = context.topology
    for cloud, keys in (("aws", topology.aws), ("azure", topology.azure)):
        owners: dict[str, str] = {}
        for key in keys:
            identity = names.identity(topology, cloud, key)
            owner = owners.setdefault(identity, key)
            if owner != key:
                renamed = key if identity != key else owner
                yield error(
                    (cloud, renamed, "formerly"),
                    f"{identity} is also the name of {cloud}.{owner if renamed == key else key}, and both would make "
                    "the same resources; name the other site differently, or remove formerly",
                )


def last_character(context: Context) -> Iterator[Problem]:
    """Azure wants the last character of a resource's name to be a letter, a digit or an underscore."""
    topology = context.topology
    candidates: list[tuple[KeyPath, str]] = [(("name",), topology.name)]
    candidates += [(("aws", key), key) for key in topology.aws]
    candidates += [(("azure", key), key) for key in topology.azure]
    for path, name in candidates:
        if name.endswith("-"):
            text = f"{name!r} ends with a hyphen: Azure requires a letter or digit at the end; write {name.rstrip('-')}"
            yield error(path, text)


def tags_hold_no_secret(context: Context) -> Iterator[Problem]:
    """Both clouds show tags to whoever may list resources, and on bills."""
    for name, value in context.topology.tags.items():
        if looks_secret(value, digests=False):
            yield warning(
                ("tags", name),
                f"{HIDDEN} looks like a password or a key: everyone who can read a resource can read its tags; "
                "remove it if it is one",
            )


RULES: tuple[Rule, ...] = (one_name_one_link, one_identity_one_site, last_character, tags_hold_no_secret)
