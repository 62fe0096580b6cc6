"""What a deployment costs in a month, and what the same traffic costs in alternative designs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from isthmus.cost.bill import Bill, Compared, traffic_tb
from isthmus.cost.lines import Line
from isthmus.cost.money import Usd
from isthmus.cost.shapes import TrafficPath
from isthmus.prices import Piece, Unit
from isthmus.provenance import weakest
from isthmus.views.cost_data import COLUMNS, STEPS_GB, bill_data, line_data
from isthmus.views.types import (
    Cell,
    Chart,
    Column,
    Figure,
    Items,
    Ref,
    Row,
    Section,
    Sentence,
    Table,
    View,
    columns,
    ref,
    row,
)

_UNITS = {Unit.HOUR: "USD/h", Unit.GB: "USD/GB", Unit.GB_MONTH: "USD/GB", Unit.MONTH: "USD/mo"}
_CLOUDS = {"aws": "all of AWS", "azure": "all of Azure"}


def cost_view(bill: Bill, *, months: int = 1) -> View:
    """Lines, sums, what is not known, other designs, the cost over traffic, and the assumptions."""
    return View("Cost", tuple(_sections(bill, months)), data=bill_data(bill, months))


def lines_view(bill: Bill, *, months: int = 1) -> View:
    """The lines alone, with all that is known of each: for a spreadsheet."""
    found = [line_data(line, months) for line in bill.lines]
    rows = tuple(
        row(*(Figure(v) if type(v) is float else "" if v is None else str(v) for v in line.values())) for line in found
    )
    return View("Lines", (Table("lines", "Lines", tuple(map(Column, COLUMNS)), rows),), data=found)


def _sections(bill: Bill, months: int) -> Iterator[Section]:
    yield _lines(bill)
    yield _sums(bill, months)
    if not bill.totals.all.is_known:
        least = bill.totals.all.least
        yield Sentence(f"≤ marks upper bounds. At the cheapest prices known, the month is ${least:,.2f}.")
    if bill.silent_links:
        text = f"No traffic is stated for {', '.join(bill.silent_links)}: none is counted. Write it under its link as "
        yield Sentence(f"{text}traffic: {{aws_to_azure_gb: …, azure_to_aws_gb: …}}.")
    yield from _items("Not known", bill.gaps)
    yield _compared(bill)
    yield from _items("Not known about the alternatives", bill.compared_gaps)
    if bill.series.curves:
        yield from _over_traffic(bill)
    yield from _items("Assumptions", bill.assumptions)


def _items(title: str, texts: Iterable[str]) -> Iterator[Items]:
    if found := tuple(texts):
        yield Items(title, found)


def _lines(bill: Bill) -> Table:
    rows: list[Row] = []
    for title, lines in _groups(bill):
        rows.append(row(title, kind="group"))
        rows += [
            row(
                line.what,
                Figure(line.unit_usd, _UNITS[line.unit], None, status=line.source.status),
                Figure(line.quantity, digits=None),
                usd(line.usd),
                Cell(refs=(_price_ref(line),)),
            )
            for line in lines
        ]
    rows.append(row("all", "", "", usd(bill.totals.all), "", kind="total"))
    headings = columns("Item", "Unit price:", "Quantity:", "USD:", "Source of the price")
    return Table("cost-lines", f"What {bill.deployment.name} costs in a month", headings, tuple(rows))


def _groups(bill: Bill) -> Iterator[tuple[str, list[Line]]]:
    """The lines of each link on each of its two sites, then those that the links of a site share."""
    regions = {f"aws.{s.key}": s.region for s in bill.deployment.aws}
    regions |= {f"azure.{s.key}": s.region for s in bill.deployment.azure}
    places: dict[tuple[str | None, str], list[Line]] = {}
    for line in bill.lines:
        places.setdefault((line.link, line.site), []).append(line)
    for (link, site), found in places.items():
        # Egress is billed by the zone of a region.
        zones = dict.fromkeys(n.where for n in found if n.where != regions[site])
        where = ", ".join((regions[site], *(f"egress {zone}" for zone in zones)))
        yield f"{f'link {link}' if link else 'shared'} at {site} ({where})", found


def _price_ref(line: Line) -> Ref:
    return ref(line.source, "bound" if line.bound or line.gap else None)


def _sums(bill: Bill, months: int) -> Table:
    found = bill.totals
    labels = ["Total", "Of the links alone:", "Shared:", "USD a month:"]
    labels += [f"USD in {months} months:"] if months > 1 else []

    def total(name: str, amount: Usd, *parts: Usd) -> Row:
        over = (usd(amount.times(Decimal(months))),) if months > 1 else ()
        cells = tuple(map(usd, parts)) or ("", "")
        return row(name, *cells, usd(amount), *over, kind="total" if name == "all" else "")

    rows = [total(f"link {t.link}", t.all, t.own, t.shared) for t in found.links]
    rows += [total(site, amount) for site, amount in found.sites.items()]
    rows += [total(_CLOUDS[cloud], amount) for cloud, amount in found.clouds.items()]
    rows.append(total("all", found.all))
    return Table("cost-sums", f"Totals: sums of the lines ({found.all.status})", columns(*labels), tuple(rows))


def _compared(bill: Bill) -> Table:
    traffic = f"{traffic_tb(bill.deployment.gb)} a month" if bill.deployment.gb else "no traffic stated"
    own = {line.piece for line in bill.lines}
    plan = bill.compared[0].usd
    rows = (
        row(
            found.shape.label,
            usd(found.usd),
            ""
            if found.shape.is_plan
            else Figure(found.usd.most - plan.most, "USD", 2, signed=True, status=found.usd.status),
            _known(found, own),
            found.shape.note,
            kind="total" if found.shape.is_plan else "",
        )
        for found in bill.compared
    )
    headings = columns("Design", "USD a month:", "Difference:", "Source of the prices", "Note")
    return Table("cost-compared", f"Alternatives with the same traffic ({traffic})", headings, tuple(rows))


def _known(found: Compared, own: set[Piece]) -> Cell:
    """Where the prices are from of what the plan itself has no line of; the rest is as in the plan's lines."""
    inside = found.shape.path is not TrafficPath.VPN
    refs = dict.fromkeys(_price_ref(n) for n in found.lines if inside or n.piece not in own)
    return Cell(() if refs else ("the bill above",), tuple(refs))


