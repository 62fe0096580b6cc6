"""Links, their AWS connections and their tunnels."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Literal

from isthmus.clouds import aws as aws_facts
from isthmus.plan import names
from isthmus.plan.addressing import inside_block
from isthmus.plan.planner import common
from isthmus.plan.planner.alerts import bgp_alert, connection_alarms
from isthmus.plan.planner.defaults import capacity_of, instances_of, proposal_of, tunnels_of
from isthmus.plan.proposals import aws_options, azure_policy, idle
from isthmus.plan.types import (
    AwsTunnelOptions,
    BgpPeering,
    Initiator,
    Keys,
    KeySlot,
    KeySource,
    Lifecycle,
    Link,
    Routing,
    TrafficForecast,
    Tunnel,
    TunnelLogs,
    VpnConnection,
)
from isthmus.topology import models


def build_link(topology: models.Topology, link: models.Link, *, active_active: bool) -> Link:
    """The link ``link``; ``active_active`` says whether its Azure gateway has two instances."""
    maker = _Maker(topology, link, active_active=active_active)
    connections = tuple(maker.connection(instance) for instance in maker.instances)
    tunnels = tuple(t for c in connections for t in c.tunnels if t.used)
    aws_site, azure_site = topology.aws[link.aws], topology.azure[link.azure]
    proposal = maker.proposal
    return Link(
        name=maker.label,
        stack=names.link_stack(names.deployment(topology), maker.label),
        aws=link.aws,
        azure=link.azure,
        slot=maker.slot,
        routing=maker.routing,
        aws_asn=aws_site.gateway.effective_asn,
        azure_asn=azure_site.gateway.effective_asn,
        proposal=proposal,
        azure_policy=azure_policy(proposal, maker.initiator),
        initiator=maker.initiator,
        keys=maker.keys,
        address_space=() if maker.routing is Routing.BGP else tuple(sorted(aws_site.network.ranges)),
        connections=connections,
        traffic=TrafficForecast(
            aws_to_azure_gb=link.traffic.aws_to_azure_gb,
            azure_to_aws_gb=link.traffic.azure_to_aws_gb,
            peak_mbps=link.traffic.peak_mbps,
            average_mbps=link.traffic.average_mbps,
            least_peak_mbps=link.traffic.least_peak_mbps,
        ),
        capacity=capacity_of(topology, link, active_active=active_active),
        alerts=(bgp_alert(maker.prefix, tunnels),) if topology.monitoring and maker.routing is Routing.BGP else (),
    )


class _Maker:
    """What the connections and tunnels of one link have in common."""

    def __init__(self, topology: models.Topology, link: models.Link, *, active_active: bool) -> None:
        self.topology = topology
        self.link = link
        self.label = names.link_of(topology, link)
        self.prefix = f"{names.deployment(topology)}-{self.label}"
        self.slot = link.slot or 0
        self.routing = Routing(link.routing)
        self.initiator = Initiator(link.initiator)
        self.proposal = proposal_of(link)
        self.two_instances = active_active
        self.count = tunnels_of(link, active_active=active_active)
        self.instances = instances_of(link, active_active=active_active)
        source = KeySource(link.psk.source)
        hidden = link.psk.preshared_key_storage == "secrets-manager"
        storage: Literal["Standard", "SecretsManager"] = "SecretsManager" if hidden else "Standard"
        self.keys = Keys(source=source, secret=link.psk.secret, aws_storage=storage)

    def connection(self, instance: int) -> VpnConnection:
        key = f"i{instance}"
        name = f"{self.prefix}-{key}"
        gateway = self.topology.aws[self.link.aws].gateway
        azure_site = self.topology.azure[self.link.azure]
        asn = azure_site.gateway.effective_asn
        extended = asn > aws_facts.CUSTOMER_GATEWAY_MAX_BGP_ASN
        static = self.routing is Routing.STATIC
        transit = gateway.kind == "tgw"
        first, second = (self.tunnel(instance, number) for number in (1, 2))
        return VpnConnection(
            key=key,
            instance=instance,
            name=name,
            customer_gateway=name,
            bgp_asn=None if extended else str(asn),
            bgp_asn_extended=str(asn) if extended else None,
            static_routes_only=static,
            static_routes=common.routes(azure_site.network.ranges) if static else (),
            # What is not written keeps the value it had: AWS's default has to be said to have it back.
            bandwidth=gateway.bandwidth if transit and "bandwidth" in gateway.model_fields_set else None,
            acceleration=gateway.acceleration if transit else None,
            maintenance_control=True if gateway.maintenance_control else None,
            key_storage=self.keys.aws_storage,
            tunnels=(first, second),
            alarms=connection_alarms(name, (first, second)) if self.topology.monitoring else (),
            logs=self.logs(static=static),
            # AWS tells keys that it keeps there as REDACTED: each plan would set them anew and reset the tunnels.
            lifecycle=Lifecycle(
                ignored=("tunnel1_preshared_key", "tunnel2_preshared_key")
                if self.keys.aws_storage == "SecretsManager"
                else ()
            ),
        )

    def logs(self, *, static: bool) -> TunnelLogs:
        wanted = self.topology.monitoring or None
        tunnel = wanted is not None and wanted.tunnel_logs
        bgp = wanted is not None and wanted.bgp_logs and not static
        return TunnelLogs(
            tunnel=tunnel,
            tunnel_format="json" if tunnel else None,
            bgp=True if bgp else None,
            bgp_format="json" if bgp else None,
        )

    def tunnel(self, instance: int, number: int) -> Tunnel:
        block = inside_block(slot=self.slot, instance=instance, number=number)
        key = names.tunnel(instance, number)
        ordinal = len(self.instances[:instance]) * 2 + number
        used = ordinal <= self.count
        return Tunnel(
            name=f"{self.label}-{key}",
            key=key,
            instance=instance,
            number=number,
            used=used,
            inside=block,
            aws_address=block[1],
            azure_address=block[2],
            local_network_gateway=f"{self.prefix}-{key}",
            connection=f"{self.prefix}-{key}",
            bgp=self.peering(block, instance) if used and self.routing is Routing.BGP else None,
            aws_options=self.options(used=used),
            key_slot=KeySlot(
                number=ordinal,
                generation=self.link.psk.generation.get(str(ordinal), 1),
                variable=names.key_variable(self.label, key),
                secret_key=f"{self.label}-{key}",
            ),
        )

    def peering(self, block: IPv4Network, instance: int) -> BgpPeering:
        own = block[2]
        if not self.two_instances:
            return BgpPeering(primary=own, secondary=None)
        # A connection names an address of each instance, but only its own instance's is ever used. For the
        # other one Microsoft's table gives the address of tunnel 1.
        other = inside_block(slot=self.slot, instance=1 - instance, number=1)[2]
        return BgpPeering(primary=own, secondary=other) if instance == 0 else BgpPeering(primary=other, secondary=own)

    def options(self, *, used: bool) -> AwsTunnelOptions:
        options = aws_options(self.proposal, self.initiator)
        return options if used else idle(options)
