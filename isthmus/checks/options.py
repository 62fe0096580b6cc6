"""Options that need something else: a transit gateway, an initiator, another source of keys."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.checks.context import Context, Rule, error, warning
from isthmus.clouds import aws
from isthmus.plan import names
from isthmus.problems import Problem
from isthmus.topology.state import AzurermState
from isthmus.topology.values.addresses import RFC1918
from isthmus.topology.values.words import HIDDEN


def flow_logs(context: Context) -> Iterator[Problem]:
    """A log group is written to with a role and in its own region; a bucket needs no role."""
    for key, site in context.topology.aws.items():
        wanted = site.network.flow_logs
        if wanted is None:
            continue
        path = ("aws", key, "network", "flow_logs")
        if ":s3:" in wanted.destination:
            if wanted.role_arn:
                yield error(
                    (*path, "role_arn"), "is for a log group: flow logs write to a bucket without a role; remove it"
                )
            continue
        if not wanted.role_arn:
            yield error(
                (*path, "role_arn"),
                "is missing: flow logs write to a log group with a role; for example role_arn: "
                "arn:aws:iam::111122223333:role/flow-logs",
            )
        region = wanted.destination.split(":")[3]
        if region != site.region:
            yield error(
                (*path, "destination"),
                f"the log group is in {region} and the site in {site.region}: flow logs go to a log group of their own "
                f"region; name one in {site.region}, or a bucket",
            )


def state_access(context: Context) -> Iterator[Problem]:
    """Azure's firewall of a storage account takes public addresses, and no range of two."""
    state = context.topology.state
    if not isinstance(state, AzurermState):
        return
    for number, cidr in enumerate(state.allowed_ip_ranges):
        path = ("state", "allowed_ip_ranges", number)
        if cidr.prefixlen == 31:
            yield error(
                path, f"{cidr} is not a range that Azure takes: write its two addresses one by one, each with /32"
            )
        elif any(cidr.subnet_of(block) for block in RFC1918):
            yield error(
                path,
                f"{cidr} is private: Azure sees the public address behind which Terraform runs; write that one, or "
                "the subnet under allowed_subnet_ids",
            )


def transit_gateway_only(context: Context) -> Iterator[Problem]:
    """Large tunnels and acceleration exist on transit gateways only."""
    for key, site in context.topology.aws.items():
        gateway = site.gateway
        if gateway.kind != "vgw":
            continue
        if gateway.bandwidth == "large":
            yield error(
                ("aws", key, "gateway", "bandwidth"),
                "large needs a transit gateway: a virtual private gateway has tunnels of 1.25 Gbit/s only; "
                "write kind: tgw, or standard",
            )
        if gateway.acceleration:
            yield error(
                ("aws", key, "gateway", "acceleration"),
                "true needs a transit gateway: a virtual private gateway has no accelerated tunnels; "
                "write kind: tgw, or false",
            )


def acceleration_and_initiator(context: Context) -> Iterator[Problem]:
    """AWS lets only the other end start and rekey an accelerated tunnel."""
    for path, link in context.links:
        gateway = context.topology.aws[link.aws].gateway
        if not gateway.acceleration or gateway.kind == "vgw" or link.initiator == "azure":
            continue
        why = "AWS lets only the other end start and rekey accelerated tunnels"
        if path:
            yield error(
                (*path, "initiator"),
                f"{link.initiator} cannot be combined with acceleration on aws.{link.aws}: {why}; write azure",
            )
        else:
            yield error(
                ("aws", link.aws, "gateway", "acceleration"),
                f"true cannot be combined with the default link: {why}; write the link: - {{aws: {link.aws}, "
                f"azure: {link.azure}, initiator: azure}}",
            )


def acceleration_and_bandwidth(context: Context) -> Iterator[Problem]:
    """AWS offers one or the other (Site-to-Site VPN user guide, 2026-09-17)."""
    for key, site in context.topology.aws.items():
        if site.gateway.acceleration and site.gateway.bandwidth == "large":
            yield error(
                ("aws", key, "gateway", "acceleration"),
                "true together with bandwidth: large: AWS has no accelerated large tunnels; write acceleration: false, "
                "or bandwidth: standard",
            )


def large_tunnels_in_region(context: Context) -> Iterator[Problem]:
    """Some regions have standard tunnels only."""
    for key, site in context.topology.aws.items():
        if site.gateway.bandwidth == "large" and site.region in aws.WITHOUT_LARGE_TUNNELS:
            yield error(
                ("aws", key, "gateway", "bandwidth"),
                f"large is not offered in {site.region}: AWS has large tunnels in all regions but "
                f"{', '.join(sorted(aws.WITHOUT_LARGE_TUNNELS))}; write standard, or choose another region",
            )


