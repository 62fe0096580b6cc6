"""The few figures that stand at the top of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isthmus.availability import FailureAssumptions, LinkAvailability, minutes_a_month
from isthmus.cost.bill import Bill, traffic_tb
from isthmus.plan import Plan
from isthmus.provenance import percent
from isthmus.render.text import figure_text
from isthmus.throughput import Throughput
from isthmus.views.cost import usd


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure, what it is, and what it stands on. ``target`` is the section with the rest."""

    label: str
    figure: str
    note: str
    target: str


def facts(
    plan: Plan,
    bill: Bill,
    available: Sequence[LinkAvailability],
    given: FailureAssumptions,
    carried: Sequence[Throughput],
) -> tuple[Fact, ...]:
    """Tunnels, the month, the least available link and the slowest flow."""
    tunnels = sum(len(link.tunnels) for link in plan.links)
    routes = sorted({"BGP" if link.is_bgp else "static routes" for link in plan.links})
    links = f"{len(plan.links)} link{'' if len(plan.links) == 1 else 's'}"
    traffic = f"with {traffic_tb(bill.deployment.gb)} of traffic" if bill.deployment.gb else "without traffic"
    found = [
        Fact("Tunnels", str(tunnels), ", ".join((links, *routes)), "plan"),
        Fact(
            "A month costs",
            f"{'' if bill.totals.all.is_known else 'at most '}${bill.totals.all.most:,.0f}",
            f"USD {figure_text(usd(bill.totals.all))}, {traffic} ({bill.totals.all.status})",
            "cost",
        ),
    ]
    if available:
        worst = min(available, key=lambda a: (a.backed, a.expected))
        down = minutes_a_month(worst.expected)
        figure = percent(worst.expected, 4) if worst.backed else "no SLA"
        note = f"{worst.link} has one tunnel"
        if worst.backed:
            path = "left out" if given.path is None else f"at {percent(given.path)} a path"
            note = f"{worst.link}, the internet {path}: {down:,.0f} min down a month ({worst.expected_status})"
        found.append(Fact("Expected up", figure, note, "availability"))
    flows = [(one.flow, one.link) for one in carried if one.flow]
    if flows:
        slowest, link = min(flows, key=lambda f: f[0].mbps)
        found.append(
            Fact(
                "One TCP flow",
                f"{slowest.mbps:,.0f} Mbit/s",
                f"{link}: {slowest.binding.name} is the limit ({slowest.status})",
                "throughput",
            )
        )
    return tuple(found)
