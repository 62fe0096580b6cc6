"""What a link carries and what a flow gets: against figures worked out by hand and one that was measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from isthmus.checks import check_loaded
from isthmus.cli import app
from isthmus.cli.quantities import milliseconds, share, size
from isthmus.clouds import azure
from isthmus.latency import NEAR_KM, estimate, measured
from isthmus.plan import Plan
from isthmus.throughput import LOSS, WINDOW, Tcp, Throughput, carries, mathis_mbps, throughput, verdict, window_mbps
from isthmus.topology import loads
from tests.unit.plans import ONE, one, plan_of

PROJECT = Path(__file__).parents[2]
EXAMPLES = sorted((PROJECT / "examples").glob("*.yaml"))
MIB = 2**20
MEASURED_WINDOW = 1.01 * MIB
MEASURED_RTT = 139.8
"""Mumbai to Ireland with iperf3: 53 to 61 Mbit/s with a window of 1.01 MBytes; 60.6 Mbit/s mean this round trip."""

TGW = "kind: tgw"
LARGE = "kind: tgw, bandwidth: large"


def found(plan: Plan, *, rtt: float | None = None, **tcp: Any) -> Throughput:
    return throughput(plan, plan.links[0], tcp=Tcp(**tcp), rtt=None if rtt is None else measured(rtt))


def mumbai_ireland() -> Plan:
    return plan_of(ONE.replace("eu-central-1", "ap-south-1").replace("westeurope", "northeurope"))


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], prog_name="isthmus")


# The measurement


def test_measured_speed_is_that_of_the_window() -> None:
    flow = found(mumbai_ireland(), rtt=MEASURED_RTT, window=MEASURED_WINDOW).flow
    assert flow
    assert flow.mbps == pytest.approx(60.6, abs=0.05)
    assert flow.binding.name == WINDOW


def test_estimate_reproduces_the_measurement() -> None:
    said = found(mumbai_ireland(), window=MEASURED_WINDOW)
    assert said.flow
    assert 53 <= said.flow.mbps <= 62
    assert "the TCP window, not the VPN, is the limit" in verdict(said)


def test_estimated_range_holds_what_was_measured() -> None:
    said = found(mumbai_ireland(), window=MEASURED_WINDOW)
    assert said.flow
    assert said.flow.rtt.low < MEASURED_RTT < said.flow.rtt.high
    assert said.flow.low <= 53
    assert said.flow.high >= 61


def test_eleven_such_flows_fill_the_smallest_gateway() -> None:
    to_azure, to_aws = found(mumbai_ireland(), rtt=MEASURED_RTT, window=MEASURED_WINDOW).directions
    assert (to_azure.flows, to_aws.flows) == (11, 11)


def test_distance_and_floor_of_mumbai_dublin() -> None:
    said = found(mumbai_ireland())
    assert said.km == pytest.approx(7_603, rel=0.003)
    assert said.floor_ms == pytest.approx(74.5, rel=0.003)


def test_loss_can_be_the_limit() -> None:
    said = found(mumbai_ireland(), rtt=140, loss=2.6e-6, window=8 * MIB)
    assert said.flow
    assert said.flow.mbps == pytest.approx(60.6, rel=0.01)
    assert said.flow.binding.name == LOSS


@pytest.mark.parametrize(("loss", "mbps"), [(2.6e-6, 60.6), (3.4e-6, 53.0)])
def test_mathis(loss: float, mbps: float) -> None:
    assert mathis_mbps(1398, 140, loss) == pytest.approx(mbps, rel=0.01)


@pytest.mark.parametrize(("mib", "mbps"), [(1.7, 100), (10.9, 650), (20.9, 1250)])
def test_windows_needed_at_140_milliseconds(mib: float, mbps: float) -> None:
    assert window_mbps(mib * MIB, 140) == pytest.approx(mbps, rel=0.025)


def test_the_tunnel_can_be_the_limit() -> None:
    said = found(one(azure="sku: VpnGw3AZ"), rtt=1, window=64 * MIB)
    assert said.flow
    assert said.flow.mbps == 1_250
    assert verdict(said) == "One TCP flow reaches about 1,250.0 Mbit/s: an AWS tunnel is the limit, not TCP."


def test_a_path_without_a_tunnel_is_shorter_and_its_packets_larger() -> None:
    said = found(mumbai_ireland(), rtt=140, loss=2.6e-6, window=8 * MIB)
    assert said.flow
    assert said.plain
    assert said.plain.rtt.likely == 138
    assert said.plain.mbps / said.flow.mbps == pytest.approx(1460 / 1398 * 140 / 138)


# What carries how much, each way


@pytest.mark.parametrize(
    ("aws", "sku", "link", "to_azure", "to_aws"),
    [
        ("", "VpnGw1AZ", "", 650, 650),
        ("", "VpnGw1AZ", "ipsec: compat", 500, 650),
        ("", "VpnGw5AZ", "", 1_250, 5_000),
        ("", "VpnGw5AZ", "ipsec: compat", 700, 2_800),
        (TGW, "VpnGw5AZ", "", 5_000, 5_000),
        (LARGE, "VpnGw5AZ", "", 9_200, 9_200),
        (LARGE, "VpnGw4AZ", "", 5_000, 5_000),
        (TGW, "VpnGw5AZ", "routing: static", 1_250, 1_250),
        (LARGE, "VpnGw3AZ, generation: 1", "", 1_250, 1_250),
        (LARGE, "VpnGw3AZ", "", 2_500, 2_500),
    ],
)
def test_each_way(aws: str, sku: str, link: str, to_azure: int, to_aws: int) -> None:
    said = found(one(aws=aws, azure=f"sku: {sku}", link=link))
    assert [d.binding.mbps for d in said.directions] == [to_azure, to_aws]


def test_a_vgw_is_named_where_it_binds() -> None:
    to_azure, to_aws = found(one(azure="sku: VpnGw5AZ")).directions
    assert to_azure.binding.name == "a VGW sends through one tunnel"
    assert to_aws.binding.name == "4 times an AWS tunnel"


def test_standby_gateway_has_one_tunnel_both_ways() -> None:
    said = found(one(aws=TGW, azure="sku: VpnGw5AZ, mode: active-standby"))
    assert [d.binding.mbps for d in said.directions] == [1_250, 1_250]


def test_many_flows_stop_at_what_the_link_carries() -> None:
    few, many = (found(mumbai_ireland(), rtt=MEASURED_RTT, window=MEASURED_WINDOW, flows=n) for n in (3, 100))
    assert few.directions[0].reached == pytest.approx(3 * 60.6, rel=0.001)
    assert many.directions[0].reached == 650


def test_adopted_gateway_of_unsaid_sku_is_not_taken_for_the_smallest() -> None:
    text = (Path(__file__).parent / "valid" / "azure-gateway-adopted.yaml").read_text(encoding="utf-8")
    plan = plan_of("\n".join(line for line in text.splitlines() if "sku:" not in line))
    said = found(plan)
    assert said.shape.sku is None
    assert said.directions[0].binding.mbps == 1_250


def test_adopted_gateway_is_that_of_its_generation() -> None:
    text = (Path(__file__).parent / "valid" / "azure-gateway-adopted.yaml").read_text(encoding="utf-8")
    for generation, mbps in ((1, 1_000), (2, 1_250)):
        gateway = f"gateway:\n      sku: VpnGw2AZ\n      generation: {generation}"
        said = found(plan_of(text.replace("gateway:", gateway)))
        assert said.shape.sku == azure.sku("VpnGw2AZ", generation)
        assert said.directions[1].binding.mbps == mbps


def test_one_flow_without_a_tunnel_is_not_faster_than_ec2_lets_it_be() -> None:
    near = found(one(), window=2**26)
    assert near.plain
    assert near.flow
    window, *_ = near.plain.ceilings
    assert window.mbps > 5_000
    assert (near.plain.mbps, near.plain.binding.name) == (5_000, "what EC2 gives one flow")
    assert near.flow.mbps < 5_000


# Sizing


@pytest.mark.parametrize(
    ("peak", "link", "sku", "tgw", "large"),
    [
        (600, "", "VpnGw1AZ", False, False),
        (600, "ipsec: compat", "VpnGw1AZ", True, False),
        (1_000, "", "VpnGw2AZ", False, False),
        (2_000, "", "VpnGw3AZ", True, False),
        (5_000, "", "VpnGw4AZ", True, False),
        (6_000, "", "VpnGw5AZ", True, True),
    ],
)
def test_smallest_that_carries_a_peak(peak: int, link: str, sku: str, tgw: bool, large: bool) -> None:
    options = f"traffic: {{peak_mbps: {peak}}}{', ' if link else ''}{link}"
    sizing = found(one(link=options)).sizing
    assert sizing
    assert sizing.fit
    assert sizing.fit.sku
    assert (sizing.fit.sku.name, sizing.fit.tgw, sizing.fit.large) == (sku, tgw, large)
    assert carries(sizing.fit, peak, peak, peak)


@pytest.mark.parametrize(("gigabytes", "enough"), [(200_000, True), (300_000, False)])
def test_what_a_month_carries_on_the_average_is_the_least_peak(gigabytes: int, enough: bool) -> None:
    """650 Mbit/s are 210,600 GB in thirty days."""
    sizing = found(one(link=f"traffic: {{azure_to_aws_gb: {gigabytes}}}")).sizing
    assert sizing
    assert (sizing.said, sizing.enough) == (False, enough)
    assert sizing.peak_mbps == pytest.approx(gigabytes * 8_000 / (30 * 24 * 3600))


@pytest.mark.parametrize("peak", [700, 1_300, 3_000, 7_000])
@pytest.mark.parametrize(("tgw", "large"), [(False, False), (True, False), (True, True)])
def test_no_smaller_sku_would_do(peak: int, tgw: bool, large: bool) -> None:
    sizing = found(one(link=f"traffic: {{peak_mbps: {peak}}}")).sizing
    assert sizing
    assert sizing.fit
    assert sizing.fit.sku
    smaller = [sku for sku in azure.SKUS if sku.name < sizing.fit.sku.name]
    assert smaller
    assert not any(carries(replace(sizing.fit, sku=sku, tgw=tgw, large=large), peak, peak, peak) for sku in smaller)


def test_no_shape_carries_everything() -> None:
    sizing = found(one(link="traffic: {peak_mbps: 9500}")).sizing
    assert sizing
    assert (sizing.fit, sizing.enough) == (None, False)


def test_links_of_one_gateway_share_it() -> None:
    plan = check_loaded(
        loads(
            """
