"""The bill of a month: known amounts, tier bounds, what is pooled, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.checks import check
from isthmus.cost import CostAssumptions, Line, Usage, lines, of_plan, totals
from isthmus.prices import Piece, Prices, load
from tests.unit.plans import GATEWAY_ID, plan_of

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
D = Decimal
FILES = [PROJECT / "isthmus.yaml", *sorted((PROJECT / "examples").glob("*.yaml")), *sorted(HERE.glob("valid/*.yaml"))]


@cache
def prices() -> Prices:
    return load()


def recipe(
    out: float = 0,
    back: float = 0,
    *,
    aws: str = "",
    azure: str = "",
    link: str = "",
    regions: tuple[str, str] = ("us-east-1", "eastus"),
    monitoring: bool = False,
) -> Usage:
    """Microsoft's recipe where both clouds' prices were seen."""
    return of_plan(
        plan_of(
            f"""
name: t
aws: {{a: {{region: {regions[0]}, network: {{cidr: 10.1.0.0/16}}, gateway: {{{aws}}}}}}}
azure: {{b: {{region: {regions[1]}, network: {{cidr: 10.2.0.0/16}}, gateway: {{{azure}}}}}}}
links: [{{aws: a, azure: b, traffic: {{aws_to_azure_gb: {out}, azure_to_aws_gb: {back}}}{", " if link else ""}{link}}}]
{"" if monitoring else "monitoring: false"}
"""
        )
    )


def bill(deployment: Usage, assumed: CostAssumptions | None = None) -> tuple[Line, ...]:
    return lines(deployment, prices(), assumed or CostAssumptions())


def month(deployment: Usage, assumed: CostAssumptions | None = None) -> Decimal:
    return sum((line.usd.most for line in bill(deployment, assumed)), D(0))


def of(piece: Piece, found: tuple[Line, ...]) -> Decimal:
    return sum((line.usd.most for line in found if line.piece is piece), D(0))


# The known month


def test_recipe_costs_233_60_and_14_60_for_the_addresses_of_tunnels() -> None:
    assert month(recipe(), CostAssumptions(tunnel_ipv4=False)) == D("233.60")
    assert month(recipe()) == D("233.60") + D("14.60")


def test_recipe_is_made_of_its_known_parts() -> None:
    found = bill(recipe(), CostAssumptions(tunnel_ipv4=False))
    parts = {line.piece: line.usd.most for line in found if line.usd.most}
    assert parts == {
        Piece.AWS_CONNECTION: 2 * D("36.50"),
        Piece.AZURE_VPNGW1AZ: D("153.30"),
        Piece.AZURE_IPV4: 2 * D("3.65"),
    }


def test_1000_gb_each_way_add_81_and_78_30() -> None:
    found = bill(recipe(1000, 1000))
    assert of(Piece.AWS_EGRESS, found) == D("81.00")
    assert of(Piece.AZURE_EGRESS, found) == D("78.30")
    assert month(recipe(1000, 1000)) == month(recipe()) + D("81.00") + D("78.30")


# Tiers

AWS_BOUNDS = {
    100: D(0),
    10_340: D("921.60"),
    51_300: D("4403.20"),
    153_700: D("11571.20"),
}
"""us-east-1 by hand: beyond 100 free GB 10,240 at 0.09; then 40,960 at 0.085; then 102,400 at 0.07."""
AZURE_BOUNDS = {
    100: D(0),
    10_335: D("890.445"),
    51_295: D("4290.125"),
    153_695: D("11458.125"),
}
"""Zone 1 by hand: 10,235 at 0.087; then 40,960 at 0.083; then 102,400 at 0.07."""
AWS_RATES = (D(0), D("0.09"), D("0.085"), D("0.07"), D("0.05"))
AZURE_RATES = (D(0), D("0.087"), D("0.083"), D("0.07"), D("0.05"))


@pytest.mark.parametrize("tier", range(4))
def test_aws_egress_at_a_bound_and_a_gb_on_either_side(tier: int) -> None:
    bound, usd = list(AWS_BOUNDS.items())[tier]
    cost = {gb: of(Piece.AWS_EGRESS, bill(recipe(gb))) for gb in (bound - 1, bound, bound + 1)}
    assert cost == {bound - 1: usd - AWS_RATES[tier], bound: usd, bound + 1: usd + AWS_RATES[tier + 1]}


@pytest.mark.parametrize("tier", range(4))
def test_azure_egress_at_a_bound_and_a_gb_on_either_side(tier: int) -> None:
    bound, usd = list(AZURE_BOUNDS.items())[tier]
    cost = {gb: of(Piece.AZURE_EGRESS, bill(recipe(0, gb))) for gb in (bound - 1, bound, bound + 1)}
    assert cost == {bound - 1: usd - AZURE_RATES[tier], bound: usd, bound + 1: usd + AZURE_RATES[tier + 1]}


def test_zone_2_is_dearer_and_free_up_to_100_gb_too() -> None:
    found = bill(recipe(0, 200, regions=("us-east-1", "centralindia")))
    assert of(Piece.AZURE_EGRESS, found) == 100 * D("0.12")


# What is pooled


def two(
    aws_regions: tuple[str, str], azure_regions: tuple[str, str], gb: tuple[int, int], monitoring: str = "false"
) -> Usage:
    return of_plan(
        plan_of(
            f"""
