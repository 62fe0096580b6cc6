"""The stand-in for azurerm with the real terraform: what it deploys, refuses and bears."""

from __future__ import annotations

import contextlib
import json
import re
import signal
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from emulate import terraform
from tests.emulate.azure_stacks import MADE_UP_KEY, Stack, Stacks, StandIn, serving
from tests.needs import unavailable
from tests.synth.program import PROJECT, environment, run, synthesize
from tests.waiting import FOR_EVER, until

Json = dict[str, Any]
Deploy = Callable[..., Stacks]

CONNECTION = "azurerm_virtual_network_gateway_connection"
GATEWAY = "azurerm_virtual_network_gateway"
LOCAL = "azurerm_local_network_gateway"


@pytest.fixture(scope="module", autouse=True)
def _terraform() -> None:
    try:
        terraform.binary()
    except terraform.UnavailableError as error:
        unavailable(error)


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    @cache
    def example(name: str) -> Path:
        return synthesize(PROJECT / "examples" / f"{name}.yaml", tmp_path_factory.mktemp(name) / "cdktf.out")

    return example


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with serving(tmp_path_factory.mktemp("azure") / "azure.json") as stand_in:
        yield stand_in


@pytest.fixture
def azure(running: StandIn) -> StandIn:
    running.control()
    return running


@pytest.fixture
def deploy(azure: StandIn, synthesized: Callable[[str], Path], tmp_path: Path) -> Deploy:
    """Copies an example's stacks and applies those named."""

    def deployed(example: str, *applied: str) -> Stacks:
        stacks = Stacks(synthesized(example), tmp_path / example, TF_REATTACH_PROVIDERS=azure.reattach)
        for name in ("network", "gateway", "connections"):
            stacks[name].init()
            if name in applied:
                stacks[name].apply()
        return stacks

    return deployed


def _written(folder: Path, azure: StandIn, config: Json) -> Stack:
    """A stack that is written by hand, in its own subscription."""
    folder.mkdir(parents=True, exist_ok=True)
    required = {n: {"source": f"hashicorp/{n}"} for n in ("azurerm", "random")}
    (folder / "cdk.tf.json").write_text(
        json.dumps(
            {"terraform": {"required_providers": required}, "provider": {"azurerm": {"features": {}}}, **config}
        ),
        encoding="utf-8",
    )
    stack = Stack(folder, {"TF_REATTACH_PROVIDERS": azure.reattach})
    stack.init()
    return stack


@pytest.mark.parametrize(
    ("example", "public_ips", "connections"), [("simple", 2, 4), ("static", 1, 2), ("active-standby", 1, 1)]
)
def test_an_example_deploys_stays_as_it_is_and_goes(
    deploy: Deploy, azure: StandIn, example: str, public_ips: int, connections: int
) -> None:
    stacks = deploy(example)
    for name in ("network", "gateway", "connections"):
        stack = stacks[name]
        assert "The configuration is valid" in stack.run("validate")
        stack.run("plan", "-input=false", "-out=tfplan")
        stack.run("apply", "-input=false", "tfplan")
        stack.unchanged()
    made = stacks["network"].state("azurerm_public_ip")
    assert len({ip["ip_address"] for ip in made}) == public_ips
    assert len(stacks["connections"].state(CONNECTION)) == connections
    [gateway] = stacks["gateway"].state(GATEWAY)
    peerings = gateway["bgp_settings"][0]["peering_addresses"]
    assert {a for p in peerings for a in p["tunnel_ip_addresses"]} == {ip["ip_address"] for ip in made}
    for name in ("connections", "gateway", "network"):
        stacks[name].destroy()
    assert azure.resources(stacks.subscription) == []


def test_terraform_itself_starts_the_executable_of_the_mirror(
    synthesized: Callable[[str], Path], tmp_path: Path
) -> None:
    # A path with a space, which the first line of a script could not hold.
    cloud = tmp_path / "a cloud.json"
    stack = _mirrored(synthesized("active-standby"), tmp_path / "a folder", cloud)
    stack.apply()
    stack.unchanged()
    assert len(json.loads(cloud.read_text(encoding="utf-8"))["resources"]) == _resources(stack) > 0
    stack.destroy()


