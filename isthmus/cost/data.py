"""A bill for programs: plain values for JSON, rows for CSV."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO
from typing import Any

from isthmus.cost.bill import Bill
from isthmus.cost.curves import Series
from isthmus.cost.lines import HOURS, Line
from isthmus.cost.money import Usd
from isthmus.figures import LEGEND

COLUMNS = (
    "cloud site link piece what where unit unit_usd quantity month_usd month_usd_least "
    "months_usd month_status source date status bound gap"
).split()


_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - some spreadsheets read the wide ones, too


def bill_json(bill: Bill, months: int) -> dict[str, Any]:
    """The whole bill. Amounts are USD a month, but for ``months_usd``: over ``months``."""
    sums = bill.totals
    return {
        "name": bill.deployment.name,
        "currency": "USD",
        "hours_a_month": int(HOURS),
        "months": months,
        "prices": {"name": bill.prices.name, "date": bill.prices.day.isoformat()},
        "statuses": LEGEND,
        "month": usd(sums.all),
        "months_usd": number(sums.all.most * months),
        "lines": [line_json(line, months) for line in bill.lines],
        "links": [
            {"link": t.link, "own": usd(t.own), "shared": usd(t.shared), "month": usd(t.all)} for t in sums.links
        ],
        "sites": {site: usd(amount) for site, amount in sums.sites.items()},
        "clouds": {cloud: usd(amount) for cloud, amount in sums.clouds.items()},
        "links_without_traffic": list(bill.silent_links),
        "gaps": list(bill.gaps),
        "assumptions": list(bill.assumptions),
        "compared": [
            {
                "shape": c.shape.key,
                "label": c.shape.label,
                "note": c.shape.note,
                "gaps": list(c.gaps),
                "month": usd(c.usd),
                "lines": [line_json(line, months) for line in c.lines],
            }
            for c in bill.compared
        ],
        "over_traffic": series_json(bill.series),
    }


def series_json(series: Series) -> dict[str, Any]:
    """Curves as their vertices: straight between them. GB a month over all links and both directions."""
    return {
        "plan_gb": None if series.plan_gb is None else number(series.plan_gb),
        "traffic_outweighs_the_rest_from_gb": None if series.outweighs_gb is None else number(series.outweighs_gb),
        "curves": [
            {
                "shape": c.key,
                "label": c.label,
                "status": c.status.value,
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


def line_json(line: Line, months: int) -> dict[str, Any]:
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


def bill_csv(bill: Bill, months: int) -> str:
    """The lines, with a heading. A spreadsheet takes no cell of it for a formula."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for line in bill.lines:
        writer.writerow({name: _inert(value) for name, value in line_json(line, months).items()})
    return out.getvalue()


def _inert(value: Any) -> Any:
    """``value`` as a cell that no spreadsheet takes for a formula: OWASP's advice on CSV injection. Numbers stay."""
    if isinstance(value, str):
        # The csv module leaves it unquoted: what follows would begin a row.
        value = value.replace("\r", " ")
    if isinstance(value, str) and (value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(_FORMULA)):
        return f"'{value}"
    return value


def usd(amount: Usd) -> dict[str, float | str]:
    """An amount that may be a range: ``usd`` counts bounds in full, ``least`` at the cheapest known price."""
    return {"usd": number(amount.most), "least": number(amount.least), "status": amount.status.value}


def number(value: Decimal) -> float:
    """To a millionth, which is finer than any price list."""
    return float(round(value, 6))
