"""The bill of a month, line by line. Pure: counts and prices in, lines out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from isthmus.cost.money import Usd
from isthmus.cost.usage import AwsUse, AzureUse, LinkUse, Usage
from isthmus.prices import GATEWAYS, Piece, Prices, Rate, Unit, egress_place, egress_source
from isthmus.provenance import Source, Status, amount_text, weakest

HOURS: Final = Decimal(730)
"""Hours of a month as both clouds' calculators count: 8,760 / 12. An hour begun is an hour billed on both."""

_DAYS: Final = Decimal(365) / 12
_AZURE_LOG_DAYS_FREE: Final = Decimal(31)
"""Days that Log Analytics keeps logs in the price of taking them in (M)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostAssumptions:
    """What the plan does not say.

    ``tunnel_ipv4``: AWS bills the two outside addresses of each connection as public IPv4 addresses. Its VPN pricing
    page says that addresses of tunnels are billed, and not how many a connection has (S).
    ``log_gb``: GB that each kind of log of a tunnel grows by in a month, on each end. 0.1 is some 300 bytes for
    each dead peer detection every 45 s and as much again for rekeys, on both ends, with room (an assumption). Each
    ``_status`` is given once the user has said it.
    """

    tunnel_ipv4: bool = True
    tunnel_ipv4_status: Status = Status.ASSUMED
    log_gb: Decimal = Decimal("0.1")
    log_gb_status: Status = Status.ASSUMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a month's bill: ``quantity`` of ``unit`` at ``unit_usd`` each.

    ``where`` is the region or zone that is billed. ``link`` is None when the line is shared by the links of its
    site. ``gap`` says what is not known about the price; ``bound`` that the amount is an upper bound.
    """

    what: str
    piece: Piece
    site: str
    link: str | None
    where: str
    unit: Unit
    unit_usd: Decimal
    quantity: Decimal
    usd: Usd
    source: Source
    bound: bool
    gap: str | None

    @property
    def cloud(self) -> str:
        """``aws`` or ``azure``."""
        return self.piece.cloud


def lines(deployment: Usage, prices: Prices, assumed: CostAssumptions) -> tuple[Line, ...]:
    """Every line of the month of ``deployment``: first those of the links, then those that sites share.

    Raises:
        NoPriceError: when ``prices`` has neither a price nor a bound of something.
    """
    return tuple(_Bill(deployment, prices, assumed).lines())


