"""Emulated clouds for a test: a process of their own, what goes wrong on demand, and what is left in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from emulate import runs
from emulate.azure.cloud import Cloud
from tests.synth.program import PROJECT, environment
from tests.waiting import FOR_EVER, until

Json = dict[str, Any]

PROFILE = "test-network"
"""The AWS profile that examples/accounts.yaml names."""


def with_providers() -> dict[str, str]:
    """The environment of a program under test, with what says where this machine has its providers."""
    finding = ("ISTHMUS_PROVIDER_MIRROR", "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")
    return environment(**{name: os.environ[name] for name in finding if name in os.environ})


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How often Terraform made each call to AWS (``ec2:CreateVpc``), and what it did to which type on Azure."""

    aws: Counter[str]
    azure: Counter[tuple[str, str]]

    def since(self, before: Made) -> Made:
        """What came after ``before``."""
        return Made(aws=self.aws - before.aws, azure=self.azure - before.azure)


class Emulated:
    """Both clouds as ``python -m emulate`` serves them, with one long-lived AWS provider: one terraform at a time."""

    def __init__(self, folder: Path, told: Json) -> None:
        self.folder = folder
        # The tests' stacks have folders of their own: they need not run in others.
        self.variables: dict[str, str] = runs.variables(folder)
        self.notes: list[str] = told["notes"]
        self._endpoint: str = told["aws"]["endpoint"]
        self._azure = Path(told["azure"]["cloud"])

    # Faults

    def aws_fault(self, call: str, **fault: Any) -> None:
        """Ask for a fault of emulate/aws/faults.py."""
        self._control("POST", "faults", {"call": call, **fault})

    def azure_faults(self, *rules: Json) -> None:
        """Ask for these faults of emulate/azure/faults.py and no others."""
        control = self._azure.with_suffix(".control.json")
        new = control.with_suffix(".new")
        new.write_text(json.dumps({"rules": rules}), encoding="utf-8")
        new.replace(control)

    def no_faults(self) -> None:
        self._control("DELETE", "faults")
        self.azure_faults()

    def until_held(self, call: str, process: subprocess.Popen[str]) -> None:
        """Wait until AWS holds ``call`` of ``process``, however slow this machine is."""
        until(lambda: call in self._control("GET", "held"), by=process)

    def until_on_azure(self, type_: str, state: str, process: subprocess.Popen[str]) -> None:
        """Wait until Azure has something of ``type_`` in this ``state``, made by ``process``."""
        until(lambda: any((r["type"], r["state"]) == (type_, state) for r in self.on_azure()), by=process)

    def calls(self) -> dict[str, int]:
        """How often each call came to AWS since faults were last cleared."""
        found: dict[str, int] = self._control("GET", "calls")
        return found

    def made(self) -> Made:
        """What Terraform has asked of both clouds since they started."""
        log = self._azure.with_suffix(".log")
        lines = [line.split() for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
        return Made(
            aws=Counter(self._control("GET", "terraform")),
            azure=Counter((words[1], words[2]) for words in lines if words[1] in ("create", "update", "delete")),
        )

    def _control(self, method: str, what: str, body: Json | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._endpoint}/_emulate/{what}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=FOR_EVER) as answer:
            return json.load(answer)

    # What is there

    def client(self, service: str, region: str, role: str | None = None) -> Any:
        """A client of the stand-in for AWS, in another account where there is a ``role``."""
        keys = {"aws_access_key_id": "stand-in", "aws_secret_access_key": "stand-in"}
        if role:
            assumed = self.client("sts", region).assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            keys = {
                "aws_access_key_id": assumed["AccessKeyId"],
                "aws_secret_access_key": assumed["SecretAccessKey"],
                "aws_session_token": assumed["SessionToken"],
            }
        session = boto3.session.Session(region_name=region, **keys)
        return session.client(service, endpoint_url=self._endpoint)

    def on_azure(self) -> list[Json]:
        """Every resource on Azure: id, type, state and attributes."""
        with Cloud(self._azure).open() as world:
            return [
                {"id": r.id, "type": r.type, "state": r.state, "attributes": r.attributes}
                for r in world.resources.values()
            ]

    def by_hand(self, id_: str, **attributes: Any) -> None:
        """Change a resource on Azure; without attributes, delete it."""
        with Cloud(self._azure).open() as world:
            resource = world.get(id_)
            assert resource is not None, id_
            if attributes:
                resource.attributes.update(attributes)
            else:
                world.remove(resource)

    def on_aws(self, region: str, role: str | None = None) -> dict[str, Json]:
        """Everything on AWS that the product makes, by id, but for what an account has from the start."""
        ec2 = self.client("ec2", region, role)
        vpcs = [v for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]]
        ids = {vpc["VpcId"] for vpc in vpcs}
        mine = [
            ("VpcId", vpcs),
            ("SubnetId", [s for s in ec2.describe_subnets()["Subnets"] if s["VpcId"] in ids]),
            ("RouteTableId", [t for t in ec2.describe_route_tables()["RouteTables"] if t["VpcId"] in ids]),
            ("VpnGatewayId", ec2.describe_vpn_gateways()["VpnGateways"]),
            ("CustomerGatewayId", ec2.describe_customer_gateways()["CustomerGateways"]),
            ("VpnConnectionId", ec2.describe_vpn_connections()["VpnConnections"]),
            ("TransitGatewayId", ec2.describe_transit_gateways()["TransitGateways"]),
            ("TransitGatewayAttachmentId", ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]),
            ("TransitGatewayRouteTableId", ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]),
            ("arn", self.client("logs", region, role).describe_log_groups()["logGroups"]),
            ("TopicArn", self.client("sns", region, role).list_topics()["Topics"]),
            ("AlarmArn", self.client("cloudwatch", region, role).describe_alarms()["MetricAlarms"]),
        ]
        return {
            thing[key]: thing
            for key, things in mine
            for thing in things
            if thing.get("State", thing.get("state")) not in ("deleted", "deleting")
        }


@contextmanager
def emulated(folder: Path) -> Iterator[Emulated]:
    """Start both clouds; they end with the block."""
    command = [sys.executable, "-m", "emulate", "--one-aws-provider", "--cloud", str(folder), "--profile", PROFILE]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True, env=with_providers()) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        line = process.stdout.readline()
        assert line, "the emulated clouds did not start"
        try:
            yield Emulated(folder, json.loads(line))
        finally:
            process.stdin.close()
            process.wait(timeout=FOR_EVER)
