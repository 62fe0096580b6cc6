"""When somebody is told: alarms on both ends, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from isthmus.clouds import aws, azure
from isthmus.plan.types import Dimension, MetricAlert, Tunnel, TunnelAlarm

BUSY: Final = 0.8
"""Share of a tunnel's throughput from which it is called busy."""


def connection_alarms(name: str, tunnels: Sequence[Tunnel]) -> tuple[TunnelAlarm, ...]:
    """The alarms of one VPN connection.

    AWS: "values between 0 and 1 indicate at least one tunnel is not UP", for static and BGP connections alike;
    so a tunnel is down when the minimum is below 1, and all are when the maximum is 0. Of a connection with
    one tunnel in use, the other is always down: the alarm then is on that tunnel.
    """
    used = [t for t in tunnels if t.used]
    if len(used) == 1:
        return (_alarm("down", name, "The tunnel is down", used[0].number, "Maximum", periods=1),)
    return (
        _alarm("degraded", name, "A tunnel is down: traffic goes through the others", None, "Minimum", periods=2),
        _alarm("down", name, "All tunnels of the connection are down", None, "Maximum", periods=1),
    )


def _alarm(key: str, name: str, what: str, tunnel: int | None, statistic: str, *, periods: int) -> TunnelAlarm:
    below_one = statistic == "Minimum"
    return TunnelAlarm(
        key=key,
        name=f"{name}-{key}",
        description=f"{what} ({name})",
        tunnel=tunnel,
        statistic=statistic,
        comparison="LessThanThreshold" if below_one else "LessThanOrEqualToThreshold",
        threshold=1.0 if below_one else 0.0,
        evaluation_periods=periods,
    )


def bgp_alert(name: str, tunnels: Sequence[Tunnel]) -> MetricAlert:
    """A BGP session of the link is down.

    Azure reports each peer for each instance, and a peer is only ever connected to one of them: the maximum
    over the instances says whether its session is up.
    """
    return MetricAlert(
        key="bgp",
        name=f"{name}-bgp",
        description=f"A BGP session of {name} is down",
        metric="BgpPeerStatus",
        aggregation="Maximum",
        operator="LessThan",
        threshold=1.0,
        dimension=Dimension(name="BgpPeerAddress", values=tuple(str(t.aws_address) for t in tunnels)),
        severity=1,
        frequency="PT5M",
        window="PT15M",
    )


def bandwidth_alert(name: str, sku: azure.Sku | None, *, large: bool) -> MetricAlert:
    """A tunnel is close to what the AWS end or the Azure SKU carries in one. In bytes a second.

    Of a gateway whose ``sku`` is not known, only AWS's end counts. ``large`` says whether some link of the gateway
    has large tunnels on AWS.
    """
    aws_mbps = aws.LARGE_TUNNEL_MBPS if large else aws.TUNNEL_MBPS
    mbps = min(aws_mbps, sku.tunnel_mbps) if sku else aws_mbps
    return MetricAlert(
        key="bandwidth",
        name=f"{name}-bandwidth",
        description=f"A tunnel of {name} carries more than {BUSY:.0%} of {mbps:,} Mbit/s",
        metric="TunnelAverageBandwidth",
        aggregation="Average",
        operator="GreaterThan",
        threshold=mbps * 1_000_000 / 8 * BUSY,
        dimension=Dimension(name="ConnectionName", values=("*",)),
        severity=2,
        frequency="PT5M",
        window="PT15M",
    )