def test_it_has_the_schema_of_azurerm_and_says_that_it_is_a_stand_in(deploy: Deploy) -> None:
    said = deploy("simple")["network"].run("providers", "schema", "-json")
    schema = json.loads(said)["provider_schemas"]["registry.terraform.io/hashicorp/azurerm"]
    assert "a stand-in of Isthmus, not the real provider" in schema["provider"]["block"]["description"]
    true = json.loads((PROJECT / "tests" / "data" / "azurerm-4.55.0.json").read_text(encoding="utf-8"))
    for kind, types in (("resource_schemas", true["resource"]), ("data_source_schemas", true["data"])):
        for name, wanted in types.items():
            _same(schema[kind][name]["block"], wanted, name)


def _same(shown: Json, wanted: Json, where: str) -> None:
    flags = ("required", "optional", "computed", "sensitive", "type")
    for name, attribute in wanted.get("attributes", {}).items():
        for flag in flags:
            assert shown["attributes"][name].get(flag) == attribute.get(flag), f"{where}.{name}: {flag}"
    for name, nested in wanted.get("block_types", {}).items():
        assert shown["block_types"][name]["nesting_mode"] == nested["nesting_mode"], f"{where}.{name}"
        _same(shown["block_types"][name].get("block", {}), nested["block"], f"{where}.{name}")


def test_a_new_name_replaces_and_a_new_key_does_not(deploy: Deploy) -> None:
    stacks = deploy("active-standby", "network", "gateway", "connections")
    stack = stacks["connections"]
    [local] = stack.config["resource"][LOCAL].values()
    [connection] = stack.config["resource"][CONNECTION].values()
    local["name"], connection["shared_key"] = "renamed", "AnotherKey"
    stack.save()
    changes = {address.partition(".")[0]: change for address, change in stack.planned().items()}
    assert changes[LOCAL]["actions"] == ["delete", "create"]
    assert changes[LOCAL]["replace_paths"] == [["name"]]
    assert changes[CONNECTION]["actions"] == ["update"]
    assert changes[CONNECTION]["after_unknown"]["local_network_gateway_id"] is True


def test_keys_are_masked_and_in_no_file_but_the_cloud(deploy: Deploy, azure: StandIn) -> None:
    stacks = deploy("active-standby", "network", "gateway")
    stack = stacks["connections"]
    assert "shared_key = (sensitive value)" in stack.run("plan", "-input=false")
    assert MADE_UP_KEY not in stack.apply()
    assert MADE_UP_KEY in azure.cloud.read_text(encoding="utf-8")
    assert azure.cloud.stat().st_mode & 0o077 == 0
    assert MADE_UP_KEY not in azure.cloud.with_suffix(".log").read_text(encoding="utf-8")


def test_what_is_changed_or_deleted_by_hand_is_mended(deploy: Deploy, azure: StandIn) -> None:
    stacks = deploy("active-standby", "network", "gateway", "connections")
    stack = stacks["connections"]
    [connection] = stack.state(CONNECTION)
    azure.change(connection["id"], shared_key="ChangedByHand")
    changes = stack.planned()
    assert [change["actions"] for change in changes.values()] == [["update"]]
    assert stack.apply().count("Modifying...") == 1
    world = json.loads(azure.cloud.read_text(encoding="utf-8"))
    del world["resources"][connection["id"].lower()]
    azure.cloud.write_text(json.dumps(world), encoding="utf-8")
    assert [change["actions"] for change in stack.planned().values()] == [["create"]]


def test_connections_side_by_side_fail_and_one_after_another_do_not(deploy: Deploy, azure: StandIn) -> None:
    stacks = deploy("simple", "network", "gateway")
    stack = stacks["connections"]
    azure.control({"type": CONNECTION, "operation": "*", "delay": 0.4})
    stack.apply()
    stack.destroy()
    for connection in stack.config["resource"][CONNECTION].values():
        connection["depends_on"] = []
    stack.save()
    azure.control({"type": CONNECTION, "operation": "create", "hold": True})
    log = azure.cloud.with_suffix(".log")
    refused = log.read_text(encoding="utf-8").count("AnotherOperationInProgress")
    with stack.start("apply", "-auto-approve", "-input=false") as process:
        until(lambda: log.read_text(encoding="utf-8").count("AnotherOperationInProgress") > refused, by=process)
        azure.control()
        said = " ".join(re.sub(r"[│╷╵]", "", process.communicate()[1]).split())
    assert process.returncode == 1
    assert "AnotherOperationInProgress: Another operation on this or dependent resource is in progress." in said
    assert "Said by a stand-in of Isthmus" in said
    stack.apply()
    stack.unchanged()