name: t
aws:
  a: {region: eu-central-1, network: {cidr: 10.1.0.0/16}, gateway: {asn: 64601}}
  c: {region: eu-west-1, network: {cidr: 10.3.0.0/16}, gateway: {asn: 64602}}
azure: {b: {region: westeurope, network: {cidr: 10.2.0.0/16}}}
links:
  - {aws: a, azure: b, slot: 0, traffic: {peak_mbps: 400}}
  - {aws: c, azure: b, slot: 1, traffic: {peak_mbps: 400}}
"""
        )
    ).plan
    said = found(plan)
    assert said.shared_by == 2
    assert said.sizing
    assert said.sizing.fit
    assert said.sizing.fit.sku
    assert (said.sizing.enough, said.sizing.fit.sku.name) == (False, "VpnGw2AZ")


# Round trips


@pytest.mark.parametrize("km", [0, 100, NEAR_KM - 1, NEAR_KM, 5_000, 15_000])
def test_estimate_lies_in_its_range(km: float) -> None:
    rtt = estimate(km)
    assert rtt.low < rtt.likely < rtt.high


def test_short_way_that_was_measured_lies_in_its_range() -> None:
    """Mumbai to Azure's Central India, 123 km, took 6 ms from consumer lines in April 2026."""
    rtt = estimate(123)
    assert rtt.low < 6 < rtt.high