name: t
aws:
  a: {{region: {aws_regions[0]}, network: {{cidr: 10.1.0.0/16}}, gateway: {{asn: 64601}}}}
  b: {{region: {aws_regions[1]}, network: {{cidr: 10.2.0.0/16}}, gateway: {{asn: 64602}}}}
azure:
  c: {{region: {azure_regions[0]}, network: {{cidr: 10.3.0.0/16}}, gateway: {{asn: 65101}}}}
  d: {{region: {azure_regions[1]}, network: {{cidr: 10.4.0.0/16}}, gateway: {{asn: 65102}}}}
links:
  - {{aws: a, azure: c, traffic: {{aws_to_azure_gb: {gb[0]}, azure_to_aws_gb: {gb[0]}}}}}
  - {{aws: b, azure: d, traffic: {{aws_to_azure_gb: {gb[1]}, azure_to_aws_gb: {gb[1]}}}}}
monitoring: {monitoring}
"""
        )
    )


def test_sites_of_a_region_share_its_tiers() -> None:
    """10,340 and 10,340 are not twice the first tier: beyond the 100 free GB of both they reach into the second."""
    found = bill(two(("us-east-1", "us-east-1"), ("eastus", "eastus"), (10_340, 10_340)))
    assert of(Piece.AWS_EGRESS, found) == D("921.60") + 10_340 * D("0.085")


def test_regions_of_a_zone_share_its_tiers() -> None:
    found = bill(two(("us-east-1", "us-east-1"), ("eastus", "westeurope"), (10_335, 10_335)))
    assert of(Piece.AZURE_EGRESS, found) == D("890.445") + 10_335 * D("0.083")


def test_zones_have_tiers_and_an_allowance_each() -> None:
    found = bill(two(("us-east-1", "us-east-1"), ("eastus", "centralindia"), (200, 200)))
    assert of(Piece.AZURE_EGRESS, found) == 100 * D("0.087") + 100 * D("0.12")


def test_regions_of_aws_share_one_allowance_by_what_they_send() -> None:
    found = bill(two(("us-east-1", "ap-south-1"), ("eastus", "eastus"), (300, 100)))
    assert of(Piece.AWS_EGRESS, found) == (300 - 75) * D("0.09") + (100 - 25) * D("0.1093")
    free = {line.where: line.quantity for line in found if line.piece is Piece.AWS_EGRESS_FREE}
    assert free == {"us-east-1": 75, "ap-south-1": 25}


def test_tunnels_above_ten_are_billed() -> None:
    sites = "\n".join(
        f"  s{n}: {{region: us-east-1, network: {{cidr: 10.{n}.0.0/16}}, gateway: {{asn: {64600 + n}}}}}"
        for n in range(1, 4)
    )
    deployment = of_plan(
        plan_of(
            f"name: t\naws:\n{sites}\n"
            "azure: {hub: {region: eastus, network: {cidr: 10.100.0.0/16}}}\n"
            "links: [{aws: s1, azure: hub, slot: 0}, {aws: s2, azure: hub, slot: 1}, {aws: s3, azure: hub, slot: 2}]\n"
            "monitoring: false\n"
        )
    )
    assert of(Piece.AZURE_TUNNEL, bill(deployment)) == pytest.approx(2 * D("10.95"))
    assert len([line for line in bill(deployment) if line.piece is Piece.AZURE_VPNGW1AZ]) == 1


# Pieces


def test_transit_gateway_bills_attachments_and_each_gb_once() -> None:
    found = bill(recipe(1000, 500, aws="kind: tgw"))
    assert of(Piece.AWS_TGW_ATTACHMENT, found) == 3 * D("36.50")
    assert of(Piece.AWS_TGW_DATA, found) == 1500 * D("0.02")


def test_large_tunnels_have_a_price_of_their_own() -> None:
    found = bill(recipe(aws="kind: tgw, bandwidth: large", azure="sku: VpnGw5AZ"))
    assert of(Piece.AWS_CONNECTION_LARGE, found) == 2 * 730 * D("0.60")
    assert of(Piece.AWS_CONNECTION, found) == 0


def test_acceleration_is_two_accelerators_a_connection() -> None:
    found = bill(recipe(1000, 10, aws="kind: tgw, acceleration: true", link="initiator: azure"))
    assert of(Piece.AWS_ACCELERATOR, found) == 4 * D("18.25")
    [premium] = [line for line in found if line.piece is Piece.AWS_ACCELERATOR_DATA]
    assert premium.quantity == 1000
    assert premium.gap


def test_hidden_keys_are_a_secret_a_connection() -> None:
    found = bill(recipe(link="psk: {source: variable, preshared_key_storage: secrets-manager}"))
    assert of(Piece.AWS_SECRET, found) == 2 * D("0.40")


def test_monitoring_is_billed_above_its_allowances() -> None:
    found = bill(recipe(monitoring=True), CostAssumptions(log_gb=D(10)))
    # 4 tunnels of 10 GB, of which 5 GB are free on each end.
    assert of(Piece.AWS_LOGS, found) == 35 * D("0.50")
    assert of(Piece.AZURE_LOGS, found) == 35 * D("2.99")
    # A year of logs, without the month that is in the price on Azure.
    assert of(Piece.AWS_LOG_STORAGE, found) == pytest.approx((480 - 5) * D("0.03"))
    assert of(Piece.AZURE_LOG_STORAGE, found) == pytest.approx(40 * (365 - 31) / (D(365) / 12) * D("0.13"))
    # Four alarms are free; a series a tunnel for its bandwidth, and for its BGP session.
    assert of(Piece.AWS_ALARM, found) == 0
    assert of(Piece.AZURE_ALERT, found) == 0


def test_ten_series_of_azure_alerts_are_free() -> None:
    """Two links of four tunnels have sixteen: the bandwidth and the BGP session of each."""
    text = two(("us-east-1", "us-east-1"), ("eastus", "eastus"), (0, 0), monitoring="{}")
    assert of(Piece.AZURE_ALERT, bill(text)) == 6 * D("0.10")


def test_without_monitoring_nothing_of_it_is_billed() -> None:
    assert {line.piece for line in bill(recipe(1, 1))}.isdisjoint(
        {Piece.AWS_ALARM, Piece.AWS_LOGS, Piece.AZURE_LOGS, Piece.AZURE_ALERT, Piece.AZURE_LOG_STORAGE}
    )


def test_active_standby_has_one_connection_and_one_address() -> None:
    found = bill(recipe(azure="mode: active-standby", link="tunnels: 1"))
    assert of(Piece.AWS_CONNECTION, found) == D("36.50")
    assert of(Piece.AZURE_IPV4, found) == D("3.65")


def test_what_exists_already_is_named_and_not_counted() -> None:
    deployment = of_plan(
        plan_of(
            f"""
