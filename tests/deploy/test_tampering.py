"""What people do past Terraform, and in the wrong order: it is seen, mended, or refused with a word on what to do.

All of it happens to one deployment, which every test leaves as it was, but the last, which destroys it.
"""

from __future__ import annotations

from typing import Any

from tests.deploy.deployment import Deployment

REGION = "eu-central-1"
CONNECTION = "azurerm_virtual_network_gateway_connection"
LOCAL = "azurerm_local_network_gateway"


def _vpn_connection(up: Deployment) -> tuple[str, dict[str, Any]]:
    return next(iter(sorted(up.link.resources("aws_vpn_connection").items())))


def test_half_of_a_link_destroyed_on_aws_is_made_again_and_azure_follows(up: Deployment) -> None:
    address, gone = _vpn_connection(up)
    up.clouds.client("ec2", REGION).delete_vpn_connection(VpnConnectionId=gone["id"])
    planned = up.link.planned()
    assert {a: c["actions"] for a, c in planned.items()} == {address: ["create"]}
    up.link.apply_planned()
    # AWS gives other outside addresses: the two local network gateways of this connection must hear of them.
    planned = up["connections"].planned()
    assert sorted((a.partition(".")[0], *c["actions"]) for a, c in planned.items()) == [(LOCAL, "update")] * 2
    up["connections"].apply_planned()
    up.unchanged()
    up.agree(4)


def test_half_of_a_link_destroyed_on_azure_is_made_again(up: Deployment) -> None:
    gone = {a: c for a, c in up["connections"].resources(CONNECTION).items() if "_i0-" in a}
    local = {a: c for a, c in up["connections"].resources(LOCAL).items() if "_i0-" in a}
    for resource in (*gone.values(), *local.values()):
        up.clouds.by_hand(resource["id"])
    planned = up["connections"].planned()
    made = {a for a, c in planned.items() if c["actions"] == ["create"]}
    assert made == gone.keys() | local.keys()
    assert {tuple(c["actions"]) for c in planned.values()} <= {("create",), ("update",)}
    up["connections"].apply_planned()
    up.unchanged()
    up.agree(4)


def test_a_key_changed_by_hand_on_aws_is_put_back(up: Deployment) -> None:
    address, connection = _vpn_connection(up)
    up.clouds.client("ec2", REGION).modify_vpn_tunnel_options(
        VpnConnectionId=connection["id"],
        VpnTunnelOutsideIpAddress=connection["tunnel1_address"],
        TunnelOptions={"PreSharedKey": "changed.by.hand"},
    )
    [(changed, plan)] = up.link.planned().items()
    assert (changed, plan["actions"]) == (address, ["update"])
    assert {k for k in plan["before"] if plan["before"][k] != plan["after"].get(k)} == {"tunnel1_preshared_key"}
    up.link.apply_planned()
    up.unchanged()
    up.agree(4)
    assert _vpn_connection(up)[1]["tunnel1_preshared_key"] == connection["tunnel1_preshared_key"]


def test_a_key_changed_by_hand_on_azure_is_put_back(up: Deployment) -> None:
    address, connection = next(iter(up["connections"].resources(CONNECTION).items()))
    up.clouds.by_hand(connection["id"], shared_key="changed.by.hand")
    [(changed, plan)] = up["connections"].planned().items()
    assert (changed, plan["actions"]) == (address, ["update"])
    said = up["connections"].run("show", "tfplan")
    assert "shared_key = (sensitive value)" in said
    assert "changed.by.hand" not in said
    up["connections"].apply_planned()
    up.unchanged()
    up.agree(4)


def test_the_state_of_a_stack_is_restored_from_its_backup(up: Deployment) -> None:
    """A state file that was lost: Terraform would make everything anew, and Azure refuses."""
    stack = up["gateway"]
    kept = stack.run("state", "pull", keep_lines=True)
    file = stack.folder.parents[2] / f"terraform.{stack.name}.tfstate"
    file.unlink()
    assert "needs to be imported into the State" in stack.apply(code=1)
    file.write_text(kept, encoding="utf-8")
    up.unchanged()


def test_destroyed_in_the_wrong_order_it_refuses_and_is_put_right(up: Deployment) -> None:
    before = {r["id"] for r in up.clouds.on_azure()}
    assert "InUseVirtualNetworkGatewayCannotBeDeleted" in up["gateway"].destroy(code=1)
    said = up["network"].destroy(code=1)
    assert "PublicIPAddressCannotBeDeleted" in said
    assert "InUseSubnetCannotBeDeleted" in said
    # What Terraform dropped on the way are the outputs, without which the other stacks cannot even be destroyed.
    assert "Unsupported attribute" in up["connections"].destroy(code=1)
    up["network"].apply()
    up["gateway"].apply()
    assert {r["id"] for r in up.clouds.on_azure()} == before
    up.unchanged()
    up.destroy()
    assert up.left() == {}
