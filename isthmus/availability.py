"""What availability the documented SLAs add up to, and what can honestly be promised: pure functions of a plan.

    AWS VPN connection -- internet path --+
                                          +-- Azure gateway and AWS gateway in series
    AWS VPN connection -- internet path --+

In series availabilities multiply. Of connections in parallel all must fail at once; the part ``beta`` of each
one's failures is taken to hit all of them together: 1 - a = (1 - beta) u^n + beta u, which is exact where beta is
none or all and where a path is always down, and never better than independent failures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Final

from isthmus.clouds.azure import DPD_SECONDS
from isthmus.clouds.sla import (
    AWS_CONNECTION,
    AWS_CONNECTION_SLA,
    AZURE_BASIC_GATEWAY,
    AZURE_GATEWAY,
    AZURE_GATEWAY_SLA,
    TRANSIT_GATEWAY,
    TRANSIT_GATEWAY_SLA,
    VPN_GATEWAY,
    VPN_GATEWAY_SLA,
)
from isthmus.plan.types import Link, Plan
from isthmus.provenance import Source, Status, percent, weakest

MINUTES_A_MONTH: Final = 30 * 24 * 60
HOURS_A_YEAR: Final = 365 * 24

PATH_GIVEN: Final = Source(name="--internet-path", date="this run", status=Status.GIVEN)
COMMON_CAUSE: Final = 0.1
"""A tenth: one ASN plan, one operator, one way of rotating keys (assumed)."""
MOST_SHARED: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Something that has an availability of its own, a share from 0 to 1. ``name`` tells it from all others."""

    name: str
    availability: float
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureAssumptions:
    """What no SLA says: ``path`` is one way over the internet (None: left out), ``beta`` the common part of failures.

    Both are shares from 0 to 1.
    """

    path: float | None = None
    beta: float = COMMON_CAUSE
    beta_status: Status = Status.ASSUMED


