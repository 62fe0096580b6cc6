"""The AWS side of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from isthmus.plan import names
from isthmus.plan.addressing import vpc_subnets
from isthmus.plan.planner import common
from isthmus.plan.types import (
    AdoptedTransitGateway,
    AdoptedVpc,
    AdoptedVpnGateway,
    AwsGateway,
    AwsMonitoring,
    AwsNetwork,
    AwsProviderSettings,
    AwsSite,
    AwsSubnet,
    Lifecycle,
    TransitGateway,
    Vpc,
    VpcFlowLog,
    VpnGateway,
)
from isthmus.topology import models


def aws_site(topology: models.Topology, key: str, far: Iterable[IPv4Network]) -> AwsSite:
    """The site ``key``, whose gateway hears of the networks ``far``."""
    site = topology.aws[key]
    identity = names.identity(topology, "aws", key)
    label = names.site(names.deployment(topology), "aws", identity)
    protected = Lifecycle(protected=topology.protect)
    return AwsSite(
        key=key,
        identity=identity,
        stack=names.aws_stack(names.deployment(topology), identity),
        region=site.region,
        provider=AwsProviderSettings(profile=site.profile, role_arn=site.role_arn, ignored_tags=topology.ignore.tags),
        network=_network(label, site.network, protected),
        gateway=_gateway(label, site, protected),
        far_networks=common.routes(far),
        monitoring=_monitoring(topology, key, label),
        tags=common.tags(topology),
    )


def _network(label: str, network: models.AwsNetwork, protected: Lifecycle) -> AwsNetwork:
    if network.vpc_id:
        return AdoptedVpc(
            vpc_id=network.vpc_id,
            cidrs=network.cidrs,
            route_table_ids=network.route_table_ids,
            subnet_ids=network.subnet_ids,
        )
    assert network.cidr is not None, "isthmus.checks sees to it that a VPC is made or adopted"
    subnets = tuple(
        AwsSubnet(key=f"private-{zone}", name=f"{label}-private-{zone}", cidr=cidr, zone=zone)
        for zone, cidr in enumerate(vpc_subnets(network.cidr))
    )
    return Vpc(
        name=label,
        cidr=network.cidr,
        subnets=subnets,
        route_table=f"{label}-private",
        default_security_group=f"{label}-default" if network.restrict_default_security_group else None,
        flow_log=_flow_log(label, network.flow_logs) if network.flow_logs else None,
        lifecycle=protected,
    )


def _flow_log(label: str, wanted: models.AwsFlowLogs) -> VpcFlowLog:
    return VpcFlowLog(
        name=label,
        destination=wanted.destination,
        destination_type="s3" if ":s3:" in wanted.destination else "cloud-watch-logs",
        role_arn=wanted.role_arn,
        traffic_type=wanted.traffic.upper(),
    )


def _gateway(label: str, site: models.AwsSite, protected: Lifecycle) -> AwsGateway:
    gateway = site.gateway
    asn = gateway.effective_asn
    if gateway.kind == "tgw":
        # A VPC that is made has no attachment yet; an adopted one gets one when its subnets are named.
        attachment = label if site.network.cidr or site.network.subnet_ids else None
        if gateway.id:
            return AdoptedTransitGateway(
                id=gateway.id, asn=asn, route_table_id=gateway.route_table_id, attachment=attachment
            )
        return TransitGateway(name=label, asn=asn, route_table=label, attachment=label, lifecycle=protected)
    if gateway.id:
        return AdoptedVpnGateway(id=gateway.id, asn=asn, attach=site.network.cidr is not None)
    return VpnGateway(name=label, asn=asn, lifecycle=protected)


def _monitoring(topology: models.Topology, key: str, label: str) -> AwsMonitoring | None:
    wanted = topology.monitoring
    if not wanted:
        return None
    return AwsMonitoring(
        # Under /aws/vendedlogs/ a log group needs no line of its own in the account's resource policy, which
        # has room for few (CloudWatch Logs user guide, M).
        log_group=f"/aws/vendedlogs/{label}-vpn",
        retention_days=wanted.log_retention_days,
        kms_key_arn=wanted.kms_key_arns.get(key),
        tunnel_logs=wanted.tunnel_logs,
        bgp_logs=wanted.bgp_logs,
        topic=f"{label}-vpn",
        recipients=common.recipients(wanted),
    )
