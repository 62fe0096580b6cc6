"""Azure Resource Manager: ids, how the provider names a resource in an error, and errors as Azure words them."""

from __future__ import annotations

import http
import re
import uuid
from dataclasses import dataclass
from typing import Final

from emulate.plugin.values import Json

# Type, below the resource group (no parent), below a named resource of the same group ("=attribute"), or below the
# resource or scope whose id an attribute holds.
_TABLE: Final = """
azurerm_key_vault Microsoft.KeyVault/vaults
azurerm_linux_virtual_machine Microsoft.Compute/virtualMachines
azurerm_local_network_gateway Microsoft.Network/localNetworkGateways
azurerm_log_analytics_workspace Microsoft.OperationalInsights/workspaces
azurerm_management_lock providers/Microsoft.Authorization/locks scope
azurerm_monitor_action_group Microsoft.Insights/actionGroups
azurerm_monitor_activity_log_alert Microsoft.Insights/activityLogAlerts
azurerm_monitor_metric_alert Microsoft.Insights/metricAlerts
azurerm_monitor_scheduled_query_rules_alert_v2 Microsoft.Insights/scheduledQueryRules
azurerm_network_interface Microsoft.Network/networkInterfaces
azurerm_network_security_group Microsoft.Network/networkSecurityGroups
azurerm_network_security_rule Microsoft.Network/networkSecurityGroups/securityRules =network_security_group_name
azurerm_network_watcher Microsoft.Network/networkWatchers
azurerm_network_watcher_flow_log Microsoft.Network/networkWatchers/flowLogs =network_watcher_name
azurerm_private_dns_zone Microsoft.Network/privateDnsZones
azurerm_public_ip Microsoft.Network/publicIPAddresses
azurerm_public_ip_prefix Microsoft.Network/publicIPPrefixes
azurerm_role_assignment providers/Microsoft.Authorization/roleAssignments scope
azurerm_route Microsoft.Network/routeTables/routes =route_table_name
azurerm_route_table Microsoft.Network/routeTables
azurerm_storage_account Microsoft.Storage/storageAccounts
azurerm_storage_container blobServices/default/containers storage_account_id
azurerm_storage_management_policy managementPolicies storage_account_id
azurerm_subnet Microsoft.Network/virtualNetworks/subnets =virtual_network_name
azurerm_virtual_hub Microsoft.Network/virtualHubs
azurerm_virtual_machine_run_command runCommands virtual_machine_id
azurerm_virtual_network Microsoft.Network/virtualNetworks
azurerm_virtual_network_gateway Microsoft.Network/virtualNetworkGateways
azurerm_virtual_network_gateway_connection Microsoft.Network/connections
azurerm_virtual_network_gateway_nat_rule natRules virtual_network_gateway_id
azurerm_virtual_network_peering Microsoft.Network/virtualNetworks/virtualNetworkPeerings =virtual_network_name
azurerm_virtual_wan Microsoft.Network/virtualWans
azurerm_vpn_gateway Microsoft.Network/vpnGateways
azurerm_vpn_gateway_connection vpnConnections vpn_gateway_id
azurerm_vpn_site Microsoft.Network/vpnSites
"""
_PATHS: Final = {type_: (path, *rest) for type_, path, *rest in (line.split() for line in _TABLE.strip().splitlines())}
_LAST: Final = {path.rpartition("/")[2].lower(): type_ for type_, (path, *_) in _PATHS.items()}

_IDS: Final = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+(?:/providers/(?P<rest>.+))?", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class AzureError(Exception):
    """A refusal of the service, in its words where they are known."""

    code: str
    message: str
    status: int = 400
    known: bool = True
    """Whether code and words were seen in an answer of Azure's; else only that it refuses is known."""

    def __str__(self) -> str:
        phrase = http.HTTPStatus(self.status).phrase
        return f"unexpected status {self.status} ({self.status} {phrase}) with error: {self.code}: {self.message}"


class ProviderError(Exception):
    """A refusal of azurerm itself, after it has read what it needs from Azure."""


