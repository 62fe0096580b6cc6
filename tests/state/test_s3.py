"""State in S3, in the bucket that the bootstrap makes: the shipped JSON as it is, the endpoint in the environment."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.state.machine import Folder
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES, PROJECT, environment, run
from tests.waiting import until

EXAMPLE = "state-s3"
ORDER = ("azure-fra-network", "aws-fra-vpn", "azure-fra-gateway", "link-fra-fra", "azure-fra-connections")


@dataclass
class Deployed:
    stacks: dict[str, Folder]
    s3: Any

    def objects(self) -> list[str]:
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket="acme-tfstate").get("Contents", [])]

    def state(self, name: str) -> dict[str, Any]:
        key = f"network/{EXAMPLE}/{EXAMPLE}-{name}.tfstate"
        state: dict[str, Any] = json.load(self.s3.get_object(Bucket="acme-tfstate", Key=key)["Body"])
        return state


@pytest.fixture(scope="module")
def deployed(
    environ: dict[str, str], synthesized: Synthesized, s3: Any, tmp_path_factory: pytest.TempPathFactory
) -> Deployed:
    """The bucket from the bootstrap, and the stacks of the example applied with their state in it."""
    top = tmp_path_factory.mktemp("s3")
    words = ("-m", "isthmus", "state", "bootstrap", EXAMPLES[EXAMPLE], "--yes", "--output", top / "home")
    made = run(*words, cwd=PROJECT, env=environment(**environ))
    assert made.returncode == 0, made.stdout + made.stderr
    stacks = {}
    for name in ORDER:
        source = synthesized.output(EXAMPLE) / "stacks" / f"{EXAMPLE}-{name}"
        # Not laid out as cdktf.out is: with remote state a folder may be anywhere.
        shutil.copytree(source, top / name)
        stacks[name] = Folder(top / name, environ)
        stacks[name].apply()
    return Deployed(stacks, s3)


def test_each_stack_has_its_object_and_no_lock_stays(deployed: Deployed) -> None:
    assert sorted(deployed.objects()) == sorted(f"network/{EXAMPLE}/{EXAMPLE}-{name}.tfstate" for name in ORDER)
    for name, stack in deployed.stacks.items():
        assert not list(stack.path.glob("*.tfstate"))
        stored = deployed.s3.head_object(Bucket="acme-tfstate", Key=f"network/{EXAMPLE}/{EXAMPLE}-{name}.tfstate")
        assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", "alias/tfstate")
        assert stored["VersionId"]
        stack.unchanged()


def test_what_one_stack_tells_another_reads_from_the_bucket(deployed: Deployed) -> None:
    outputs = deployed.state("azure-fra-network")["outputs"]["public_ip_addresses"]["value"]
    gateways = {
        instance["attributes"]["ip_address"]
        for resource in deployed.state("link-fra-fra")["resources"]
        if resource["type"] == "aws_customer_gateway"
        for instance in resource["instances"]
    }
    assert gateways == set(outputs.values())
    tunnels = {
        (instance["attributes"][f"tunnel{n}_address"], instance["attributes"][f"tunnel{n}_preshared_key"])
        for resource in deployed.state("link-fra-fra")["resources"]
        if resource["type"] == "aws_vpn_connection"
        for instance in resource["instances"]
        for n in (1, 2)
    }
    resources = deployed.state("azure-fra-connections")["resources"]
    of = {
        type_: [i["attributes"] for r in resources if r["type"] == type_ for i in r["instances"]]
        for type_ in ("azurerm_local_network_gateway", "azurerm_virtual_network_gateway_connection")
    }
    peers = {peer["id"]: peer["gateway_address"] for peer in of["azurerm_local_network_gateway"]}
    ends = {
        (peers[c["local_network_gateway_id"]], c["shared_key"])
        for c in of["azurerm_virtual_network_gateway_connection"]
    }
    assert len(ends) == 4
    assert ends == tunnels


def test_a_second_apply_is_kept_out_while_the_first_is_under_way(deployed: Deployed, tmp_path: Path) -> None:
    first = deployed.stacks["azure-fra-network"]
    second = Folder(tmp_path / "elsewhere", first.environ)
    shutil.copytree(first.path, second.path)
    lock = f"network/{EXAMPLE}/{EXAMPLE}-azure-fra-network.tfstate.tflock"
    # Waits for an answer, with the lock in its hand.
    asking = Folder(first.path, {**first.environ, "TF_INPUT": "1"})
    with asking.start("apply", "-destroy") as holding:
        until(lambda: lock in deployed.objects(), by=holding)
        refused = second.run("apply", "-auto-approve", code=1)
        assert "Error acquiring the state lock" in refused
        assert "Who:" in refused
        holding.communicate("no\n")
    assert lock not in deployed.objects()
    second.unchanged()


def test_a_lock_left_behind_is_told_with_its_id_and_can_be_broken(deployed: Deployed, tmp_path: Path) -> None:
    stack = deployed.stacks["azure-fra-network"]
    key = f"network/{EXAMPLE}/{EXAMPLE}-azure-fra-network.tfstate.tflock"
    left = {"ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Who": "ci@gone"}
    left |= {"Version": "1.11.4", "Created": "2026-01-01T00:00:00Z", "Path": "acme-tfstate"}
    deployed.s3.put_object(Bucket="acme-tfstate", Key=key, Body=json.dumps(left).encode())
    said = stack.run("plan", code=1)
    assert left["ID"] in said
    assert "ci@gone" in said
    stack.run("force-unlock", "-force", left["ID"])
    stack.unchanged()
