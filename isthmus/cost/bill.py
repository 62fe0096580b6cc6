"""All that ``isthmus cost`` says, worked out once: for the tables, for JSON and CSV, and for the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from isthmus.cost.curves import Series, series
from isthmus.cost.lines import HOURS, CostAssumptions, Line, lines
from isthmus.cost.money import Usd, total
from isthmus.cost.shapes import Alternative, shape_lines, shapes
from isthmus.cost.totals import Totals, totals
from isthmus.cost.usage import Usage, of_plan
from isthmus.plan import Plan
from isthmus.prices import Piece, Prices
from isthmus.provenance import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A shape and its month, with the traffic of the plan."""

    shape: Alternative
    lines: tuple[Line, ...]

    @property
    def usd(self) -> Usd:
        """The sum of its lines."""
        return total(line.usd for line in self.lines)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is not known about its prices, each once."""
        return _gaps(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The month of a plan: lines, sums, other shapes, curves over traffic, and what all of it stands on."""

    deployment: Usage
    prices: Prices
    assumed: CostAssumptions
    lines: tuple[Line, ...]
    totals: Totals
    compared: tuple[Compared, ...]
    series: Series

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is not known about prices, each once."""
        return _gaps(self.lines)

    @property
    def compared_gaps(self) -> tuple[str, ...]:
        """What is not known about prices of the other shapes alone, each once."""
        return tuple(gap for gap in _gaps(n for c in self.compared for n in c.lines) if gap not in self.gaps)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the prices are from: those of the plan's lines first, then those of the other shapes'."""
        found = [*self.lines, *(line for other in self.compared for line in other.lines)]
        return tuple(dict.fromkeys(line.source for line in found))

    @property
    def oldest(self) -> date:
        """The day on which the oldest price of the plan's lines was read."""
        return self.prices.oldest((line.piece, line.where) for line in self.lines)

    @property
    def silent_links(self) -> tuple[str, ...]:
        """Links that state no traffic."""
        return tuple(link.name for link in self.deployment.links if not link.gb)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the amounts stand on, a sentence each."""
        return tuple(_assumptions(self))


def bill(plan: Plan, prices: Prices, assumed: CostAssumptions | None = None) -> Bill:
    """Work out what ``plan`` costs in a month.

    Raises:
        NoPriceError: when ``prices`` has neither a price nor a bound of something that is billed.
    """
    assumed = assumed or CostAssumptions()
    deployment = of_plan(plan)
    found = lines(deployment, prices, assumed)
    return Bill(
        deployment=deployment,
        prices=prices,
        assumed=assumed,
        lines=found,
        totals=totals(deployment, found),
        compared=tuple(Compared(shape=s, lines=shape_lines(s, prices, assumed)) for s in shapes(deployment)),
        series=series(deployment, prices, assumed),
    )


def _gaps(found: Iterable[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.gap for line in found if line.gap and line.quantity))


def _assumptions(found: Bill) -> list[str]:
    used = {line.piece for line in found.lines}
    said = [
        f"A month has {HOURS} hours; an hour begun is billed in full. USD without tax, discounts or support plans.",
    ]
    if found.deployment.gb:
        said.append(
            "All sites of a cloud are in one account and nothing else leaves it. AWS's free 100 GB are of the account "
            "and its tiers count each region; Azure's tiers count each zone, the free 100 GB among them: sites in two "
            "zones are counted with them twice, though they may be granted once (assumed). Data in is free. "
            "One GB is billed as one GB, though the "
            "clouds may count 2^30 bytes (assumed): the bill is then up to 7 % lower."
        )
    if Piece.AWS_IPV4 in used:
        said.append(
            "AWS bills the addresses of tunnels as public IPv4; how many a connection has is not stated, and two are "
            "counted (--no-tunnel-ipv4: none)."
        )
    if {Piece.AWS_LOGS, Piece.AZURE_LOGS} & used:
        said.append(
            f"Each kind of log grows by {found.assumed.log_gb.normalize():f} GB a tunnel and month on each end "
            "(an assumption: --log-gb), and is kept for as long as the topology says: the cost is that of a full store."
        )
    if len(found.deployment.links) > 1:
        said.append("What the links of a site share is divided by the tunnels that each has there.")
    if found.deployment.existing:
        said.append(f"Not counted, because it exists already: {'; '.join(found.deployment.existing)}.")
    return said


def traffic_tb(gb: Decimal) -> str:
    """GB as text, in TB (1,000 GB) from there on."""
    return f"{gb / 1000:,.1f} TB" if gb >= 1000 else f"{gb:,.0f} GB"
