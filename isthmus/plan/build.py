"""From a checked topology to the plan. Pure: the same topology gives the same plan, on any machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from isthmus.clouds import aws as aws_facts
from isthmus.clouds import azure as azure_facts
from isthmus.plan import names
from isthmus.plan.addressing import gateway_subnet, inside_block, vpc_subnets, workload_subnet
from isthmus.plan.proposals import PROPOSALS, aws_options, azure_policy
from isthmus.plan.types import (
    AwsSite,
    AwsSubnet,
    AzureGateway,
    AzureSite,
    Initiator,
    Instance,
    Link,
    Plan,
    TrafficForecast,
    Tunnel,
    VNet,
    Vpc,
    VpnConnection,
    VpnGateway,
)
from isthmus.topology import models


def links_wanted(topology: models.Topology) -> tuple[models.Link, ...]:
    """The links of the file, or the one that goes without saying when there is one site on each side."""
    if not topology.links and len(topology.aws) == len(topology.azure) == 1:
        return (models.Link(aws=next(iter(topology.aws)), azure=next(iter(topology.azure))),)
    return topology.links


def build(topology: models.Topology) -> Plan:
    """Work out everything that ``topology`` comes to. It must have passed ``isthmus.checks``."""
    wanted = sorted(links_wanted(topology), key=lambda link: (link.azure, link.slot or 0, link.aws))
    links = tuple(_link(topology, link) for link in wanted)
    by_azure: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_azure[link.azure].append(link)
    return Plan(
        name=topology.name,
        aws=tuple(_aws_site(topology, key, topology.aws[key]) for key in sorted(topology.aws)),
        azure=tuple(_azure_site(topology, key, topology.azure[key], by_azure[key]) for key in sorted(topology.azure)),
        links=links,
    )


def _tags(topology: models.Topology) -> dict[str, str]:
    return {**topology.tags, "isthmus": topology.name}


def _aws_site(topology: models.Topology, key: str, site: models.AwsSite) -> AwsSite:
    label = names.site(topology.name, "aws", key)
    subnets = tuple(
        AwsSubnet(key=f"private-{zone}", name=f"{label}-private-{zone}", cidr=cidr, zone=zone)
        for zone, cidr in enumerate(vpc_subnets(site.network.cidr))
    )
    return AwsSite(
        key=key,
        stack=names.aws_stack(topology.name, key),
        region=site.region,
        network=Vpc(name=label, cidr=site.network.cidr, subnets=subnets, route_table=f"{label}-private"),
        gateway=VpnGateway(name=label, asn=site.gateway.asn),
        tags=_tags(topology),
    )


def _azure_site(topology: models.Topology, key: str, site: models.AzureSite, links: Sequence[Link]) -> AzureSite:
    label = names.site(topology.name, "azure", key)
    cidr = site.network.cidr
    zoned = azure_facts.REGIONS.get(site.region, True) if site.network.zones is None else site.network.zones
    sku = azure_facts.sku(site.gateway.sku, site.gateway.generation)
    assert sku is not None, "isthmus.checks refuses a SKU that its generation does not have"
    return AzureSite(
        key=key,
        stacks=names.azure_stacks(topology.name, key),
        region=site.region,
        network=VNet(
            resource_group=label,
            name=label,
            cidr=cidr,
            gateway_subnet=gateway_subnet(cidr),
            workload_subnet_name="workload",
            workload_subnet=workload_subnet(cidr),
        ),
        gateway=AzureGateway(
            name=label,
            sku=sku.name,
            generation=f"Generation{sku.generation}",
            asn=site.gateway.asn,
            active_active=True,
            zones=azure_facts.ZONES if zoned else (),
            instances=tuple(_instance(label, number, links) for number in (0, 1)),
        ),
        tags=_tags(topology),
    )


def _instance(label: str, number: int, links: Sequence[Link]) -> Instance:
    key = names.instance(number)
    return Instance(
        number=number,
        key=key,
        public_ip=f"{label}-{key}",
        ip_configuration=key,
        apipa=tuple(t.azure_address for link in links for t in link.tunnels if t.instance == number),
    )


def _link(topology: models.Topology, link: models.Link) -> Link:
    proposal = PROPOSALS[link.ipsec]
    initiator = Initiator.BOTH
    label = names.link(link.aws, link.azure)
    slot = link.slot or 0
    azure_asn = topology.azure[link.azure].gateway.asn
    return Link(
        name=label,
        aws=link.aws,
        azure=link.azure,
        slot=slot,
        aws_asn=topology.aws[link.aws].gateway.asn,
        azure_asn=azure_asn,
        proposal=proposal,
        aws_options=aws_options(proposal, initiator),
        azure_policy=azure_policy(proposal, initiator),
        initiator=initiator,
        connections=tuple(_connection(topology.name, label, slot, instance, azure_asn) for instance in (0, 1)),
        traffic=TrafficForecast(
            aws_to_azure_gb=link.traffic.aws_to_azure_gb,
            azure_to_aws_gb=link.traffic.azure_to_aws_gb,
            peak_mbps=link.traffic.peak_mbps,
        ),
    )


def _connection(name: str, label: str, slot: int, instance: int, azure_asn: int) -> VpnConnection:
    key = f"i{instance}"
    extended = azure_asn > aws_facts.CUSTOMER_GATEWAY_MAX_BGP_ASN
    first, second = (_tunnel(name, label, slot, instance, number) for number in (1, 2))
    return VpnConnection(
        key=key,
        instance=instance,
        name=f"{name}-{label}-{key}",
        customer_gateway=f"{name}-{label}-{key}",
        bgp_asn=None if extended else str(azure_asn),
        bgp_asn_extended=str(azure_asn) if extended else None,
        tunnels=(first, second),
    )


def _tunnel(name: str, label: str, slot: int, instance: int, number: int) -> Tunnel:
    block = inside_block(slot=slot, instance=instance, number=number)
    key = names.tunnel(instance, number)
    own = block[2]
    # A connection names an address of each instance, but only its own instance's is ever used. For the other
    # one Microsoft's table gives the address of tunnel 1.
    other = inside_block(slot=slot, instance=1 - instance, number=1)[2]
    return Tunnel(
        name=f"{label}-{key}",
        key=key,
        instance=instance,
        number=number,
        inside=block,
        aws_address=block[1],
        azure_address=own,
        local_network_gateway=f"{name}-{label}-{key}",
        connection=f"{name}-{label}-{key}",
        custom_bgp_primary=own if instance == 0 else other,
        custom_bgp_secondary=own if instance == 1 else other,
    )
