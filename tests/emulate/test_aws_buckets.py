"""Bucket policies of the stand-in for AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.mark.parametrize("conditional", [True, False])
def test_a_deny_counts_unless_it_has_a_condition(client: Callable[..., Any], conditional: bool) -> None:
    s3, name = client("s3"), f"policy-{conditional}".lower()
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    deny: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "s3:*"}
    deny["Resource"] = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    if conditional:
        deny["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    if conditional:
        s3.put_object(Bucket=name, Key="key", Body=b"")
    else:
        with pytest.raises(ClientError, match="Forbidden"):
            s3.put_object(Bucket=name, Key="key", Body=b"")


@pytest.mark.parametrize("prefix", ["", "/network"])
def test_flow_logs_go_to_a_bucket_with_or_without_a_prefix(
    client: Callable[..., Any], ec2: Any, vpc: str, prefix: str
) -> None:
    name = f"flows{len(prefix)}"
    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    wanted = {"LogDestinationType": "s3", "LogDestination": f"arn:aws:s3:::{name}{prefix}"}
    made = ec2.create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", **wanted)
    assert made["Unsuccessful"] == []
    [found] = ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"]
    assert {key: found[key] for key in wanted} == wanted
