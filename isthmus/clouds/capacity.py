"""How much a tunnel, a gateway and a set of tunnels carry: one place for the checks and for `throughput`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from isthmus.clouds import aws, azure
from isthmus.provenance import Source, Status

AWS_QUOTAS: Final = Source(name="AWS Site-to-Site VPN quotas", date="2023-06", status=Status.SEEN)
AWS_LARGE: Final = Source(name="EC2 API model, TunnelBandwidth", date="2026-11", status=Status.SEEN)
AWS_ROUTING: Final = Source(name="AWS Site-to-Site VPN routing options", date="2023-06", status=Status.SEEN)
AZURE_SKUS: Final = Source(name="Azure VPN Gateway SKU table", date="2026-11", status=Status.SEEN)
AZURE_TUNNELS: Final = Source(name="Azure VPN Gateway SKU performance", date="2024-01-04", status=Status.SEEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """What something carries at most, in Mbit/s, and what that is."""

    name: str
    mbps: float
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDesign:
    """What decides how much a link carries.

    ``tunnels`` are those that both ends use; ``gcm`` says whether ESP encrypts with AES-GCM. ``sku`` is None
    when it is not known.
    """

    tgw: bool
    large: bool
    bgp: bool
    tunnels: int
    gcm: bool
    sku: azure.Sku | None

    @property
    def spread(self) -> int:
        """Over how many tunnels flows are spread where a gateway can: static routes choose one."""
        return self.tunnels if self.bgp else 1


def aws_tunnel(shape: LinkDesign) -> Ceiling:
    """One tunnel at AWS's end."""
    if shape.large:
        return Ceiling(name="a large AWS tunnel", mbps=aws.LARGE_TUNNEL_MBPS, source=AWS_LARGE)
    return Ceiling(name="an AWS tunnel", mbps=aws.TUNNEL_MBPS, source=AWS_QUOTAS)


def azure_tunnel(shape: LinkDesign) -> Ceiling | None:
    """One tunnel at Azure's end; None when the SKU is not known."""
    if shape.sku is None:
        return None
    cipher = "AES-GCM" if shape.gcm else "AES-CBC"
    return Ceiling(
        name=f"a tunnel of {shape.sku.name} with {cipher}", mbps=shape.sku.per_tunnel(gcm=shape.gcm),
        source=AZURE_TUNNELS,
    )  # fmt: skip


def tunnel(shape: LinkDesign) -> Ceiling:
    """One tunnel: the lesser of its two ends, AWS's when they are equal."""
    ends = [aws_tunnel(shape), azure_tunnel(shape)]
    return min((end for end in ends if end), key=lambda end: end.mbps)


def aws_to_azure(shape: LinkDesign) -> tuple[Ceiling, ...]:
    """What bounds the traffic that AWS sends: a VGW sends through one tunnel, a TGW with BGP through all."""
    used = shape.spread if shape.tgw else 1
    return (*_whole(shape), *_vgw(shape), *_tunnels(shape, used))


def azure_to_aws(shape: LinkDesign) -> tuple[Ceiling, ...]:
    """What bounds the traffic that Azure sends, which it spreads over the tunnels if routes are learned."""
    return (*_whole(shape), *_tunnels(shape, shape.spread))


def narrowest(ceilings: tuple[Ceiling, ...]) -> Ceiling:
    """The one that binds; of equal ones the first."""
    return min(ceilings, key=lambda c: c.mbps)


def _whole(shape: LinkDesign) -> tuple[Ceiling, ...]:
    if shape.sku is None:
        return ()
    return (Ceiling(name=f"{shape.sku.name} as a whole", mbps=shape.sku.mbps, source=AZURE_SKUS),)


def _vgw(shape: LinkDesign) -> tuple[Ceiling, ...]:
    if shape.tgw:
        return ()
    return (Ceiling(name="a VGW sends through one tunnel", mbps=aws.VGW_EGRESS_MBPS, source=AWS_ROUTING),)


def _tunnels(shape: LinkDesign, used: int) -> tuple[Ceiling, ...]:
    ends = (aws_tunnel(shape), azure_tunnel(shape))
    return tuple(
        Ceiling(name=end.name if used == 1 else f"{used} times {end.name}", mbps=used * end.mbps, source=end.source)
        for end in ends
        if end
    )
