"""How fast, how available, and where: throughput, availability, regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.common import AsJson, Topology, checked, fail, read, show
from isthmus.cli.money import PricesFile, loaded_prices

if TYPE_CHECKING:
    from isthmus.availability import FailureAssumptions
    from isthmus.clouds.places import Region
    from isthmus.plan import Plan
    from isthmus.plan.types import Link
    from isthmus.regions import PriceOf

_LinkName = Annotated[str | None, typer.Option("--link", help="Only the link of this name, such as fra-fra.")]

InternetPath = Annotated[
    str | None,
    typer.Option(help="Availability of one path over the internet, such as 99.9%. Default: not included."),
]
CommonCause = Annotated[
    str | None,
    typer.Option(help="Share of the failures of parallel connections that affects all of them, 0 to 1. Default: 0.1."),
]


def throughput(
    topology: Topology = None,
    link: _LinkName = None,
    aws: Annotated[
        str | None, typer.Option(help="AWS region, with --azure: two regions instead of a topology.")
    ] = None,
    azure: Annotated[str | None, typer.Option(help="Azure region, with --aws.")] = None,
    sku: Annotated[str | None, typer.Option(help="Azure gateway SKU, with --aws and --azure.")] = None,
    tgw: Annotated[bool, typer.Option("--tgw", help="Use a transit gateway, with --aws and --azure.")] = False,
    window: Annotated[
        str | None, typer.Option(help="TCP window, such as 1.01MiB. Default: 3MiB, the default of Linux.")
    ] = None,
    rtt: Annotated[
        str | None, typer.Option(help="Measured round trip, such as 140ms, instead of the estimate.")
    ] = None,
    loss: Annotated[str | None, typer.Option(help="Packet loss, such as 2.6e-6 or 0.0003%.")] = None,
    flows: Annotated[int, typer.Option(min=1, max=1_000_000, help="Number of parallel TCP flows.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Show the throughput of each link and of one TCP flow (Mbit/s), and what limits it."""
    from isthmus.cli.quantities import milliseconds, share, size
    from isthmus.latency import measured
    from isthmus.throughput import Tcp
    from isthmus.throughput import throughput as work_out
    from isthmus.views.throughput import throughput_view

    tcp = Tcp(window=read("--window", size, window), loss=read("--loss", share, loss), flows=flows)
    took = read("--rtt", milliseconds, rtt)
    plan = _plan(topology, aws, azure, sku, tgw=tgw, as_json=as_json)
    found = [work_out(plan, one, tcp=tcp, rtt=None if took is None else measured(took)) for one in _chosen(plan, link)]
    if aws and azure:
        found = [replace(one, link=f"{aws} and {azure}") for one in found]
    show(throughput_view(found, tcp), as_json=as_json)


def availability(
    topology: Topology = None,
    link: _LinkName = None,
    internet_path: InternetPath = None,
    common_cause: CommonCause = None,
    as_json: AsJson = False,
) -> None:
    """Compute the availability from the clouds' SLAs (per cent, minutes a month, hours a year), and what to promise."""
    from isthmus.availability import of_deployment, of_link
    from isthmus.views.availability import availability_view

    given = availability_assumptions(internet_path, common_cause)
    plan = checked(topology, as_json=as_json).plan
    found = [of_link(plan, one, given) for one in _chosen(plan, link)]
    whole = of_deployment(plan, given)
    show(availability_view(found, whole, given), as_json=as_json)


def availability_assumptions(internet_path: str | None, common_cause: str | None) -> FailureAssumptions:
    """What availability assumes; what the user says is given."""
    from isthmus.availability import COMMON_CAUSE, FailureAssumptions
    from isthmus.cli.quantities import share
    from isthmus.provenance import Status

    beta = read("--common-cause", share, common_cause)
    return FailureAssumptions(
        path=read("--internet-path", share, internet_path),
        beta=COMMON_CAUSE if beta is None else beta,
        beta_status=Status.ASSUMED if beta is None else Status.GIVEN,
    )


