"""Throughput, availability and regions for people: every number with its source."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from isthmus.availability import PATH_GIVEN, Assumptions, Deployment, LinkAvailability, minutes_a_month, percent
from isthmus.clouds.places import Region
from isthmus.figures import LEGEND, weakest
from isthmus.latency import FLOOR, WITH_GATEWAYS
from isthmus.regions import EgressPrice, Pair
from isthmus.tables import fits, print_table
from isthmus.throughput import GEODESIC, Flow, Tcp, Throughput
from isthmus.wording import assumed, availability_said, change_text, downtime, span, throughput_said, together


def print_throughput(links: Sequence[Throughput], tcp: Tcp, console: Console) -> None:
    """Link after link: the way, one flow, all flows each way, the limit in a sentence, what size would do."""
    for number, found in enumerate(links):
        if number:
            console.print()
        print_table(_way(found), console)
        if found.flow and found.plain:
            console.print()
            print_table(_flows(found.flow, found.plain), console)
        console.print()
        print_table(_directions(found, tcp), console)
        console.print()
        for text in throughput_said(found):
            _say(console, text)
    _say(console, LEGEND)


def _way(found: Throughput) -> Table:
    regions = f"{found.aws_region} and {found.azure_region}"
    title = regions if found.link == regions else f"{found.link}: {regions}"
    table = _table(title, "the way", "figure:right", "source")
    if found.km is not None and found.floor_ms is not None:
        table.add_row("distance", f"{found.km:,.0f} km", str(GEODESIC))
        table.add_row("light in fibre, there and back", f"{found.floor_ms:,.1f} ms", str(FLOOR))
    if found.flow:
        table.add_row("round trip", span(found.flow.rtt), str(found.flow.rtt.source))
    else:
        table.add_row("round trip", "unknown", "no coordinates of a region; give --rtt")
    return table


def _flows(flow: Flow, plain: Flow) -> Table:
    table = _table("One TCP flow (Mbit/s)", "what bounds it", "in the tunnel:right", "without:right", "source")
    without = {c.name: c.mbps for c in plain.ceilings}
    for ceiling in flow.ceilings:
        bare = without.get(ceiling.name)
        table.add_row(
            _marked(ceiling.name, binding=ceiling is flow.binding),
            f"{ceiling.mbps:,.1f}",
            "" if bare is None else f"{bare:,.1f}",
            str(ceiling.source),
        )
    return table


def _directions(found: Throughput, tcp: Tcp) -> Table:
    table = _table("All flows together (Mbit/s)", "way", "what bounds it", "carries:right", "source")
    for direction in found.directions:
        known = ""
        if found.flow:
            known = f"from the flow above ({weakest((direction.status, found.flow.status))})"
        for ceiling in direction.ceilings:
            table.add_row(
                direction.name if ceiling is direction.ceilings[0] else "",
                _marked(ceiling.name, binding=ceiling is direction.binding),
                f"{ceiling.mbps:,.0f}",
                str(ceiling.source),
            )
        if direction.flows is not None and direction.reached is not None:
            table.add_row(
                "",
                "flows that fill it",
                f"{direction.flows:,}",
                known,
            )
            if tcp.flows > 1:
                table.add_row(
                    "",
                    f"{tcp.flows:,} flows reach",
                    f"{direction.reached:,.0f}",
                    f"{known}, evenly spread",
                )
    return table


def print_availability(
    links: Sequence[LinkAvailability], whole: Deployment, given: Assumptions, console: Console
) -> None:
    """Link after link: its elements, what they add up to, what a change would buy, the promise; then all together."""
    for found in links:
        print_table(_elements(found, given), console)
        console.print()
        print_table(_outcomes(found), console)
        console.print()
        for text in availability_said(found):
            _say(console, text)
        console.print()
    if len(links) > 1:
        table = _table("The deployment", "", *_DOWN)
        for what, available in together(whole):
            table.add_row(what, *downtime(available))
        print_table(table, console)
        console.print()
    _say(console, assumed(given))
    _say(console, LEGEND)


_DOWN = ("available:right", "min a month:right", "h a year:right")


def _elements(found: LinkAvailability, given: Assumptions) -> Table:
    table = _table(f"{found.link}: its elements", "element", "available:right", "source")
    for leg in found.design.legs:
        table.add_row(leg.name, percent(leg.availability), str(leg.source))
    if given.path is not None:
        table.add_row("one path over the internet", percent(given.path), str(PATH_GIVEN))
    for element in found.design.series:
        table.add_row(element.name, percent(element.availability), str(element.source))
    return table


def _outcomes(found: LinkAvailability) -> Table:
    table = _table("What they add up to", "design", *_DOWN, "saves, min a month:right")
    table.add_row("SLAs alone, all independent", *downtime(found.documented), "")
    table.add_row("expected", *downtime(found.expected), "")
    for change in found.changes:
        saved = minutes_a_month(found.expected) - minutes_a_month(change.expected)
        table.add_row(f"+ {change_text(change)}", *downtime(change.expected), f"{saved:,.1f}")
    return table


def print_pairs(found: Sequence[Pair], console: Console) -> None:
    """One row a pair, best first; narrow terminals go without the column that says again what is missing."""
    wide = console.width >= 120
    # Two places leave no room for prices in 80 columns.
    room = wide or not found or len(found[0].reaches) < 2
    priced = room and any(pair.aws_egress or pair.azure_egress for pair in found)
    table = _pairs(found, wide=wide, priced=priced)
    if not wide and not fits(table, console):
        # A block a pair has room for everything.
        wide, priced = True, any(pair.aws_egress or pair.azure_egress for pair in found)
        table = _pairs(found, wide=wide, priced=priced)
    print_table(table, console)
    console.print()
    if found and found[0].reaches and not wide:
        _say(console, "Below a place: the round trip from it to the AWS region, then to the Azure region.")
    if priced and not wide:
        _say(
            console, "USD/GB: what the first GB that is paid for costs out of AWS, then out of Azure (--json: sources)."
        )
    for text in (
        f"Round trips: {WITH_GATEWAYS}. Distances: {GEODESIC}.",
        "Coordinates: AWS publishes none, so the centre of the metro area; Azure's as its region list has them, which "
        "can be off by 300 km. Who may use a region is assumed. Measure before you buy.",
        LEGEND,
    ):
        _say(console, text)


def _pairs(found: Sequence[Pair], *, wide: bool, priced: bool) -> Table:
    columns = ["AWS", "Azure", "km:right", "round trip:right"] if wide else ["AWS", "Azure", "round trip:right"]
    columns += [f"{reach.place.name}:right" for reach in found[0].reaches] if found else []
    columns += ["zones on Azure"] if wide else []
    columns += ["egress AWS\nAzure" if wide else "USD/GB:right"] if priced else []
    table = _table("Pairs of regions, nearest first (ms)", *columns, "missing")
    for column in table.columns[: 4 if wide else 3]:
        column.no_wrap = True
    for pair in found:
        cells = [
            f"{pair.aws.name}\n{_place(pair.aws)}",
            f"{pair.azure.name}\n{_place(pair.azure)}",
        ]
        km, rtt = f"{pair.km:,.0f}", f"{pair.rtt.likely:,.1f}\n{pair.rtt.low:,.1f} to {pair.rtt.high:,.1f}"
        cells += [km, rtt] if wide else [f"{rtt}\n{km} km"]
        to_aws, to_azure = ("AWS ", "Azure ") if wide else ("", "")
        cells += [f"{to_aws}{r.to_aws.likely:,.0f}\n{to_azure}{r.to_azure.likely:,.0f}" for r in pair.reaches]
        cells += ["yes" if pair.azure.zones else "no"] if wide else []
        prices = (_price(price, wide=wide) for price in (pair.aws_egress, pair.azure_egress))
        cells += ["\n".join(prices)] if priced else []
        table.add_row(*cells, "\n".join(pair.missing))
    return table


def _place(region: Region) -> str:
    return f"{region.point.name} ({region.source.status})"


def _price(price: EgressPrice | None, *, wide: bool) -> str:
    if price is None:
        return "unknown" if wide else "?"
    return f"{price.usd_per_gb:.3f} USD/GB ({price.source.status})" if wide else f"{price.usd_per_gb:.3f}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        heading, _, justify = column.partition(":")
        right = justify == "right"
        table.add_column(heading, justify="right" if right else "left")
    return table


def _marked(name: str, *, binding: bool) -> str:
    return f"{name}  <- the limit" if binding else name


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False)
