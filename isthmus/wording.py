"""What throughput and availability say in words, for the terminal and for the report."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.availability import (
    Assumptions,
    Change,
    Deployment,
    LinkAvailability,
    hours_a_year,
    minutes_a_month,
    percent,
)
from isthmus.clouds.capacity import Shape
from isthmus.latency import Rtt
from isthmus.throughput import LOSS, PLAIN_MSS, WINDOW, Flow, Sizing, Throughput, verdict


def throughput_said(found: Throughput) -> Iterator[str]:
    """What limits a link, what it would carry otherwise, and what size would do: a sentence or two each."""
    yield verdict(found)
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


def availability_said(found: LinkAvailability) -> Iterator[str]:
    """The weakest element, what else is to be known, and the promise."""
    yield f"Weakest: {' and '.join(found.least_available)}."
    yield from found.remarks
    yield found.promise


def together(whole: Deployment) -> Iterator[tuple[str, float]]:
    """How available all links together are: what is meant, and a share from 0 to 1."""
    yield "every link up, SLAs alone", whole.every_documented
    yield "every link up, expected", whole.every_expected
    if whole.any_documented is not None and whole.any_expected is not None:
        yield "at least one link up, SLAs alone", whole.any_documented
        yield "at least one link up, expected", whole.any_expected


def change_text(change: Change) -> str:
    """What is changed, and what is to be known about it."""
    return f"{change.what}: {change.remark}" if change.remark else change.what


def downtime(availability: float) -> tuple[str, str, str]:
    """A share from 0 to 1 as per cent, as minutes down in a month and as hours down in a year."""
    minutes, hours = minutes_a_month(availability), hours_a_year(availability)
    small = f"{hours:,.2f}" if hours < 10 else f"{hours:,.1f}"
    return percent(availability, 4), f"{minutes:,.2f}" if minutes < 1 else f"{minutes:,.1f}", small


def assumed(given: Assumptions) -> str:
    """What the expected availability stands on."""
    path = (
        "the internet path is left out (--internet-path)"
        if given.path is None
        else f"each connection has a path of its own over the internet, {percent(given.path)} available"
    )
    return (
        f"Expected: {given.beta:.0%} of the failures of parallel connections hit all of them (--common-cause, "
        f"{given.beta_status}); {path}. Minutes of a 30-day month, hours of a 365-day year. SLAs are credits, not "
        "guarantees."
    )


def span(rtt: Rtt) -> str:
    """A round trip with its range, in milliseconds."""
    if rtt.low == rtt.high:
        return f"{rtt.likely:,.1f} ms"
    return f"{rtt.likely:,.1f} ms ({rtt.low:,.1f} to {rtt.high:,.1f})"


def _with_and_without(flow: Flow, plain: Flow) -> str:
    share = flow.mss / PLAIN_MSS
    gain = plain.mbps / flow.mbps - 1
    text = (
        f"Without a tunnel a packet carries {plain.mss} bytes instead of {flow.mss} ({share:.1%} of it) and the round "
        f"trip is 1 to 3 ms shorter (assumed): the flow would reach {plain.mbps:,.1f} Mbit/s"
    )
    if flow.binding.name in (WINDOW, LOSS):
        return f"{text}, {gain:.0%} more."
    return f"{text}; the limit there is {plain.binding.name}."


def _spread(shape: Shape) -> str:
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


def _size(sizing: Sizing, shape: Shape) -> str:
    peak = f"{'Peak' if sizing.said else 'No peak is said; on the average'} {max(1, sizing.peak_mbps):,.0f} Mbit/s"
    if sizing.sku_peak_mbps > sizing.peak_mbps:
        peak += f" ({sizing.sku_peak_mbps:,.0f} over all links of the Azure gateway)"
    parts = [f"{peak}: this link {'carries it' if sizing.enough else 'does not carry it'}"]
    if sizing.fit:
        parts.append(f"the smallest that does is {_shape(sizing.fit)}")
    else:
        parts.append("no SKU and kind of tunnel does; spread it over several sites")
    if sizing.fit_with_gcm and (sizing.fit is None or _shape(sizing.fit_with_gcm) != _shape(sizing.fit)):
        parts.append(f"with AES-GCM (ipsec: strong) {_shape(sizing.fit_with_gcm)}")
    tunnels = f"{shape.tunnels} tunnel{'' if shape.tunnels == 1 else 's'}"
    return "; ".join(parts) + f" (with {tunnels})."


def _shape(shape: Shape) -> str:
    sku = shape.sku.full_name if shape.sku else "an unknown SKU"
    gateway = "TGW" if shape.tgw else "VGW"
    return f"{sku} with a {gateway} and {'large' if shape.large else 'standard'} tunnels"