def regions(
    near: Annotated[list[str] | None, typer.Option(help="A city, or latitude,longitude. May be repeated.")] = None,
    aws: Annotated[str | None, typer.Option(help="Only pairs with this AWS region.")] = None,
    azure: Annotated[str | None, typer.Option(help="Only pairs with this Azure region.")] = None,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="Number of pairs.")] = 10,
    government: Annotated[
        bool, typer.Option("--government", help="Include the regions of the government clouds.")
    ] = False,
    prices_file: PricesFile = None,
    as_json: AsJson = False,
) -> None:
    """List the pairs of an AWS and an Azure region with the shortest estimated round trip (ms)."""
    from isthmus.clouds.places import aws_regions, azure_regions, place
    from isthmus.regions import pairs
    from isthmus.views.regions import regions_view

    points = [read("--near", place, text) for text in near or ()]
    found = pairs(
        near=[point for point in points if point],
        aws=_region("--aws", aws, aws_regions()),
        azure=_region("--azure", azure, azure_regions()),
        government=government,
        price_of=_egress_price(prices_file),
    )[:top]
    show(regions_view(found), as_json=as_json)


def _egress_price(prices_file: Path | None) -> PriceOf:
    """What the first GB that is paid for costs out of a region. None of a region for which no price is known."""
    from isthmus.prices import Piece, egress_place, egress_source
    from isthmus.regions import EgressPrice

    known = loaded_prices(prices_file)

    def price(cloud: str, region: str) -> EgressPrice | None:
        piece, place = (Piece.AWS_EGRESS, region) if cloud == "aws" else (Piece.AZURE_EGRESS, egress_place(region))
        paid = next((fact for fact in known.at(piece, place) if fact.usd), None)
        if paid is None:
            return None
        source = paid.source if cloud == "aws" else egress_source(region, paid.source)
        return EgressPrice(usd_per_gb=float(paid.usd), source=source)

    return price


def _region(option: str, name: str | None, known: Mapping[str, Region]) -> str | None:
    """``name`` if it is ``known``, or exit code 2 with the nearest one that is."""
    from isthmus.topology.values import words

    if name is not None and name not in known:
        guess = words.nearest(name, known)
        wanted = f"write {guess}" if guess else f"expected one such as {next(iter(known))}"
        fail(f"{option}: {words.show(name)!r} is not a known region: {wanted}")
    return name


def _chosen(plan: Plan, link: str | None) -> list[Link]:
    """The links of ``plan``, or the one called ``link``; exit code 2 when there is none of that name."""
    names = [one.name for one in plan.links]
    if link is None:
        return list(plan.links)
    if link not in names:
        from isthmus.topology.values import words

        fail(f"--link: {words.show(link)!r} is not a link of this topology: there is {', '.join(names) or 'none'}")
    return [one for one in plan.links if one.name == link]


def _plan(
    topology: Path | None, aws: str | None, azure: str | None, sku: str | None, *, tgw: bool, as_json: bool
) -> Plan:
    """The plan of ``topology``, or of two regions joined as Isthmus would by default."""
    if aws is None and azure is None:
        if sku or tgw:
            fail("--sku and --tgw need --aws and --azure: a topology has its own gateways")
        return checked(topology, as_json=as_json).plan
    if topology is not None:
        fail("a topology cannot be combined with --aws and --azure: leave one out")
    if aws is None or azure is None:
        fail(f"{'--aws' if azure is None else '--azure'} is not enough: give --aws and --azure")
    from isthmus.clouds.azure import SKU_NAMES
    from isthmus.clouds.places import aws_regions, azure_regions
    from isthmus.plan import build
    from isthmus.topology import models

    _region("--aws", aws, aws_regions())
    _region("--azure", azure, azure_regions())
    if sku is not None and sku not in SKU_NAMES:
        fail(f"--sku: {sku[:60]!r} is not a gateway SKU: allowed are {', '.join(SKU_NAMES)}")
    aws_site = {"region": aws, "network": {"cidr": "10.10.0.0/16"}, "gateway": {"kind": "tgw" if tgw else "vgw"}}
    azure_site = {"region": azure, "network": {"cidr": "10.20.0.0/16"}, "gateway": {"sku": sku} if sku else {}}
    return build(
        models.Topology.model_validate({"name": "regions", "aws": {"a": aws_site}, "azure": {"b": azure_site}})
    )
