"""The same traffic in alternative designs: one tunnel, another gateway, another SKU, or no second cloud at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from isthmus.clouds import aws, azure
from isthmus.cost.lines import CostAssumptions, Line, lines, priced
from isthmus.cost.money import Usd, total
from isthmus.cost.usage import Usage
from isthmus.prices import GATEWAYS, Piece, Prices
from isthmus.throughput import carries


class TrafficPath(StrEnum):
    """Which way the traffic of a shape goes."""

    VPN = "vpn"
    AWS_ZONE = "aws-zone"
    AZURE_ZONE = "azure-zone"
    AWS_ZONES = "aws-zones"
    AZURE_ZONES = "azure-zones"


_INSIDE = {
    TrafficPath.AWS_ZONE: Piece.AWS_SAME_ZONE,
    TrafficPath.AZURE_ZONE: Piece.AZURE_SAME_ZONE,
    TrafficPath.AWS_ZONES: Piece.AWS_CROSS_ZONE,
    TrafficPath.AZURE_ZONES: Piece.AZURE_CROSS_ZONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to carry the traffic. ``note`` says what it gives up, or what its price stands on."""

    key: str
    label: str
    note: str
    path: TrafficPath
    deployment: Usage

    @property
    def is_plan(self) -> bool:
        """Whether it is the plan as it is."""
        return self.key == "plan"


def month(shape: Alternative, prices: Prices, assumed: CostAssumptions, *, traffic: Decimal = Decimal(1)) -> Usd:
    """What ``shape`` costs in a month, with ``traffic`` times the traffic it has."""
    return total(line.usd for line in shape_lines(shape, prices, assumed, traffic=traffic))


def shape_lines(
    shape: Alternative, prices: Prices, assumed: CostAssumptions, *, traffic: Decimal = Decimal(1)
) -> tuple[Line, ...]:
    """The lines of a month of ``shape``, with ``traffic`` times the traffic it has."""
    deployment = scaled(shape.deployment, traffic)
    if shape.path is TrafficPath.VPN:
        return lines(deployment, prices, assumed)
    return tuple(_inside_lines(deployment, shape.path, prices))


def _inside_lines(deployment: Usage, path: TrafficPath, prices: Prices) -> Iterator[Line]:
    piece = _INSIDE[path]
    here = deployment.aws if piece.cloud == "aws" else deployment.azure
    regions = {site.key: site.region for site in here}
    # Between zones each GB is billed twice: as it leaves one and as it enters the other.
    times = 2 if path in (TrafficPath.AWS_ZONES, TrafficPath.AZURE_ZONES) else 1
    for link in deployment.links:
        key = link.aws if piece.cloud == "aws" else link.azure
        rate = prices.rate(piece, regions[key])
        yield Line(
            what="data between private addresses",
            piece=piece,
            site=f"{piece.cloud}.{key}",
            link=link.name,
            where=regions[key],
            unit=rate.facts[0].unit,
            unit_usd=rate.usd,
            quantity=link.gb * times,
            usd=priced(link.gb * times, rate),
            source=rate.facts[0].source,
            bound=rate.is_bound,
            gap=rate.gap,
        )


def scaled(deployment: Usage, traffic: Decimal) -> Usage:
    """``deployment`` with ``traffic`` times the traffic on each link."""
    return replace(
        deployment,
        links=tuple(
            replace(
                link,
                aws_to_azure_gb=link.aws_to_azure_gb * traffic,
                azure_to_aws_gb=link.azure_to_aws_gb * traffic,
            )
            for link in deployment.links
        ),
    )


def shapes(deployment: Usage) -> tuple[Alternative, ...]:
    """The plan first, then the shapes that it can be compared with."""
    return tuple(_shapes(deployment))


