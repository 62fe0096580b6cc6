"""Other shapes, cost over traffic, and where the curves cross."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.cost import CostAssumptions, Curve, Usage, Vertex, lines, month, of_plan, series, shapes
from isthmus.cost.curves import crossings, curve
from isthmus.cost.shapes import scaled
from isthmus.prices import load
from isthmus.provenance import Status
from isthmus.render.chart import chart, distinct
from tests.unit.plans import plan_of

D = Decimal
PRICES = load()
ASSUMED = CostAssumptions()


def deployment(
    traffic: str = "{aws_to_azure_gb: 1000, azure_to_aws_gb: 500, peak_mbps: 300}", *, aws: str = "", azure: str = ""
) -> Usage:
    return of_plan(
        plan_of(
            f"""
name: t
aws: {{a: {{region: us-east-1, network: {{cidr: 10.1.0.0/16}}, gateway: {{{aws}}}}}}}
azure: {{b: {{region: eastus, network: {{cidr: 10.2.0.0/16}}, gateway: {{{azure}}}}}}}
links: [{{aws: a, azure: b, traffic: {traffic}}}]
monitoring: false
"""
        )
    )


def usd(of: Usage) -> dict[str, Decimal]:
    return {shape.key: month(shape, PRICES, ASSUMED).most for shape in shapes(of)}


# Shapes


def test_other_shapes_by_hand() -> None:
    cost = usd(deployment())
    traffic = 900 * D("0.09") + 400 * D("0.087")
    assert cost["plan"] == D("248.20") + traffic
    # One connection with its two addresses, and one address on Azure.
    assert cost["one-tunnel"] == D("36.50") + D("7.30") + D("153.30") + D("3.65") + traffic
    # Three attachments, and each GB once.
    assert cost["tgw"] == cost["plan"] + 3 * D("36.50") + 1500 * D("0.02")
    assert cost["aws-zones"] == 1500 * 2 * D("0.01")
    assert cost["aws-zone"] == cost["azure-zone"] == cost["azure-zones"] == 0


def test_a_transit_gateway_is_compared_with_a_vgw() -> None:
    cost = usd(deployment(aws="kind: tgw"))
    assert "tgw" not in cost
    assert cost["plan"] - cost["vgw"] == 3 * D("36.50") + 1500 * D("0.02")


def test_large_tunnels_are_not_compared_with_a_vgw_which_has_none() -> None:
    assert "vgw" not in usd(deployment(aws="kind: tgw, bandwidth: large", azure="sku: VpnGw5AZ"))


@pytest.mark.parametrize(
    ("peak", "skus"),
    [
        (0, ["VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ"]),
        (1_250, ["VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ"]),
        (1_251, ["VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ"]),
        (10_000, ["VpnGw5AZ"]),
        (10_001, []),
    ],
)
def test_only_skus_that_carry_the_peak(peak: int, skus: list[str]) -> None:
    found = [shape.key for shape in shapes(deployment(f"{{peak_mbps: {peak}}}"))]
    assert [key for key in found if key.startswith("sku-")] == [f"sku-{sku}" for sku in skus]


# Curves


@given(gb=st.integers(0, 100_000))
def test_a_curve_is_exact_between_its_vertices_too(gb: int) -> None:
    plan = shapes(_REFERENCE)[0]
    direct = sum(
        (n.usd.most for n in lines(scaled(_REFERENCE, D(gb) / _REFERENCE.gb), PRICES, ASSUMED)),
        D(0),
    )
    assert abs(_CURVE.at(D(gb)) - direct) < D("1e-15")
    assert plan.is_plan


_REFERENCE = deployment()
_CURVE = curve(shapes(_REFERENCE)[0], PRICES, ASSUMED)


def test_vertices_are_where_a_pool_enters_a_tier() -> None:
    """Two thirds go out of AWS: its free 100 GB end at 150, 10,240 at 15,360; Azure's at 300 and 31,005."""
    found = [v.gb for v in _CURVE.vertices]
    assert [float(gb) for gb in found] == pytest.approx([0, 150, 300, 15_510, 31_005, 76_950, 100_000])


