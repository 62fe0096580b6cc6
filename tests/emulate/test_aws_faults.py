"""Faults that are asked for."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError

import pytest

from emulate.aws.server import Server
from tests.emulate import refusal
from tests.waiting import until


@pytest.fixture(autouse=True)
def _none_left(aws: Server) -> Iterator[None]:
    yield
    control(aws, "faults", method="DELETE")


def control(aws: Server, what: str, body: Any = None, method: str | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{aws.endpoint}/_emulate/{what}", data=data, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def outcomes(call: Callable[[], Any], count: int) -> list[str]:
    """What each of ``count`` calls came to: an error code, or nothing."""
    return [_outcome(call) for _ in range(count)]


def _outcome(call: Callable[..., Any], **arguments: Any) -> str:
    try:
        call(**arguments)
    except Exception as error:
        return str(getattr(error, "response", {}).get("Error", {}).get("Code", repr(error)))
    return ""


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({}, ["Refused", "", "", ""]),
        ({"times": 2}, ["Refused", "Refused", "", ""]),
        ({"times": "always"}, ["Refused"] * 4),
        ({"after": 1}, ["", "Refused", "", ""]),
        ({"after": 1, "times": 2}, ["", "Refused", "Refused", ""]),
    ],
)
def test_a_call_fails_as_often_as_it_is_asked_to(aws: Server, ec2: Any, fault: Any, expected: list[str]) -> None:
    control(aws, "faults", {"call": "DescribeVpcs", "code": "Refused", **fault})
    assert outcomes(ec2.describe_vpcs, 4) == expected
    assert _outcome(ec2.describe_subnets) == ""


def test_a_call_is_slow_and_then_done_or_fails(aws: Server, ec2: Any) -> None:
    control(
        aws, "faults", [{"call": "DescribeVpcs", "delay": 0.3}, {"call": "DescribeVpcs", "code": "X", "delay": 0.3}]
    )
    began = time.monotonic()
    assert outcomes(ec2.describe_vpcs, 3) == ["", "X", ""]
    assert time.monotonic() - began >= 0.6


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("code", [None, "X"])
def test_a_call_is_held_until_it_is_released(
    aws: Server, ec2: Any, address: str, code: str | None, *, done: bool
) -> None:
    """``done`` says whether it has been carried out meanwhile."""
    control(aws, "faults", method="DELETE")
    control(aws, "faults", {"call": "CreateCustomerGateway", "hold": True, "done": done, "code": code})
    make = {"Type": "ipsec.1", "IpAddress": address, "BgpAsn": 65010}
    filters = [{"Name": "ip-address", "Values": [address]}]
    with ThreadPoolExecutor(1) as worker:
        held = worker.submit(_outcome, ec2.create_customer_gateway, **make)
        until(lambda: control(aws, "held") == ["CreateCustomerGateway"])
        assert len(ec2.describe_customer_gateways(Filters=filters)["CustomerGateways"]) == done
        assert not held.done()
        control(aws, "held", method="DELETE")
        assert held.result() == (code or "")
    assert control(aws, "held") == []
    assert len(ec2.describe_customer_gateways(Filters=filters)["CustomerGateways"]) == (done or not code)


def test_what_is_held_goes_on_when_faults_are_cleared(aws: Server, ec2: Any) -> None:
    control(aws, "faults", {"call": "DescribeVpcs", "hold": True})
    with ThreadPoolExecutor(1) as worker:
        held = worker.submit(_outcome, ec2.describe_vpcs)
        until(lambda: control(aws, "held"))
        control(aws, "faults", method="DELETE")
        assert held.result() == ""


def test_an_answer_is_lost_though_the_call_was_carried_out(aws: Server, ec2: Any, address: str) -> None:
    control(aws, "faults", {"call": "CreateCustomerGateway", "code": "InternalError", "done": True})
    make = {"Type": "ipsec.1", "IpAddress": address, "BgpAsn": 65010}
    assert refusal.code(ec2.create_customer_gateway, **make) == "InternalError"
    filters = [{"Name": "ip-address", "Values": [address]}]
    assert len(ec2.describe_customer_gateways(Filters=filters)["CustomerGateways"]) == 1


@pytest.mark.parametrize(
    ("service", "call", "method", "arguments"),
    [
        ("logs", "DescribeLogGroups", "describe_log_groups", {}),
        ("sns", "ListTopics", "list_topics", {}),
        ("cloudwatch", "DescribeAlarms", "describe_alarms", {}),
        ("secretsmanager", "ListSecrets", "list_secrets", {}),
        ("sts", "GetCallerIdentity", "get_caller_identity", {}),
        ("s3", "ListBuckets", "list_buckets", {}),
        ("s3", "PutObject", "put_object", {"Bucket": "state", "Key": "a/b.tfstate.tflock", "Body": b"{}"}),
    ],
)
def test_every_protocol_tells_the_code(
    aws: Server, client: Callable[..., Any], service: str, call: str, method: str, arguments: Any
) -> None:
    control(aws, "faults", {"call": call, "code": "AccessDenied", "message": "Not <you> & me", "status": 403})
    made = client(service)
    assert refusal.text(getattr(made, method), **arguments) == "AccessDenied: Not <you> & me"
    if call != "PutObject":
        getattr(made, method)(**arguments)


def test_calls_are_counted(aws: Server, ec2: Any) -> None:
    control(aws, "faults", method="DELETE")
    ec2.describe_vpcs()
    ec2.describe_vpcs()
    assert control(aws, "calls") == {"DescribeVpcs": 2}


def test_a_call_that_nobody_knows_says_so_at_once(ec2: Any) -> None:
    said = refusal.text(ec2.get_vpn_connection_device_types)
    assert said.startswith("UnsupportedOperation: The stand-in for AWS cannot do ec2 GetVpnConnectionDeviceTypes")


@pytest.mark.parametrize(
    "wrong",
    [{"call": "X"}, {"code": "X"}, {"call": "X", "code": "Y", "times": 0}, {"call": "X", "code": "Y", "what": 1}, 7],
)
def test_what_is_no_fault_is_refused(aws: Server, wrong: Any) -> None:
    with pytest.raises(HTTPError) as caught:
        control(aws, "faults", wrong)
    assert caught.value.code == 400
    assert json.load(caught.value)["error"]
    caught.value.close()
    assert control(aws, "faults") == []


def test_it_says_that_it_is_a_stand_in(aws: Server) -> None:
    with urllib.request.urlopen(f"{aws.endpoint}/_emulate") as answer:
        assert "stand-in" in json.load(answer)["about"]
        assert "stand-in" in answer.headers["Server"]
