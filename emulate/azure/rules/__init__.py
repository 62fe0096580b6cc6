"""What Azure refuses and what it fills in: first what holds for every type, then each type's own rules."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any, Final

from emulate.azure import arm
from emulate.azure.cloud import Resource, World
from emulate.azure.rules.base import Rules
from emulate.azure.rules.connection import Connection
from emulate.azure.rules.gateway import Gateway
from emulate.azure.rules.monitor import ActionGroup, MetricAlert, Workspace
from emulate.azure.rules.network import LocalNetworkGateway, PublicIp, Subnet, VirtualNetwork
from emulate.plugin.schema import load
from emulate.plugin.values import UNKNOWN, Type, walk

_NONE: Final = Rules()
_RULES: Final[dict[str, Rules]] = {
    "azurerm_local_network_gateway": LocalNetworkGateway(),
    "azurerm_log_analytics_workspace": Workspace(),
    "azurerm_monitor_action_group": ActionGroup(),
    "azurerm_monitor_metric_alert": MetricAlert(),
    "azurerm_public_ip": PublicIp(),
    "azurerm_subnet": Subnet(),
    "azurerm_virtual_network": VirtualNetwork(),
    "azurerm_virtual_network_gateway": Gateway(),
    "azurerm_virtual_network_gateway_connection": Connection(),
}
# What refers to a resource keeps it from being deleted when it is one of these; an alert or a lock does not.
_HOLDING: Final = ("Microsoft.Network", "Microsoft.Compute")
# In these the service wants all that is referred to in the same region.
_ONE_REGION: Final = (
    "azurerm_network_interface",
    "azurerm_virtual_network_gateway",
    "azurerm_virtual_network_gateway_connection",
)


def of(type_: str) -> Rules:
    """The rules of a type; most have none of their own."""
    return _RULES.get(type_, _NONE)


def busy_with(resource: Resource) -> list[str]:
    """On what no other operation may begin while one on ``resource`` is under way."""
    return [resource.id, *of(resource.type).busy_with(resource.attributes)]


def check(world: World, resource: Resource, before: Resource | None) -> None:
    """Refuse to make ``resource``, or to change ``before`` into it.

    Raises:
        arm.AzureError, arm.ProviderError: why.
    """
    if "resource_group_name" in resource.attributes and world.get(arm.group_id(resource.id)) is None:
        group = resource.attributes["resource_group_name"]
        message = f"Resource group '{group}' could not be found."
        raise arm.AzureError(code="ResourceGroupNotFound", message=message, status=404)
    parent = arm.parent_id(resource.type, resource.id)
    if parent and world.get(parent) is None:
        message = (
            "Failed to perform 'write' on resource(s) because the parent resource "
            f"'{'/'.join(parent.split('/')[5:])}' could not be found."
        )
        raise arm.AzureError(code="ParentResourceNotFound", message=message, status=404)
    _check_references(world, resource)
    _check_idle(world, resource)
    of(resource.type).check(world, resource, before)


def fill_in(world: World, resource: Resource) -> None:
    """Give every attribute that is still unknown the value that Azure would."""
    of(resource.type).fill_in(world, resource)
    for name, attribute in load("azurerm").resources[resource.type].block.attributes.items():
        if resource.attributes.get(name) is UNKNOWN:
            resource.attributes[name] = made_up(attribute.type, resource.id, name)
    resource.attributes = _known(resource.attributes)


def check_deletion(world: World, resource: Resource, *, keep_full_groups: bool) -> None:
    """Refuse to delete ``resource``.

    Raises:
        arm.AzureError, arm.ProviderError: why.
    """
    if resource.type == "azurerm_resource_group":
        if keep_full_groups and (inside := world.below(resource.id)):
            raise arm.ProviderError(_FULL_GROUP.format("\n".join(f"* `{r.id}`" for r in inside)))
        return
    _check_idle(world, resource)
    for one in [resource, *world.below(resource.id)]:
        for other, path in world.referring(one.id):
            goes_too = other.id.lower().startswith(resource.id.lower() + "/")
            if not goes_too and not other.type.endswith("_association") and arm.provider_of(other.type) in _HOLDING:
                raise of(one.type).in_use(one, other, path)


# The first lines of the provider's own text (internal/services/resource/resource_group_resource.go).
_FULL_GROUP: Final = """the Resource Group still contains Resources.

Terraform is configured to check for Resources within the Resource Group when deleting the Resource Group - and
raise an error if nested Resources still exist to avoid unintentionally deleting these Resources.

Terraform has detected that the following Resources still exist within the Resource Group:

{}"""


def _check_references(world: World, resource: Resource) -> None:
    for path, value in walk(resource.attributes):
        if path in ("id", "scope") or not isinstance(value, str):
            continue
        type_ = arm.type_of(value)
        if type_ is None:
            continue
        other = world.get(value)
        if other is None or other.doing == "delete":
            # azurerm itself asks for a connection's gateway first, and passes the answer on.
            if path in ("virtual_network_gateway_id", "target_resource_id", "log_analytics_workspace_id"):
                raise arm.not_found(value)
            raise _bad_reference(resource, value)
        elsewhere = other.attributes.get("location", resource.attributes.get("location"))
        if resource.type in _ONE_REGION and elsewhere != resource.attributes.get("location"):
            raise _bad_reference(resource, value)


def _bad_reference(resource: Resource, id_: str) -> arm.AzureError:
    return arm.AzureError(
        code="InvalidResourceReference",
        message=f"Resource {id_} referenced by resource {resource.id} was not found. Please make sure that the "
        "referenced resource exists, and that both resources are in the same region.",
    )


def _check_idle(world: World, resource: Resource) -> None:
    busy = world.under_way(busy_with(resource))
    if busy:
        subscription = resource.id.split("/")[2]
        operation = uuid.uuid5(uuid.NAMESPACE_URL, f"{busy.id}{busy.until}")
        raise arm.AzureError(
            code="AnotherOperationInProgress",
            message="Another operation on this or dependent resource is in progress. To retrieve status of the "
            f"operation use uri: https://management.azure.com/subscriptions/{subscription}/providers/Microsoft.Network/"
            f"locations/{busy.attributes.get('location')}/operations/{operation}?api-version=2024-05-01.",
            status=429,
        )


def made_up(type_: Type, id_: str, name: str) -> Any:
    """A value of ``type_`` that is always the same for this attribute of this resource."""
    if type_ == "string":
        if name.endswith(("_key", "_connection_string", "_token")):
            return base64.b64encode(hashlib.sha256(f"{id_}{name}".encode()).digest()).decode()
        if name.endswith(("guid", "_id", "workspace_id")):
            return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{id_}#{name}"))
        return ""
    if type_ in ("bool", "number"):
        return False if type_ == "bool" else 0
    return {} if type_[0] == "map" else None if type_[0] == "object" else []


def _known(value: Any) -> Any:
    """``value`` with null for what nobody gave a value."""
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return {name: _known(item) for name, item in value.items()}
    return [_known(item) for item in value] if isinstance(value, list) else value
