"""Documents as roots: configurations, plans and states, each into the same resources and scopes."""

from __future__ import annotations

from isthmus.observed.configurations import configured
from isthmus.observed.plans import planned
from isthmus.observed.resources import EMPTY, Root
from isthmus.observed.secrets import frozen
from isthmus.observed.sources import Document, InputError, Kind
from isthmus.observed.states import stated


def root(document: Document, name: str, clear: frozenset[str]) -> Root:
    """``document`` as a root module called ``name``, with keys and passwords hidden: those of ``clear`` everywhere.

    Raises:
        InputError: the document is not made as Terraform makes it.
    """
    content = frozen(document.content, clear)
    try:
        if document.kind is Kind.CONFIGURATION:
            scope = configured(document, content, name, clear)
            return Root(
                name=name,
                file=document.file,
                kind=document.kind,
                scope=scope,
                terraform=content.get("terraform", EMPTY),
                raw=content,
            )
        read = planned if document.kind is Kind.PLAN else stated
        return Root(name=name, file=document.file, kind=document.kind, scope=read(document, content, name), raw=content)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(
            document.file,
            f"a {document.kind} that is not made as Terraform makes it: write it anew with `terraform show -json`",
        ) from None
