"""What is made and what is adopted: one or the other, and everything that an adopted thing needs said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Final

from isthmus.checks.context import Context, Rule, error
from isthmus.problems import KeyPath, Problem

_FLOW_LOGS_OF_OTHERS = "are for a {0} that Isthmus makes: those of an adopted {0} are its owner's; remove them"
_NO_ASN: Final = (
    "is missing: Isthmus does not look up the ASN of a gateway that it adopts; look it up in the cloud and write it "
    "here"
)


def vpc_made_or_adopted(context: Context) -> Iterator[Problem]:
    """``cidr`` makes a VPC; ``vpc_id`` adopts one, with its ranges and route tables."""
    for key, site in context.topology.aws.items():
        network = site.network
        path: KeyPath = ("aws", key, "network")
        adopting = {
            "cidrs": network.cidrs, "route_table_ids": network.route_table_ids, "subnet_ids": network.subnet_ids
        }  # fmt: skip
        if network.cidr and network.vpc_id:
            yield error(
                (*path, "vpc_id"),
                "is not allowed together with cidr: cidr makes a VPC and vpc_id adopts one; remove one of them",
            )
        elif network.cidr:
            for name in (n for n, value in adopting.items() if value):
                yield error(
                    (*path, name),
                    "is not allowed together with cidr: it belongs to a VPC to adopt; remove it, or write vpc_id "
                    "instead of cidr",
                )
        elif not network.vpc_id:
            yield error(
                path,
                "has neither cidr nor vpc_id: cidr makes a VPC and vpc_id adopts one; for example cidr: 10.10.0.0/16",
            )
        else:
            if "restrict_default_security_group" in network.model_fields_set:
                yield error(
                    (*path, "restrict_default_security_group"),
                    "is for a VPC that Isthmus makes: the security groups of an adopted VPC are not changed; remove it",
                )
            if network.flow_logs:
                yield error((*path, "flow_logs"), _FLOW_LOGS_OF_OTHERS.format("VPC"))
            yield from _missing(path, {name: adopting[name] for name in ("cidrs", "route_table_ids")}, "an adopted VPC")
            yield from _subnets(context, key, path)


def _subnets(context: Context, key: str, path: KeyPath) -> Iterator[Problem]:
    site = context.topology.aws[key]
    if site.network.subnet_ids and site.gateway.kind == "vgw":
        yield error(
            (*path, "subnet_ids"),
            "is for a transit gateway: a virtual private gateway takes the VPC as a whole; remove it",
        )
    if not site.network.subnet_ids and site.gateway.kind == "tgw" and not site.gateway.id:
        yield error(
            (*path, "subnet_ids"),
            "is missing: a new transit gateway is attached to the VPC in one subnet of each zone; "
            "for example subnet_ids: [subnet-0a1b2c3d4e5f67890]",
        )


def vnet_made_or_adopted(context: Context) -> Iterator[Problem]:
    """``cidr`` makes a VNet; ``vnet`` adopts one, with its group, ranges and GatewaySubnet."""
    for key, site in context.topology.azure.items():
        network = site.network
        path: KeyPath = ("azure", key, "network")
        adopting = {
            "resource_group": network.resource_group, "cidrs": network.cidrs, "gateway_subnet": network.gateway_subnet
        }  # fmt: skip
        if network.cidr and network.vnet:
            yield error(
                (*path, "vnet"),
                "is not allowed together with cidr: cidr makes a VNet and vnet adopts one; remove one of them",
            )
        elif network.cidr:
            for name in (n for n, value in adopting.items() if value and not isinstance(value, IPv4Network)):
                yield error(
                    (*path, name),
                    "is not allowed together with cidr: it belongs to a VNet to adopt; remove it, or write vnet "
                    "instead of cidr",
                )
            if site.gateway.id:
                yield error(
                    (*path, "cidr"),
                    f"{network.cidr} would be a new VNet: the adopted gateway is already in one; write the "
                    "resource_group, vnet and cidrs of that VNet instead",
                )
        elif not network.vnet:
            yield error(
                path,
                "has neither cidr nor vnet: cidr makes a VNet and vnet adopts one; for example cidr: 10.20.0.0/16",
            )
        else:
            wanted: dict[str, object] = {name: adopting[name] for name in ("resource_group", "cidrs")}
            if not site.gateway.id:
                wanted["gateway_subnet"] = network.gateway_subnet
            if network.flow_logs:
                yield error((*path, "flow_logs"), _FLOW_LOGS_OF_OTHERS.format("VNet"))
            yield from _missing(path, wanted, "an adopted VNet")
            if site.gateway.id and network.gateway_subnet not in (None, "existing"):
                yield error(
                    (*path, "gateway_subnet"),
                    f"{network.gateway_subnet} would be made: the adopted gateway already has a GatewaySubnet; write "
                    "existing or leave it out",
                )


def aws_gateway_adopted(context: Context) -> Iterator[Problem]:
    """An adopted gateway's id fits its kind, and its ASN is said: both ends must know it."""
    for key, site in context.topology.aws.items():
        gateway = site.gateway
        path: KeyPath = ("aws", key, "gateway")
        if gateway.id and not gateway.id.startswith(gateway.kind):
            yield error(
                (*path, "id"),
                f"{gateway.id} does not match kind {gateway.kind}: the id of one starts with {gateway.kind}-; correct "
                "kind or id",
            )
        if gateway.id and gateway.asn is None:
            yield error((*path, "asn"), _NO_ASN)
        if gateway.route_table_id and not (gateway.id and gateway.kind == "tgw"):
            yield error(
                (*path, "route_table_id"),
                "is for an adopted transit gateway: a new one gets a route table of its own; remove it",
            )
        static = [link for _, link in context.by_aws.get(key, ()) if link.routing == "static"]
        if static and gateway.kind == "tgw" and gateway.id and not gateway.route_table_id:
            yield error(
                (*path, "route_table_id"),
                f"is missing: the static link to {static[0].azure} writes its routes into a route table of the transit "
                "gateway; for example route_table_id: tgw-rtb-0a1b2c3d4e5f67890",
            )


