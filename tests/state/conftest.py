"""Both clouds emulated, once for each module; and what terraform needs to reach them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from emulate.aws.server import Server
from emulate.azure.providers import Emulator
from tests.state import machine


@pytest.fixture(scope="module")
def aws() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(scope="module")
def s3(aws: Server) -> Any:
    keys = {"aws_access_key_id": "stand-in", "aws_secret_access_key": "stand-in"}
    return boto3.client("s3", endpoint_url=aws.endpoint, region_name="eu-central-1", **keys)


@pytest.fixture(scope="module")
def environ(aws: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What to export so that terraform comes to the emulated clouds."""
    folder = tmp_path_factory.mktemp("clouds")
    wanted = machine.providers(folder, {"aws": "6.25.0"})
    with Emulator(folder / "azure.json") as azure:
        yield {
            **wanted,
            **aws.environment(),
            "TF_REATTACH_PROVIDERS": json.dumps(azure.reattach),
            "ARM_SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000000",
        }


@pytest.fixture
def empty_bucket(s3: Any) -> Callable[[str], None]:
    """Makes a bucket as somebody would by hand."""

    def make(name: str) -> None:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    return make


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a topology."""

    def write(state: str) -> Path:
        file = tmp_path / "isthmus.yaml"
        file.write_text(
            f"name: homed\nstate: {state}\n"
            "aws: {fra: {region: eu-central-1, network: {cidr: 10.10.0.0/16}}}\n"
            "azure: {fra: {region: germanywestcentral, network: {cidr: 10.20.0.0/16}}}\n"
            "tags: {owner: platform}\n",
            encoding="utf-8",
        )
        return file

    return write
