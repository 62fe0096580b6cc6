"""Writes docs/answers.md: its words are in answers.md.jinja, its figures are worked out here by the same functions as
the commands use.

`make docs` writes it, a test keeps it equal, so that no figure there can grow old unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from isthmus.availability import (
    DOCUMENTED,
    FailureAssumptions,
    at_least_one,
    design,
    minutes_a_month,
    of_link,
)
from isthmus.checks import check
from isthmus.clouds import aws, azure
from isthmus.clouds.capacity import Ceiling, LinkDesign, aws_to_azure, azure_to_aws, narrowest
from isthmus.clouds.sla import AZURE_GATEWAY
from isthmus.cost.bill import Bill, bill
from isthmus.cost.money import Usd
from isthmus.files import write_whole
from isthmus.latency import measured
from isthmus.plan import Plan
from isthmus.prices import SNAPSHOT, Piece, load
from isthmus.provenance import LEGEND, percent
from isthmus.regions import pairs
from isthmus.throughput import Tcp, Throughput, throughput

PROJECT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = PROJECT / "docs" / "answers.md"
TEMPLATE: Final = "answers.md.jinja"

EGRESS: Final = (Piece.AWS_EGRESS, Piece.AZURE_EGRESS)

WINDOW: Final = 1.01 * 2**20
"""What iperf3 printed as 1.01 MBytes, in bytes: its MBytes are binary."""

HOURS: Final = 730
# USD; general knowledge, not looked up: good for an order of magnitude only.
WIREGUARD: Final = {"VMs on AWS, two of 2 vCPU": 2 * 0.07 * HOURS, "VMs on Azure, two of 2 vCPU": 2 * 0.10 * HOURS}
EXPRESSROUTE_GATEWAY: Final = 263.5
"""ErGw1AZ, USD a month (Azure Retail Prices API, in public copies, 2026, S)."""
PRIVATE: Final = {
    "Direct Connect port, 1 Gbit/s": 219.0,
    "ExpressRoute circuit, 1 Gbit/s, metered": 436.0,
    "ExpressRoute gateway with zones, smallest": EXPRESSROUTE_GATEWAY,
    "cloud router and two cross-connects of an exchange, 1 Gbit/s (assumed)": 800.0,
}
"""The port, the circuit and the gateway: the clouds' price lists, in public copies, 2026 (S)."""
PRIVATE_GB: Final = (Decimal("0.02"), Decimal("0.025"))
"""USD a GB that AWS sends by Direct Connect (0.042 in Australia), and that Azure sends by ExpressRoute from zone 1
(0.05 from zone 2): S."""
INTERCONNECT: Final = 1.37 * HOURS + EXPRESSROUTE_GATEWAY
"""AWS Interconnect - multicloud, 1 Gbit/s, USD a month: AWS's price by the hour (one source, 2026), nothing a GB, and
an ExpressRoute gateway."""


