"""A plan that contradicts itself cannot be made, and one that is made cannot be changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from isthmus.clouds import aws
from isthmus.plan.types import (
    AdoptedAzureGateway,
    BgpPeering,
    InvariantError,
    KeySource,
    Link,
    Route,
    VpnConnection,
)
from isthmus.topology import Topology, loads
from tests.unit.plans import ONE, azure_gateway, one, plan_of, vnet, vpc

PLAN = plan_of(ONE)
LINK = PLAN.links[0]
CONNECTION = LINK.connections[0]
TUNNEL = LINK.tunnels[0]
assert TUNNEL.bgp
BGP: BgpPeering = TUNNEL.bgp
FAR = IPv4Address("169.254.22.254")
ROUTE = Route(key="10.2.0.0-16", cidr=IPv4Network("10.2.0.0/16"))
NETWORK = vnet(PLAN)
VPC = vpc(PLAN)
GATEWAY = azure_gateway(PLAN)
ADOPTED = AdoptedAzureGateway(
    id="/subscriptions/…/virtualNetworkGateways/hub",
    name="hub",
    sku=GATEWAY.sku,
    asn=GATEWAY.asn,
    active_active=True,
    public_ips=(IPv4Address("203.0.113.10"), IPv4Address("203.0.113.11")),
    instances=GATEWAY.instances,
)


def _block(text: str) -> dict[str, Any]:
    """A tunnel in the block ``text`` that is right in all other respects."""
    block = IPv4Network(text)
    return {"inside": block, "aws_address": block[1], "azure_address": block[2], "bgp": replace(BGP, primary=block[2])}


def _connection(**change: Any) -> VpnConnection:
    """The first connection, with ``change`` to its first tunnel."""
    return replace(CONNECTION, tunnels=(replace(TUNNEL, **change), CONNECTION.tunnels[1]))


def _with_asn(asn: int) -> Link:
    return replace(LINK, aws_asn=asn)


WRONG: dict[str, tuple[Any, dict[str, Any], str]] = {
    "block of another size": (TUNNEL, _block("169.254.21.0/29"), "169.254.21.0/29 is not a /30"),
    "block outside": (TUNNEL, _block("169.254.23.0/30"), "169.254.23.0/30 is outside Azure's range"),
    "first host": (TUNNEL, {"aws_address": FAR}, "AWS does not have the first host of 169.254.21.0/30"),
    "second host": (TUNNEL, {"azure_address": FAR}, "Azure does not have the second host of 169.254.21.0/30"),
    "custom address": (TUNNEL, {"bgp": replace(BGP, primary=FAR)}, "a-b-i0-t1 does not speak BGP from its own address"),
    "order of tunnels": (CONNECTION, {"tunnels": CONNECTION.tunnels[::-1]}, "t-a-b-i0 has not tunnels 1 and 2"),
    "two instances": (CONNECTION, {"tunnels": LINK.connections[1].tunnels}, "t-a-b-i0 spans instances"),
    "ASN in both forms": (CONNECTION, {"bgp_asn_extended": "65010"}, "t-a-b-i0: one ASN, in one form"),
    "ASN in no form": (CONNECTION, {"bgp_asn": None}, "t-a-b-i0: one ASN, in one form"),
    "one ASN": (LINK, {"aws_asn": 65010}, "a-b: both ends have ASN 65010"),
    "two DPDs": (
        LINK,
        {"azure_policy": replace(LINK.azure_policy, dpd_seconds=30)},
        "a-b: DPD differs",
    ),
    "DPD of one tunnel": (
        LINK,
        {"connections": (_connection(aws_options=replace(TUNNEL.aws_options, dpd_seconds=30)), LINK.connections[1])},
        "a-b: DPD differs",
    ),
    "no tunnel in use": (
        CONNECTION,
        {"tunnels": tuple(replace(t, used=False) for t in CONNECTION.tunnels)},
        "t-a-b-i0 has no tunnel in use",
    ),
    "static routes with BGP": (
        CONNECTION,
        {"static_routes": (ROUTE,)},
        "t-a-b-i0: static routes go with static routing",
    ),
    "static without routes": (
        CONNECTION,
        {"static_routes_only": True},
        "t-a-b-i0: static routes go with static routing",
    ),
    "address space with BGP": (
        LINK,
        {"address_space": (ROUTE.cidr,)},
        "a-b: an address space goes with static routing",
    ),
    "one tunnel without BGP": (
        LINK,
        {"connections": (_connection(bgp=None), LINK.connections[1])},
        "a-b: routing differs between tunnels",
    ),
    "secret of another source": (LINK.keys, {"secret": "vpn/payments"}, "a secret has its source"),
    "source without its secret": (LINK.keys, {"source": KeySource.SECRETS_MANAGER}, "a secret has its source"),
    "key that nobody tells": (
        LINK.keys,
        {"aws_storage": "SecretsManager"},
        "a key that AWS made and no longer tells cannot reach Azure",
    ),
    "block twice": (LINK, {"connections": (CONNECTION, CONNECTION)}, "a-b: an inside block is used twice"),
    "one zone": (VPC, {"subnets": VPC.subnets[:1]}, "t-aws-a is in one zone only"),
    "subnets outside": (VPC, {"cidr": NETWORK.cidr}, "t-aws-a does not hold its subnets"),
    "subnets overlap": (
        VPC,
        {"subnets": (VPC.subnets[0], replace(VPC.subnets[1], cidr=VPC.subnets[0].cidr))},
        "t-aws-a has subnets that overlap",
    ),
    "GatewaySubnet too small": (NETWORK, {"gateway_subnet": IPv4Network("10.2.0.0/30")}, "10.2.0.0/30 is too small"),
    "GatewaySubnet outside": (
        NETWORK,
        {"gateway_subnet": IPv4Network("10.3.0.0/27")},
        "t-azure-b does not hold its GatewaySubnet",
    ),
    "workloads outside": (
        NETWORK,
        {"workload_subnet": IPv4Network("10.3.0.0/27")},
        "t-azure-b does not hold its workload subnet",
    ),
    "workloads in GatewaySubnet": (NETWORK, {"workload_subnet": NETWORK.cidr}, "t-azure-b has subnets that overlap"),
    "one instance": (GATEWAY, {"instances": GATEWAY.instances[:1]}, "t-azure-b: active-active means two instances"),
    "address twice": (
        GATEWAY,
        {"instances": (GATEWAY.instances[0], GATEWAY.instances[0])},
        "t-azure-b: a BGP address is used twice",
    ),
    "ASN of another AWS gateway": (PLAN, {"links": (_with_asn(64999),)}, "a-b: not the ASN of its AWS gateway"),
    "ASN of another Azure gateway": (
        PLAN,
        {"links": (replace(LINK, azure_asn=64999),)},
        "a-b: not the ASN of its Azure gateway",
    ),
    "two addresses on one instance": (
        GATEWAY,
        {"instances": GATEWAY.instances[:1], "active_active": False},
        "t-azure-b: active-standby takes one BGP address",
    ),
    "stack for an adopted gateway": (PLAN.azure[0], {"gateway": ADOPTED}, "b: a gateway that is made has a stack"),
    "address of one instance of two": (
        ADOPTED,
        {"public_ips": (IPv4Address("203.0.113.10"),)},
        "hub: one public address an instance",
    ),
    "address not the gateway's": (
        PLAN,
        {"azure": (replace(PLAN.azure[0], gateway=replace(GATEWAY, instances=GATEWAY.instances[::-1])),)},
        "a-b-i0-t1: its instance lacks its BGP address",
    ),
}


@pytest.mark.parametrize(("value", "change", "message"), WRONG.values(), ids=WRONG)
def test_wrong_value_is_refused(value: Any, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvariantError) as refused:
        replace(value, **change)
    assert str(refused.value) == message


def test_block_reserved_by_aws_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them lies in Azure's range today; one that did would be refused all the same."""
    monkeypatch.setattr(aws, "RESERVED_INSIDE", (IPv4Network("169.254.21.0/30"),))
    with pytest.raises(InvariantError, match=r"169\.254\.21\.0/30 is reserved by AWS"):
        replace(TUNNEL)


def test_static_routing_minds_no_asn() -> None:
    """Nobody compares them without BGP, and an adopted gateway has the number that it has."""
    link = one(aws="asn: 65010", link="routing: static").links[0]
    assert link.aws_asn == link.azure_asn == 65010


@pytest.mark.parametrize("value", [PLAN, LINK, CONNECTION, TUNNEL, VPC, NETWORK, GATEWAY, LINK.proposal])
def test_values_are_frozen(value: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        value.name = "other"


def test_topology_is_frozen() -> None:
    topology = loads(ONE).topology
    assert isinstance(topology, Topology)
    with pytest.raises(ValueError, match="frozen"):
        topology.name = "other"  # type: ignore[misc]  # that is the test
