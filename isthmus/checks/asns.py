"""Autonomous system numbers: allowed by both clouds, and different where BGP would take one for a loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import Final

from isthmus.checks.context import Context, Rule, error, warning
from isthmus.checks.groups import bgp_groups
from isthmus.clouds import aws, azure
from isthmus.plan.addressing import gateway_subnet
from isthmus.plan.reach import Site
from isthmus.problems import Problem


def asns_fit(context: Context) -> Iterator[Problem]:
    """Every number is one that both clouds take, and nobody's else where BGP carries routes.

    One rule, so that no free number is proposed twice.
    """
    numbers = _Numbers(context)
    yield from _allowed_on_aws(numbers)
    yield from _allowed_on_azure(numbers)
    yield from _different_where_routes_pass(context, numbers)


class _Numbers:
    """The ASN of each site, and what is still free. An adopted gateway that tells none has none yet."""

    def __init__(self, context: Context) -> None:
        topology = context.topology
        gateways = {("aws", k): s.gateway for k, s in topology.aws.items()} | {
            ("azure", k): s.gateway for k, s in topology.azure.items()
        }
        self.of = {site: g.effective_asn for site, g in gateways.items() if g.asn is not None or not g.id}
        self.default = frozenset(site for site, g in gateways.items() if g.asn is None)
        self.adopted = frozenset(site for site, g in gateways.items() if g.id)
        self.taken = set(self.of.values())

    def renumber(self, site: Site) -> str:
        """What to do about the number of ``site``, which from now on counts as done."""
        if site[0] == "aws":
            free = aws.next_free_asn(self.taken, refused=azure.RESERVED_ASNS)
        else:
            free = azure.next_free_asn(self.taken)
        self.taken.add(free)
        self.of[site] = free
        if site in self.adopted:
            return f"give that gateway another one, such as {free}, or adopt another gateway"
        return f"write {free}"

    def said(self, site: Site) -> str:
        """The number of ``site``, and whether it stands there at all."""
        return f"{self.of[site]}, the default," if site in self.default else str(self.of[site])


def _without(ranges: Iterable[range], refused: Iterable[int]) -> tuple[range, ...]:
    """``ranges`` without the numbers ``refused``."""
    left = list(ranges)
    for number in sorted(refused):
        left = [
            part
            for found in left
            for part in ((range(found.start, number), range(number + 1, found.stop)) if number in found else (found,))
            if part
        ]
    return tuple(left)


_ALLOWED_ON_AWS: Final = _without(aws.ASN_RANGES, azure.RESERVED_ASNS)
"""What AWS takes for its own end, and Azure for its peer's."""


def _listed(ranges: Iterable[range], last: str = "or") -> str:
    """``64512-65514, 65516 or 65521-65534``."""
    texts = [str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in ranges]
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}"


def _allowed_on_aws(numbers: _Numbers) -> Iterator[Problem]:
    """The Amazon side's number must suit AWS, and Azure as the peer's."""
    for site, asn in list(numbers.of.items()):
        if site[0] != "aws":
            continue
        why = None if aws.is_valid_asn(asn) else "is not an Amazon-side ASN"
        why = why or azure.asn_refusal(asn)
        if why:
            yield error(
                (*site, "gateway", "asn"),
                f"{asn} {why}: {_listed(_ALLOWED_ON_AWS)} are allowed; {numbers.renumber(site)}",
            )


def _allowed_on_azure(numbers: _Numbers) -> Iterator[Problem]:
    """Azure's number must not be reserved by Azure or IANA, nor be one that Amazon keeps.

    Azure's own default is reserved too, but for peers only: its gateways may have it.
    """
    for site, asn in list(numbers.of.items()):
        if site[0] != "azure" or asn == azure.GATEWAY_DEFAULT_ASN:
            continue
        why = azure.asn_refusal(asn)
        if asn in aws.CUSTOMER_GATEWAY_RESERVED_ASNS:
            why = "is Amazon's own, and AWS refuses it for a customer gateway"
        if why:
            yield error(
                (*site, "gateway", "asn"),
                f"{asn} {why}: private ones are {_listed(azure.PRIVATE_ASNS, 'and')}; {numbers.renumber(site)}",
            )


def _different_where_routes_pass(context: Context, numbers: _Numbers) -> Iterator[Problem]:
    """A router drops a route that carries its own number: every gateway that routes reach needs its own."""
    for group in bgp_groups(context):
        owners: dict[int, Site] = {}
        # What is adopted has the number that it has; of what is made, the first in the file.
        for site in sorted(group, key=lambda s: s not in numbers.adopted):
            if site not in numbers.of:
                continue
            owner = owners.setdefault(numbers.of[site], site)
            if owner != site and not _one_gateway(context, owner, site):
                said = numbers.said(site)
                yield error(
                    (*site, "gateway", "asn"),
                    f"{said} is also the ASN of {'.'.join(owner)}, and BGP carries routes between the two: a "
                    f"gateway drops routes that carry its own number; {numbers.renumber(site)}",
                )
                owners[numbers.of[site]] = site


def _one_gateway(context: Context, one: Site, other: Site) -> bool:
    """Whether both sites adopt the same gateway, which isthmus.checks.adoption refuses for a better reason."""
    topology = context.topology
    ids = [(topology.aws if cloud == "aws" else topology.azure)[key].gateway.id for cloud, key in (one, other)]
    return ids[0] is not None and ids[1] is not None and ids[0].lower() == ids[1].lower()


def azures_own_number(context: Context) -> Iterator[Problem]:
    """65515 for a gateway that is made has one good reason (ExpressRoute and site-to-site coexistence, S)."""
    for key, site in context.topology.azure.items():
        if site.gateway.asn != azure.GATEWAY_DEFAULT_ASN or site.gateway.id:
            continue
        subnet = site.network.gateway_subnet
        if site.network.cidr and not isinstance(subnet, IPv4Network):
            subnet = gateway_subnet(site.network.cidr)
        smaller = isinstance(subnet, IPv4Network) and subnet.prefixlen > azure.GATEWAY_SUBNET_PREFIX
        has = f", while this one is a /{subnet.prefixlen}" if isinstance(subnet, IPv4Network) and smaller else ""
        yield warning(
            ("azure", key, "gateway", "asn"),
            f"{azure.GATEWAY_DEFAULT_ASN} is Azure's own default: Microsoft asks for it where an ExpressRoute gateway "
            f"is in the same VNet, whose GatewaySubnet must then be /{azure.GATEWAY_SUBNET_PREFIX} or larger{has}; "
            f"without ExpressRoute leave asn out for {azure.DEFAULT_ASN}",
        )


RULES: tuple[Rule, ...] = (asns_fit, azures_own_number)
