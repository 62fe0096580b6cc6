"""terraform killed in the middle of each stack's apply, then run again: nothing is orphaned, and nothing made twice.

What docs/operations.md tells an operator to do is what is done here.
"""

from __future__ import annotations

import signal
from collections import Counter
from typing import Any

import pytest

from tests.deploy.deployment import Deployment, Stack
from tests.deploy.emulated import Emulated

NAME = "killed"
TOPOLOGY = f"""
name: {NAME}
aws:
  fra: {{region: eu-central-1, network: {{cidr: 10.10.0.0/16}}}}
azure:
  fra: {{region: germanywestcentral, network: {{cidr: 10.20.0.0/16}}}}
links:
  - {{aws: fra, azure: fra}}
monitoring: false
"""
EXISTS = "already exists - to be managed via Terraform this resource needs to be imported into the State"
OF_EC2 = {
    "vpc": "aws_vpc",
    "subnet": "aws_subnet",
    "route-table": "aws_route_table",
    "vpn-gateway": "aws_vpn_gateway",
    "customer-gateway": "aws_customer_gateway",
    "vpn-connection": "aws_vpn_connection",
}


@pytest.fixture(scope="module")
def deployment(deploy: Any) -> Deployment:
    """Not applied; each test brings up one more stack."""
    made: Deployment = deploy(TOPOLOGY)
    return made


def kill_in_azure(clouds: Emulated, stack: Stack, type_: str, **which: str) -> None:
    """Apply ``stack``, and kill terraform while Azure makes one of ``type_``; it is made nevertheless."""
    clouds.azure_faults({"type": type_, "operation": "create", "hold": True, **which})
    with stack.start("apply", "-auto-approve", "-input=false") as process:
        clouds.until_on_azure(type_, "Creating", process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    clouds.no_faults()


def kill_in_aws(clouds: Emulated, stack: Stack, call: str) -> None:
    """Apply ``stack``, and kill terraform when AWS has done what ``call`` asks for, before it says so."""
    clouds.aws_fault(call, hold=True, done=True)
    with stack.start("apply", "-auto-approve", "-input=false") as process:
        clouds.until_held(call, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    clouds.no_faults()


def of_azure(clouds: Emulated, type_: str) -> list[dict[str, Any]]:
    return [r for r in clouds.on_azure() if r["type"] == type_]


def adopt_from_azure(clouds: Emulated, stack: Stack) -> list[str]:
    """Import what is on Azure, wanted by ``stack`` and unknown to its state; returns the types."""
    known = {str(a["id"]).lower() for a in stack.resources().values()}
    wanted = {
        (type_, body.get("name")): f"{type_}.{id_}"
        for type_, blocks in stack.config["resource"].items()
        for id_, body in blocks.items()
    }
    adopted = []
    for found in clouds.on_azure():
        address = wanted.get((found["type"], found["attributes"].get("name")))
        if address and found["id"].lower() not in known:
            stack.run("import", "-input=false", address, found["id"])
            adopted.append(found["type"])
    return adopted


def adopt_from_aws(clouds: Emulated, stack: Stack, *, of_others: Stack | None = None) -> list[str]:
    """Import what has our tag on AWS and is in the state of neither stack; returns the types."""
    tags = clouds.client("ec2", stack.provider["region"]).describe_tags()["Tags"]
    ours = {t["ResourceId"]: t["ResourceType"] for t in tags if (t["Key"], t["Value"]) == ("isthmus", NAME)}
    names = {t["ResourceId"]: t["Value"] for t in tags if t["Key"] == "Name"}
    known = {a["id"] for one in (stack, of_others) if one for a in one.resources().values()}
    adopted = []
    for id_ in sorted(ours.keys() - known):
        type_ = OF_EC2[ours[id_]]
        [address] = [
            f"{type_}.{block}"
            for block, body in stack.config["resource"][type_].items()
            if body["tags"]["Name"] == names[id_]
        ]
        stack.run("import", "-input=false", address, id_)
        adopted.append(type_)
    return adopted


def test_killed_while_the_virtual_network_is_made(deployment: Deployment, clouds: Emulated) -> None:
    stack, type_ = deployment["network"], "azurerm_virtual_network"
    kill_in_azure(clouds, stack, type_)
    said = stack.apply(code=1)
    assert EXISTS in said
    assert type_ in adopt_from_azure(clouds, stack)
    stack.apply()
    stack.unchanged()
    made = {
        "azurerm_resource_group": 1,
        type_: 1,
        "azurerm_subnet": 2,
        "azurerm_network_security_group": 1,
        "azurerm_network_security_rule": 1,
        "azurerm_subnet_network_security_group_association": 1,
        "azurerm_public_ip": 2,
    }
    assert Counter(r["type"] for r in clouds.on_azure()) == made


def test_killed_while_aws_makes_what_it_does_not_refuse_twice(deployment: Deployment, clouds: Emulated) -> None:
    stack = deployment["vpn"]
    kill_in_aws(clouds, stack, "CreateVpc")
    # AWS would make a second VPC without a word: what is there must be looked for before terraform runs again.
    adopted = adopt_from_aws(clouds, stack)
    assert "aws_vpc" in adopted
    stack.apply()
    stack.unchanged()
    link = deployment["link-fra-fra"]
    kill_in_aws(clouds, link, "CreateVpnConnection")
    assert "aws_vpn_connection" in adopt_from_aws(clouds, link, of_others=stack)
    link.apply()
    link.unchanged()
    found = Counter(id_.partition("-")[0] for id_ in clouds.on_aws("eu-central-1"))
    assert (found["vpc"], found["vgw"], found["cgw"], found["vpn"]) == (1, 1, 2, 2)


def _killed_and_imported(clouds: Emulated, stack: Stack, type_: str, **which: str) -> int:
    """Kill ``stack`` while Azure makes one of ``type_``, import that and go on; how many there are in the end."""
    kill_in_azure(clouds, stack, type_, **which)
    assert EXISTS in stack.apply(code=1)
    assert type_ in adopt_from_azure(clouds, stack)
    stack.apply()
    stack.unchanged()
    return len(of_azure(clouds, type_))


def test_killed_while_the_gateway_is_made(deployment: Deployment, clouds: Emulated) -> None:
    assert _killed_and_imported(clouds, deployment["gateway"], "azurerm_virtual_network_gateway") == 1


def test_killed_while_a_connection_is_made(deployment: Deployment, clouds: Emulated) -> None:
    type_ = "azurerm_virtual_network_gateway_connection"
    assert _killed_and_imported(clouds, deployment["connections"], type_, name="*-i1-t1") == 4


def test_in_the_end_the_deployment_is_as_wanted_and_goes_whole(deployment: Deployment) -> None:
    deployment.unchanged()
    deployment.agree(4)
    deployment.destroy()
    assert deployment.left() == {}
