"""The topology as a picture: sites with their gateways, and a line a tunnel with the addresses of its ends.

Wide: AWS left, Azure right, each site a box as high as its tunnels. Narrow: link under link, the two sites above
its tunnels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf
from statistics import fmean

from isthmus.plan import Plan
from isthmus.plan.types import AdoptedAzureGateway, AwsSite, AzureSite, Link, Tunnel
from isthmus.report.drawing import Box, Dot, Drawing, Line, Text, clipped
from isthmus.views.plan import aws_gateway_text

WIDE = 1080.0
NARROW = 340.0
_ROW = 48.0
_SITE_WIDTH = 232.0
_SITE_HEIGHT = 160.0
_NAME_WIDTH = 276.0
_ADDRESS_WIDTH = 130.0
"""How far a tunnel runs straight out of a site on AWS, for its name, and on Azure, for its address."""
_PAD = 18.0
_GAP = 26.0


def topology(plan: Plan) -> tuple[Drawing, Drawing]:
    """The wide and the narrow picture of ``plan``."""
    title = f"Topology of {plan.name}"
    description = _description(plan)
    return _wide(plan, title, description), _narrow(plan, title, description)


def _description(plan: Plan) -> str:
    tunnels = len(list(plan.tunnels()))
    links = "; ".join(
        f"{link.name} joins aws.{link.aws} (AS{link.aws_asn}) and azure.{link.azure} (AS{link.azure_asn}) with "
        f"{len(link.tunnels)} tunnel{'' if len(link.tunnels) == 1 else 's'}"
        for link in plan.links
    )
    said = f"{len(plan.aws)} on AWS, {len(plan.azure)} on Azure, {tunnels} tunnels in all"
    return f"Sites: {said}. {links + '. ' if links else ''}The table of tunnels below says the same."


def _wide(plan: Plan, title: str, description: str) -> Drawing:
    right_ends = {s.key: [t for link in plan.links_of_azure(s.key) for t in link.tunnels] for s in plan.azure}
    place = {t.name: n for n, t in enumerate(t for found in right_ends.values() for t in found)}
    left_ends = {
        s.key: sorted((t for link in plan.links_of_aws(s.key) for t in link.tunnels), key=lambda t: place[t.name])
        for s in plan.aws
    }
    # Opposite to what they are joined with, so that fewer lines cross.
    sites = sorted(plan.aws, key=lambda s: fmean(place[t.name] for t in left_ends[s.key]) if left_ends[s.key] else inf)
    left = _column([len(left_ends[s.key]) for s in sites])
    right = _column([len(right_ends[s.key]) for s in plan.azure])
    height = max(_bottom(left), _bottom(right))
    left, right = _centred(left, height), _centred(right, height)
    right_x = WIDE - _SITE_WIDTH - 1
    boxes: list[Box] = []
    texts: list[Text] = []
    from_y: dict[str, float] = {}
    to_y: dict[str, float] = {}
    for aws, (top, tall) in zip(sites, left, strict=True):
        boxes.append(Box(1, top, _SITE_WIDTH, tall, "site aws"))
        texts += _site_texts(_aws_lines(aws), 1 + _PAD, top + tall / 2, 27)
        from_y |= _ports([t.name for t in left_ends[aws.key]], top, tall)
    for azure, (top, tall) in zip(plan.azure, right, strict=True):
        boxes.append(Box(right_x, top, _SITE_WIDTH, tall, "site azure"))
        texts += _site_texts(_azure_lines(azure), right_x + _PAD, top + tall / 2, 27)
        to_y |= _ports([t.name for t in right_ends[azure.key]], top, tall)
    lines: list[Line] = []
    dots: list[Dot] = []
    for link, tunnel in plan.tunnels():
        a, b = (1 + _SITE_WIDTH, from_y[tunnel.name]), (right_x, to_y[tunnel.name])
        lines.append(Line(_curve(a, b), _kind(link), tunnel.name))
        dots += [Dot(*a, "aws"), Dot(*b, "azure")]
        texts += [
            Text(a[0] + 12, a[1] - 6, clipped(tunnel.name, 38), "name"),
            Text(a[0] + 12, a[1] + 15, str(tunnel.aws_address), "address"),
            Text(b[0] - 12, b[1] - 6, f"instance {tunnel.instance}", "name", "end"),
            Text(b[0] - 12, b[1] + 15, str(tunnel.azure_address), "address", "end"),
        ]
    return Drawing(
        key="topology-wide", kind="wide", width=WIDE, height=height + 2, title=title, description=description,
        boxes=tuple(boxes), lines=tuple(lines), dots=tuple(dots), texts=tuple(texts),
    )  # fmt: skip


def _column(counts: Sequence[int]) -> list[tuple[float, float]]:
    """Top and height of each site of a column."""
    tops = [1.0]
    heights = [max(_SITE_HEIGHT, count * _ROW + 2 * _PAD) for count in counts]
    for tall in heights:
        tops.append(tops[-1] + tall + _GAP)
    return list(zip(tops, heights, strict=False))


def _bottom(column: Sequence[tuple[float, float]]) -> float:
    return max((top + tall for top, tall in column), default=0.0)


def _centred(column: Sequence[tuple[float, float]], height: float) -> list[tuple[float, float]]:
    down = (height - _bottom(column)) / 2
    return [(top + down, tall) for top, tall in column]


def _ports(names: Sequence[str], top: float, tall: float) -> dict[str, float]:
    """Where each tunnel leaves its site: rows around the middle of it."""
    first = top + tall / 2 - (len(names) - 1) * _ROW / 2
    return {name: first + n * _ROW for n, name in enumerate(names)}


def _curve(a: tuple[float, float], b: tuple[float, float]) -> str:
    start, end = a[0] + _NAME_WIDTH, b[0] - _ADDRESS_WIDTH
    middle = (start + end) / 2
    if a[1] == b[1]:
        return f"M{a[0]:.1f} {a[1]:.1f}H{b[0]:.1f}"
    bend = f"C{middle:.1f} {a[1]:.1f} {middle:.1f} {b[1]:.1f} {end:.1f} {b[1]:.1f}"
    return f"M{a[0]:.1f} {a[1]:.1f}H{start:.1f}{bend}H{b[0]:.1f}"


def _narrow(plan: Plan, title: str, description: str) -> Drawing:
    aws = {s.key: s for s in plan.aws}
    azure = {s.key: s for s in plan.azure}
    boxes: list[Box] = []
    lines: list[Line] = []
    dots: list[Dot] = []
    texts: list[Text] = []
    half = (NARROW - 10) / 2
    top = 1.0
    pairs: list[tuple[AwsSite | None, AzureSite | None, Link | None]] = [
        (aws[link.aws], azure[link.azure], link) for link in plan.links
    ]
    # A site without a link is drawn all the same.
    pairs += [(s, None, None) for s in plan.aws if not plan.links_of_aws(s.key)]
    pairs += [(None, s, None) for s in plan.azure if not plan.links_of_azure(s.key)]
    for one, other, link in pairs:
        tunnels = link.tunnels if link else ()
        for site_lines, x, kind in ((_aws_lines(one), 1.0, "aws"), (_azure_lines(other), NARROW - half - 1, "azure")):
            if site_lines:
                boxes.append(Box(x, top, half, _SITE_HEIGHT - 16, f"site {kind}"))
                texts += _site_texts(site_lines, x + 10, top + (_SITE_HEIGHT - 16) / 2, 22)
        y = top + _SITE_HEIGHT - 16
        if link and tunnels:
            down = y + len(tunnels) * _ROW - 10
            lines += [Line(f"M7 {y:.1f}V{down:.1f}", "rail aws"),
                      Line(f"M{NARROW - 7:.1f} {y:.1f}V{down:.1f}", "rail azure")]  # fmt: skip
            for n, tunnel in enumerate(tunnels):
                at = y + 36 + n * _ROW
                lines.append(Line(f"M7 {at:.1f}H{NARROW - 7:.1f}", _kind(link), tunnel.name))
                dots += [Dot(7, at, "aws"), Dot(NARROW - 7, at, "azure")]
                texts += list(_narrow_labels(tunnel, at))
            y = y + 36 + (len(tunnels) - 1) * _ROW + 20
        top = y + _GAP
    return Drawing(
        key="topology-narrow", kind="narrow", width=NARROW, height=max(top - _GAP + 4, 1), title=title,
        description=description, boxes=tuple(boxes), lines=tuple(lines), dots=tuple(dots), texts=tuple(texts),
    )  # fmt: skip


def _narrow_labels(tunnel: Tunnel, y: float) -> Iterator[Text]:
    yield Text(18, y - 6, clipped(tunnel.name, 30), "name")
    yield Text(NARROW - 18, y - 6, f"instance {tunnel.instance}", "name", "end")
    yield Text(18, y + 15, str(tunnel.aws_address), "address")
    yield Text(NARROW - 18, y + 15, str(tunnel.azure_address), "address", "end")


def _aws_lines(site: AwsSite | None) -> list[str]:
    if site is None:
        return []
    gateway = site.gateway
    return ["AWS", site.key, site.region, aws_gateway_text(gateway), f"AS{gateway.asn}", _networks(site)]


def _azure_lines(site: AzureSite | None) -> list[str]:
    if site is None:
        return []
    gateway = site.gateway
    count = len(gateway.instances)
    what = "adopted" if isinstance(gateway, AdoptedAzureGateway) else gateway.sku
    instances = f"{what}, {count} instance{'' if count == 1 else 's'}"
    return ["Azure", site.key, site.region, instances, f"AS{gateway.asn}", _networks(site)]


def _networks(site: AwsSite | AzureSite) -> str:
    first, *more = site.network.cidrs
    return f"{first} +{len(more)}" if more else str(first)


def _site_texts(lines: Sequence[str], x: float, middle: float, most: int) -> list[Text]:
    kinds = ("cloud", "site-name", "region", "gateway", "asn", "network")
    steps = (0, 20, 20, 22, 18, 18)
    first = middle - sum(steps) / 2 + 5
    ys = [first]
    for step, _ in zip(steps[1:], pairwise(lines), strict=True):
        ys.append(ys[-1] + step)
    return [Text(x, y, clipped(text, most), kind) for text, y, kind in zip(lines, ys, kinds, strict=True)]


def _kind(link: Link) -> str:
    return "tunnel bgp" if link.is_bgp else "tunnel static"
