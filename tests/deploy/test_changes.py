"""What a change of the topology does to a deployment: exactly what it should, asserted from Terraform's own plans."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.plan.order import steps
from tests.deploy.deployment import Deployment
from tests.deploy.emulated import Emulated
from tests.synth.inside import Synthesized

Json = dict[str, Any]

CONNECTION = "azurerm_virtual_network_gateway_connection"
TUNNELS = 4


def _topology(*, links: str = "fra", owner: str = "platform", sku: str = "VpnGw2AZ", generation: str = "") -> str:
    """An Azure hub, which one or two AWS sites are joined to with random keys; one row a thing that changes."""
    keys = {"fra": f"{{source: random{generation}}}", "dub": "{source: random}"}
    rows = [
        f"  - {{aws: {site}, azure: hub, slot: {number}, psk: {keys[site]}}}"
        for number, site in enumerate(("fra", "dub"))
        if site in links
    ]
    return "\n".join(
        [
            "name: changing",
            f"tags: {{owner: {owner}}}",
            "aws:",
            "  fra: {region: eu-central-1, network: {cidr: 10.1.0.0/16}, gateway: {asn: 64601}}",
            "  dub: {region: eu-west-1, network: {cidr: 10.2.0.0/16}, gateway: {asn: 64602}}"
            if "dub" in links
            else "  # no second site",
            "azure:",
            "  hub:",
            "    region: westeurope",
            "    network: {cidr: 10.100.0.0/16}",
            f"    gateway: {{sku: {sku}, asn: 65100}}",
            "links:",
            *rows,
            "monitoring: false",
        ]
    )


@pytest.fixture(scope="module")
def deployed(deploy: Any) -> Deployment:
    """One link, up; each test finds what the one before has left, and plans to nothing."""
    deployment: Deployment = deploy(_topology())
    deployment.apply()
    deployment.agree(TUNNELS)
    return deployment


@pytest.fixture
def change(deployed: Deployment, synthesized: Synthesized) -> Any:
    """Applies a changed topology, stack by stack, and returns what each plan had to do."""

    def do(topology: str) -> dict[str, dict[str, Json]]:
        order = [step.stack for step in steps(synthesized.plan(topology))]
        deployed.take(synthesized.output(topology), order)
        planned = {}
        for stack in deployed:
            planned[stack.name.removeprefix("changing-")] = stack.planned()
            stack.apply_planned()
        deployed.unchanged()
        return planned

    return do


def _actions(planned: dict[str, Json]) -> set[str]:
    return {"-".join(change["actions"]) for change in planned.values()}


def _kinds(planned: dict[str, Json]) -> list[str]:
    """Type and action of each change, sorted."""
    return sorted(f"{address.partition('.')[0]} {'-'.join(c['actions'])}" for address, c in planned.items())


def test_tags_change_in_place_and_nothing_else_does(deployed: Deployment, change: Any) -> None:
    planned = change(_topology(owner="network"))
    assert set().union(*(_actions(p) for p in planned.values())) == {"update"}
    for stack, changes in planned.items():
        assert changes, stack
        for address, one in changes.items():
            different = {
                key for key in one["before"] if one["before"][key] != one["after"].get(key) and key in one["after"]
            }
            assert different <= {"tags", "tags_all"}, address
    change(_topology())
    deployed.agree(TUNNELS)


def test_a_new_key_of_one_tunnel_touches_that_tunnel_alone(deployed: Deployment, change: Any) -> None:
    before = {t.name: t for t in deployed.tunnels()}
    keys = deployed["connections"].resources(CONNECTION)
    planned = change(_topology(generation=", generation: {2: 2}"))
    assert planned["azure-hub-network"] == planned["azure-hub-gateway"] == {}
    aws = planned["aws-fra-vpn"]
    assert _kinds(aws) == ["aws_vpn_connection update", "random_password delete-create"] or _kinds(aws) == [
        "aws_vpn_connection update",
        "random_password create-delete",
    ]
    [connection] = [c for a, c in aws.items() if a.startswith("aws_vpn_connection")]
    different = {k for k in connection["before"] if connection["before"][k] != connection["after"].get(k)}
    assert different == {"tunnel2_preshared_key"}
    [(address, azure)] = planned["azure-hub-connections"].items()
    assert azure["actions"] == ["update"]
    assert {k for k in azure["before"] if azure["before"][k] != azure["after"].get(k)} == {"shared_key"}
    after = deployed["connections"].resources(CONNECTION)
    assert {a for a in after if after[a]["shared_key"] != keys[a]["shared_key"]} == {address}
    assert {t.name: t for t in deployed.tunnels()} == before
    deployed.agree(TUNNELS)
    change(_topology())


def test_a_larger_sku_changes_the_gateway_in_place(deployed: Deployment, change: Any) -> None:
    planned = change(_topology(sku="VpnGw3AZ"))
    [(address, gateway)] = planned.pop("azure-hub-gateway").items()
    assert address.startswith("azurerm_virtual_network_gateway.")
    assert gateway["actions"] == ["update"]
    assert {k for k in gateway["before"] if gateway["before"][k] != gateway["after"].get(k)} == {"sku"}
    assert all(changes == {} for changes in planned.values())
    change(_topology())


def test_a_link_is_added_and_removed_and_the_other_carries_on(
    deployed: Deployment, change: Any, synthesized: Synthesized
) -> None:
    before = {t.name: t for t in deployed.tunnels()}
    planned = change(_topology(links="fra dub"))
    assert planned["azure-hub-network"] == planned["aws-fra-vpn"] == {}
    assert _actions(planned["aws-dub-vpn"]) == {"create"}
    [gateway] = planned["azure-hub-gateway"].values()
    assert gateway["actions"] == ["update"]
    assert {k for k in gateway["before"] if gateway["before"][k] != gateway["after"].get(k)} == {"bgp_settings"}
    assert _actions(planned["azure-hub-connections"]) == {"create"}
    deployed.agree(2 * TUNNELS)
    assert before.items() <= {t.name: t for t in deployed.tunnels()}.items()

    # As docs/operations.md says: connections first, the site's own stack last.
    topology = _topology()
    full, rest = deployed.order, [step.stack for step in steps(synthesized.plan(topology))]
    deployed.take(synthesized.output(topology), rest)
    connections = deployed["connections"].planned()
    assert _actions(connections) == {"delete"}
    assert sum(address.startswith(CONNECTION) for address in connections) == TUNNELS
    deployed["connections"].apply_planned()
    gateway_stack = deployed["gateway"].planned()
    assert _kinds(gateway_stack) == ["azurerm_virtual_network_gateway update"]
    deployed["gateway"].apply_planned()
    [gone] = set(full) - set(rest)
    deployed[gone].destroy()
    deployed.unchanged()
    deployed.agree(TUNNELS)
    assert {t.name: t for t in deployed.tunnels()} == before


def test_in_the_end_nothing_is_left(deployed: Deployment, clouds: Emulated) -> None:
    deployed.destroy()
    assert deployed.left() == {}
