"""The proxy of an older AWS provider: arguments taken out and put back, types left out, and its end."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulate import environment, terraform
from emulate.aws.older_provider import is_older, newer_arguments
from emulate.plugin.messages import schema
from emulate.plugin.schema import Attribute, Block, Nested, Rules, Schema
from emulate.plugin.values import UNKNOWN
from tests.needs import terraform_with_aws
from tests.synth.program import environment as plain
from tests.waiting import FOR_EVER, until

CONNECTION = newer_arguments.added()["aws_vpn_connection"]
LOGS = {"log_enabled": True, "log_group_arn": "arn:of:a:group"}
BGP = {"bgp_log_enabled": True, "bgp_log_group_arn": "arn:of:a:group", "bgp_log_output_format": "json"}


def _connection(logs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "vpn-1",
        **more,
        "tunnel1_log_options": [{"cloudwatch_log_options": [logs]}],
        "tunnel2_log_options": [],
    }


def test_what_is_taken_out_is_put_back() -> None:
    newer = _connection({**LOGS, **BGP}, tunnel_bandwidth="large")
    older = newer_arguments.without(newer, CONNECTION)
    assert older == _connection(LOGS)
    assert newer_arguments.merged(older, CONNECTION, CONNECTION.shape(newer)) == newer


def test_what_nobody_said_is_null_and_blocks_are_not_invented() -> None:
    put_back = newer_arguments.merged(_connection(LOGS), CONNECTION, {})
    assert put_back == _connection({**LOGS, **dict.fromkeys(BGP)}, tunnel_bandwidth=None)
    assert newer_arguments.merged({"tunnel1_log_options": UNKNOWN}, CONNECTION, {})["tunnel1_log_options"] is UNKNOWN
    assert newer_arguments.merged(None, CONNECTION, {}) is None


def test_a_state_has_nothing_unknown() -> None:
    assert newer_arguments.settled({"a": [UNKNOWN, {"b": UNKNOWN}], "c": 1}) == {"a": [None, {"b": None}], "c": 1}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            _connection({}, tunnel_bandwidth="huge"),
            "expected tunnel_bandwidth to be one of ['standard', 'large'], got huge",
        ),
        (_connection({"bgp_log_output_format": "xml"}), "expected bgp_log_output_format to be one of"),
        (_connection({**LOGS, **BGP}, tunnel_bandwidth="large"), None),
        (_connection({**BGP, "bgp_log_output_format": UNKNOWN}, tunnel_bandwidth=UNKNOWN), None),
    ],
)
def test_values_that_the_newer_provider_refuses(config: dict[str, Any], said: str | None) -> None:
    found = [text for _, text in newer_arguments.problems(config)]
    assert [text[: len(said)] for text in found] == [said] if said else not found


def test_a_schema_is_extended_once() -> None:
    text = Attribute(name="log_enabled", type="bool", rules=Rules(optional=True))
    logs = Nested(name="cloudwatch_log_options", nesting="list", rules=Rules(), block=Block({"log_enabled": text}))
    tunnel = Nested(name="tunnel1_log_options", nesting="list", rules=Rules(), block=Block({}, {logs.name: logs}))
    block = schema(Schema(version=0, block=Block({}, {tunnel.name: tunnel}))).block
    for _ in range(2):
        newer_arguments.extend(block, CONNECTION)
        assert [one.name for one in block.attributes] == ["tunnel_bandwidth"]
        assert [one.type_name for one in block.block_types] == ["tunnel1_log_options", "tunnel2_log_options"]
        [inner] = block.block_types[0].block.block_types
        assert [one.name for one in inner.block.attributes] == ["log_enabled", *BGP]


class _Ec2:
    """An EC2 that has one connection, and keeps what it is told."""

    def __init__(self, **logs: Any) -> None:
        tunnels = [{"OutsideIpAddress": f"192.0.2.{n}", "LogOptions": {"CloudWatchLogOptions": logs}} for n in (1, 2)]
        self.options = {"TunnelBandwidth": "standard", "TunnelOptions": tunnels}
        self.told: list[dict[str, Any]] = []

    def describe_vpn_connections(self, **_: Any) -> Any:
        return {"VpnConnections": [{"Options": self.options}]}

    def modify_vpn_connection_options(self, **said: Any) -> None:
        self.told.append(said)

    modify_vpn_tunnel_options = modify_vpn_connection_options


STATE = {"id": "vpn-1", "tunnel1_address": "192.0.2.1", "tunnel2_address": "192.0.2.2"}


def test_ec2_is_told_only_what_it_does_not_know() -> None:
    ec2 = _Ec2(LogEnabled=True, LogGroupArn="arn:of:a:group")
    newer_arguments.told_to_ec2(ec2, STATE, _connection({**LOGS, **BGP}, tunnel_bandwidth="large"))
    bandwidth, logs = ec2.told
    assert bandwidth == {"VpnConnectionId": "vpn-1", "TunnelBandwidth": "large"}
    assert logs["VpnTunnelOutsideIpAddress"] == "192.0.2.1"
    # They are replaced as a whole: what the older provider had sent must not go.
    assert logs["TunnelOptions"]["LogOptions"]["CloudWatchLogOptions"] == {
        "LogEnabled": True,
        "LogGroupArn": "arn:of:a:group",
        "BgpLogEnabled": True,
        "BgpLogGroupArn": "arn:of:a:group",
        "BgpLogOutputFormat": "json",
    }
    ec2.told.clear()
    newer_arguments.told_to_ec2(ec2, STATE, _connection(LOGS, tunnel_bandwidth="standard"))
    assert ec2.told == []


def test_only_an_older_provider_lacks_something() -> None:
    assert is_older(Path("mirror/5.100.0"), "6.25.0")
    assert is_older(Path("mirror/6.9.0"), "6.25.0")
    assert not is_older(Path("mirror/6.25.0"), "6.25.0")
    assert not is_older(Path("mirror/6.100.0"), "6.25.0")


def test_terraform_starts_it_with_the_provider_behind_and_both_end(tmp_path: Path) -> None:
    terraform_with_aws()
    resource = {
        "aws_vpn_connection": {"x": {"customer_gateway_id": "cgw-1", "type": "ipsec.1", "tunnel_bandwidth": "huge"}}
    }
    required = {"aws": {"source": "hashicorp/aws", "version": environment.AWS_PROVIDER}}
    config = {"terraform": {"required_providers": required}, "resource": resource}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "providers").mkdir()
    found = environment.providers(tmp_path / "providers", environment.AWS_PROVIDER, "http://127.0.0.1:9")
    # Found again among all processes by what is in its environment.
    mark = f"STARTED_BY={tmp_path}"
    environ = {**plain(), **found.variables, "STARTED_BY": str(tmp_path)}
    # Into a file: a pipe would stay open for as long as anything that was started lives.
    with (tmp_path / "said").open("w+", encoding="utf-8") as said:
        for command in ("init", "validate"):
            words = [terraform.binary(), command, "-no-color"]
            subprocess.run(
                words, cwd=tmp_path, env=environ, check=False, stdout=said, stderr=subprocess.STDOUT, timeout=FOR_EVER
            )
        said.seek(0)
        text = said.read()
    assert "successfully initialized" in text
    have = terraform.mirrored("aws")
    assert have is not None
    assert ("got huge" in text) is is_older(have, environment.AWS_PROVIDER)
    until(lambda: not _processes(mark))


def _processes(mark: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in process.joinpath("environ").read_bytes().split(b"\0"):
                found.append(process.joinpath("cmdline").read_text(encoding="utf-8").replace("\0", " "))
        except OSError:
            continue
    return found
