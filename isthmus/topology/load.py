"""From a file to a :class:`Topology`, with every problem of its shape and values found in one go.

When some part is wrong, the rest is kept (``Loaded.topology`` without the broken sites and links), so that
the rules of ``isthmus.checks`` can look at it too and a user mends everything in one round.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from isthmus.printable import looks_secret
from isthmus.problems import KeyPath, Problem
from isthmus.topology.models import Topology
from isthmus.topology.section import Section
from isthmus.topology.source import Source, parse_source, read_source, read_stream
from isthmus.topology.values.words import HIDDEN, nearest, show


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A topology as far as it could be read.

    ``topology`` is None when not even a part of it is usable; with ``problems`` it may lack what they name,
    and ``dropped`` says which paths it lacks.
    """

    source: Source
    topology: Topology | None
    problems: tuple[Problem, ...]
    dropped: frozenset[KeyPath] = frozenset()

    def said(self, problem: Problem) -> Problem:
        """``problem`` with its line, and with a path that shows no key of the file that may be a secret."""
        return replace(problem, line=self.source.line(problem.path), path=shown_path(problem.path))


def load(path: Path) -> Loaded:
    """Read the topology file ``path``.

    Raises:
        TopologyError: the file cannot be read at all (missing, not text, not YAML, too large).
    """
    return _validate(read_source(path))


def load_stream(stream: BinaryIO, *, file: str) -> Loaded:
    """Like :func:`load`, for an open stream; ``file`` is what messages call it."""
    return _validate(read_stream(file, stream))


def loads(text: str, *, file: str = "isthmus.yaml") -> Loaded:
    """Like :func:`load`, for text already in hand; ``file`` is what messages call it."""
    return _validate(parse_source(file, text))


def _validate(source: Source) -> Loaded:
    problems = [replace(problem, path=shown_path(problem.path)) for problem in source.problems]
    try:
        topology = Topology.model_validate(source.data)
        return Loaded(source=source, topology=topology, problems=tuple(problems))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
    paths = [_written_path(detail, source.data) for detail in details]
    problems += [_problem(detail, path, source) for detail, path in zip(details, paths, strict=True)]
    rest, dropped = _without(source.data, paths)
    try:
        topology_left: Topology | None = Topology.model_validate(rest)
    except ValidationError:
        topology_left = None
    problems.sort(key=lambda p: (p.line, str(p.path)))
    return Loaded(source=source, topology=topology_left, problems=tuple(problems), dropped=frozenset(dropped))


def _written_path(detail: ErrorDetails, data: Any) -> KeyPath:
    """The error's place as the file spells it: pydantic also names union branches and dictionary keys."""
    path: list[str | int] = []
    for step in detail["loc"]:
        inside = (isinstance(data, Mapping) and step in data) or (isinstance(data, list) and isinstance(step, int))
        if inside:
            path.append(step)
            data = data[step]
        elif step is detail["loc"][-1] and detail["type"] == "missing":
            path.append(step)
    return tuple(path)


def _problem(detail: ErrorDetails, path: KeyPath, source: Source) -> Problem:
    return Problem(text=_sentence(detail), path=shown_path(path), line=source.line(path))


def _sentence(detail: ErrorDetails) -> str:
    path: KeyPath = tuple(detail["loc"])
    kind = detail["type"]
    secret = any(isinstance(step, str) and _SECRET.search(step) for step in path)
    value = HIDDEN if secret else show(detail["input"])
    if kind == "isthmus":
        return str(detail["ctx"]["text"])
    if kind == "missing":
        field = _field(path)
        what = f": {_first_sentence(field)}" if field and field.description else ""
        return f"is missing{what}{_example(path)}"
    if kind == "extra_forbidden":
        return _unknown_key(path, empty=detail["input"] is None)
    if kind in ("model_type", "model_attributes_type"):
        return f"expected a mapping of keys, got {value}: {_known(_model(path))}; write them indented below"
    if kind == "dict_type":
        return f"expected a mapping, got {value}: keys with values{_example(path)}"
    if kind in ("tuple_type", "list_type"):
        return f"expected a list, got {value}: one item a line, each starting with a hyphen; write it so"
    if kind == "bool_type":
        return f"{value} is not true or false: allowed are these two; write one"
    if kind == "literal_error":
        # The one such value is that of `monitoring`.
        allowed = detail["ctx"]["expected"].lower()
        return f"{value} is not allowed here: allowed are {allowed} and a mapping of keys; write one or leave it out"
    if kind == "too_long":
        return f"has too many entries: {detail['ctx']['max_length']:,} are allowed; remove some"
    if kind == "too_short":
        return f"is empty: at least one entry is needed{_example(path)}"
    return f"{value} cannot be used: {detail['msg'].rstrip('.')}; correct it"


_SECRET = re.compile(
    r"psk|pre[_-]?shared|shared[_-]?key|secret|passw|passphrase|token|credential|^keys?$", re.IGNORECASE
)
"""How keys are named that would hold a secret."""

