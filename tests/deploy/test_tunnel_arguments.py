"""The bandwidth and the BGP logs of tunnels, from the topology to the cloud; an older AWS provider is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.plan.order import steps
from tests.deploy.deployment import Deployment
from tests.synth.inside import Synthesized

REGION = "us-east-1"
CONNECTION = "aws_vpn_connection"


def _topology(bandwidth: str = "large", bgp_logs: str = "true") -> str:
    return f"""
name: arguments
aws:
  iad:
    region: {REGION}
    network: {{cidr: 10.10.0.0/16}}
    gateway: {{kind: tgw, asn: 64530, bandwidth: {bandwidth}}}
azure:
  iad: {{region: eastus, network: {{cidr: 10.20.0.0/16}}, gateway: {{sku: VpnGw5AZ}}}}
links:
  - {{aws: iad, azure: iad}}
monitoring: {{bgp_logs: {bgp_logs}}}
"""


@pytest.fixture(scope="module")
def deployment(deploy: Any) -> Deployment:
    made: Deployment = deploy(_topology())
    made.apply()
    return made


def _take(deployment: Deployment, synthesized: Synthesized, **changed: str) -> None:
    topology = _topology(**changed)
    deployment.take(synthesized.output(topology), [step.stack for step in steps(synthesized.plan(topology))])


def _in_the_cloud(deployment: Deployment) -> list[Any]:
    """Of each connection the bandwidth, and whether and how each of its tunnels logs BGP."""
    found = deployment.clouds.client("ec2", REGION).describe_vpn_connections()["VpnConnections"]
    return [
        (
            c["Options"]["TunnelBandwidth"],
            *(t["LogOptions"]["CloudWatchLogOptions"] for t in c["Options"]["TunnelOptions"]),
        )
        for c in found
        if c["State"] != "deleted"
    ]


def test_the_cloud_has_what_the_topology_says(deployment: Deployment) -> None:
    connections = _in_the_cloud(deployment)
    assert len(connections) == 2
    for bandwidth, *logs in connections:
        assert bandwidth == "large"
        for tunnel in logs:
            assert tunnel["LogEnabled"]
            assert tunnel["BgpLogEnabled"]
            assert tunnel["BgpLogOutputFormat"] == "json"
            assert tunnel["BgpLogGroupArn"] == tunnel["LogGroupArn"]
    deployment.unchanged()
    deployment.agree(4)


def test_another_bandwidth_makes_the_connections_anew_as_the_pinned_provider_does(
    deployment: Deployment, synthesized: Synthesized
) -> None:
    _take(deployment, synthesized, bandwidth="standard")
    changes = {a: c for a, c in deployment.link.planned().items() if a.startswith(CONNECTION)}
    assert len(changes) == 2
    for change in changes.values():
        assert sorted(change["actions"]) == ["create", "delete"]
        assert change["replace_paths"] == [["tunnel_bandwidth"]]
    _take(deployment, synthesized)
    deployment.link.unchanged()


def test_bgp_logs_are_switched_off_and_on_in_place(deployment: Deployment, synthesized: Synthesized) -> None:
    for wanted in ("false", "true"):
        _take(deployment, synthesized, bgp_logs=wanted)
        changes = deployment.link.planned()
        assert {a.partition(".")[0]: c["actions"] for a, c in changes.items()} == {CONNECTION: ["update"]}
        assert len(changes) == 2
        deployment.link.apply_planned()
        logs = [tunnel for _, *tunnels in _in_the_cloud(deployment) for tunnel in tunnels]
        assert [t["BgpLogEnabled"] for t in logs] == [wanted == "true"] * 4
        assert [t["LogEnabled"] for t in logs] == [True] * 4
        deployment.link.unchanged()


def test_logs_switched_off_by_hand_are_seen_and_put_back(deployment: Deployment) -> None:
    address, connection = next(iter(deployment.link.resources(CONNECTION).items()))
    deployment.clouds.client("ec2", REGION).modify_vpn_tunnel_options(
        VpnConnectionId=connection["id"],
        VpnTunnelOutsideIpAddress=connection["tunnel2_address"],
        TunnelOptions={"LogOptions": {"CloudWatchLogOptions": {"LogEnabled": True, "BgpLogEnabled": False}}},
    )
    [(changed, plan)] = deployment.link.planned().items()
    assert (changed, plan["actions"]) == (address, ["update"])
    differing = {k for k in plan["before"] if plan["before"][k] != plan["after"].get(k)}
    assert differing == {"tunnel2_log_options"}
    deployment.link.apply_planned()
    deployment.link.unchanged()


def test_an_imported_connection_is_as_it_was(deployment: Deployment) -> None:
    address, connection = next(iter(deployment.link.resources(CONNECTION).items()))
    deployment.link.run("state", "rm", address)
    deployment.link.run("import", "-input=false", address, connection["id"])
    after = deployment.link.resources(CONNECTION)[address]
    assert {k for k in connection if connection[k] != after[k]} <= {"timeouts"}
    deployment.link.unchanged()
