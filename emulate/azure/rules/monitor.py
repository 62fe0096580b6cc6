"""Log Analytics workspace, action group, alerts: only what Azure fills in."""

# ruff: noqa: ARG002 - what a type does not need of its interface

from __future__ import annotations

from emulate.azure.cloud import Resource, World
from emulate.azure.rules.base import Rules, fill


class Workspace(Rules):
    """azurerm_log_analytics_workspace."""

    def fill_in(self, world: World, resource: Resource) -> None:
        defaults = {
            "local_authentication_disabled": False,
            "local_authentication_enabled": True,
            "retention_in_days": 30,
            "sku": "PerGB2018",
        }
        fill(resource.attributes, defaults)


class ActionGroup(Rules):
    """azurerm_monitor_action_group."""

    def fill_in(self, world: World, resource: Resource) -> None:
        for receiver in resource.attributes.get("event_hub_receiver") or []:
            fill(receiver, {"subscription_id": resource.id.split("/")[2], "tenant_id": ""})


class MetricAlert(Rules):
    """azurerm_monitor_metric_alert."""

    def fill_in(self, world: World, resource: Resource) -> None:
        # Read back as Azure derives them from the first scope.
        scope = (resource.attributes.get("scopes") or [""])[0]
        kind = "/".join(scope.split("/")[6:8])
        fill(resource.attributes, {"target_resource_type": kind, "target_resource_location": ""})