DOCUMENTED: Final = FailureAssumptions(beta=0.0, beta_status=Status.GIVEN)
"""Nothing but SLAs, everything independent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The elements of a link: ``legs`` in parallel, each a connection; ``series`` all needed."""

    legs: tuple[Element, ...]
    series: tuple[Element, ...]

    @property
    def statuses(self) -> tuple[Status, ...]:
        """How well the availability of each element is known."""
        return tuple(element.source.status for element in (*self.legs, *self.series))

    def parallel(self, given: FailureAssumptions = DOCUMENTED) -> float:
        """The availability of the legs, of which one is enough, each over a path of its own."""
        path = 1.0 if given.path is None else given.path
        down = [1 - leg.availability * path for leg in self.legs]
        if len(down) == 1:
            return 1 - down[0]
        return 1 - ((1 - given.beta) * prod(down) + given.beta * max(down))

    def availability(self, given: FailureAssumptions = DOCUMENTED) -> float:
        """The availability of the whole, a share from 0 to 1."""
        return self.parallel(given) * prod(element.availability for element in self.series)

    def least_available(self, given: FailureAssumptions = DOCUMENTED) -> tuple[str, ...]:
        """What is down most: an element in series, the internet path, or the connections together."""
        legs = self.legs[0].name if len(self.legs) == 1 else f"{len(self.legs)} AWS VPN connections together"
        # One leg's path is in series with its connection, so that the two can be told apart.
        if len(self.legs) == 1:
            down = {legs: 1 - self.legs[0].availability}
            if given.path is not None:
                down["the internet path"] = 1 - given.path
        else:
            down = {legs + (" and their paths" if given.path is not None else ""): 1 - self.parallel(given)}
        down |= {element.name: 1 - element.availability for element in self.series}
        most = max(down.values())
        return tuple(name for name, share in down.items() if share > most * 0.999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """Another design of the link and what it comes to, each figure with how well it is known."""

    what: str
    documented: float
    expected: float
    documented_status: Status
    expected_status: Status
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAvailability:
    """``documented`` is the product of the SLAs; ``expected`` has the assumptions in it. Shares from 0 to 1."""

    link: str
    design: Design
    given: FailureAssumptions
    tunnels: int
    documented: float
    expected: float
    least_available: tuple[str, ...]
    changes: tuple[Improvement, ...]
    remarks: tuple[str, ...]
    promise: str

    @property
    def documented_status(self) -> Status:
        """How well ``documented`` is known: as the weakest of its elements."""
        return weakest(self.design.statuses)

    @property
    def expected_status(self) -> Status:
        """How well ``expected`` is known: the common part of failures is assumed unless it is given."""
        return weakest((*self.design.statuses, self.given.beta_status))

    @property
    def backed(self) -> bool:
        """Whether any SLA covers the link as it is built: one tunnel alone has none."""
        return self.tunnels > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentAvailability:
    """All links together: every one up, and at least one up (None with too many shared elements to count out).

    ``status`` says how well all four are known.
    """

    every_documented: float
    every_expected: float
    any_documented: float | None
    any_expected: float | None
    status: Status


def minutes_a_month(availability: float) -> float:
    """Minutes down in a month of 30 days."""
    return (1 - availability) * MINUTES_A_MONTH


def hours_a_year(availability: float) -> float:
    """Hours down in a year of 365 days."""
    return (1 - availability) * HOURS_A_YEAR


def design(
    *, connections: Sequence[str], azure_gateway: str, aws_gateway: str, tgw: bool = False, basic: bool = False
) -> Design:
    """The elements of a link of ``connections`` and gateways with these names.

    ``tgw`` says whether the AWS gateway is a transit gateway. ``basic`` is for comparison: no topology can have a
    gateway of that SKU.
    """
    series = (
        Element(
            name=azure_gateway,
            availability=AZURE_BASIC_GATEWAY if basic else AZURE_GATEWAY,
            source=AZURE_GATEWAY_SLA,
        ),
        Element(
            name=aws_gateway,
            availability=TRANSIT_GATEWAY if tgw else VPN_GATEWAY,
            source=TRANSIT_GATEWAY_SLA if tgw else VPN_GATEWAY_SLA,
        ),
    )
    legs = (Element(name=name, availability=AWS_CONNECTION, source=AWS_CONNECTION_SLA) for name in connections)
    return Design(legs=tuple(legs), series=series)


def design_of(plan: Plan, link: Link) -> Design:
    """The elements of ``link``."""
    aws_site = plan.aws_by_key[link.aws]
    return design(
        connections=[f"AWS VPN connection {c.name}" for c in link.connections if any(t.used for t in c.tunnels)],
        azure_gateway=f"Azure gateway of azure.{link.azure}",
        aws_gateway=f"{'transit' if aws_site.is_tgw else 'virtual private'} gateway of aws.{link.aws}",
        tgw=aws_site.is_tgw,
    )


def of_link(plan: Plan, link: Link, given: FailureAssumptions) -> LinkAvailability:
    """The availability of ``link`` of ``plan``."""
    found = design_of(plan, link)
    tunnels = len(link.tunnels)
    expected = found.availability(given)
    return LinkAvailability(
        link=link.name,
        design=found,
        given=given,
        tunnels=tunnels,
        documented=found.availability(),
        expected=expected,
        least_available=found.least_available(given),
        changes=tuple(_changes(found, tunnels, given)),
        remarks=tuple(_remarks(found, link)),
        promise=promise(expected, tunnels=tunnels, given=given),
    )


def of_deployment(plan: Plan, given: FailureAssumptions) -> DeploymentAvailability:
    """All links of ``plan`` together; what several share counts once."""
    designs = [design_of(plan, link) for link in plan.links]
    return DeploymentAvailability(
        every_documented=every(designs),
        every_expected=every(designs, given),
        any_documented=at_least_one(designs),
        any_expected=at_least_one(designs, given),
        status=weakest((given.beta_status, *(status for d in designs for status in d.statuses))),
    )


def every(designs: Sequence[Design], given: FailureAssumptions = DOCUMENTED) -> float:
    """That all of ``designs`` are up at once."""
    series = {element.name: element for d in designs for element in d.series}
    return prod(d.parallel(given) for d in designs) * prod(e.availability for e in series.values())


def at_least_one(designs: Sequence[Design], given: FailureAssumptions = DOCUMENTED) -> float | None:
    """That one of ``designs`` is up: counted out over the states of what they share. None above 16 shared ones.

    Like parallel connections, links have a part of their failures in common, whatever regions they are in: one ASN
    plan, one operator, one way of rotating keys.
    """
    count = Counter(element.name for d in designs for element in d.series)
    shared = {e.name: e for d in designs for e in d.series if count[e.name] > 1}
    if len(shared) > MOST_SHARED:
        return None
    up = 0.0
    for state in product((True, False), repeat=len(shared)):
        works = dict(zip(shared, state, strict=True))
        chance = prod(e.availability if works[e.name] else 1 - e.availability for e in shared.values())
        none_up = prod(
            1 - d.parallel(given) * prod(works.get(e.name, e.availability) for e in d.series) for d in designs
        )
        up += chance * (1 - none_up)
    most = max((1 - d.availability(given) for d in designs), default=1.0)
    return 1 - ((1 - given.beta) * (1 - up) + given.beta * most)


def promise(expected: float, *, tunnels: int, given: FailureAssumptions) -> str:
    """What can be said to a customer without hoping."""
    if tunnels < 2:
        return (
            "Promise no figure: with one tunnel the link is down whenever AWS maintains that tunnel's endpoint, and "
            "no SLA covers that."
        )
    share = percent(expected, 2)
    down = minutes_a_month(float(share.removesuffix(" %")) / 100)
    if given.path is None:
        return (
            f"Promise less than {share} a month (about {down:,.0f} minutes down in 30 days): that much can be built on "
            "the two clouds' SLAs, which pay credits, but the internet between them is in nobody's; name a figure for "
            "it with --internet-path."
        )
    return (
        f"Offer {share} a month (about {down:,.0f} minutes down in 30 days), assuming {percent(given.path)} "
        "for one path over the internet; the clouds pay credits for their parts, nobody for the path."
    )


def _remarks(found: Design, link: Link) -> Iterable[str]:
    if len(link.tunnels) == 1:
        yield (
            "One tunnel: no SLA covers AWS's maintenance of its endpoint, because AWS counts a connection as down only "
            "when both of its tunnels are. The figures hold for the elements, not for this link."
        )
    elif not link.is_bgp:
        yield (
            "Static routes with two tunnels are best effort: traffic moves to the other tunnel after "
            f"{DPD_SECONDS} s of silence."
        )
    if len(found.legs) == 2:
        yield "One Azure gateway is shared by all tunnels: nothing built on it goes above its own SLA."


def _changes(found: Design, tunnels: int, given: FailureAssumptions) -> Iterable[Improvement]:
    def change(what: str, wanted: Design, remark: str = "") -> Improvement:
        return Improvement(
            what=what,
            documented=wanted.availability(),
            expected=wanted.availability(given),
            documented_status=weakest(wanted.statuses),
            expected_status=weakest((*wanted.statuses, given.beta_status)),
            remark=remark,
        )

    if tunnels == 1:
        yield change("a second tunnel", found, "no more digits, but AWS's maintenance no longer takes the link down")
    best = found
    if len(found.legs) == 1:
        best = replace(found, legs=(*found.legs, replace(found.legs[0], name="a second connection")))
        yield change("a second connection (active-active, BGP)", best)
    pair = [found, _elsewhere(found)]
    documented, expected = at_least_one(pair), at_least_one(pair, given)
    if documented is not None and expected is not None:
        yield Improvement(
            what="a second pair of regions",
            documented=documented,
            expected=expected,
            documented_status=weakest(found.statuses),
            expected_status=weakest((*found.statuses, given.beta_status)),
            remark="if routing moves there by itself; expected counts the common part of failures here as well",
        )


def _elsewhere(found: Design) -> Design:
    return replace(found, series=tuple(replace(e, name=f"{e.name} (second pair)") for e in found.series))
