"""What a change of the topology does to a deployment: exactly what it should, told from Terraform's own plans."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from tests.deploy.story import CONNECTION, Planned, Story

Json = dict[str, Any]

pytestmark = pytest.mark.deploys_last


@pytest.fixture(scope="module")
def story(told: Future[Story]) -> Story:
    return told.result()


def _kinds(planned: dict[str, Json]) -> list[str]:
    """Type and action of each change, sorted."""
    return sorted(f"{address.partition('.')[0]} {'-'.join(c['actions'])}" for address, c in planned.items())


def _actions(planned: Planned) -> set[str]:
    return {"-".join(c["actions"]) for changes in planned.values() for c in changes.values()}


def _different(change: Json) -> set[str]:
    """The attributes that are another value afterwards, as far as is known before."""
    before, after = change["before"], change["after"]
    return {key for key in after if before.get(key) != after[key]}


def _only_what_the_subnet_lets_in(changes: dict[str, Json]) -> bool:
    """Whether the networks that the workload subnet accepts traffic from change, in place, and nothing else."""
    [(address, rule)] = changes.items()
    kind = address.partition(".")[0]
    return (kind, rule["actions"], _different(rule)) == (
        "azurerm_network_security_rule", ["update"], {"source_address_prefixes"}
    )  # fmt: skip


def test_a_deployment_that_is_up_is_left_alone(story: Story) -> None:
    assert set(story.planned["begin"]) == {
        "azure-hub-network", "aws-fra-vpn", "azure-hub-gateway", "link-fra-hub", "azure-hub-connections"
    }  # fmt: skip
    assert _actions(story.planned["begin"]) == set()


def test_tags_change_in_place_and_nothing_else_does(story: Story) -> None:
    planned = story.planned["tags"]
    assert _actions(planned) == {"update"}
    for changes in planned.values():
        assert changes
        for address, change in changes.items():
            assert _different(change) <= {"tags", "tags_all"}, address
    assert story.tunnels["tags"] == story.tunnels["begin"]
    assert story.keys["tags"] == story.keys["begin"]


def test_a_new_key_of_one_tunnel_touches_that_tunnel_alone(story: Story) -> None:
    planned = story.planned["key"]
    assert planned["azure-hub-network"] == planned["azure-hub-gateway"] == planned["aws-fra-vpn"] == {}
    aws = planned["link-fra-hub"]
    assert _kinds(aws) == ["aws_vpn_connection update", "random_password delete-create"]
    [connection] = [c for address, c in aws.items() if address.startswith("aws_vpn_connection")]
    # The new key itself is not known before it is made.
    assert _different(connection) == set()
    assert [k for k, unknown in connection["after_unknown"].items() if unknown is True] == ["tunnel2_preshared_key"]
    [(address, azure)] = planned["azure-hub-connections"].items()
    assert (azure["actions"], _different(azure)) == (["update"], {"shared_key"})
    before, after = story.keys["tags"], story.keys["key"]
    assert {a for a in after if after[a] != before[a]} == {address}
    assert story.tunnels["key"] == story.tunnels["tags"]


def test_a_larger_sku_changes_the_gateway_in_place(story: Story) -> None:
    planned = dict(story.planned["sku"])
    [(address, gateway)] = planned.pop("azure-hub-gateway").items()
    assert address.startswith("azurerm_virtual_network_gateway.")
    assert (gateway["actions"], _different(gateway)) == (["update"], {"sku"})
    assert all(changes == {} for changes in planned.values())


def test_a_new_link_leaves_the_other_as_it_is(story: Story) -> None:
    planned = story.planned["added"]
    assert planned["aws-fra-vpn"] == planned["link-fra-hub"] == {}
    assert _only_what_the_subnet_lets_in(planned["azure-hub-network"])
    [gateway] = planned["azure-hub-gateway"].values()
    assert (gateway["actions"], _different(gateway)) == (["update"], {"bgp_settings"})
    for stack in ("aws-dub-vpn", "link-dub-hub", "azure-hub-connections"):
        assert _actions({stack: planned[stack]}) == {"create"}
    assert story.tunnels["sku"].items() < story.tunnels["added"].items()
    assert story.keys["sku"].items() < story.keys["added"].items()


def test_a_link_goes_and_leaves_the_other_as_it_is(story: Story) -> None:
    planned = story.planned["removed"]
    assert planned["aws-fra-vpn"] == planned["link-fra-hub"] == {}
    assert _only_what_the_subnet_lets_in(planned["azure-hub-network"])
    connections = planned["azure-hub-connections"]
    assert _actions({"": connections}) == {"delete"}
    assert sum(address.startswith(f"{CONNECTION}.to-dub_") for address in connections) == 4
    assert all("to-fra" not in address for address in connections)
    [gateway] = planned["azure-hub-gateway"].values()
    assert (gateway["actions"], _different(gateway)) == (["update"], {"bgp_settings"})
    assert story.tunnels["removed"] == story.tunnels["sku"]
    assert story.keys["removed"] == story.keys["sku"]


def test_in_the_end_nothing_is_left(story: Story) -> None:
    assert story.left == {}
