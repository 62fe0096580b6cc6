"""One stand-in a session; every test makes what it needs and leaves it there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from emulate.aws.server import Server

REGION = "eu-central-1"

_OCTETS = itertools.count(1)


@pytest.fixture(scope="session")
def aws() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(scope="session")
def client(aws: Server) -> Callable[..., Any]:
    """Makes a client of a service; botocore asks no second time, so that a test sees each error."""

    def make(service: str, endpoint: str = aws.endpoint) -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="stand-in",
            aws_secret_access_key="stand-in",
            config=boto3.session.Config(retries={"total_max_attempts": 1}),
        )

    return make


@pytest.fixture(scope="session")
def ec2(client: Callable[..., Any]) -> Any:
    return client("ec2")


@pytest.fixture
def address() -> str:
    """An address of a customer gateway that no other test has."""
    return f"192.0.2.{next(_OCTETS)}"


@pytest.fixture
def cgw(ec2: Any, address: str) -> str:
    made = ec2.create_customer_gateway(Type="ipsec.1", IpAddress=address, BgpAsn=65010)
    return str(made["CustomerGateway"]["CustomerGatewayId"])


@pytest.fixture
def vpc(ec2: Any) -> str:
    return str(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture
def vgw(ec2: Any) -> str:
    return str(ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=64600)["VpnGateway"]["VpnGatewayId"])


@pytest.fixture
def tgw(ec2: Any) -> str:
    """A transit gateway as the stacks make it: what is attached keeps out of default tables."""
    options = {
        "AmazonSideAsn": 64700,
        "DefaultRouteTableAssociation": "disable",
        "DefaultRouteTablePropagation": "disable",
    }
    return str(ec2.create_transit_gateway(Options=options)["TransitGateway"]["TransitGatewayId"])
