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
from isthmus.prices import STALE_DAYS
from isthmus.render import html as as_html
from isthmus.render.text import sources
from isthmus.report.chart import charts
from isthmus.report.facts import facts
from isthmus.report.topology import topology
from isthmus.views.availability import availability_view
from isthmus.views.cost import cost_view
from isthmus.views.plan import plan_view
from isthmus.views.throughput import throughput_view

__all__ = ["html"]

_FOLDER = Path(__file__).parent


def html(
    checked: Checked,
    bill: Bill,
    *,
    day: date,
    given: availability.FailureAssumptions | None = None,
    tcp: throughput.Tcp | None = None,
) -> str:
    """The page about ``checked``, whose month is ``bill``. ``day`` is the day that it says it was written on.

    The same arguments give the same page.
    """
    from markupsafe import Markup

    plan = checked.plan
    given = given or availability.FailureAssumptions()
    tcp = tcp or throughput.Tcp()
    carried = [throughput.throughput(plan, link, tcp=tcp) for link in plan.links]
    available = [availability.of_link(plan, link, given) for link in plan.links]
    views = {
        "plan": plan_view(plan),
        "cost": cost_view(bill),
        "availability": availability_view(available, availability.of_deployment(plan, given), given),
        "throughput": throughput_view(carried, tcp),
    }
    found = sources(views.values())
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    age = bill.prices.age_days(day)
    environment = as_html.environment(_FOLDER)
    figures = environment.get_template("charts.html.jinja").render(charts=charts(bill.series))
    return environment.get_template("page.html.jinja").render(
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
        # The template of the charts escapes its texts.
        views={key: as_html.render(view, found, lambda _: Markup(figures)) for key, view in views.items()},  # noqa: S704
        links=bool(plan.links),
        prices=bill.prices,
        sources=found,
    )
