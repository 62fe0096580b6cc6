"""The tables of the report: each number beside its source. The words are those of the commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from isthmus.availability import Assumptions, Deployment, LinkAvailability, minutes_a_month, percent
from isthmus.cost.bill import Bill, traffic_tb
from isthmus.cost.lines import Line
from isthmus.cost.shapes import Path
from isthmus.cost.tables import cells, groups, usd_text
from isthmus.figures import Source, weakest
from isthmus.latency import FLOOR
from isthmus.plan import Plan
from isthmus.plan.types import AdoptedAzureGateway
from isthmus.report.parts import Cell, Ref, Row, Sources, Table, row, table
from isthmus.show import aws_gateway_text, azure_gateway_text, azure_outside, shared_text
from isthmus.throughput import GEODESIC, Throughput
from isthmus.wording import availability_said, change_text, downtime, span, throughput_said, together

_STEPS = (0, 1, 5, 10, 50, 100)
"""TB of the columns of the table of cost over traffic."""


@dataclass(frozen=True, slots=True)
class LinkPart:
    """What is said of one link: tables, then sentences; ``lead`` stands before both."""

    name: str
    lead: str
    tables: tuple[Table, ...]
    said: tuple[str, ...]


def sites(plan: Plan) -> Table:
    """One row a site."""
    rows = [
        row(f"aws.{s.key}", s.region, _listed(s.network.cidrs), aws_gateway_text(s.gateway), str(s.gateway.asn))
        for s in plan.aws
    ]
    rows += [
        row(f"azure.{s.key}", s.region, _listed(s.network.cidrs), azure_gateway_text(s), str(s.gateway.asn))
        for s in plan.azure
    ]
    return table("Sites", "site|region|network|gateway|ASN:right", rows)


def tunnels(plan: Plan) -> Table:
    """One row a tunnel, by link."""
    azure = {s.key: s for s in plan.azure}
    rows: list[Row] = []
    for link in plan.links:
        rows.append(row(f"{link.name}: AS{link.aws_asn} and AS{link.azure_asn}", kind="group"))
        for tunnel in link.tunnels:
            connection = next(c for c in link.connections if c.instance == tunnel.instance)
            rows.append(
                row(
                    tunnel.name,
                    f"{connection.name} tunnel {tunnel.number}",
                    f"{azure_outside(azure[link.azure], tunnel.instance)}, instance {tunnel.instance}",
                    str(tunnel.inside),
                    str(tunnel.aws_address),
                    str(tunnel.azure_address),
                    "BGP" if tunnel.bgp else "static",
                )
            )
    columns = "tunnel|AWS outside|Azure outside|inside|AWS address|Azure address|routes"
    return table("Tunnels", columns, rows)


def plan_said(plan: Plan) -> Iterator[str]:
    """What the tunnels of a link share, and what the owner of an adopted gateway must have set."""
    yield from (shared_text(link) for link in plan.links)
    for site in plan.azure:
        if isinstance(site.gateway, AdoptedAzureGateway):
            for instance in site.gateway.instances:
                addresses = _listed(instance.apipa) or "none"
                yield f"azure.{site.key}: its gateway must have these BGP addresses on {instance.key}: {addresses}"
    yield "Outside addresses are given by the clouds: names stand for them until the stacks are applied."


def bill_lines(bill: Bill, sources: Sources) -> Table:
    """Every line of the month, by link and site."""
    rows: list[Row] = []
    for title, lines in groups(bill):
        rows.append(row(title, kind="group"))
        for line in lines:
            what, price, quantity, usd, _ = cells(line, bill.sources)
            rows.append(row(what, price, quantity, usd, Cell("", (_price_ref(line, sources),))))
    rows.append(row("all", "", "", usd_text(bill.totals.all), "", kind="total"))
    columns = "what|unit price:right|quantity:right|USD:right|source of the price"
    return table("The bill of a month, USD", columns, rows)


def _price_ref(line: Line, sources: Sources) -> Ref:
    return sources.ref(line.source, "bound" if line.bound or line.gap else None)


def sums(bill: Bill) -> Table:
    """By link, site and cloud."""
    found = bill.totals
    rows = [row(f"link {t.link}", usd_text(t.own), usd_text(t.shared), usd_text(t.all)) for t in found.links]
    rows += [row(site, "", "", usd_text(usd)) for site, usd in found.sites.items()]
    names = {"aws": "all of AWS", "azure": "all of Azure"}
    rows += [row(names[cloud], "", "", usd_text(usd)) for cloud, usd in found.clouds.items()]
    rows.append(row("all", "", "", usd_text(found.all), kind="total"))
    return table(
        f"Totals of a month, USD: sums of the lines ({found.all.status})", "of|own:right|shared:right|month:right", rows
    )


def compared(bill: Bill, sources: Sources) -> Table:
    """The same traffic in alternative designs."""
    traffic = f"{traffic_tb(bill.deployment.gb)} a month" if bill.deployment.gb else "no traffic stated"
    own = {line.piece for line in bill.lines}
    plan = bill.compared[0].usd
    rows = []
    for found in bill.compared:
        difference = found.usd.most - plan.most
        sign = "+" if difference > 0 else "\N{MINUS SIGN}" if difference < 0 else ""
        inside = found.shape.path is not Path.VPN
        refs = dict.fromkeys(_price_ref(n, sources) for n in found.lines if inside or n.piece not in own)
        rows.append(
            row(
                found.shape.label,
                usd_text(found.usd),
                "" if found.shape.is_plan else f"{sign}{abs(difference):,.2f}",
                Cell("" if refs else "the bill above", tuple(refs)),
                found.shape.note,
                kind="total" if found.shape.is_plan else "",
            )
        )
    return table(
        f"Alternatives with the same traffic ({traffic})",
        "design|USD a month:right|difference:right|source|note",
        rows,
    )


def over_traffic(bill: Bill) -> Table:
    """The curves at round amounts of traffic."""
    columns = "design|" + "|".join(f"{tb} TB:right" for tb in _STEPS)
    rows = [
        row(c.label, *(f"{c.at(Decimal(tb * 1000)):,.0f}" for tb in _STEPS), kind="total" if c.key == "plan" else "")
        for c in bill.series.curves
    ]
    known = weakest(c.status for c in bill.series.curves)
    return table(f"USD a month over traffic, from the prices above ({known})", columns, rows)


def crossings(bill: Bill) -> Table | None:
    """Where two alternatives cost the same, by the numbers in the charts."""
    labels = {c.key: c.label for c in bill.series.curves}
    rows = [
        row(str(n), traffic_tb(c.gb), f"{c.usd:,.0f}", labels[c.first], labels[c.then])
        for n, c in enumerate(bill.series.crossings, start=1)
    ]
    columns = "number|traffic a month:right|USD a month:right|cheaper below|cheaper above"
    return (
        table(
            f"Where two alternatives cost the same ({weakest(c.status for c in bill.series.crossings)})", columns, rows
        )
        if rows
        else None
    )


def availability(found: LinkAvailability, given: Assumptions, path: Source, sources: Sources) -> LinkPart:
    """The elements of a link, what they add up to, what a change would buy, and the promise."""
    elements = [row(e.name, percent(e.availability), sources.cell(e.source)) for e in found.design.legs]
    if given.path is not None:
        elements.append(row("one path over the internet", percent(given.path), sources.cell(path)))
    elements += [row(e.name, percent(e.availability), sources.cell(e.source)) for e in found.design.series]
    outcomes = [
        row("SLAs alone, all independent", *downtime(found.documented), ""),
        row("expected", *downtime(found.expected), "", kind="total"),
    ]
    for change in found.changes:
        saved = minutes_a_month(found.expected) - minutes_a_month(change.expected)
        outcomes.append(row(f"with {change_text(change)}", *downtime(change.expected), f"{saved:,.1f}"))
    columns = "design|available:right|min down a month:right|h down a year:right|saves, min a month:right"
    *said, promise = availability_said(found)
    return LinkPart(
        name=found.link,
        lead=promise,
        tables=(
            table(f"{found.link}: its elements", "element|available:right|source", elements),
            table(f"{found.link}: what they add up to ({found.expected_status})", columns, outcomes),
        ),
        said=tuple(said),
    )


def deployment(whole: Deployment) -> Table:
    """All links together."""
    rows = [row(what, *downtime(available)) for what, available in together(whole)]
    return table(
        f"All links together ({whole.status})", "what|available:right|min down a month:right|h down a year:right", rows
    )


def throughput(found: Throughput, sources: Sources) -> LinkPart:
    """The way, one flow, all flows each way, and the limit in a sentence."""
    way = []
    if found.km is not None and found.floor_ms is not None:
        way.append(row("distance", f"{found.km:,.0f} km", sources.cell(GEODESIC)))
        way.append(row("light in fibre, there and back", f"{found.floor_ms:,.1f} ms", sources.cell(FLOOR)))
    if found.flow:
        way.append(row("round trip", span(found.flow.rtt), sources.cell(found.flow.rtt.source)))
    else:
        way.append(row("round trip", "unknown", ""))
    tables = [table(f"{found.link}: {found.aws_region} and {found.azure_region}", "the way|figure:right|source", way)]
    if found.flow and found.plain:
        without = {c.name: f"{c.mbps:,.1f}" for c in found.plain.ceilings}
        flow = [
            row(
                c.name,
                f"{c.mbps:,.1f}",
                without.get(c.name, ""),
                sources.cell(c.source),
                kind="limit" if c is found.flow.binding else "",
            )
            for c in found.flow.ceilings
        ]
        columns = "what bounds it|in the tunnel:right|without:right|source"
        tables.append(table(f"{found.link}: one TCP flow, Mbit/s", columns, flow))
    every = []
    for direction in found.directions:
        known = str(weakest((direction.status, found.flow.status))) if found.flow else ""
        every.append(row(direction.name, kind="group"))
        for c in direction.ceilings:
            kind = "limit" if c is direction.binding else ""
            every.append(row(c.name, f"{c.mbps:,.0f}", sources.cell(c.source), kind=kind))
        if direction.flows is not None:
            every.append(row("flows that fill it", f"{direction.flows:,}", known))
    tables.append(table(f"{found.link}: all flows together, Mbit/s", "what bounds it|carries:right|source", every))
    lead, *said = throughput_said(found)
    return LinkPart(name=found.link, lead=lead, tables=tuple(tables), said=tuple(said))


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(v) for v in values)
