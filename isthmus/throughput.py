"""What a link carries and what one TCP flow gets out of it: pure functions of a plan.

one flow = least of:  window / round trip                          the receiver's window, or the sender's
                      MSS / round trip x 1.22 / sqrt(loss)         Mathis and others, 1997
                      what one tunnel carries                      a flow never uses two
                      what EC2 gives one flow                      also without a tunnel
a direction = least of: the Azure SKU, what the AWS gateway spreads over, its tunnels
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import Final

from isthmus.clouds import aws, azure
from isthmus.clouds.capacity import Ceiling, LinkDesign, aws_to_azure, azure_to_aws, narrowest, tunnel
from isthmus.clouds.places import aws_regions, azure_regions
from isthmus.latency import TUNNEL_MS, Rtt, distance_km, estimate, floor_ms
from isthmus.plan.types import Link, Plan
from isthmus.provenance import Source, Status, weakest

MSS: Final = {"gcm": 1398, "cbc": 1382}
"""TCP payload of a packet in the tunnel, in bytes (customer gateway guide, June 2023, S): AES-GCM with NAT
traversal, and AES-CBC with SHA2-384, the next larger hash that the guide has to SHA2-256."""
PLAIN_MSS: Final = 1460
"""The same without a tunnel: 1,500 bytes less IPv4's and TCP's 20 each."""
MATHIS: Final = 1.22
"""For losses at even distances and an acknowledgement a packet; 0.93 with delayed ones (M)."""

DEFAULT_WINDOW: Final = 3 * 2**20
WINDOW_DEFAULT: Final = Source(
    name="Linux default, half of tcp_rmem's 6 MiB; --window to change", date="2026-11", status=Status.ASSUMED
)
WINDOW_GIVEN: Final = Source(name="--window, over the round trip", date="this run", status=Status.COMPUTED)
LOSS_GIVEN: Final = Source(name="Mathis, 1.22 x MSS / round trip / sqrt(--loss)", date="1997", status=Status.ASSUMED)
GEODESIC: Final = Source(
    name="WGS84 geodesic between the regions' places, of which AWS publishes none",
    date="2026-11",
    status=Status.ASSUMED,
)

WINDOW: Final = "the TCP window"
LOSS: Final = "packet loss"
EC2_FLOW: Final = Ceiling(
    name="what EC2 gives one flow",
    mbps=aws.FLOW_MBPS,
    source=Source(name="Amazon EC2 user guide, instance network bandwidth", date="2026-11", status=Status.SEEN),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tcp:
    """What the ends of a flow bring: window in bytes (None: Linux's default), loss as a share (None: none stated)."""

    window: float | None = None
    loss: float | None = None
    flows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One TCP flow at the likely round trip: each bound in Mbit/s. ``low`` and ``high`` are over its range."""

    rtt: Rtt
    mss: int
    ceilings: tuple[Ceiling, ...]
    low: float
    high: float

    @property
    def binding(self) -> Ceiling:
        """The bound that is met first."""
        return narrowest(self.ceilings)

    @property
    def mbps(self) -> float:
        """What the flow reaches, in Mbit/s."""
        return self.binding.mbps

    @property
    def status(self) -> Status:
        """How well that is known: the least of bounds is known as well as the weakest of them."""
        return weakest((self.rtt.source.status, *(c.source.status for c in self.ceilings)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """All flows together one way. ``flows`` of the size of the one examined fill it; ``reached`` is what those asked
    for reach."""

    name: str
    ceilings: tuple[Ceiling, ...]
    flows: int | None
    reached: float | None

    @property
    def binding(self) -> Ceiling:
        """The bound that is met first."""
        return narrowest(self.ceilings)

    @property
    def status(self) -> Status:
        """How well it is known what all flows together carry."""
        return weakest(c.source.status for c in self.ceilings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """The smallest SKU and kind of AWS gateway and tunnel that carry a peak. ``fit`` None: no shape does."""

    peak_mbps: float
    said: bool
    sku_peak_mbps: float
    gateway_peak_mbps: float
    fit: LinkDesign | None
    fit_with_gcm: LinkDesign | None
    enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """What ``link`` carries. Without coordinates of a region and without a measured round trip, ``flow`` is None."""

    link: str
    aws_region: str
    azure_region: str
    shape: LinkDesign
    km: float | None
    floor_ms: float | None
    flow: Flow | None
    plain: Flow | None
    per_tunnel: Ceiling
    directions: tuple[Direction, Direction]
    shared_by: int
    sizing: Sizing | None


def throughput(plan: Plan, link: Link, *, tcp: Tcp, rtt: Rtt | None = None) -> Throughput:
    """What ``link`` of ``plan`` carries; ``rtt`` replaces the estimated round trip."""
    aws_site = plan.aws_by_key[link.aws]
    azure_site = plan.azure_by_key[link.azure]
    shape = link.capacity
    km = _distance(aws_site.region, azure_site.region)
    if rtt is None and km is not None:
        rtt = estimate(km)
    mss = MSS["gcm" if shape.gcm else "cbc"]
    flow = None if rtt is None else _flow(rtt, mss, tcp, (tunnel(shape), *_whole(shape), EC2_FLOW))
    plain = None if rtt is None else _flow(rtt.less(TUNNEL_MS), PLAIN_MSS, tcp, (EC2_FLOW,))
    return Throughput(
        link=link.name,
        aws_region=aws_site.region,
        azure_region=azure_site.region,
        shape=shape,
        km=km,
        floor_ms=None if km is None else floor_ms(km),
        flow=flow,
        plain=plain,
        per_tunnel=tunnel(shape),
        directions=(
            _direction("AWS to Azure", aws_to_azure(shape), flow, tcp),
            _direction("Azure to AWS", azure_to_aws(shape), flow, tcp),
        ),
        shared_by=max(len(plan.links_of_azure(link.azure)), 0 if shape.tgw else len(plan.links_of_aws(link.aws))),
        sizing=_sizing(plan, link, shape),
    )


def window_mbps(window: float, rtt_ms: float) -> float:
    """One window of ``window`` bytes a round trip of ``rtt_ms`` milliseconds, in Mbit/s."""
    return window * 8 / rtt_ms / 1000


def mathis_mbps(mss: int, rtt_ms: float, loss: float) -> float:
    """What loss-driven congestion control reaches with segments of ``mss`` bytes at a share ``loss`` lost."""
    return mss * 8 / rtt_ms / 1000 * MATHIS / sqrt(loss)


def mbps_at(rtt_ms: float, mss: int, tcp: Tcp) -> tuple[Ceiling, ...]:
    """The bounds that a flow's own ends and losses set."""
    given = tcp.window is not None
    window = window_mbps(DEFAULT_WINDOW if tcp.window is None else tcp.window, rtt_ms)
    bounds = [Ceiling(name=WINDOW, mbps=window, source=WINDOW_GIVEN if given else WINDOW_DEFAULT)]
    if tcp.loss:
        bounds.append(Ceiling(name=LOSS, mbps=mathis_mbps(mss, rtt_ms, tcp.loss), source=LOSS_GIVEN))
    return tuple(bounds)


def verdict(found: Throughput) -> str:
    """What limits a single flow, in a sentence."""
    flow = found.flow
    if flow is None:
        return "The round trip is not known: a region has no coordinates here. Give it with --rtt."
    reach = f"One TCP flow reaches about {flow.mbps:,.1f} Mbit/s"
    if flow.high - flow.low > 0.05:
        reach += f" ({flow.low:,.1f} to {flow.high:,.1f} over the range of the round trip)"
    name = flow.binding.name
    if name in (WINDOW, LOSS):
        return f"{reach}: {name}, not the VPN, is the limit; one tunnel carries {found.per_tunnel.mbps:,.0f} Mbit/s."
    return f"{reach}: {name} is the limit, not TCP."


def _whole(shape: LinkDesign) -> tuple[Ceiling, ...]:
    return aws_to_azure(shape)[:1] if shape.sku else ()


def _flow(rtt: Rtt, mss: int, tcp: Tcp, carrier: tuple[Ceiling, ...]) -> Flow:
    def at(milliseconds: float) -> tuple[Ceiling, ...]:
        return (*mbps_at(milliseconds, mss, tcp), *carrier)

    return Flow(
        rtt=rtt,
        mss=mss,
        ceilings=at(rtt.likely),
        low=narrowest(at(rtt.high)).mbps,
        high=narrowest(at(rtt.low)).mbps,
    )


def _direction(name: str, ceilings: tuple[Ceiling, ...], flow: Flow | None, tcp: Tcp) -> Direction:
    most = narrowest(ceilings).mbps
    return Direction(
        name=name,
        ceilings=ceilings,
        flows=None if flow is None else ceil(most / flow.mbps),
        reached=None if flow is None else min(most, tcp.flows * flow.mbps),
    )


def _distance(aws_region: str, azure_region: str) -> float | None:
    a, b = aws_regions().get(aws_region), azure_regions().get(azure_region)
    return distance_km(a.point, b.point) if a and b else None


def _sizing(plan: Plan, link: Link, shape: LinkDesign) -> Sizing | None:
    peak = link.traffic.least_peak_mbps
    if not peak:
        return None
    sku_peak = sum(other.traffic.least_peak_mbps for other in plan.links_of_azure(link.azure))
    vgw_peak = sum(other.traffic.least_peak_mbps for other in plan.links_of_aws(link.aws))
    ended = sum(len(other.tunnels) for other in plan.links_of_azure(link.azure))

    def smallest(*, gcm: bool) -> LinkDesign | None:
        return next(
            (
                wanted
                for sku in azure.offered(tunnels=ended)
                for tgw, large in ((False, False), (True, False), (True, True))
                if carries(wanted := replace(shape, sku=sku, tgw=tgw, large=large, gcm=gcm), peak, sku_peak, vgw_peak)
            ),
            None,
        )

    return Sizing(
        peak_mbps=peak,
        said=link.traffic.peak_mbps >= peak,
        sku_peak_mbps=sku_peak,
        gateway_peak_mbps=vgw_peak,
        fit=smallest(gcm=shape.gcm),
        fit_with_gcm=None if shape.gcm else smallest(gcm=True),
        enough=carries(shape, peak, sku_peak, vgw_peak),
    )


def carries(shape: LinkDesign, peak: float, sku_peak: float, vgw_peak: float) -> bool:
    """Whether a link of ``shape`` carries ``peak`` Mbit/s either way.

    ``sku_peak`` is that of all links of the Azure gateway, ``vgw_peak`` that of all links of the AWS gateway: a
    VGW sends them all through one tunnel.
    """
    most = min(narrowest(aws_to_azure(shape)).mbps, narrowest(azure_to_aws(shape)).mbps)
    enough = peak <= most and (shape.sku is None or sku_peak <= shape.sku.mbps)
    return enough and (shape.tgw or vgw_peak <= aws.VGW_EGRESS_MBPS)
