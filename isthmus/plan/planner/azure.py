"""The Azure side of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from isthmus.clouds import arguments
from isthmus.clouds import azure as facts
from isthmus.plan import names
from isthmus.plan.addressing import gateway_subnet, workload_subnet
from isthmus.plan.planner import common
from isthmus.plan.planner.alerts import bandwidth_alert
from isthmus.plan.types import (
    AdoptedAzureGateway,
    AdoptedVNet,
    AnyAzureGateway,
    AzureGateway,
    AzureMonitoring,
    AzureNetwork,
    AzureProviderSettings,
    AzureSite,
    Instance,
    Link,
    VNet,
    VNetFlowLog,
)
from isthmus.topology import models


def azure_site(
    topology: models.Topology, key: str, links: Sequence[Link], far: Iterable[IPv4Network], *, active_active: bool
) -> AzureSite:
    """The site ``key`` with the ``links`` that end on it, whose gateway hears of the networks ``far``.

    It has two instances when ``active_active``.
    """
    site = topology.azure[key]
    identity = names.identity(topology, "azure", key)
    label = names.site(names.deployment(topology), "azure", identity)
    instances = tuple(_instance(label, number, links) for number in range(2 if active_active else 1))
    return AzureSite(
        key=key,
        identity=identity,
        stacks=names.azure_stacks(names.deployment(topology), identity, gateway_made=site.gateway.id is None),
        region=site.region,
        provider=AzureProviderSettings(
            # What is made for an adopted gateway must be in its subscription, whatever the environment says.
            subscription_id=site.subscription_id or (site.gateway.id.split("/")[2] if site.gateway.id else None),
            tenant_id=site.tenant_id,
        ),
        resource_group=label,
        network=_network(topology, label, site, far),
        gateway=_gateway(topology, label, site, instances),
        monitoring=_monitoring(topology, key, label, links),
        lifecycle=common.lifecycle(topology, (), protected=False),
        tags=common.tags(topology),
    )


def _network(topology: models.Topology, label: str, site: models.AzureSite, far: Iterable[IPv4Network]) -> AzureNetwork:
    network = site.network
    if network.vnet:
        assert network.resource_group is not None, "isthmus.checks sees to it that a VNet comes with its group"
        return AdoptedVNet(
            resource_group=network.resource_group,
            name=network.vnet,
            cidrs=network.cidrs,
            gateway_subnet=_place(network),
        )
    assert network.cidr is not None, "isthmus.checks sees to it that a VNet is made or adopted"
    place = _place(network) or gateway_subnet(network.cidr)
    return VNet(
        name=label,
        cidr=network.cidr,
        gateway_subnet=place,
        workload_subnet_name="workload",
        workload_subnet=workload_subnet(network.cidr, place),
        security_group=f"{label}-workload",
        allowed_sources=tuple(sorted({network.cidr, *far})),
        flow_log=_flow_log(label, site.region, network.flow_logs) if network.flow_logs else None,
        lifecycle=common.lifecycle(topology, arguments.VNET),
        subnet_lifecycle=common.lifecycle(topology, arguments.SUBNET, tags=False, protected=False),
        lock=f"{label}-vnet" if topology.azure_locks else None,
    )


def _place(network: models.AzureNetwork) -> IPv4Network | None:
    """Where the topology puts the GatewaySubnet, if it says so."""
    return network.gateway_subnet if isinstance(network.gateway_subnet, IPv4Network) else None


def _flow_log(label: str, region: str, wanted: models.AzureFlowLogs) -> VNetFlowLog:
    return VNetFlowLog(
        name=label,
        # As Azure names the one that it makes with the first VNet of a region.
        network_watcher=wanted.network_watcher or f"NetworkWatcher_{region}",
        network_watcher_resource_group=wanted.network_watcher_resource_group,
        storage_account_id=wanted.storage_account_id,
        retention_days=wanted.retention_days,
    )


def _gateway(
    topology: models.Topology, label: str, site: models.AzureSite, instances: tuple[Instance, ...]
) -> AnyAzureGateway:
    gateway = site.gateway
    if gateway.id:
        return AdoptedAzureGateway(
            id=gateway.id,
            name=gateway.id.rpartition("/")[2],
            sku=gateway.known_sku.name if gateway.known_sku else None,
            asn=gateway.effective_asn,
            active_active=len(instances) == 2,
            public_ips=gateway.public_ips,
            instances=instances,
        )
    sku = facts.sku(gateway.sku, gateway.generation)
    assert sku is not None, "isthmus.checks refuses a SKU that its generation does not have"
    # An address without zones can be made in every region; isthmus.checks says that this is assumed.
    zoned = facts.REGIONS.get(site.region, False) if site.network.zones is None else site.network.zones
    return AzureGateway(
        name=label,
        sku=sku.name,
        generation=f"Generation{gateway.generation}" if gateway.generation else None,
        asn=gateway.effective_asn,
        active_active=len(instances) == 2,
        zones=facts.ZONES if zoned else (),
        instances=instances,
        lifecycle=common.lifecycle(topology, arguments.GATEWAY),
        # Zones that a later table of regions corrects: an address in other zones would be a new address.
        public_ip_lifecycle=common.lifecycle(
            topology, arguments.PUBLIC_IP, *(("zones",) if site.network.zones is None else ())
        ),
        lock=f"{label}-gateway" if topology.azure_locks else None,
    )


def _instance(label: str, number: int, links: Sequence[Link]) -> Instance:
    key = names.instance(number)
    return Instance(
        number=number,
        key=key,
        public_ip=f"{label}-{key}",
        ip_configuration=key,
        apipa=tuple(t.azure_address for link in links for t in link.tunnels if t.bgp and t.instance == number),
    )


def _monitoring(topology: models.Topology, key: str, label: str, links: Sequence[Link]) -> AzureMonitoring | None:
    wanted = topology.monitoring
    if not wanted:
        return None
    gateway = topology.azure[key].gateway
    workspace_id = wanted.workspace_ids.get(key)
    large = any(topology.aws[link.aws].gateway.bandwidth == "large" for link in links)
    return AzureMonitoring(
        workspace=f"{label}-vpn",
        workspace_id=workspace_id,
        retention_days=wanted.log_retention_days,
        # The logs of a gateway that is adopted are its owner's matter, unless the file says where they shall go.
        diagnostic_setting=_diagnostic_setting(names.deployment(topology), gateway, workspace_id),
        log_categories=facts.LOG_CATEGORIES,
        action_group=f"{label}-vpn",
        # Azure shows it in messages and cuts at 12 characters.
        action_group_short=names.deployment(topology)[:12],
        recipients=common.recipients(wanted),
        bandwidth_alert=bandwidth_alert(label, gateway.known_sku, large=large),
    )


def _diagnostic_setting(name: str, gateway: models.AzureGateway, workspace_id: str | None) -> str | None:
    if not gateway.id:
        return "isthmus"
    # Two deployments may share it, each with a workspace of its own: Azure takes one setting for a workspace.
    return f"isthmus-{name}" if workspace_id else None