def test_unknown_region_needs_a_measured_round_trip() -> None:
    plan = plan_of(ONE.replace("eu-central-1", "mx-west-1"))
    said = found(plan)
    assert (said.flow, said.km) == (None, None)
    assert verdict(said).endswith("Give it with --rtt.")
    assert found(plan, rtt=20).flow is not None


# The command


def test_command_with_two_regions() -> None:
    done = run("throughput", "--aws", "ap-south-1", "--azure", "northeurope", "--window", "1.01MiB")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "the TCP window, not the VPN, is the limit" in done.stdout


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_command_with_every_example(file: Path) -> None:
    done = run("throughput", file, "--json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert said
    for link in said:
        assert link["flow"]["mbps"] > 0
        assert {"name", "date", "status"} == link["flow"]["rtt"]["source"].keys()
        assert all(d["binding"] in [c["name"] for c in d["ceilings"]] for d in link["directions"])


def test_command_with_one_link() -> None:
    [said] = json.loads(run("throughput", PROJECT / "examples" / "hub.yaml", "--link", "iad-hub", "--json").stdout)
    assert said["link"] == "iad-hub"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--window", "big"], "--window: 'big' is not a size such as 1.01MiB, 64KiB or 65536"),
        (["--window", "3furlongs"], "--window: '3furlongs' is not a size: write one from 1 byte to 1024GiB"),
        (["--window", "1e-320"], "--window: '1e-320' is not a size: write one from 1 byte to 1024GiB"),
        (["--window", "1e300GiB"], "--window: '1e300GiB' is not a size: write one from 1 byte to 1024GiB"),
        (["--window", "0"], "--window: '0' is not a size"),
        (["--rtt", "140"], "--rtt: '140' is not a round trip: write one from 0.01ms to 60s with its unit"),
        (["--loss", "2"], "--loss: '2' is not a share: write one from 0 to 1, or from 0% to 100%"),
        (["--aws", "ap-south-1"], "--aws is not enough: give --aws and --azure"),
        (["--azure", "northeurope"], "--azure is not enough: give --aws and --azure"),
        (["--aws", "ap-south-1", "--azure", "northeurop"], "'northeurop' is not a known region: write northeurope"),
        (["--sku", "VpnGw2AZ"], "--sku and --tgw need --aws and --azure: a topology has its own gateways"),
        (["--link", "x"], "--link: 'x' is not a link of this topology: there is fra-fra"),
    ],
)
def test_bad_options_are_one_line(args: list[str], words: str) -> None:
    done = run("throughput", *args)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert words in done.stderr


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.01MiB", MEASURED_WINDOW), ("1.01 MBytes", MEASURED_WINDOW), ("64kB", 64_000), ("65536", 65_536)],
)
def test_sizes(text: str, amount: float) -> None:
    """iperf3 counts bytes in powers of two, whatever it calls them."""
    assert size(text) == pytest.approx(amount)


def test_times_and_shares() -> None:
    assert (milliseconds("140ms"), milliseconds("0.14s"), milliseconds("900us")) == pytest.approx((140, 140, 0.9))
    assert (share("99.9%"), share("0.999"), share("2.6e-6")) == pytest.approx((0.999, 0.999, 2.6e-6))