def keys(context: Context) -> Iterator[Problem]:
    """Each key source has its own companions, and Azure must be able to learn every key."""
    for path, link in context.links:
        psk = link.psk
        here = (*path, "psk")
        if psk.source == "aws" and psk.preshared_key_storage == "secrets-manager":
            yield error(
                (*here, "preshared_key_storage"),
                "secrets-manager cannot be combined with source aws: AWS then no longer tells the keys it makes, and "
                "Azure cannot learn them; write standard, or source: random",
            )
        elif psk.preshared_key_storage == "secrets-manager":
            yield warning(
                (*here, "preshared_key_storage"),
                "secrets-manager also hides the keys from Terraform, which then cannot see that one has changed: to "
                "rotate keys, deploy with standard, rotate them, and deploy with secrets-manager again",
            )
        if psk.generation and psk.preshared_key_storage == "secrets-manager":
            yield error(
                (*here, "generation"),
                "cannot be combined with preshared_key_storage: secrets-manager: AWS would keep the old key and Azure "
                "get the new one; write standard while keys are renewed",
            )
        if psk.source == "secrets-manager" and not psk.secret:
            yield error(
                (*here, "secret"),
                "is missing: the name or ARN of the secret with the keys; for example secret: vpn/payments",
            )
        if psk.secret and psk.source != "secrets-manager":
            yield error(
                (*here, "secret"),
                f"is not allowed with source {psk.source}: only source secrets-manager reads a secret; remove it, or "
                "write source: secrets-manager",
            )
        if psk.generation and psk.source != "random":
            yield error(
                (*here, "generation"),
                f"is not allowed with source {psk.source}: only keys of source random have generations; remove it, or "
                "write source: random",
            )
            continue
        count = context.tunnels(link)
        tunnels = "its only tunnel is 1" if count == 1 else f"its tunnels are 1 to {count}, in the plan's order"
        for number in psk.generation:
            plain = number.isascii() and number.isdecimal() and len(number) <= 3
            if not (plain and 1 <= int(number) <= count and str(int(number)) == number):
                yield error(
                    (*here, "generation", number) if plain else (*here, "generation"),
                    f"{number if plain else HIDDEN} is not a tunnel of this link: {tunnels}; correct it",
                )


def one_secret_one_link(context: Context) -> Iterator[Problem]:
    """Terraform reads a secret as a whole: the state of each link that names it has the keys of all of them."""
    seen: dict[tuple[str | None, ...], str] = {}
    for path, link in context.links:
        if link.psk.source != "secrets-manager" or not link.psk.secret:
            continue
        label = names.link_of(context.topology, link)
        site = context.topology.aws[link.aws]
        # A name is one secret in one account and region, whichever site names it.
        secret = (link.psk.secret, site.region, site.profile, site.role_arn)
        if (first := seen.setdefault(secret, label)) != label:
            yield warning(
                (*path, "psk", "secret"),
                f"is also the secret of link {first}: everyone who can read the Terraform state of one of the two "
                "links can read the keys of both; give each link a secret of its own",
            )


def monitoring(context: Context) -> Iterator[Problem]:
    """Keys and workspaces are named by site, and a KMS key encrypts in its own region only."""
    wanted = context.topology.monitoring
    if not wanted:
        return
    for site, arn in wanted.kms_key_arns.items():
        path = ("monitoring", "kms_key_arns", site)
        if site not in context.declared_aws:
            yield error(path, f"{site!r} is not a site under aws: a KMS key belongs to an AWS site; correct the name")
        elif site in context.topology.aws and arn.split(":")[3] != context.topology.aws[site].region:
            region = context.topology.aws[site].region
            yield error(
                path,
                f"the key is in {arn.split(':')[3]} and the site in {region}: a key encrypts in its own region only; "
                f"name a key in {region}",
            )
    for site in wanted.workspace_ids:
        if site not in context.declared_azure:
            yield error(
                ("monitoring", "workspace_ids", site),
                f"{site!r} is not a site under azure: a workspace belongs to an Azure site; correct the name",
            )
    seen: dict[str, int] = {}
    for number, email in enumerate(wanted.notify):
        if (first := seen.setdefault(email.lower(), number)) != number:
            yield error(
                ("monitoring", "notify", number),
                f"{email} is listed twice (first as notify[{first}]): remove one",
            )


RULES: tuple[Rule, ...] = (
    flow_logs,
    state_access,
    transit_gateway_only,
    acceleration_and_initiator,
    acceleration_and_bandwidth,
    large_tunnels_in_region,
    keys,
    one_secret_one_link,
    monitoring,
)
