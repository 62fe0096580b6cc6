"""Calls to both clouds that fail once, fail always, come late or lose their answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.deployment import Deployment, Stack
from tests.deploy.emulated import Emulated

REGION = "eu-central-1"
TOPOLOGY = f"""
name: failing
aws:
  fra: {{region: {REGION}, network: {{cidr: 10.10.0.0/16}}}}
azure:
  fra: {{region: germanywestcentral, network: {{cidr: 10.20.0.0/16}}}}
links:
  - {{aws: fra, azure: fra}}
monitoring: false
"""
CONNECTION = "azurerm_virtual_network_gateway_connection"
GATEWAY = "azurerm_virtual_network_gateway"
BUSY = {"code": "InternalServerError", "message": "An error occurred.", "status": 500}


@pytest.fixture(scope="module")
def deployment(deploy: Any) -> Deployment:
    """The network is there; each test brings up more."""
    made: Deployment = deploy(TOPOLOGY)
    made["network"].apply()
    made["vpn"].apply()
    return made


@pytest.fixture(autouse=True)
def _no_faults(clouds: Emulated) -> None:
    clouds.no_faults()


def on_aws(clouds: Emulated, kind: str) -> list[str]:
    return [id_ for id_ in clouds.on_aws(REGION) if id_.startswith(f"{kind}-")]


def on_azure(clouds: Emulated, type_: str) -> list[dict[str, Any]]:
    return [r for r in clouds.on_azure() if r["type"] == type_]


def connections(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.resources("aws_vpn_connection")


def test_a_call_that_aws_always_refuses_is_named_and_the_rest_stays(deployment: Deployment, clouds: Emulated) -> None:
    stack = deployment.link
    clouds.aws_fault("CreateVpnConnection", code="UnauthorizedOperation", message="You may not.", times="always")
    said = stack.apply(code=1)
    assert "creating EC2 VPN Connection" in said
    assert "UnauthorizedOperation: You may not." in said
    assert on_aws(clouds, "vpn") == []
    assert [len(on_aws(clouds, kind)) for kind in ("vpc", "vgw", "cgw")] == [1, 1, 2]
    assert "2 to add, 0 to change, 0 to destroy" in stack.run("plan", "-input=false")


def test_what_aws_throttles_or_fails_once_is_asked_for_again(deployment: Deployment, clouds: Emulated) -> None:
    stack = deployment.link
    clouds.aws_fault("CreateVpnConnection", code="RequestLimitExceeded", times=2)
    clouds.aws_fault("DescribeVpnConnections", code="InternalError")
    stack.apply()
    # Two connections, and two that were refused.
    assert clouds.calls()["CreateVpnConnection"] == 4
    assert sorted(on_aws(clouds, "vpn")) == sorted(c["id"] for c in connections(stack).values())
    stack.unchanged()


def test_an_answer_that_is_lost_leaves_a_connection_to_be_imported(deployment: Deployment, clouds: Emulated) -> None:
    stack, ec2 = deployment.link, clouds.client("ec2", REGION)
    address, gone = next(iter(connections(stack).items()))
    ec2.delete_vpn_connection(VpnConnectionId=gone["id"])
    clouds.aws_fault("CreateVpnConnection", code="InternalError", done=True)
    # The provider asks again by itself, and AWS refuses inside blocks that are in use: no second one is made.
    said = stack.apply(code=1)
    assert "already in use" in said
    [unknown] = set(on_aws(clouds, "vpn")) - {c["id"] for c in connections(stack).values()}
    stack.run("import", "-input=false", address, unknown)
    stack.apply()
    stack.unchanged()
    assert sorted(on_aws(clouds, "vpn")) == sorted(c["id"] for c in connections(stack).values())


def test_aws_answers_late_and_nothing_is_made_twice(deployment: Deployment, clouds: Emulated) -> None:
    stack, ec2 = deployment.link, clouds.client("ec2", REGION)
    gone = next(iter(connections(stack).values()))
    ec2.delete_vpn_connection(VpnConnectionId=gone["id"])
    clouds.aws_fault("CreateVpnConnection", delay=5)
    stack.apply()
    assert clouds.calls()["CreateVpnConnection"] == 1
    assert len(on_aws(clouds, "vpn")) == 2
    stack.unchanged()


def test_azure_outlasts_the_patience_of_the_provider(deployment: Deployment, clouds: Emulated) -> None:
    stack = deployment["gateway"]
    clouds.azure_faults({"type": GATEWAY, "operation": "create", "effect": "timeout", "hold": True})
    said = stack.apply(code=1)
    assert "context deadline exceeded" in said
    said = stack.apply(code=1)
    assert "to be managed via Terraform this resource needs to be imported" in said
    clouds.no_faults()
    [gateway] = on_azure(clouds, GATEWAY)
    [address] = [f"{GATEWAY}.{block}" for block in stack.config["resource"][GATEWAY]]
    stack.run("import", "-input=false", address, gateway["id"])
    stack.apply()
    stack.unchanged()
    assert [g["id"] for g in on_azure(clouds, GATEWAY)] == [gateway["id"]]


def test_azure_fails_once_and_a_second_run_goes_on(deployment: Deployment, clouds: Emulated) -> None:
    stack = deployment["connections"]
    clouds.azure_faults({"type": CONNECTION, "operation": "create", "name": "*-i0-t2", "times": 1, "error": BUSY})
    assert "InternalServerError" in stack.apply(code=1)
    before = {c["id"] for c in stack.resources(CONNECTION).values()}
    assert len(before) == 1
    stack.apply()
    stack.unchanged()
    after = {c["id"] for c in stack.resources(CONNECTION).values()}
    assert before < after == {c["id"] for c in on_azure(clouds, CONNECTION)}
    deployment.agree(4)


def test_azure_always_refuses_and_the_other_tunnels_stay(deployment: Deployment, clouds: Emulated) -> None:
    stack = deployment["connections"]
    [address] = [a for a in stack.resources(CONNECTION) if "_i1-t2_" in a]
    clouds.azure_faults({"type": CONNECTION, "operation": "create", "error": BUSY})
    for _ in range(2):
        said = stack.apply(f"-replace={address}", code=1) if address in stack.resources() else stack.apply(code=1)
        assert "InternalServerError" in said
        assert len(on_azure(clouds, CONNECTION)) == 3
    clouds.no_faults()
    stack.apply()
    stack.unchanged()
    deployment.agree(4)


def test_what_azure_left_failed_is_taken_away_and_made_again(deployment: Deployment, clouds: Emulated) -> None:
    stack = deployment["connections"]
    [address] = [a for a in stack.resources(CONNECTION) if "_i1-t2_" in a]
    clouds.azure_faults({"type": CONNECTION, "operation": "create", "effect": "fail", "times": 1, "error": BUSY})
    assert "InternalServerError" in stack.apply(f"-replace={address}", code=1)
    [failed] = [c for c in on_azure(clouds, CONNECTION) if c["state"] == "Failed"]
    assert "already exists" in stack.apply(code=1)
    clouds.by_hand(failed["id"])
    stack.apply()
    stack.unchanged()
    assert len(on_azure(clouds, CONNECTION)) == 4
    deployment.agree(4)


def test_in_the_end_it_goes_whole_though_a_call_fails_on_the_way(deployment: Deployment, clouds: Emulated) -> None:
    clouds.azure_faults({"type": GATEWAY, "operation": "delete", "times": 1, "error": BUSY})
    deployment["connections"].destroy()
    assert "InternalServerError" in deployment["gateway"].destroy(code=1)
    deployment["gateway"].destroy()
    clouds.aws_fault("DeleteVpnConnection", code="UnauthorizedOperation")
    assert "UnauthorizedOperation" in deployment.link.destroy(code=1)
    deployment.link.destroy()
    deployment["vpn"].destroy()
    deployment["network"].destroy()
    assert deployment.left() == {}