name: t
aws: {{a: {{region: us-east-1, network: {{cidr: 10.1.0.0/16}}}}}}
azure:
  b:
    region: eastus
    network: {{resource_group: network, vnet: hub, cidrs: [10.2.0.0/16]}}
    gateway: {{id: {GATEWAY_ID}, asn: 65515, public_ips: [203.0.113.10, 203.0.113.11]}}
"""
        )
    )
    assert deployment.existing == ("the gateway hub and its public IPs (azure.b)",)
    pieces = {line.piece for line in bill(deployment)}
    assert pieces.isdisjoint({Piece.AZURE_IPV4, Piece.AZURE_VPNGW1AZ})


# Gaps


def test_a_region_without_a_figure_is_named_and_counted_at_a_bound() -> None:
    found = bill(recipe(regions=("us-east-1", "westeurope")))
    [gateway] = [line for line in found if line.piece is Piece.AZURE_VPNGW1AZ]
    assert gateway.gap == (
        "azure-gateway-VpnGw1AZ in westeurope: no price is known; $0.25 / hour is counted (the price in East US and "
        "19 %, which is what Japan East adds by the lower of two rough figures); the cheapest known is $0.19"
    )
    assert (gateway.usd.most, gateway.usd.least) == (730 * D("0.25"), 730 * D("0.19"))


def test_a_region_in_no_zone_pays_the_dearest_egress_as_a_bound() -> None:
    found = bill(recipe(0, 200, regions=("us-east-1", "austriaeast")))
    [free, paid] = [line for line in found if line.piece is Piece.AZURE_EGRESS]
    assert (free.usd.most, paid.usd.most, paid.usd.least) == (D(0), 100 * D("0.181"), 100 * D("0.087"))
    assert paid.where == "austriaeast"
    assert paid.gap is not None
    assert paid.gap.startswith("azure-egress in austriaeast: no price is known; $0.181 / GB is counted")


def test_a_known_price_is_no_range() -> None:
    assert [line.what for line in bill(recipe(1000, 1000)) if not line.usd.is_known] == []


# Sums


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_sums_agree(file: Path) -> None:
    deployment = of_plan(check(file).plan)
    found = bill(deployment)
    sums = totals(deployment, found)
    assert sums.all.most == sum(line.usd.most for line in found) > 0
    assert sum(a.most for a in sums.sites.values()) == sums.all.most
    assert sum(a.most for a in sums.clouds.values()) == sums.all.most
    assert sum(link.all.most for link in sums.links) == pytest.approx(sums.all.most)
    assert all(link.all.least <= link.all.most for link in sums.links)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_line_has_a_source_and_is_its_quantity_times_its_price(file: Path) -> None:
    for line in bill(of_plan(check(file).plan)):
        assert line.source.name
        assert line.usd.most == line.quantity * line.unit_usd
        assert (line.gap is not None or line.bound) >= (not line.usd.is_known)


def test_shared_lines_are_divided_by_tunnels() -> None:
    deployment = of_plan(check(PROJECT / "examples" / "hub.yaml").plan)
    sums = totals(deployment, bill(deployment))
    shared = {link.link: link.shared.most for link in sums.links}
    site = {site: usd.most for site, usd in sums.sites.items()}
    own_of_hub = sum(line.usd.most for line in bill(deployment) if line.site == "azure.hub" and line.link)
    a_third = (site["azure.hub"] - own_of_hub) / 3
    assert shared["fra-hub"] - a_third == pytest.approx(
        sum(line.usd.most for line in bill(deployment) if line.site == "aws.fra" and not line.link)
    )


# What always holds

volume = st.integers(0, 400_000)


@given(out=volume, back=volume, more=st.integers(0, 50_000))
def test_more_traffic_never_costs_less(out: int, back: int, more: int) -> None:
    base = recipe()
    [link] = base.links

    def cost(a: int, b: int) -> Decimal:
        return month(replace(base, links=(replace(link, aws_to_azure_gb=D(a), azure_to_aws_gb=D(b)),)))

    assert cost(out + more, back) >= cost(out, back)
    assert cost(out, back + more) >= cost(out, back)


@given(first=volume, second=volume)
def test_splitting_traffic_over_two_links_changes_no_egress(first: int, second: int) -> None:
    pair = _PAIR
    shared = tuple(
        replace(link, aws_to_azure_gb=D(gb), azure_to_aws_gb=D(gb))
        for link, gb in zip(pair.links, (first, second), strict=True)
    )
    alone = tuple(
        replace(link, aws_to_azure_gb=D(gb), azure_to_aws_gb=D(gb))
        for link, gb in zip(pair.links, (first + second, 0), strict=True)
    )
    assert month(replace(pair, links=shared)) == pytest.approx(month(replace(pair, links=alone)))


_PAIR = two(("us-east-1", "us-east-1"), ("eastus", "eastus"), (1, 1))


@given(out=volume, back=volume)
def test_directions_add_up(out: int, back: int) -> None:
    base = recipe()
    [link] = base.links

    def cost(a: int, b: int) -> Decimal:
        return month(replace(base, links=(replace(link, aws_to_azure_gb=D(a), azure_to_aws_gb=D(b)),)))

    assert cost(out, back) - cost(0, 0) == (cost(out, 0) - cost(0, 0)) + (cost(0, back) - cost(0, 0))
