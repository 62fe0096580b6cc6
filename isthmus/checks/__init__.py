"""What several values of a topology must agree on, checked before anything is bought.

Each module holds the rules of one subject; a rule is a function from a :class:`Context` to problems. A new
rule comes with a file under tests/unit/invalid/ that starts with the lines it must give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from isthmus.checks import adoption, asns, capacity, ipsec, links, names, networks, options, regions, slots
from isthmus.checks.context import Context, Rule
from isthmus.plan import Plan, build
from isthmus.problems import Problem, Severity, TopologyError
from isthmus.topology import Loaded, Topology, load

RULES: tuple[Rule, ...] = (
    *names.RULES,
    *regions.RULES,
    *adoption.RULES,
    *links.RULES,
    *slots.RULES,
    *asns.RULES,
    *networks.RULES,
    *ipsec.RULES,
    *options.RULES,
    *capacity.RULES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A topology without errors, its plan, and what is worth knowing about it all the same."""

    file: str
    topology: Topology
    plan: Plan
    warnings: tuple[Problem, ...]


def check(path: Path) -> Checked:
    """Read, check and plan the topology file ``path``.

    Raises:
        TopologyError: with every problem of the file, errors and warnings, in the order of its lines.
    """
    return check_loaded(load(path))


def check_loaded(loaded: Loaded) -> Checked:
    """Like :func:`check`, for a topology that is already read."""
    found = sorted((*loaded.problems, *_found(loaded)), key=lambda p: p.line)
    if loaded.topology is None or any(p.severity is Severity.ERROR for p in found):
        raise TopologyError(loaded.source.file, tuple(found), complete=_whole(loaded))
    return Checked(
        file=loaded.source.file, topology=loaded.topology, plan=build(loaded.topology), warnings=tuple(found)
    )


def _whole(loaded: Loaded) -> bool:
    """Whether every rule has seen everything that it is about."""
    if loaded.topology is None:
        return False
    context = Context.of(loaded)
    return context.complete and not context.unresolved


def _found(loaded: Loaded) -> Iterator[Problem]:
    if loaded.topology is None:
        return
    context = Context.of(loaded)
    for rule in RULES:
        yield from _located(rule(context), loaded)


def _located(problems: Iterable[Problem], loaded: Loaded) -> Iterator[Problem]:
    for problem in problems:
        yield loaded.said(problem)
