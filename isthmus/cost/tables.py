"""A bill for people: tables, with a number beside each line that leads to its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from isthmus.cost.bill import Bill, Compared, traffic_tb
from isthmus.cost.chart import LEAST_WIDTH, chart, distinct
from isthmus.cost.curves import Series
from isthmus.cost.lines import Line, amount_text
from isthmus.cost.money import Usd
from isthmus.cost.shapes import Path
from isthmus.figures import BOUND, LEGEND, Source
from isthmus.prices import Piece, Unit, price_text
from isthmus.tables import print_block, print_table


def print_bill(bill: Bill, console: Console, *, months: int) -> None:
    """Lines, sums, what is not known, other shapes, the chart, and last where the numbers are from."""
    sources = bill.sources
    _print_lines(bill, sources, console)
    console.print()
    print_table(_sums(bill, months), console)
    if not bill.totals.all.is_known:
        least = bill.totals.all.least
        text = f"≤: upper bounds are in it. At the cheapest prices known, the month is ${least:,.2f}."
        console.print(text, highlight=False)
    _say(console, "Not known", bill.gaps)
    if bill.silent_links:
        text = f"No traffic is stated for {', '.join(bill.silent_links)}: none is counted. Write it under its link as "
        console.print(text + "traffic: {aws_to_azure_gb: …, azure_to_aws_gb: …}.", highlight=False)
    console.print()
    print_table(_compared(bill, sources), console)
    _say(console, "Not known about the alternatives", bill.compared_gaps)
    _over_traffic(bill, console)
    _say(console, "Assumptions", bill.assumptions)
    listed = [f"[{n}] {s}" for n, s in enumerate(sources, 1)]
    _say(console, f"Sources of {bill.prices.name}", [*listed, f"{LEGEND} {BOUND}"], mark="")


def _print_lines(bill: Bill, sources: Sequence[Source], console: Console) -> None:
    console.print(f"What {bill.deployment.name} costs in a month", style="italic", highlight=False)
    named = [(title, [cells(line, sources) for line in found]) for title, found in groups(bill)]
    headings = ("what", "unit price", "quantity", "USD", "known")
    rows = [headings, *(row for _, found in named for row in found)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(headings))]
    if sum(widths) + 2 * len(widths) > console.width:
        for title, found in named:
            console.print(title, style="bold", highlight=False)
            for texts in found:
                print_block(headings, texts, console)
        return

    def text(texts: Sequence[str]) -> str:
        padded = (
            f"{c:<{w}}" if n in (0, 4) else f"{c:>{w}}" for n, (c, w) in enumerate(zip(texts, widths, strict=True))
        )
        return "  ".join(padded).rstrip()

    console.print(f"  {text(headings)}", style="bold", highlight=False, no_wrap=True, crop=False)
    for title, found in named:
        console.print(title, style="bold", highlight=False)
        for texts in found:
            console.print(f"  {text(texts)}", highlight=False, markup=False, no_wrap=True, crop=False)


def cells(line: Line, sources: Sequence[Source]) -> tuple[str, str, str, str, str]:
    """A line as text: what, unit price, quantity, USD, and how well it is known."""
    price = f"{price_text(line.unit_usd)} / {_UNITS[line.unit]}"
    return line.what, price, amount_text(line.quantity), usd_text(line.usd), status_text(line, sources)


_UNITS = {Unit.HOUR: "h", Unit.GB: "GB", Unit.GB_MONTH: "GB", Unit.MONTH: "mo"}


def groups(bill: Bill) -> Iterator[tuple[str, list[Line]]]:
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


def status_text(line: Line, sources: Sequence[Source]) -> str:
    """How well the price is known, and the number of its source."""
    known = "bound" if line.bound or line.gap else str(line.source.status)
    return f"{known} [{sources.index(line.source) + 1}]"


def _sums(bill: Bill, months: int) -> Table:
    table = _table("Totals")
    table.add_column("")
    table.add_column("own", justify="right")
    table.add_column("shared", justify="right")
    table.add_column("USD a month", justify="right", no_wrap=True)
    if months > 1:
        table.add_column(f"USD in {months} months", justify="right", no_wrap=True)

    def row(name: str, own: str, shared: str, amount: Usd, style: str = "") -> None:
        over = [usd_text(amount.times(Decimal(months)))] if months > 1 else []
        table.add_row(name, own, shared, usd_text(amount), *over, style=style)

    for of in bill.totals.links:
        row(f"link {of.link}", usd_text(of.own), usd_text(of.shared), of.all)
    for site, amount in bill.totals.sites.items():
        row(site, "", "", amount)
    for cloud, amount in bill.totals.clouds.items():
        row({"aws": "all of AWS", "azure": "all of Azure"}[cloud], "", "", amount)
    row("all", "", "", bill.totals.all, "bold")
    return table


def _compared(bill: Bill, sources: Sequence[Source]) -> Table:
    traffic = f"{traffic_tb(bill.deployment.gb)} a month" if bill.deployment.gb else "no traffic"
    table = _table(f"Alternatives with the same traffic ({traffic})")
    table.add_column("design", no_wrap=True)
    table.add_column("USD a month", justify="right", no_wrap=True)
    table.add_column("difference", justify="right", no_wrap=True)
    table.add_column("known")
    table.add_column("note")
    own = {line.piece for line in bill.lines}
    plan = bill.compared[0].usd
    for found in bill.compared:
        difference = found.usd.most - plan.most
        sign = "+" if difference > 0 else "-" if difference < 0 else ""
        table.add_row(
            found.shape.label,
            usd_text(found.usd),
            "" if found.shape.is_plan else f"{sign}{abs(difference):,.2f}",
            known_text(found, own, sources),
            found.shape.note,
        )
    return table


def known_text(found: Compared, own: set[Piece], sources: Sequence[Source]) -> str:
    """How well the prices are known of what the plan itself has no line of; the rest is as in the plan's lines."""
    inside = found.shape.path is not Path.VPN
    others = (status_text(n, sources) for n in found.lines if inside or n.piece not in own)
    return " ".join(dict.fromkeys(others)) or "as above"


