"""Autonomous system numbers: allowed by both clouds, and different where BGP would take one for a loop."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.checks.groups import routing_groups
from isthmus.checks.subject import Rule, Subject, error
from isthmus.clouds import aws, azure
from isthmus.problems import Path, Problem


def allowed_on_aws(subject: Subject) -> Iterator[Problem]:
    """The Amazon side's number must suit AWS, and Azure as the peer's."""
    taken = _all_asns(subject)
    for key, site in subject.topology.aws.items():
        asn = site.gateway.asn
        why = None if aws.is_valid_asn(asn) else "is no Amazon-side ASN"
        why = why or azure.asn_refusal(asn)
        if why:
            free = aws.next_free_asn(taken, refused=azure.RESERVED_ASNS)
            taken.add(free)
            yield error(
                ("aws", key, "gateway", "asn"),
                f"{asn} {why}: 64512-65514, 65516, 65521-65534 or 4200000000-4294967294 are allowed; write {free}",
            )


def allowed_on_azure(subject: Subject) -> Iterator[Problem]:
    """Azure's number must not be reserved by Azure or IANA, nor be one that Amazon keeps."""
    taken = _all_asns(subject)
    for key, site in subject.topology.azure.items():
        asn = site.gateway.asn
        why = azure.asn_refusal(asn)
        if asn in aws.CUSTOMER_GATEWAY_RESERVED_ASNS:
            why = "is Amazon's own, and AWS refuses it for a customer gateway"
        if why:
            free = azure.next_free_asn(taken)
            taken.add(free)
            yield error(
                ("azure", key, "gateway", "asn"),
                f"{asn} {why}: private ones are 64512-65514, 65521-65534 and 4200000000-4294967294; write {free}",
            )


def different_where_routes_pass(subject: Subject) -> Iterator[Problem]:
    """A router drops a route that carries its own number: every gateway that routes reach needs its own."""
    taken = _all_asns(subject)
    for group in routing_groups(subject):
        owners: dict[int, tuple[str, str]] = {}
        for cloud, key in group:
            asn = _asn(subject, cloud, key)
            owner = owners.setdefault(asn, (cloud, key))
            if owner != (cloud, key):
                free = aws.next_free_asn(taken, refused=azure.RESERVED_ASNS)
                if cloud == "azure":
                    free = azure.next_free_asn(taken)
                taken.add(free)
                path: Path = (cloud, key, "gateway", "asn")
                yield error(
                    path,
                    f"{asn} is also the ASN of {owner[0]}.{owner[1]}, and BGP carries routes between the two: a "
                    f"gateway drops routes that carry its own number; write {free}",
                )


def _asn(subject: Subject, cloud: str, key: str) -> int:
    topology = subject.topology
    return topology.aws[key].gateway.asn if cloud == "aws" else topology.azure[key].gateway.asn


def _all_asns(subject: Subject) -> set[int]:
    topology = subject.topology
    return {s.gateway.asn for s in topology.aws.values()} | {s.gateway.asn for s in topology.azure.values()}


RULES: tuple[Rule, ...] = (allowed_on_aws, allowed_on_azure, different_where_routes_pass)
