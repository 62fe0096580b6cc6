"""What the rules look at: a topology, with each link's place in the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from isthmus.clouds.capacity import LinkDesign
from isthmus.plan import reach
from isthmus.plan.planner.defaults import (
    active_active_sites,
    capacity_of,
    implied_links,
    instances_of,
    links_wanted,
    tunnels_of,
)
from isthmus.plan.reach import Site
from isthmus.problems import KeyPath, Problem, Severity
from isthmus.topology import Link, Loaded, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A topology as the rules see it.

    ``links`` are those whose two sites exist, each with its path in the file. ``complete`` is False when parts
    of the file were too broken to be looked at; a rule about something missing must then keep silent.
    ``active_active`` are the Azure sites whose gateway has two instances.
    """

    topology: Topology
    links: tuple[tuple[KeyPath, Link], ...]
    unresolved: tuple[tuple[KeyPath, Link], ...]
    by_aws: Mapping[str, tuple[tuple[KeyPath, Link], ...]]
    by_azure: Mapping[str, tuple[tuple[KeyPath, Link], ...]]
    declared_aws: frozenset[str]
    declared_azure: frozenset[str]
    complete: bool
    active_active: frozenset[str]

    @classmethod
    def of(cls, loaded: Loaded) -> Self:
        """The context of ``loaded``, whose topology must not be None."""
        topology = loaded.topology
        assert topology is not None
        data = loaded.source.data
        written = data.get("links")
        count = len(written) if isinstance(written, list) else 0
        kept = [i for i in range(count) if ("links", i) not in loaded.dropped]
        # Of links that are too broken to be read, the one that there can be stands in: the sites are looked at.
        wanted = implied_links(topology) if count and not kept else links_wanted(topology)
        # The default link has no place in the file: its messages point at the file's sites.
        paths: list[KeyPath] = [("links", i) for i in kept] if topology.links else [()] * len(wanted)
        located = list(zip(paths, wanted, strict=True))
        good = [(p, ln) for p, ln in located if ln.aws in topology.aws and ln.azure in topology.azure]
        return cls(
            topology=topology,
            links=tuple(good),
            unresolved=tuple(pair for pair in located if pair not in good) if len(good) < len(located) else (),
            by_aws=_grouped((ln.aws, (p, ln)) for p, ln in good),
            by_azure=_grouped((ln.azure, (p, ln)) for p, ln in good),
            declared_aws=frozenset(_names(data.get("aws"))),
            declared_azure=frozenset(_names(data.get("azure"))),
            complete=not loaded.dropped,
            active_active=active_active_sites(topology),
        )

    def reachable(self) -> list[tuple[list[Site], list[Site]]]:
        """Groups that BGP joins, each with all sites that its members hear of: see ``isthmus.plan.reach``."""
        return reach.reachable(self.topology, [link for _, link in self.links])

    def tunnels(self, link: Link) -> int:
        """How many tunnels ``link`` has, said or not."""
        return tunnels_of(link, active_active=link.azure in self.active_active)

    def connections(self, link: Link) -> int:
        """How many AWS VPN connections ``link`` has."""
        return len(instances_of(link, active_active=link.azure in self.active_active))

    def capacity(self, link: Link) -> LinkDesign:
        """What decides how much ``link`` carries."""
        return capacity_of(self.topology, link, active_active=link.azure in self.active_active)


Rule = Callable[[Context], Iterable[Problem]]


def error(path: KeyPath, text: str) -> Problem:
    """An error at ``path``; its line is filled in by the caller of the rule."""
    return Problem(path=path, text=text)


def warning(path: KeyPath, text: str) -> Problem:
    """A warning at ``path``; its line is filled in by the caller of the rule."""
    return Problem(path=path, text=text, severity=Severity.WARNING)


def _names(section: object) -> Iterable[str]:
    return (str(key) for key in section) if isinstance(section, dict) else ()


def _grouped(
    pairs: Iterable[tuple[str, tuple[KeyPath, Link]]],
) -> Mapping[str, tuple[tuple[KeyPath, Link], ...]]:
    groups: defaultdict[str, list[tuple[KeyPath, Link]]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return {key: tuple(items) for key, items in groups.items()}