def test_curves_go_on_past_the_traffic_of_the_plan() -> None:
    found = series(deployment("{aws_to_azure_gb: 120000, azure_to_aws_gb: 20000}"), PRICES, ASSUMED)
    assert {c.vertices[-1].gb for c in found.curves} == {D(150_000)}


def test_without_traffic_half_goes_each_way() -> None:
    found = series(deployment("{}"), PRICES, ASSUMED)
    assert found.plan_gb is None
    plan = next(c for c in found.curves if c.key == "plan")
    assert plan.at(D(2000)) == pytest.approx(D("248.20") + D("81.00") + D("78.30"))


def test_where_traffic_outweighs_the_rest() -> None:
    found = series(deployment(), PRICES, ASSUMED)
    assert found.outweighs_gb is not None
    assert _CURVE.at(found.outweighs_gb) == pytest.approx(2 * D("248.20"))


def test_tgw_and_a_larger_gateway_cross_where_the_data_fee_has_eaten_the_difference() -> None:
    """A TGW adds 109.50 and 0.02 a GB; VpnGw2AZ adds what it costs more an hour (its bound)."""
    found = series(deployment(), PRICES, ASSUMED)
    more = 730 * (D("0.54") - D("0.21"))
    [crossing] = [c for c in found.crossings if {c.first, c.then} == {"tgw", "sku-VpnGw2AZ"}]
    assert crossing.first == "tgw"
    assert abs(crossing.gb - (more - D("109.50")) / D("0.02")) < D("1e-15")
    assert abs(crossing.usd - _CURVE.at(crossing.gb) - more) < D("1e-15")


def straight(key: str, *points: tuple[str, str]) -> Curve:
    vertices = tuple(Vertex(D(x), D(y)) for x, y in points)
    return Curve(key=key, label=key, vertices=vertices, status=Status.COMPUTED)


def test_curves_cross_inside_a_stretch_and_at_a_vertex() -> None:
    flat = straight("flat", ("0", "10"), ("100", "10"))
    rising = straight("rising", ("0", "0"), ("30", "3"), ("40", "13"), ("50", "10"), ("100", "20"))
    found = crossings([flat, rising])
    assert [(float(c.gb), c.first, c.then) for c in found] == [(37.0, "rising", "flat")]
    bent = straight("bent", ("0", "0"), ("50", "10"), ("100", "30"))
    [at_vertex] = crossings([flat, bent])
    assert (float(at_vertex.gb), float(at_vertex.usd)) == (50.0, 10.0)


def test_curves_that_touch_or_lie_on_each_other_do_not_cross() -> None:
    flat = straight("flat", ("0", "10"), ("100", "10"))
    touching = straight("touching", ("0", "0"), ("50", "10"), ("100", "0"))
    assert crossings([flat, touching]) == ()
    assert crossings([flat, flat]) == ()


def test_curves_may_cross_twice() -> None:
    flat = straight("flat", ("0", "10"), ("100", "10"))
    hill = straight("hill", ("0", "0"), ("50", "20"), ("100", "0"))
    assert [float(c.gb) for c in crossings([flat, hill])] == [25.0, 75.0]


# The chart


@pytest.mark.parametrize("width", [40, 78, 100])
def test_chart_keeps_to_its_width_and_shows_each_curve(width: int) -> None:
    found = series(deployment(), PRICES, ASSUMED)
    shown = distinct([c for c in found.curves if c.key in {"plan", "tgw", "one-tunnel", "aws-zones"}])
    assert [c.key for c in shown] == ["plan", "tgw", "aws-zones"]
    text = chart(shown, width=width)
    assert max(map(len, text)) <= width
    assert all(any(mark in line for line in text[:13]) for mark in "●○▲")
    assert text[0].split("│")[0].strip() == "$12,000"


def test_chart_without_unicode_is_ascii() -> None:
    assert "".join(chart([_CURVE], width=60, unicode=False)).isascii()


def test_chart_of_nothing_but_zeros() -> None:
    zero = straight("zero", ("0", "0"), ("100", "0"))
    assert len(chart([zero], width=60)) == 16