def _over_traffic(bill: Bill) -> Iterator[Section]:
    series = bill.series
    labels = {c.key: c.label for c in series.curves}
    split = "split as in the plan" if series.plan_gb else "half each way"
    title = f"USD a month over traffic, both ways together, {split}"
    yield Chart(title, series.curves, ("plan", "one-tunnel", "tgw", "vgw", "aws-zones"))
    if series.outweighs_gb is not None:
        at = traffic_tb(series.outweighs_gb)
        yield Sentence(f"From {at} a month on, this plan pays more for traffic than for all the rest.")
    if not series.crossings:
        yield Sentence("No two alternatives cross: what is cheaper without traffic stays so with any.")
    else:
        crossings = (
            row(
                Figure(n),
                Figure(c.gb, "GB", status=c.status),
                Figure(c.usd, "USD", 0, status=c.status),
                labels[c.first],
                labels[c.then],
            )
            for n, c in enumerate(series.crossings, start=1)
        )
        headings = columns("Number", "Traffic a month:GB", "USD a month:", "Cheaper below", "Cheaper above")
        known = weakest(c.status for c in series.crossings)
        title = f"Where two alternatives cost the same ({known})"
        yield Table("cost-crossings", title, headings, tuple(crossings))
    rows = (
        row(
            c.label,
            *(Figure(c.at(gb), "USD", status=c.status) for gb in STEPS_GB),
            kind="total" if c.key == "plan" else "",
        )
        for c in series.curves
    )
    headings = columns("Design", *(f"{gb / 1000:f} TB:" for gb in STEPS_GB))
    known = weakest(c.status for c in series.curves)
    yield Table("cost-over-traffic", f"USD a month over traffic ({known})", headings, tuple(rows))


def usd(amount: Usd, digits: int = 2) -> Figure:
    """An amount, marked when it is an upper bound."""
    return Figure(amount.most, "USD", digits, bound=not amount.is_known, status=amount.status)
