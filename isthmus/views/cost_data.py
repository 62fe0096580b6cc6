"""A bill for programs, as plain values. Their names are a contract with whoever reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from isthmus.cost.bill import Bill
from isthmus.cost.curves import Series
from isthmus.cost.lines import HOURS, Line
from isthmus.cost.money import Usd
from isthmus.provenance import LEGEND
from isthmus.views.data import number

COLUMNS: Final = (
    "cloud site link piece what where unit unit_usd quantity month_usd month_usd_least "
    "months_usd month_status source date status bound gap"
).split()
"""What is known of a line, in this order."""
STEPS_GB: Final = tuple(Decimal(tb * 1000) for tb in (0, 1, 5, 10, 50, 100))
"""Amounts of traffic at which the cost of each design is said."""


def bill_data(bill: Bill, months: int) -> dict[str, Any]:
    """The whole bill. Amounts are USD a month, but for ``months_usd``: over ``months``."""
    sums = bill.totals
    return {
        "name": bill.deployment.name,
        "currency": "USD",
        "hours_a_month": int(HOURS),
        "months": months,
        "prices": {"name": bill.prices.name, "date": bill.prices.day.isoformat()},
        "statuses": LEGEND,
        "month": _usd(sums.all),
        "months_usd": number(sums.all.most * months),
        "lines": [line_data(line, months) for line in bill.lines],
        "links": [
            {"link": t.link, "own": _usd(t.own), "shared": _usd(t.shared), "month": _usd(t.all)} for t in sums.links
        ],
        "sites": {site: _usd(amount) for site, amount in sums.sites.items()},
        "clouds": {cloud: _usd(amount) for cloud, amount in sums.clouds.items()},
        "links_without_traffic": list(bill.silent_links),
        "gaps": list(bill.gaps),
        "assumptions": list(bill.assumptions),
        "compared": [
            {
                "shape": c.shape.key,
                "label": c.shape.label,
                "note": c.shape.note,
                "gaps": list(c.gaps),
                "month": _usd(c.usd),
                "difference_usd": number(c.usd.most - bill.compared[0].usd.most),
                "lines": [line_data(line, months) for line in c.lines],
            }
            for c in bill.compared
        ],
        "over_traffic": _series(bill.series),
    }


def _series(series: Series) -> dict[str, Any]:
    """Curves as their vertices: straight between them. GB a month over all links and both directions."""
    return {
        "plan_gb": None if series.plan_gb is None else number(series.plan_gb),
        "traffic_outweighs_the_rest_from_gb": None if series.outweighs_gb is None else number(series.outweighs_gb),
        "curves": [
            {
                "shape": c.key,
                "label": c.label,
                "status": c.status.value,
                "at": [{"gb": number(gb), "month_usd": number(c.at(gb))} for gb in STEPS_GB],
                "vertices": [{"gb": number(v.gb), "month_usd": number(v.usd)} for v in c.vertices],
            }
            for c in series.curves
        ],
        "crossings": [
            {
                "cheaper_below": c.first,
                "cheaper_above": c.then,
                "gb": number(c.gb),
                "month_usd": number(c.usd),
                "status": c.status.value,
            }
            for c in series.crossings
        ],
    }


def line_data(line: Line, months: int) -> dict[str, Any]:
    """One line, by the names in :data:`COLUMNS`."""
    return {
        "cloud": line.cloud,
        "site": line.site,
        "link": line.link,
        "piece": line.piece.value,
        "what": line.what,
        "where": line.where,
        "unit": line.unit.value,
        "unit_usd": number(line.unit_usd),
        "quantity": number(line.quantity),
        "month_usd": number(line.usd.most),
        "month_usd_least": number(line.usd.least),
        "months_usd": number(line.usd.most * months),
        "month_status": line.usd.status.value,
        "source": line.source.name,
        "date": line.source.date,
        "status": line.source.status.value,
        "bound": line.bound or line.gap is not None,
        "gap": line.gap,
    }


def _usd(amount: Usd) -> dict[str, float | str]:
    """An amount that may be a range: ``usd`` counts bounds in full, ``least`` at the cheapest known price."""
    return {"usd": number(amount.most), "least": number(amount.least), "status": amount.status.value}