def _shapes(deployment: Usage) -> Iterator[Alternative]:
    def vpn(key: str, label: str, note: str, changed: Usage) -> Alternative:
        said = "; ".join(text for text in (note, _missed(changed)) if text)
        return Alternative(key=key, label=label, note=said, path=TrafficPath.VPN, deployment=changed)

    yield vpn("plan", "this plan", "", deployment)
    if any(link.tunnels > 1 for link in deployment.links):
        note = "down when AWS maintains it"
        yield vpn("one-tunnel", "one tunnel a link", note, _one_tunnel(deployment))
    if any(not site.tgw for site in deployment.aws):
        note = "flows use all tunnels"
        yield vpn("tgw", "TGW instead of VGW", note, _with_tgw(deployment))
    if any(site.tgw for site in deployment.aws) and not any(k.large or k.accelerated for k in deployment.links):
        note = f"from AWS {aws.VGW_EGRESS_MBPS:,} Mbit/s at most"
        yield vpn("vgw", "VGW instead of TGW", note, _with_vgw(deployment))
    for sku in _skus(deployment):
        yield vpn(f"sku-{sku.name}", f"gateway {sku.name}", f"{sku.mbps:,} Mbit/s", _with_sku(deployment, sku))
    free, pair = "private addresses", "two zones of one region"
    for path, label, note in (
        (TrafficPath.AWS_ZONE, "inside one AWS zone", free),
        (TrafficPath.AWS_ZONES, "across two AWS zones", pair),
        (TrafficPath.AZURE_ZONE, "inside one Azure zone", free),
        (TrafficPath.AZURE_ZONES, "across two Azure zones", pair),
    ):
        yield Alternative(key=path.value, label=label, note=note, path=path, deployment=deployment)


def _missed(deployment: Usage) -> str:
    """Which links do not carry the peak that the plan states for them; nothing when all do."""
    aws_sites = {site.key: site for site in deployment.aws}
    azure_sites = {site.key: site for site in deployment.azure}
    missed = []
    for link in deployment.links:
        if link.carrier is None or not link.peak_mbps:
            continue
        own = azure_sites[link.azure].sku
        known = link.carrier.sku
        sku = known if own is None or (known and known.name == own) else azure.sku(own)
        shape = replace(link.carrier, tgw=aws_sites[link.aws].tgw, tunnels=link.tunnels, sku=sku)
        on_azure = sum(k.peak_mbps for k in deployment.links if k.azure == link.azure)
        on_aws = sum(k.peak_mbps for k in deployment.links if k.aws == link.aws)
        if not carries(shape, float(link.peak_mbps), float(on_azure), float(on_aws)):
            missed.append(f"{link.name} ({link.peak_mbps.normalize():,f} Mbit/s)")
    return f"misses the peak of {', '.join(missed)}" if missed else ""


def _one_tunnel(deployment: Usage) -> Usage:
    return replace(
        deployment,
        links=tuple(
            replace(
                link,
                connections=1,
                tunnels=1,
                alarms=min(link.alarms, 1),
                alert_series=min(link.alert_series, 1),
                secrets=min(link.secrets, 1),
            )
            for link in deployment.links
        ),
        azure=tuple(replace(site, public_ips=min(site.public_ips, 1)) for site in deployment.azure),
    )


def _with_tgw(deployment: Usage) -> Usage:
    return replace(deployment, aws=tuple(s if s.tgw else replace(s, tgw=True, attachment=True) for s in deployment.aws))


def _with_vgw(deployment: Usage) -> Usage:
    return replace(deployment, aws=tuple(replace(s, tgw=False, attachment=False) for s in deployment.aws))


def _with_sku(deployment: Usage, sku: azure.Sku) -> Usage:
    return replace(
        deployment, azure=tuple(replace(s, sku=sku.name) if s.sku is not None else s for s in deployment.azure)
    )


def _skus(deployment: Usage) -> Iterator[azure.Sku]:
    """Each SKU, of the newest generation, with room for the peaks and tunnels of each gateway made, and on none.

    Whether the rest of the link carries the peak too is in the note of its shape.
    """
    made = [site for site in deployment.azure if site.sku is not None]
    peaks = [sum((k.peak_mbps for k in deployment.links if k.azure == s.key), Decimal(0)) for s in made]
    tunnels = [sum(k.tunnels for k in deployment.links if k.azure == s.key) for s in made]
    for name in azure.SKU_NAMES if made else ():
        sku = azure.sku(name)
        if (
            sku
            and name in GATEWAYS
            and sku.mbps >= max(peaks)
            and sku.tunnels >= max(tunnels)
            and {name} != {s.sku for s in made}
        ):
            yield sku
