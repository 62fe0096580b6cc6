"""Which sites are joined, and in what way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isthmus.checks.context import Context, Rule, error, warning
from isthmus.clouds.azure import DPD_SECONDS
from isthmus.plan.planner.defaults import (
    BGP_TUNNELS_ACTIVE_ACTIVE,
    BGP_TUNNELS_ACTIVE_STANDBY,
    STATIC_TUNNELS,
)
from isthmus.plan.reach import Site
from isthmus.problems import Problem
from isthmus.topology.values.words import nearest


def sites_exist(context: Context) -> Iterator[Problem]:
    """A link names a site that the file has."""
    for path, link in context.unresolved:
        for cloud, name, known in (
            ("aws", link.aws, context.declared_aws),
            ("azure", link.azure, context.declared_azure),
        ):
            if name not in known:
                guess = nearest(name, known)
                hint = f"did you mean {guess}?" if guess else f"add it under {cloud}"
                yield error((*path, cloud), f"{name!r} is not a site under {cloud}: known are {_listed(known)}; {hint}")


def links_are_said(context: Context) -> Iterator[Problem]:
    """With one site on each side the link may be left out; otherwise it must be written."""
    topology = context.topology
    said = "links" in topology.model_fields_set
    if not context.complete or said or len(topology.aws) == len(topology.azure) == 1:
        return
    example = f"{{aws: {next(iter(topology.aws))}, azure: {next(iter(topology.azure))}, slot: 0}}"
    yield error(
        ("links",),
        f"is missing: with {len(topology.aws)} AWS and {len(topology.azure)} Azure sites the file must say which "
        f"are joined; for example - {example}",
    )


def one_link_a_pair(context: Context) -> Iterator[Problem]:
    """A second link between the same gateways would ask AWS for the same customer gateways again."""
    seen: dict[tuple[str, str], str] = {}
    for path, link in context.links:
        first = seen.setdefault((link.aws, link.azure), f"{path[0]}[{path[1]}]" if path else "")
        if path and first != f"{path[0]}[{path[1]}]":
            yield error(
                path,
                f"joins {link.aws} and {link.azure} a second time (first in {first}): two gateways can have one link "
                "only; remove one",
            )


def tunnels_fit_routing(context: Context) -> Iterator[Problem]:
    """How many tunnels there can be follows from the routing and from the gateway's instances."""
    for path, link in context.links:
        two = link.azure in context.active_active
        if link.routing == "static":
            allowed: tuple[int, ...] = (STATIC_TUNNELS, 1)
            where = "static routing"
            what = f"{STATIC_TUNNELS} or 1 are allowed, those of one AWS connection"
        elif two:
            allowed = (BGP_TUNNELS_ACTIVE_ACTIVE,)
            where = "bgp on an active-active gateway"
            what = f"{BGP_TUNNELS_ACTIVE_ACTIVE} are allowed, two to each instance"
        else:
            allowed = (BGP_TUNNELS_ACTIVE_STANDBY,)
            where = "bgp on an active-standby gateway"
            what = f"{BGP_TUNNELS_ACTIVE_STANDBY} is allowed, since the gateway takes one BGP address"
        count = context.tunnels(link)
        if count not in allowed:
            tunnels = "1 tunnel does" if count == 1 else f"{count} tunnels do"
            yield error(
                (*path, "tunnels"),
                f"{tunnels} not fit {where}: {what}; write {allowed[0]} or leave it out",
            )


def one_bgp_link_on_standby(context: Context) -> Iterator[Problem]:
    """An active-standby gateway takes one custom BGP address, so one BGP link."""
    for key, links in context.by_azure.items():
        bgp = [path for path, link in links if link.routing == "bgp"]
        if key not in context.active_active and len(bgp) > 1:
            yield error(
                ("azure", key, "gateway", "mode"),
                f"active-standby cannot have {len(bgp)} links with bgp: such a gateway takes one custom BGP address, "
                "and each link needs its own; write active-active, or routing: static on the others",
            )


def static_on_active_active(context: Context) -> Iterator[Problem]:
    """A static link has one AWS connection, so one Azure instance."""
    for path, link in context.links:
        if link.routing == "static" and link.azure in context.active_active:
            yield warning(
                (*path, "routing"),
                f"static ends on the first of the two instances of azure.{link.azure}: the link is down whenever Azure "
                "maintains that one; use bgp, or mode: active-standby on a gateway whose links are all static (fixed "
                "when it is made)",
            )


def static_has_no_way_on(context: Context) -> Iterator[Problem]:
    """BGP carries a static link's network on to everyone, and nothing carries theirs back over the static link."""
    groups = {site: group for group, _ in context.reachable() for site in group}
    for path, link in context.links:
        if link.routing != "static":
            continue
        for here, there in (
            (("aws", link.aws), ("azure", link.azure)),
            (("azure", link.azure), ("aws", link.aws)),
        ):
            beyond = [site for site in groups[here] if site not in (here, there)]
            if beyond and there not in groups[here]:
                yield warning(
                    (*path, "routing"),
                    f"static tells {'.'.join(there)} of {'.'.join(here)} only: {_sites(beyond)} would hear of it over "
                    "bgp and have no way back from there; use bgp on this link too, unless the two must not reach "
                    "each other",
                )


def static_is_best_effort(context: Context) -> Iterator[Problem]:
    """Static routing works, and a user should know what it does not do."""
    for path, link in context.links:
        if link.routing == "static" and context.tunnels(link) == STATIC_TUNNELS:
            yield warning(
                (*path, "routing"),
                "static with two tunnels to one place is best effort on Azure: only dead peer detection moves traffic "
                f"to the other tunnel, after {DPD_SECONDS} s; use bgp where availability counts",
            )
        elif link.routing == "static" and context.tunnels(link) == 1:
            yield warning(
                (*path, "routing"),
                "static with one tunnel has no redundancy: the link is down whenever AWS maintains the tunnel's "
                "endpoint; use bgp where availability counts",
            )


def standby_is_one_tunnel(context: Context) -> Iterator[Problem]:
    """With BGP an active-standby gateway has one tunnel, and a user should know what that means."""
    for key, links in context.by_azure.items():
        if key not in context.active_active and sum(link.routing == "bgp" for _, link in links) == 1:
            yield warning(
                ("azure", key, "gateway", "mode"),
                "active-standby has one tunnel with bgp: the link is down whenever AWS maintains that tunnel's "
                "endpoint; write active-active where availability counts",
            )


def every_site_is_linked(context: Context) -> Iterator[Problem]:
    """A gateway costs money by the hour whether anything is joined to it or not."""
    if not context.complete or context.unresolved or "links" not in context.topology.model_fields_set:
        return
    for key in context.topology.aws:
        if key not in context.by_aws:
            yield warning(
                ("aws", key), f"{key} is in no link: its gateway would be connected to nothing; add a link or remove it"
            )
    for key in context.topology.azure:
        if key not in context.by_azure:
            text = f"{key} is in no link: its gateway would be billed and not used; add a link or remove it"
            yield warning(("azure", key), text)


def _sites(sites: Sequence[Site]) -> str:
    names = [".".join(site) for site in sites]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _listed(known: frozenset[str]) -> str:
    names = sorted(known)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "none"


RULES: tuple[Rule, ...] = (
    sites_exist,
    links_are_said,
    one_link_a_pair,
    tunnels_fit_routing,
    one_bgp_link_on_standby,
    static_is_best_effort,
    static_on_active_active,
    static_has_no_way_on,
    standby_is_one_tunnel,
    every_site_is_linked,
)