def azure_gateway_adopted(context: Context) -> Iterator[Problem]:
    """An adopted gateway's ASN and public addresses are said: AWS needs both before anything is looked up."""
    for key, site in context.topology.azure.items():
        gateway = site.gateway
        path: KeyPath = ("azure", key, "gateway")
        instances = 2 if key in context.active_active else 1
        if gateway.id and gateway.asn is None:
            yield error((*path, "asn"), _NO_ASN)
        # What the mode is may hang on a link that could not be read.
        if gateway.id and len(gateway.public_ips) != instances and (gateway.mode or context.complete):
            yield error((*path, "public_ips"), _public_ips(len(gateway.public_ips), instances))
        if gateway.public_ips and not gateway.id:
            yield error(
                (*path, "public_ips"),
                "is only allowed with id: a new gateway gets its own addresses; remove it, or write id",
            )


def nothing_twice(context: Context) -> Iterator[Problem]:
    """What is listed twice would be made twice, or counted twice."""
    for key, aws_site in context.topology.aws.items():
        network = aws_site.network
        yield from _twice(("aws", key, "network", "route_table_ids"), network.route_table_ids)
        yield from _twice(("aws", key, "network", "subnet_ids"), network.subnet_ids)
    for key, azure_site in context.topology.azure.items():
        yield from _twice(("azure", key, "gateway", "public_ips"), azure_site.gateway.public_ips)


def nothing_in_two_sites(context: Context) -> Iterator[Problem]:
    """Two sites on one network or gateway would each make what there can be only one of."""
    topology = context.topology
    # What is named, whose it is if that is said, where it stands, and what to do if it stands twice.
    named: list[tuple[str, str | None, KeyPath, str]] = []
    one = "one network or gateway is one site; put the links of both on {} and remove this one"
    for key, aws in topology.aws.items():
        here: KeyPath = ("aws", key)
        if aws.network.vpc_id:
            named.append((aws.network.vpc_id, None, (*here, "network", "vpc_id"), one))
        if aws.gateway.id:
            named.append((aws.gateway.id, None, (*here, "gateway", "id"), one))
        table = "both would write routes into it; a route table belongs to the VPC of one site"
        for number, name in enumerate(aws.network.route_table_ids):
            named.append((name, None, (*here, "network", "route_table_ids", number), table))
    for key, azure in topology.azure.items():
        here = ("azure", key)
        if azure.network.vnet:
            vnet = f"{azure.network.resource_group}/{azure.network.vnet}"
            named.append((vnet, azure.subscription_id, (*here, "network", "vnet"), one))
        if azure.gateway.id:
            named.append((azure.gateway.id, None, (*here, "gateway", "id"), one))
    seen: list[tuple[str, str | None, KeyPath]] = []
    for name, subscription, path, hint in named:
        for other, others, owner in seen:
            # Azure does not tell names apart by capitals; a subscription that is not said may be any.
            same = other.lower() == name.lower() and (None in (subscription, others) or subscription == others)
            if same and owner[:2] != path[:2]:
                yield error(path, f"{name} is in {owner[0]}.{owner[1]} already: {hint.format(owner[1])}")
                break
        seen.append((name, subscription, path))


def one_subscription(context: Context) -> Iterator[Problem]:
    """What is made for an adopted gateway must be where that is."""
    for key, site in context.topology.azure.items():
        wanted = (site.subscription_id or "").lower()
        if site.gateway.id and wanted and site.gateway.id.split("/")[2] != wanted:
            yield error(
                ("azure", key, "gateway", "id"),
                f"is in subscription {site.gateway.id.split('/')[2]}, and the site in {site.subscription_id}: "
                "connections are made in the gateway's own subscription; correct one of the two",
            )


def _twice(path: KeyPath, listed: Sequence[object]) -> Iterator[Problem]:
    for number, item in enumerate(listed):
        first = listed.index(item)
        if first < number:
            yield error((*path, number), f"{item} is listed twice (first as {path[-1]}[{first}]): remove one")


def _public_ips(found: int, wanted: int) -> str:
    mode = "active-active" if wanted == 2 else "active-standby"
    has = "two public addresses, instance 0's first" if wanted == 2 else "one public address"
    example = "[203.0.113.10, 203.0.113.11]" if wanted == 2 else "[203.0.113.10]"
    if not found:
        return f"is missing: an adopted {mode} gateway has {has}; for example public_ips: {example}"
    count = "1 address does" if found == 1 else f"{found} addresses do"
    return f"{count} not fit an adopted {mode} gateway: it has {has}; write as many, or correct mode"


def _missing(path: KeyPath, wanted: Mapping[str, object], what: str) -> Iterator[Problem]:
    examples = {
        "cidrs": f"[{'10.10.0.0/16' if path[0] == 'aws' else '10.20.0.0/16'}]",
        "route_table_ids": "[rtb-0a1b2c3d4e5f67890]",
        "resource_group": "network-prod",
        "gateway_subnet": "existing",
    }
    for name, value in wanted.items():
        if not value:
            yield error((*path, name), f"is missing: {what} needs it; for example {name}: {examples[name]}")


RULES: tuple[Rule, ...] = (
    vpc_made_or_adopted,
    vnet_made_or_adopted,
    aws_gateway_adopted,
    azure_gateway_adopted,
    nothing_twice,
    nothing_in_two_sites,
    one_subscription,
)
