"""What links carry, what one TCP flow gets out of them, and what limits both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from isthmus.clouds.capacity import Ceiling, LinkDesign
from isthmus.latency import FLOOR
from isthmus.provenance import LEGEND, weakest
from isthmus.throughput import (
    DEFAULT_WINDOW,
    GEODESIC,
    LOSS,
    PLAIN_MSS,
    WINDOW,
    Direction,
    Flow,
    Sizing,
    Tcp,
    Throughput,
    verdict,
)
from isthmus.views.data import plain
from isthmus.views.latency import distance_table
from isthmus.views.types import Figure, Row, Section, Sentence, Table, View, columns, row, source


def throughput_view(links: Sequence[Throughput], tcp: Tcp) -> View:
    """Link after link: the limit in a sentence, the distance, one flow, all flows each way, what size would do."""
    sections = tuple(section for number, found in enumerate(links, 1) for section in _link(number, found, tcp))
    return View("Throughput", sections, data=[_data(found, tcp) for found in links])


def _link(number: int, found: Throughput, tcp: Tcp) -> Iterator[Section]:
    regions = f"{found.aws_region} and {found.azure_region}"
    title = regions if found.link == regions else f"{found.link}: {regions}"
    key = f"throughput-{number}"
    yield Sentence(title, "heading")
    yield Sentence(verdict(found), "lead")
    rtt = found.flow.rtt if found.flow else None
    yield distance_table(f"{key}-distance", f"{found.link}: distance", km=found.km, floor_ms=found.floor_ms, rtt=rtt)
    if found.flow and found.plain:
        yield _flow(key, found.link, found.flow, found.plain)
    yield _directions(key, found, tcp)
    yield from map(Sentence, _remarks(found))


def _flow(key: str, link: str, flow: Flow, bare: Flow) -> Table:
    without = {c.name: _mbps(c, 1) for c in bare.ceilings}
    rows = (
        row(c.name, _mbps(c, 1), without.get(c.name, ""), source(c.source), kind="limit" if c is flow.binding else "")
        for c in flow.ceilings
    )
    headings = columns("Limit", "In the tunnel:Mbit/s", "Without a VPN:Mbit/s", "Source")
    return Table(f"{key}-flow", f"{link}: one TCP flow", headings, tuple(rows), narrow=True)


def _directions(key: str, found: Throughput, tcp: Tcp) -> Table:
    rows: list[Row] = []
    for direction in found.directions:
        rows.append(row(direction.name, kind="group"))
        rows += [
            row(c.name, _mbps(c), source(c.source), kind="limit" if c is direction.binding else "")
            for c in direction.ceilings
        ]
        rows += _flows(found, direction, tcp)
    headings = columns("Limit", "Carries:Mbit/s", "Source")
    return Table(f"{key}-all", f"{found.link}: all flows together", headings, tuple(rows), narrow=True)


def _flows(found: Throughput, direction: Direction, tcp: Tcp) -> Iterator[Row]:
    if found.flow is None or direction.flows is None or direction.reached is None:
        return
    status = weakest((direction.status, found.flow.status))
    known = f"from the flow above ({status})"
    needed = Figure(direction.flows, status=status, after=" flow" if direction.flows == 1 else " flows")
    yield row("flows that reach the limit together", needed, known)
    if tcp.flows > 1:
        reached = Figure(direction.reached, "Mbit/s", status=status)
        yield row(f"{tcp.flows:,} flows, evenly spread over the tunnels", reached, known)


def _mbps(ceiling: Ceiling, digits: int = 0) -> Figure:
    return Figure(ceiling.mbps, "Mbit/s", digits, status=ceiling.source.status)


def _remarks(found: Throughput) -> Iterator[str]:
    """What the link would carry otherwise, and what size would do: a sentence or two each."""
    if found.flow and found.plain:
        yield _with_and_without(found.flow, found.plain)
    yield _spread(found.shape)
    if sku := found.shape.sku:
        used = "AES-GCM" if found.shape.gcm else "AES-CBC"
        yield (
            f"The cipher matters: a tunnel of {sku.name} carries {sku.tunnel_mbps:,} Mbit/s with AES-GCM and "
            f"{sku.cbc_tunnel_mbps:,} with AES-CBC; this link has {used}."
        )
    if found.shared_by > 1:
        yield f"The gateways also serve other links: up to {found.shared_by} share what each carries."
    if found.sizing:
        yield _size(found.sizing, found.shape)


def _with_and_without(flow: Flow, bare: Flow) -> str:
    share = flow.mss / PLAIN_MSS
    gain = bare.mbps / flow.mbps - 1
    text = (
        f"Without a tunnel a packet carries {bare.mss} bytes instead of {flow.mss} ({share:.1%} of it) and the round "
        f"trip is 1 to 3 ms shorter (assumed): the flow would reach {bare.mbps:,.1f} Mbit/s"
    )
    if flow.binding.name in (WINDOW, LOSS):
        return f"{text}, {gain:.0%} more."
    return f"{text}; the limit there is {bare.binding.name}."


def _spread(shape: LinkDesign) -> str:
    text = (
        "The SKU's figures are Microsoft's benchmarks, not promises; whether they count both ways together is not said."
    )
    if shape.spread == 1:
        return f"All traffic uses one tunnel. {text}"
    if shape.tgw:
        return f"Azure and a TGW spread flows over the {shape.tunnels} tunnels; a flow stays in one. {text}"
    return (
        f"Azure spreads flows over the {shape.tunnels} tunnels, a VGW sends through one of them; a flow stays in one. "
        "With a VGW, AWS also asks Azure by MED to use that one: whether Azure does so is not known, and the figure "
        f"from Azure to AWS is an upper bound. {text}"
    )


def _size(sizing: Sizing, shape: LinkDesign) -> str:
    peak = f"{'Peak' if sizing.said else 'No peak is said; on the average'} {max(1, sizing.peak_mbps):,.0f} Mbit/s"
    if sizing.sku_peak_mbps > sizing.peak_mbps:
        peak += f" ({sizing.sku_peak_mbps:,.0f} over all links of the Azure gateway)"
    parts = [f"{peak}: this link {'carries it' if sizing.enough else 'does not carry it'}"]
    if sizing.fit:
        parts.append(f"the smallest that does is {_described(sizing.fit)}")
    else:
        parts.append("no SKU and kind of tunnel does; spread it over several sites")
    if sizing.fit_with_gcm and (sizing.fit is None or _described(sizing.fit_with_gcm) != _described(sizing.fit)):
        parts.append(f"with AES-GCM (ipsec: strong) {_described(sizing.fit_with_gcm)}")
    tunnels = f"{shape.tunnels} tunnel{'' if shape.tunnels == 1 else 's'}"
    return "; ".join(parts) + f" (with {tunnels})."


def _described(shape: LinkDesign) -> str:
    sku = shape.sku.name if shape.sku else "an unknown SKU"
    gateway = "TGW" if shape.tgw else "VGW"
    return f"{sku} with a {gateway} and {'large' if shape.large else 'standard'} tunnels"


def _data(found: Throughput, tcp: Tcp) -> dict[str, Any]:
    """Mbit/s, milliseconds, kilometres, bytes."""
    said: dict[str, Any] = plain(found)
    for value, flow in ((said["flow"], found.flow), (said["plain"], found.plain)):
        if flow:
            value |= {"binding": flow.binding.name, "mbps": flow.mbps, "status": str(flow.status)}
    for value, direction in zip(said["directions"], found.directions, strict=True):
        value |= {"binding": direction.binding.name, "status": str(direction.status)}
        value["flows_status"] = None if found.flow is None else str(weakest((direction.status, found.flow.status)))
    window = DEFAULT_WINDOW if tcp.window is None else tcp.window
    if found.km is not None:
        said |= {"km_source": str(GEODESIC), "floor_source": str(FLOOR)}
    if found.sizing:
        said["sizing"]["status"] = str(weakest(d.status for d in found.directions))
    asked = {"window_bytes": window, "loss": tcp.loss, "flows": tcp.flows}
    return {"statuses": LEGEND, **said, "tcp": asked, "verdict": verdict(found)}
