"""The real terraform deploys the AWS stacks on the stand-in: made, unchanged, changed in place, gone.

The provider waits ten seconds after many a call, whatever answers it, so that the deployments run beside each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from emulate.aws.server import Server
from tests.emulate.deployment import AZURE_ADDRESSES, Deployment
from tests.synth.program import PROJECT
from tests.synth.stacks import Json, at

TRANSIT = """\
name: transit
aws:
  iad: {region: us-east-1, network: {cidr: 10.10.0.0/16}, gateway: {kind: tgw, asn: 64530}}
azure:
  iad: {region: eastus, network: {cidr: 10.20.0.0/16}, gateway: {sku: VpnGw2AZ, asn: 65030}}
"""

TRANSIT_STATIC = (
    TRANSIT.replace("name: transit", "name: transit-static")
    + "links: [{aws: iad, azure: iad, routing: static, tunnels: 2}]\n"
)

REGIONS = {"simple": "eu-central-1", "static": "eu-west-2", "transit": "us-east-1", "transit-static": "us-east-1"}
NEW_KEY = "anOther_key.of_32_characters.1234"


@dataclass(kw_only=True)
class Life:
    """What was seen of a deployment from its first apply to its end."""

    made: dict[str, dict[str, Json]]
    changes_after_apply: list[tuple[str, str]]
    changes_after_key: list[tuple[str, str]]
    changed: dict[str, Json]
    left_in_state: dict[str, Json]

    def connections(self) -> list[Json]:
        return list(self.made["aws_vpn_connection"].values())


TYPES = ("aws_vpn_connection", "aws_vpn_connection_route", "aws_ec2_transit_gateway_route", "aws_customer_gateway")


def _live(topology: Path, folder: Path, environment: Mapping[str, str]) -> Life:
    deployment = Deployment(topology, folder, environment)
    deployment.init()
    deployment.apply()
    after_apply = deployment.changes()
    made = {type_: deployment.resources(type_) for type_ in TYPES}
    stack = at({"": deployment.link}, "i0/connection")
    deployment.override(stack.address, {"tunnel1_preshared_key": NEW_KEY})
    after_key = deployment.changes()
    deployment.apply()
    changed = deployment.resources("aws_vpn_connection")
    deployment.destroy()
    # Seconds of each step, for whoever wants to know: pytest -s.
    print(topology.stem, deployment.seconds)
    return Life(
        made=made,
        changes_after_apply=after_apply,
        changes_after_key=after_key,
        changed=changed,
        left_in_state=deployment.resources("aws_vpc"),
    )


@pytest.fixture(scope="module")
def lives(aws: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Life]]]:
    folder = tmp_path_factory.mktemp("aws")
    topologies = {name: PROJECT / "examples" / f"{name}.yaml" for name in ("simple", "static")}
    for name, text in (("transit", TRANSIT), ("transit-static", TRANSIT_STATIC)):
        topologies[name] = folder / f"{name}.yaml"
        topologies[name].write_text(text, encoding="utf-8")
    with ThreadPoolExecutor(len(topologies)) as threads:
        yield {
            name: threads.submit(_live, topology, folder / name, aws.environment())
            for name, topology in topologies.items()
        }


@pytest.fixture
def life(lives: dict[str, Future[Life]]) -> Callable[[str], Life]:
    return lambda name: lives[name].result()


every = pytest.mark.parametrize("name", REGIONS)


@every
def test_a_second_plan_changes_nothing(life: Callable[[str], Life], name: str) -> None:
    assert life(name).changes_after_apply == []


@every
def test_state_tells_addresses_and_keys_that_differ(life: Callable[[str], Life], name: str) -> None:
    connections = life(name).connections()
    outside = [c[f"tunnel{n}_address"] for c in connections for n in (1, 2)]
    keys = [c[f"tunnel{n}_preshared_key"] for c in connections for n in (1, 2)]
    assert len(set(outside)) == len(outside)
    assert len({*keys}) == len(keys)
    assert all(len(key) == 32 for key in keys)
    peers = [gateway["ip_address"] for gateway in life(name).made["aws_customer_gateway"].values()]
    assert sorted(peers) == sorted(AZURE_ADDRESSES[: len(peers)])


@pytest.mark.parametrize(("name", "asn"), [("simple", "64512"), ("transit", "64530")])
def test_state_tells_the_inside_addresses_and_the_asn(life: Callable[[str], Life], name: str, asn: str) -> None:
    connections = life(name).connections()
    assert [c["tunnel1_bgp_asn"] for c in connections] == [asn] * 2
    assert sorted(c[f"tunnel{n}_vgw_inside_address"] for c in connections for n in (1, 2)) == [
        "169.254.21.1",
        "169.254.21.5",
        "169.254.22.1",
        "169.254.22.5",
    ]
    assert sorted(c["tunnel2_cgw_inside_address"] for c in connections) == ["169.254.22.2", "169.254.22.6"]


def test_static_routes_are_where_the_gateway_has_them(life: Callable[[str], Life]) -> None:
    [route] = life("static").made["aws_vpn_connection_route"].values()
    assert route["destination_cidr_block"] == "10.60.0.0/16"
    [tgw_route] = life("transit-static").made["aws_ec2_transit_gateway_route"].values()
    [connection] = life("transit-static").connections()
    assert tgw_route["transit_gateway_attachment_id"] == connection["transit_gateway_attachment_id"]


@every
def test_a_key_changes_in_place_and_nothing_else_does(life: Callable[[str], Life], name: str) -> None:
    seen = life(name)
    [(address, action)] = seen.changes_after_key
    assert action == "update"
    # The provider tells when telemetry changed, which is not of interest.
    told = ("address", "preshared_key", "inside_cidr", "bgp_asn")
    for where, after in seen.changed.items():
        before = seen.made["aws_vpn_connection"][where]
        names = {f"tunnel{n}_{what}" for n in (1, 2) for what in told if before[f"tunnel{n}_{what}"] is not None}
        differing = {n for n in names if before[n] != after[n]}
        assert differing == ({"tunnel1_preshared_key"} if where == address else set())
    assert seen.changed[address]["tunnel1_preshared_key"] == NEW_KEY


@every
def test_destroy_leaves_nothing(aws: Server, life: Callable[[str], Life], name: str) -> None:
    assert life(name).left_in_state == {}
    for other in REGIONS:
        if REGIONS[other] == REGIONS[name]:
            life(other)
    assert _left(aws, REGIONS[name], f"{name}-") == []


def _left(aws: Server, region: str, prefix: str) -> list[Any]:
    """What of a deployment is there still, found by the names that it gave."""
    options = {
        "endpoint_url": aws.endpoint,
        "region_name": region,
        "aws_access_key_id": "stand-in",
        "aws_secret_access_key": "stand-in",
    }
    ec2, logs, alarms = (boto3.client(service, **options) for service in ("ec2", "logs", "cloudwatch"))
    named: list[dict[str, Any]] = [
        *ec2.describe_vpn_connections()["VpnConnections"],
        *ec2.describe_customer_gateways()["CustomerGateways"],
        *ec2.describe_vpn_gateways()["VpnGateways"],
        *ec2.describe_transit_gateways()["TransitGateways"],
        *ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"],
        *ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"],
        *ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"],
        *ec2.describe_route_tables(Filters=[{"Name": "tag-key", "Values": ["isthmus"]}])["RouteTables"],
    ]
    groups = [group for group in logs.describe_log_groups()["logGroups"] if f"/{prefix}" in group["logGroupName"]]
    metric = [alarm for alarm in alarms.describe_alarms()["MetricAlarms"] if alarm["AlarmName"].startswith(prefix)]
    mine = [
        thing
        for thing in named
        if thing.get("State") != "deleted"
        and any(tag["Key"] == "Name" and tag["Value"].startswith(prefix) for tag in thing.get("Tags", []))
    ]
    return [*mine, *groups, *metric]