def test_terraform_killed_while_the_gateway_is_made(deploy: Deploy, azure: StandIn) -> None:
    stacks = deploy("active-standby", "network")
    stack = stacks["gateway"]
    azure.control({"type": GATEWAY, "operation": "create", "hold": True})
    with stack.start("apply", "-auto-approve", "-input=false") as process:
        until(lambda: any(r["state"] == "Creating" for r in azure.resources(stacks.subscription)), by=process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    # Azure goes on, and Terraform does not know of it.
    said = stack.apply(code=1)
    assert "already exists - to be managed via Terraform this resource needs to be imported into the State" in said
    azure.control()
    assert all(r["state"] == "Succeeded" for r in azure.resources(stacks.subscription))
    [gateway] = [r for r in azure.resources(stacks.subscription) if r["type"] == GATEWAY]
    [address] = [f"{GATEWAY}.{name}" for name in stack.config["resource"][GATEWAY]]
    stack.run("import", "-input=false", address, gateway["id"])
    # Import does not know the timeouts of the configuration; applying puts them in, and changes nothing in the cloud.
    stack.apply()
    stack.unchanged()
    stack.destroy()


def test_an_interrupted_apply_does_not_wait(deploy: Deploy, azure: StandIn) -> None:
    stacks = deploy("active-standby", "network")
    azure.control({"type": GATEWAY, "operation": "create", "hold": True})
    with stacks["gateway"].start("apply", "-auto-approve", "-input=false") as process:
        until(lambda: any(r["state"] == "Creating" for r in azure.resources(stacks.subscription)))
        process.send_signal(signal.SIGINT)
        _said, error = process.communicate(timeout=FOR_EVER)
    assert "context canceled" in error


def test_a_provider_whose_terraform_was_killed_ends(synthesized: Callable[[str], Path], tmp_path: Path) -> None:
    cloud = tmp_path / "azure.json"
    cloud.with_suffix(".control.json").write_text(
        json.dumps({"rules": [{"type": "azurerm_resource_group", "hold": True}]}), encoding="utf-8"
    )
    stack = _mirrored(synthesized("active-standby"), tmp_path, cloud)
    with stack.start("apply", "-auto-approve", "-input=false") as process:
        until(cloud.exists)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    until(lambda: not _processes(str(cloud)))
    assert [r["state"] for r in json.loads(cloud.read_text(encoding="utf-8"))["resources"].values()] == ["Creating"]


def test_patience_ends_and_the_service_goes_on(deploy: Deploy, azure: StandIn) -> None:
    stacks = deploy("active-standby", "network")
    stack = stacks["gateway"]
    [gateway] = stack.config["resource"][GATEWAY].values()
    gateway["timeouts"] = {"create": "0.3s"}
    stack.save()
    azure.control({"type": GATEWAY, "operation": "create", "hold": True})
    assert "polling after CreateOrUpdate: context deadline exceeded" in stack.apply(code=1)
    assert [r["state"] for r in azure.resources(stacks.subscription) if r["type"] == GATEWAY] == ["Creating"]


def test_errors_on_demand_come_as_often_as_wished(deploy: Deploy, azure: StandIn) -> None:
    stacks = deploy("active-standby")
    stack = stacks["network"]
    error = {"code": "InternalServerError", "message": "An error occurred.", "status": 500}
    azure.control({"type": "azurerm_public_ip", "operation": "create", "error": error, "times": 2})
    for _ in range(2):
        said = stack.apply(code=1)
        assert "unexpected status 500 (500 Internal Server Error) with error: InternalServerError: An error" in said
    stack.apply()
    stack.unchanged()
    stack.destroy()


def test_an_error_names_its_place_in_the_configuration(deploy: Deploy) -> None:
    stacks = deploy("active-standby", "network", "gateway")
    stack = stacks["connections"]
    [connection] = stack.config["resource"][CONNECTION].values()
    connection["ipsec_policy"]["ipsec_integrity"] = "SHA384"
    stack.save()
    said = stack.run("validate", code=1)
    wanted = '"GCMAES128" "GCMAES192" "GCMAES256" "MD5" "SHA1" "SHA256"'
    assert f"expected ipsec_policy.0.ipsec_integrity to be one of [{wanted}], got SHA384" in said
    assert "on cdk.tf.json line" in said


def test_a_gateway_with_connections_is_not_destroyed_first(deploy: Deploy) -> None:
    stacks = deploy("active-standby", "network", "gateway", "connections")
    assert "InUseVirtualNetworkGatewayCannotBeDeleted" in stacks["gateway"].destroy(code=1)
    said = stacks["network"].destroy(code=1)
    assert "PublicIPAddressCannotBeDeleted" in said
    assert "InUseSubnetCannotBeDeleted" in said


def test_data_sources_and_import_by_id(deploy: Deploy, azure: StandIn, tmp_path: Path) -> None:
    stacks = deploy("active-standby", "network")
    group = {"resource_group_name": "standby-azure-par"}
    [vnet] = [r for r in azure.resources(stacks.subscription) if r["type"] == "azurerm_virtual_network"]
    provider = {"features": {}, "subscription_id": stacks.subscription}
    subnet = {"name": "GatewaySubnet", "virtual_network_name": vnet["attributes"]["name"], **group}
    reading = _written(
        tmp_path / "reading",
        azure,
        {
            "provider": {"azurerm": provider},
            "data": {"azurerm_subnet": {"s": subnet}, "azurerm_client_config": {"c": {}}},
            "output": {
                "prefixes": {"value": "${data.azurerm_subnet.s.address_prefixes}"},
                "subscription": {"value": "${data.azurerm_client_config.c.subscription_id}"},
            },
        },
    )
    reading.apply()
    outputs = json.loads(reading.run("output", "-json"))
    assert outputs["subscription"]["value"] == stacks.subscription
    assert outputs["prefixes"]["value"] == ["10.80.15.224/27"]
    subnet["name"] = "missing"
    reading.config["data"]["azurerm_subnet"]["s"] = subnet
    reading.save()
    assert "was not found" in reading.run("plan", "-input=false", code=1)


def test_random_passwords_are_random_kept_and_renewed_by_their_keepers(azure: StandIn, tmp_path: Path) -> None:
    password: Json = {"length": 24, "special": False, "min_upper": 2, "keepers": {"generation": "1"}}
    stack = _written(tmp_path / "random", azure, {"resource": {"random_password": {"a": password, "b": password}}})
    assert "(sensitive value)" in stack.run("plan", "-input=false")
    stack.apply()
    stack.unchanged()
    before = [p["result"] for p in stack.state("random_password")]
    assert len(set(before)) == 2
    assert all(len(result) == 24 and result.isalnum() for result in before)
    stack.config["resource"]["random_password"]["a"]["keepers"] = {"generation": "2"}
    stack.save()
    assert {a: c["actions"] for a, c in stack.planned().items()} == {"random_password.a": ["delete", "create"]}
    stack.apply()
    after = [p["result"] for p in stack.state("random_password")]
    assert (after[0] != before[0], after[1]) == (True, before[1])


def test_two_subscriptions_of_one_server_do_not_mix(deploy: Deploy, azure: StandIn, tmp_path: Path) -> None:
    first = deploy("active-standby", "network")
    second = Stacks(first["network"].folder.parents[1], tmp_path / "second", TF_REATTACH_PROVIDERS=azure.reattach)
    second["network"].init()
    second["network"].apply()
    for stacks in (first, second):
        assert len(azure.resources(stacks.subscription)) == _resources(stacks["network"]) > 0
    addresses = {s["network"].state("azurerm_public_ip")[0]["ip_address"] for s in (first, second)}
    assert len(addresses) == 2


def _resources(stack: Stack) -> int:
    return sum(map(len, stack.config["resource"].values()))


def _mirrored(synthesized: Path, folder: Path, cloud: Path) -> Stack:
    """The network stack, with providers that Terraform finds in a mirror."""
    mirror, settings = folder / "mirror", folder / "terraform.rc"
    done = run("-m", "emulate.azure", "mirror", mirror, "--cloud", cloud, cwd=PROJECT, env=environment())
    assert done.returncode == 0, done.stderr
    settings.write_text(f'provider_installation {{ filesystem_mirror {{ path = "{mirror}" }} }}\n', encoding="utf-8")
    stack = Stacks(synthesized, folder / "stacks", TF_CLI_CONFIG_FILE=str(settings))["network"]
    stack.init()
    return stack


def _processes(word: str) -> list[str]:
    """The command lines of processes that have ``word`` in them."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(path.read_bytes().decode(errors="replace"))
    return [line for line in lines if word in line]
