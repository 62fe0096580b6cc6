"""Sums of a bill: by link, by site, by cloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from isthmus.cost.lines import Line
from isthmus.cost.money import Usd, total
from isthmus.cost.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTotal:
    """A link's own lines, and its share of what the links of its two sites share."""

    link: str
    own: Usd
    shared: Usd

    @property
    def all(self) -> Usd:
        """Both together."""
        return self.own + self.shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums of the lines. Those of sites and of clouds are each the whole bill; so are those of the links.

    Only what a site without a link costs is in no link's total.
    """

    links: tuple[LinkTotal, ...]
    sites: dict[str, Usd]
    clouds: dict[str, Usd]
    all: Usd


def totals(deployment: Usage, bill: Sequence[Line]) -> Totals:
    """Add up ``bill``. What the links of a site share is divided by the tunnels that each has there."""
    sites = [f"aws.{s.key}" for s in deployment.aws] + [f"azure.{s.key}" for s in deployment.azure]
    shared = {site: total(n.usd for n in bill if n.site == site and n.link is None) for site in sites}
    tunnels = dict.fromkeys(sites, 0)
    for link in deployment.links:
        for site in (f"aws.{link.aws}", f"azure.{link.azure}"):
            tunnels[site] += link.tunnels
    return Totals(
        links=tuple(
            LinkTotal(
                link=link.name,
                own=total(n.usd for n in bill if n.link == link.name),
                shared=total(
                    shared[site].times(Decimal(link.tunnels) / tunnels[site])
                    for site in (f"aws.{link.aws}", f"azure.{link.azure}")
                ),
            )
            for link in deployment.links
        ),
        sites={site: total(n.usd for n in bill if n.site == site) for site in sites},
        clouds={cloud: total(n.usd for n in bill if n.cloud == cloud) for cloud in ("aws", "azure")},
        all=total(n.usd for n in bill),
    )