def _over_traffic(bill: Bill, console: Console) -> None:
    series = bill.series
    if not series.curves:
        return
    split = "split as in the plan" if series.plan_gb else "half each way"
    console.print()
    console.print(f"USD a month over traffic, both ways together, {split}", style="bold", highlight=False)
    keys = ("plan", "one-tunnel", "tgw", "vgw", "aws-zones")
    known = distinct([c for key in keys for c in series.curves if c.key == key])
    unicode = (console.encoding or "").lower().startswith("utf")
    width = min(console.width, 100) - 2
    if width >= LEAST_WIDTH:
        for text in chart(known, width=width, unicode=unicode):
            console.print(text, highlight=False, markup=False, no_wrap=True)
    else:
        console.print(f"The chart needs {LEAST_WIDTH + 2} columns: it is left out.", highlight=False)
    for text in over_traffic_said(series):
        console.print(text, highlight=False)


def over_traffic_said(series: Series) -> list[str]:
    """What the curves come to: from where on traffic is the most of it, and where two shapes cross."""
    labels = {c.key: c.label for c in series.curves}
    said = []
    if series.outweighs_gb is not None:
        at = traffic_tb(series.outweighs_gb)
        said.append(f"From {at} a month on, this plan pays more for traffic than for all the rest.")
    said += [
        f"At {traffic_tb(c.gb)} (${c.usd:,.0f}) {labels[c.then]} becomes cheaper than {labels[c.first]}."
        for c in series.crossings
    ]
    if not series.crossings:
        said.append("No two alternatives cross: what is cheaper without traffic stays so with any.")
    return said


def _say(console: Console, title: str, texts: Iterable[str], *, mark: str = "- ") -> None:
    found = list(texts)
    if not found:
        return
    console.print()
    console.print(title, style="bold", highlight=False)
    for text in found:
        console.print(f"{mark}{text}", highlight=False, markup=False)


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)


def usd_text(amount: Usd) -> str:
    """To the cent, marked when it is an upper bound."""
    return f"{'' if amount.is_known else '≤ '}{amount.most:,.2f}"
