"""One HTML page that says it all: the topology drawn, the plan, cost, availability, throughput, sources.

The page needs nothing but itself: no script, no font, no picture from elsewhere, and its content security policy
forbids them. Every text goes through a template that escapes it.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from pathlib import Path

from isthmus import availability, throughput
from isthmus.checks import Checked
from isthmus.cost.bill import Bill
from isthmus.cost.tables import over_traffic_said
from isthmus.prices import STALE_DAYS
from isthmus.report import sections
from isthmus.report.chart import charts
from isthmus.report.facts import facts
from isthmus.report.parts import Sources
from isthmus.report.topology import topology
from isthmus.wording import assumed

__all__ = ["html"]

_FOLDER = Path(__file__).parent


def html(
    checked: Checked,
    bill: Bill,
    *,
    day: date,
    given: availability.Assumptions | None = None,
    tcp: throughput.Tcp | None = None,
) -> str:
    """The page about ``checked``, whose month is ``bill``. ``day`` is the day that it says it was written on.

    The same arguments give the same page.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    plan = checked.plan
    given = given or availability.Assumptions()
    tcp = tcp or throughput.Tcp()
    sources = Sources()
    carried = [throughput.throughput(plan, link, tcp=tcp) for link in plan.links]
    available = [availability.of_link(plan, link, given) for link in plan.links]
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    age = bill.prices.age_days(day)
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(
        "page.html.jinja"
    ).render(
        # The one text that is not escaped is ours, and the policy names its digest.
        style=Markup(style),  # noqa: S704
        style_digest=digest,
        name=plan.name,
        day=day.isoformat(),
        file=Path(checked.file).name,
        warnings=[w.render(Path(checked.file).name) for w in checked.warnings],
        stale=f"The prices are {age} days old: renew them with isthmus prices refresh." if age > STALE_DAYS else "",
        facts=facts(plan, bill, available, given, carried),
        topology=topology(plan),
        plan_tables=[sections.sites(plan), sections.tunnels(plan)],
        plan_said=list(sections.plan_said(plan)),
        sums=sections.sums(bill),
        least="" if bill.totals.all.is_known else f"{bill.totals.all.least:,.2f}",
        lines=sections.bill_lines(bill, sources),
        gaps=bill.gaps,
        compared_gaps=bill.compared_gaps,
        silent=bill.silent_links,
        compared=sections.compared(bill, sources),
        charts=charts(bill.series),
        split="split as in the plan" if bill.series.plan_gb else "half each way",
        curve_tables=[t for t in (sections.crossings(bill), sections.over_traffic(bill)) if t and bill.series.curves],
        curves_said=over_traffic_said(bill.series)[: 1 if bill.series.outweighs_gb is not None else 0],
        assumptions=bill.assumptions,
        prices=bill.prices,
        availability=[sections.availability(one, given, availability.PATH_GIVEN, sources) for one in available],
        deployment=sections.deployment(availability.of_deployment(plan, given)) if len(available) > 1 else None,
        assumed=assumed(given),
        throughput=[sections.throughput(one, sources) for one in carried],
        sources=sources.found,
    )