def text() -> str:
    """The page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, of our own words and figures
    )
    environment.filters |= {"mbit": "{:,.0f}".format, "usd": _usd, "percent": percent, "minutes": minutes_a_month}
    return environment.get_template(TEMPLATE).render(figures())


def figures() -> Mapping[str, Any]:
    """Everything that the words name."""
    example, far = (check(PROJECT / name).plan for name in ("isthmus.yaml", "examples/mumbai-ireland.yaml"))
    prices = load(SNAPSHOT)
    cost, far_cost = bill(example, prices), bill(far, prices)
    far_here = _throughput(far, window=WINDOW)
    assert far_here.flow is not None
    return {
        "legend": LEGEND,
        "most": _most(_throughput(example)),
        "large": aws.LARGE_TUNNEL_MBPS,
        "fill_window_mib": far_here.directions[0].binding.mbps * 1e3 / 8 * far_here.flow.rtt.likely / 2**20,
        "private_gb": PRIVATE_GB,
        "cost": cost,
        "shapes": {c.shape.key: c.usd for c in cost.compared},
        "far_cost": far_cost,
        "far_tb": sum((link.gb for link in far_cost.deployment.links), Decimal(0)) / 1000,
        "day": prices.day,
        "example": _throughput(example),
        "far": far_here,
        "far_measured": _throughput(far, window=WINDOW, rtt_ms=139.8),
        "skus": [s for s in azure.SKUS if s == azure.sku(s.name)],
        "near": pairs()[:8],
        "availability": _availability(example),
        "private": _private(cost),
        "wireguard": sum(WIREGUARD.values()),
        "gateways": float(cost.totals.all.least) - _egress(cost),
        "wireguard_parts": WIREGUARD,
        "private_parts": PRIVATE,
    }


def _throughput(plan: Plan, *, window: float | None = None, rtt_ms: float | None = None) -> Throughput:
    rtt = None if rtt_ms is None else measured(rtt_ms)
    return throughput(plan, plan.links[0], tcp=Tcp(window=window), rtt=rtt)


def _most(found: Throughput) -> Mapping[str, Any]:
    """What four tunnels carry with the largest SKU, in Mbit/s: each direction with a VGW, the lesser with a TGW."""
    sku = max((azure.sku(name) for name in azure.SKU_NAMES), key=lambda s: s.mbps if s else 0)
    assert sku is not None
    vgw = replace(found.shape, sku=sku, tgw=False, large=False)
    tgw = replace(vgw, tgw=True)
    large = replace(tgw, large=True)

    def lesser(shape: LinkDesign) -> Ceiling:
        return min(narrowest(aws_to_azure(shape)), narrowest(azure_to_aws(shape)), key=lambda c: c.mbps)

    return {
        "sku": sku.name,
        "vgw_out": narrowest(aws_to_azure(vgw)).mbps,
        "vgw_back": narrowest(azure_to_aws(vgw)).mbps,
        "tgw": lesser(tgw).mbps,
        "large": lesser(large).mbps,
        "large_bound": lesser(large).name,
        "azure_tunnel": sku.per_tunnel(gcm=large.gcm),
    }


def _availability(plan: Plan) -> Mapping[str, Any]:
    link = plan.links[0]
    two = design(connections=["first", "second"], azure_gateway="gateway", aws_gateway="VGW")
    elsewhere = design(
        connections=["third", "fourth"], azure_gateway="gateway of the other pair", aws_gateway="VGW of the other pair"
    )
    return {
        "one": design(connections=["first"], azure_gateway="gateway", aws_gateway="VGW").availability(),
        "two": two.availability(),
        "azure": AZURE_GATEWAY,
        "pairs": at_least_one([two, elsewhere], FailureAssumptions()),
        "pairs_independent": at_least_one([two, elsewhere], DOCUMENTED),
        "offer": of_link(plan, link, FailureAssumptions(path=0.999)),
        "without_path": of_link(plan, link, FailureAssumptions()),
    }


def _egress(found: Bill) -> float:
    return float(sum((line.usd.least for line in found.lines if line.piece in EGRESS), Decimal(0)))


def _private(found: Bill) -> Mapping[str, Any]:
    """A private circuit: what it costs before traffic, with the example's, and from which traffic on it is cheaper:
    against the upper bounds of the prices, and against the lower."""
    fixed = Decimal(str(sum(PRIVATE.values())))
    ours = found.series.curves[0]
    gb = found.deployment.gb
    sent = (
        link.aws_to_azure_gb * PRIVATE_GB[0] + link.azure_to_aws_gb * PRIVATE_GB[1] for link in found.deployment.links
    )
    each = sum(sent, Decimal(0)) / gb
    # What has only bounds is fixed: the hour of the gateway.
    slack = found.totals.all.most - found.totals.all.least

    def even(fixed: Decimal, each: Decimal, cheaper: Decimal) -> float:
        low, high = Decimal(0), ours.vertices[-1].gb
        while high - low > 1:
            middle = (low + high) / 2
            low, high = (low, middle) if fixed + each * middle < ours.at(middle) - cheaper else (middle, high)
        return float(high) / 1000

    return {
        "fixed": float(fixed),
        "month": float(fixed + each * gb),
        "breaks_even_tb": (even(fixed, each, Decimal(0)), even(fixed, each, slack)),
        "interconnect": INTERCONNECT,
        "interconnect_even_tb": even(Decimal(str(INTERCONNECT)), Decimal(0), slack),
    }


def _usd(amount: Usd | Decimal | float) -> str:
    """A sum; a range where some price has only bounds."""
    if isinstance(amount, Usd):
        if amount.most - amount.least < Decimal("0.005"):
            return f"${amount.most:,.2f}"
        return f"${amount.least:,.2f} to ${amount.most:,.2f}"
    return f"${amount:,.2f}" if isinstance(amount, Decimal) else f"${amount:,.0f}"


def write() -> None:
    """Write the page, as a whole."""
    write_whole(TARGET, text())


if __name__ == "__main__":
    write()