class _Bill:
    """The lines of one deployment, with what is pooled over all of it."""

    def __init__(self, deployment: Usage, prices: Prices, assumed: CostAssumptions) -> None:
        self.of = deployment
        self.prices = prices
        self.assumed = assumed
        self.aws = {site.key: site for site in deployment.aws}
        self.azure = {site.key: site for site in deployment.azure}

    def lines(self) -> Iterator[Line]:
        aws_out, azure_out = dict(self.aws_egress()), dict(self.azure_egress())
        alarms = self.beyond({link.name: Decimal(link.alarms) for link in self.of.links}, Piece.AWS_ALARM_FREE)
        for link in self.of.links:
            yield from self.connections(link)
            yield from self.allowed(link, Piece.AWS_ALARM, "alarms", Decimal(link.alarms), alarms[link.name])
            yield from aws_out[link.name]
            yield from self.azure_tunnels(link)
            yield from azure_out[link.name]
        yield from self.aws_sites()
        yield from self.azure_sites()

    # Of a link

    def connections(self, link: LinkUse) -> Iterator[Line]:
        """What AWS bills for connections by the hour, and for what goes through by GB."""
        count = Decimal(link.connections)
        site = self.aws[link.aws]
        kind = Piece.AWS_CONNECTION_LARGE if link.large else Piece.AWS_CONNECTION
        what = "large VPN connections" if link.large else "VPN connections"
        yield self.flat(f"{what}, {count}", kind, site, count * HOURS, link)
        if self.assumed.tunnel_ipv4:
            known = self.assumed.tunnel_ipv4_status
            hours = 2 * count * HOURS
            yield self.flat(f"IPv4 of AWS tunnels, {2 * count}", Piece.AWS_IPV4, site, hours, link, counted=known)
        if site.tgw:
            yield self.flat(f"TGW attachments, {count}", Piece.AWS_TGW_ATTACHMENT, site, count * HOURS, link)
            # Billed once, where it enters the transit gateway: from the VPC, or out of the tunnels.
            yield self.flat("TGW data, both ways", Piece.AWS_TGW_DATA, site, link.gb, link)
        if link.accelerated:
            yield self.flat(f"Global Accelerators, {2 * count}", Piece.AWS_ACCELERATOR, site, 2 * count * HOURS, link)
            busier = max(link.aws_to_azure_gb, link.azure_to_aws_gb)
            yield self.flat("accelerated data, busier way", Piece.AWS_ACCELERATOR_DATA, site, busier, link)
        if link.secrets:
            yield self.flat("secrets with keys", Piece.AWS_SECRET, site, Decimal(link.secrets), link)

    def azure_tunnels(self, link: LinkUse) -> Iterator[Line]:
        """Tunnels above those in the gateway's price, and the alerts on them."""
        here = {other.name: Decimal(other.tunnels) for other in self.of.links if other.azure == link.azure}
        billed = self.beyond(here, Piece.AZURE_TUNNEL_FREE)[link.name]
        yield from self.allowed(link, Piece.AZURE_TUNNEL, "tunnels", Decimal(link.tunnels), billed, per=HOURS)
        series = {k.name: self.alert_series(k) for k in self.of.links}
        billed = self.beyond(series, Piece.AZURE_ALERT_FREE)[link.name]
        yield from self.allowed(link, Piece.AZURE_ALERT, "alert time series", series[link.name], billed)

    def alert_series(self, link: LinkUse) -> Decimal:
        """The time series that the alerts of ``link`` watch: of its own, and the bandwidth of each tunnel."""
        return Decimal(link.alert_series + (link.tunnels if self.azure[link.azure].watched else 0))

    def aws_egress(self) -> Iterator[tuple[str, list[Line]]]:
        """Out of AWS to the internet. The allowance is of the account; the tiers count what is beyond it, by region."""
        free = self.prices.free(Piece.AWS_EGRESS_FREE)
        sent = {link.name: link.aws_to_azure_gb for link in self.of.links}
        all_sent = sum(sent.values(), Decimal(0))
        for link in self.of.links:
            site = self.aws[link.aws]
            rate = self.prices.rate(Piece.AWS_EGRESS, site.region)
            pool = sum((sent[o.name] for o in self.of.links if self.aws[o.aws].region == site.region), Decimal(0))
            free_here = min(free.end or Decimal(0), all_sent) * pool / all_sent if all_sent else Decimal(0)
            share = sent[link.name] / pool if pool else Decimal(0)
            found = []
            if free_here and share:
                rated = Rate(piece=Piece.AWS_EGRESS_FREE, region=site.region, facts=(free,), low=(free.usd,), gap=None)
                found.append(self.line("egress, free", rated, 0, f"aws.{site.key}", free_here * share, link))
            found += self.tiers(rate, pool - free_here, share, f"aws.{site.key}", site.region, link)
            yield link.name, found

    def azure_egress(self) -> Iterator[tuple[str, list[Line]]]:
        """Out of Azure to the internet. The tiers, the free one among them, count all regions of a zone."""
        sent = {link.name: link.azure_to_aws_gb for link in self.of.links}
        for link in self.of.links:
            site = self.azure[link.azure]
            place = egress_place(site.region)
            rate = self.prices.rate(Piece.AZURE_EGRESS, site.region, place=place)
            facts = tuple(replace(fact, source=egress_source(site.region, fact.source)) for fact in rate.facts)
            rate = replace(rate, facts=facts)
            pool = sum(
                (sent[o.name] for o in self.of.links if egress_place(self.azure[o.azure].region) == place), Decimal(0)
            )
            share = sent[link.name] / pool if pool else Decimal(0)
            where = place if rate.gap is None else site.region
            yield link.name, list(self.tiers(rate, pool, share, f"azure.{site.key}", where, link))

    def tiers(self, rate: Rate, pool: Decimal, share: Decimal, site: str, where: str, link: LinkUse) -> Iterator[Line]:
        """The part of each tier that ``pool`` GB reach into, of which the link has ``share``."""
        for number, fact in enumerate(rate.facts):
            upper = pool if fact.end is None else min(pool, fact.end)
            amount = upper - fact.start
            if amount > 0 and share:
                upto = "" if fact.end is None else f" to {fact.end:,f} GB"
                what = f"egress, above {fact.start:,f} GB" if fact.end is None and fact.start else f"egress{upto}"
                yield self.line(
                    what if fact.usd else "egress, free", rate, number, site, amount * share, link, where=where
                )

    # Of a site

    def aws_sites(self) -> Iterator[Line]:
        tunnels = {s.key: Decimal(sum(k.tunnels for k in self.of.links if k.aws == s.key)) for s in self.of.aws}
        taken_in = {s.key: tunnels[s.key] * s.logs * self.assumed.log_gb for s in self.of.aws}
        kept = {s.key: taken_in[s.key] * s.retention_days / _DAYS for s in self.of.aws}
        billed_in = self.beyond(taken_in, Piece.AWS_LOGS_FREE)
        billed_kept = self.beyond(kept, Piece.AWS_LOG_STORAGE_FREE)
        for site in self.of.aws:
            if site.attachment:
                yield self.flat("TGW attachment of the VPC", Piece.AWS_TGW_ATTACHMENT, site, HOURS)
            yield from self.logs(site, Piece.AWS_LOGS, "logs in", taken_in[site.key], billed_in[site.key])
            yield from self.logs(site, Piece.AWS_LOG_STORAGE, "logs kept", kept[site.key], billed_kept[site.key])

    def azure_sites(self) -> Iterator[Line]:
        tunnels = {s.key: Decimal(sum(k.tunnels for k in self.of.links if k.azure == s.key)) for s in self.of.azure}
        taken_in = {s.key: tunnels[s.key] * self.assumed.log_gb if s.logs else Decimal(0) for s in self.of.azure}
        billed_in = self.beyond(taken_in, Piece.AZURE_LOGS_FREE)
        for site in self.of.azure:
            if site.sku and site.sku in GATEWAYS:
                yield self.flat(f"gateway {site.sku}", GATEWAYS[site.sku], site, HOURS)
            if site.public_ips:
                count = Decimal(site.public_ips)
                yield self.flat(f"static IPv4, {count}", Piece.AZURE_IPV4, site, count * HOURS)
            yield from self.logs(site, Piece.AZURE_LOGS, "logs in", taken_in[site.key], billed_in[site.key])
            kept = taken_in[site.key] * max(Decimal(0), site.retention_days - _AZURE_LOG_DAYS_FREE) / _DAYS
            yield from self.logs(site, Piece.AZURE_LOG_STORAGE, "logs kept", kept, kept)

    def logs(
        self, site: AwsUse | AzureUse, piece: Piece, what: str, amount: Decimal, billed: Decimal
    ) -> Iterator[Line]:
        if amount:
            known = self.assumed.log_gb_status
            yield self.flat(f"{what}{_allowance(amount, billed, ' GB')}", piece, site, billed, counted=known)

    # Lines

    def allowed(
        self, link: LinkUse, piece: Piece, what: str, count: Decimal, billed: Decimal, *, per: Decimal = Decimal(1)
    ) -> Iterator[Line]:
        """A line of ``billed`` out of ``count`` things, the rest being free; none when there are none."""
        if count:
            site = self.aws[link.aws] if piece.cloud == "aws" else self.azure[link.azure]
            yield self.flat(f"{what}{_allowance(count, billed)}", piece, site, billed * per, link)

    def flat(
        self,
        what: str,
        piece: Piece,
        site: AwsUse | AzureUse,
        quantity: Decimal,
        link: LinkUse | None = None,
        *,
        counted: Status = Status.COMPUTED,
    ) -> Line:
        """A line of a piece that has one price whatever the amount; ``counted`` says how well the quantity is known."""
        rate = self.prices.rate(piece, site.region)
        return self.line(what, rate, 0, f"{piece.cloud}.{site.key}", quantity, link, counted=counted)

    def line(
        self,
        what: str,
        rate: Rate,
        tier: int,
        site: str,
        quantity: Decimal,
        link: LinkUse | None,
        *,
        where: str | None = None,
        counted: Status = Status.COMPUTED,
    ) -> Line:
        fact = rate.facts[tier]
        return Line(
            what=what,
            piece=rate.piece,
            site=site,
            link=link.name if link else None,
            where=where or rate.region,
            unit=fact.unit,
            unit_usd=fact.usd,
            quantity=quantity,
            usd=priced(quantity, rate, tier, counted=counted),
            source=fact.source,
            bound=fact.bound,
            gap=rate.gap,
        )

    def beyond(self, amounts: Mapping[str, Decimal], piece: Piece) -> dict[str, Decimal]:
        """What of each amount is billed when the allowance ``piece`` is shared out in proportion."""
        total = sum(amounts.values(), Decimal(0))
        free = min(self.prices.free(piece).end or Decimal(0), total)
        return {key: amount - free * amount / total if total else Decimal(0) for key, amount in amounts.items()}


def priced(quantity: Decimal, rate: Rate, tier: int = 0, *, counted: Status = Status.COMPUTED) -> Usd:
    """What ``quantity`` costs at a tier of ``rate``; an upper bound in place of a price is an assumption."""
    fact = rate.facts[tier]
    price = Status.ASSUMED if fact.bound or rate.gap else fact.source.status
    # What is not billed rests on no price.
    status = weakest((price, counted) if quantity else ())
    return Usd(quantity * fact.usd, quantity * rate.low[tier], status)


def _allowance(count: Decimal, billed: Decimal, unit: str = "") -> str:
    free = count - billed
    told = f", {amount_text(count)}{unit}"
    if not free:
        return told
    if not billed:
        return f"{told} (free)"
    # An allowance of the account is shared out in proportion: a part of a thing is no thing.
    part = "as its share " if not unit and free != free.to_integral_value() else ""
    return f"{told} ({part}{amount_text(free)} free)"