_ORDINARY = re.compile(
    r"(values?|names?|ids?|arns?|types?|tunnels?|[0-9]{1,3}|on|off|true|false"
    r"|([a-z]{1,12}[_-])?(psks?|keys?|secrets?|passwords?|passphrases?|tokens?|credentials?)([_-][a-z0-9]{1,4})?"
    r"|pre[_-]?shared([_-]?keys?)?|tunnel[_-]?[1-9][_-]?(psk|preshared[_-]key))",
    re.IGNORECASE,
)
"""Keys that say what belongs to them, and are no secret themselves."""


def shown_path(path: KeyPath) -> KeyPath:
    """``path`` as messages show it: a key of the file that may be a secret is hidden.

    That is every key below one that is named for secrets, unless Isthmus or everybody knows it, and any that looks
    like a key or a password.
    """
    shown: list[str | int] = []
    below = False
    for number, step in enumerate(path):
        if isinstance(step, int):
            shown.append(step)
            continue
        model = _model(path[:number])
        known = model is not None and nearest(step, model.model_fields, cutoff=0.8) is not None
        secret = looks_secret(step) or (below and not known and not _ORDINARY.fullmatch(step))
        shown.append(HIDDEN_KEY if secret else step if len(step) <= _LONGEST_KEY else f"{step[:_LONGEST_KEY]}...")
        below = below or bool(_SECRET.search(step))
    return tuple(shown)


HIDDEN_KEY = "(key not shown: it may be a secret)"
_LONGEST_KEY = 64


def _unknown_key(path: KeyPath, *, empty: bool) -> str:
    model = _model(path[:-1])
    key = str(path[-1])
    if model is None:
        return "is not known here; remove it"
    if empty and re.fullmatch(r"\d{3}(\.\d+)?", key):
        return "is not a key here: numbers are written without commas; write 1000 for 1,000"
    guess = nearest(key, model.model_fields)
    spelt = nearest(key, model.model_fields, cutoff=0.8)
    if not spelt and path[0] != "state" and ("psk" in path[:-1] or _SECRET.search(key) or looks_secret(key)):
        return (
            "is not a key here: this file must not contain secrets; remove it, and say in psk.source where "
            "pre-shared keys come from"
        )
    hint = f"did you mean {guess}?" if guess and not looks_secret(key) else "remove it"
    return f"is not a key here: {_known(model)}; {hint}"


def _known(model: type[Section] | None) -> str:
    if model is None:
        return "names of your choice"
    names = ", ".join(model.model_fields)
    return f"known {'is' if len(model.model_fields) == 1 else 'are'} {names}"


def _example(path: KeyPath) -> str:
    field = _field(path)
    return f"; for example {path[-1]}: {_yaml(field.examples[0])}" if field and field.examples else "; add it"


def _first_sentence(field: FieldInfo) -> str:
    text = re.split(r"[.;] ", field.description or "")[0].rstrip(".")
    proper = text.startswith(("Azure", "Diffie", "Isthmus"))
    return text[0].lower() + text[1:] if text[:2].istitle() and not proper else text


def _yaml(example: Any) -> str:
    if isinstance(example, dict):
        return "{" + ", ".join(f"{k}: {_yaml(v)}" for k, v in example.items()) + "}"
    return str(example)


def _field(path: KeyPath) -> FieldInfo | None:
    model = _model(path[:-1])
    return model.model_fields.get(str(path[-1])) if model else None


def _model(loc: KeyPath) -> type[Section] | None:
    """The model of the mapping at ``loc``, which names branches as well; None for names that a user chooses."""
    here: Any = Topology
    for step in loc:
        if str(step).startswith("("):
            here = _branch(here, str(step))
            continue
        here = _bare(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(step))
            here = field.annotation if field else None
        elif get_origin(here) in (dict, tuple):
            here = next((a for a in reversed(get_args(here)) if a is not Ellipsis), None)
        else:
            here = None
    here = _bare(here)
    return here if isinstance(here, type) and issubclass(here, Section) else None


def _branch(annotation: Any, tag: str) -> Any:
    """The alternative of ``annotation`` that is tagged ``tag``."""
    while get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    tagged = (branch for branch in get_args(annotation) if Tag(tag) in get_args(branch)[1:])
    return next(tagged, None)


def _bare(annotation: Any) -> Any:
    """``annotation`` without Annotated, and of several alternatives the one that has keys of its own."""
    while get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (typing.Union, types.UnionType):
        branches = [_bare(branch) for branch in get_args(annotation)]
        return next((b for b in branches if isinstance(b, type) and issubclass(b, BaseModel)), branches[0])
    return annotation


def _without(data: dict[str, Any], paths: list[KeyPath]) -> tuple[dict[str, Any], set[KeyPath]]:
    """``data`` less the sites, links and sections in which ``paths`` lie, and where those were."""
    rest = deepcopy(data)
    dropped: set[KeyPath] = set()
    for path in paths:
        depth = 2 if path and path[0] in ("aws", "azure", "links") else 1
        dropped.add(path[:depth])
    for path in sorted(dropped, key=lambda p: [str(s).zfill(9) for s in p], reverse=True):
        inner: Any = rest
        for step in path[:-1]:
            inner = inner[step]
        if isinstance(inner, list):
            del inner[int(path[-1])]
        elif path:
            inner.pop(str(path[-1]), None)
    if ("name",) in dropped:
        rest["name"] = "unnamed"
    return rest, dropped