def guessed(code: str, message: str) -> AzureError:
    """A refusal that Azure documents without its code."""
    return AzureError(code=code, message=message, known=False)


def resource_id(type_: str, attributes: Json, subscription: str) -> str:
    """The id that Azure gives to a resource with these attributes."""
    name = str(attributes.get("name") or uuid.uuid4())
    group = f"/subscriptions/{subscription}/resourceGroups/{attributes.get('resource_group_name')}"
    match type_:
        case "azurerm_resource_group":
            return f"/subscriptions/{subscription}/resourceGroups/{name}"
        case "azurerm_monitor_diagnostic_setting":
            return f"{attributes['target_resource_id']}|{name}"
        case "azurerm_network_interface_security_group_association":
            return f"{attributes['network_interface_id']}|{attributes['network_security_group_id']}"
        case "azurerm_storage_management_policy":
            return f"{attributes['storage_account_id']}/managementPolicies/default"
        case "azurerm_key_vault_access_policy":
            return f"{attributes['key_vault_id']}/objectId/{attributes['object_id']}"
        case "azurerm_key_vault_secret":
            vault = str(attributes["key_vault_id"]).rpartition("/")[2]
            return f"https://{vault}.vault.azure.net/secrets/{name}/{uuid.uuid4().hex}"
        case _ if type_.endswith("_association"):
            return str(attributes["subnet_id"])
    path, *parent = _PATHS[type_]
    if not parent:
        return f"{group}/providers/{path}/{name}"
    if parent[0].startswith("="):
        above, _, own = path.rpartition("/")
        return f"{group}/providers/{above}/{attributes[parent[0][1:]]}/{own}/{name}"
    return f"{attributes[parent[0]]}/{path}/{name}"


def parent_id(type_: str, id_: str) -> str | None:
    """The id of the resource by whose name a subnet, a route and their like are addressed."""
    parent = _PATHS.get(type_, ("",))[1:]
    return id_.rsplit("/", 2)[0] if parent and parent[0].startswith("=") else None


def group_id(id_: str) -> str:
    """The resource group of an id."""
    return "/".join(id_.split("/")[:5])


def path_of(type_: str) -> str:
    """The type as Azure names it: ``Microsoft.Network/virtualNetworks/subnets``, or nothing where that is not known."""
    return _PATHS.get(type_, ("",))[0]


def provider_of(type_: str) -> str:
    """The namespace that serves a type: ``Microsoft.Network``, or nothing for what has none of its own."""
    return path_of(type_).split("/")[0]


def type_of(id_: str) -> str | None:
    """The Terraform type of what an id names, of those that are served here; None for anything else."""
    match = _IDS.fullmatch(id_)
    if not match or "|" in id_:
        return None
    if not match["rest"]:
        return "azurerm_resource_group"
    return _LAST.get(match["rest"].split("/")[-2].lower()) if "/" in match["rest"] else None


def described(type_: str, id_: str) -> str:
    """``Public IP (Subscription: "…", …)``: how azurerm names a resource in an error."""
    words = {"ip": "IP", "vpn": "VPN", "wan": "WAN", "dns": "DNS"}
    title = " ".join(words.get(w, w.title()) for w in type_.removeprefix("azurerm_").split("_"))
    parts = id_.split("/")
    if len(parts) < 5 or parts[1] != "subscriptions":
        return f"{title} ({id_})"
    said = [f'Subscription: "{parts[2]}"', f'Resource Group Name: "{parts[4]}"']
    if len(parts) > 8:
        said.append(f'{title} Name: "{parts[-1]}"')
    listed = "\n".join(said)
    return f"{title} ({listed})"


def not_found(id_: str) -> AzureError:
    """404 for an id."""
    parts = id_.split("/")
    what = "/".join([*parts[6:7], *parts[7:]])
    return AzureError(
        code="ResourceNotFound",
        message=f"The Resource '{what}' under resource group '{parts[4] if len(parts) > 4 else ''}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        status=404,
    )
