"""What the two ends of a BGP session have to agree on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from isthmus.observed import paths
from isthmus.observed.comparison import Comparison, compared, fault
from isthmus.observed.links import Links
from isthmus.observed.observation import Found
from isthmus.observed.types import AwsEnd, AzureEnd, Instance, Tunnel
from isthmus.observed.values import ABSENT, Known, Unknown, Value, known, mapped, same, sequence


def comparisons(links: Links, tunnel: Tunnel) -> Iterator[Comparison]:
    """What the BGP session inside ``tunnel`` needs."""
    azure, aws = tunnel.azure, tunnel.aws
    block = known(aws.inside_block)
    if aws.bgp_address is ABSENT or (
        not isinstance(aws.inside_block, Known) and not isinstance(aws.bgp_address, Known)
    ):
        why = f"no inside block for tunnel {aws.number} of {aws.connection}"
        yield fault(why, what="inside block", certain=False)
    elif block is not None:
        yield compared("prefix length of the inside block", Known(30), mapped(aws.inside_block, _prefix))
    yield compared("AWS's BGP address", azure.peer_bgp_address, aws.bgp_address)
    yield from _azure_bgp(tunnel, azure, aws)
    if isinstance(aws.gateway.target, Found) or isinstance(aws.bgp_asn, Known):
        yield compared("AWS's ASN", azure.peer_asn, aws.bgp_asn)
    yield compared("BGP of the connection", azure.bgp, Known(value=True))
    yield compared("static routes beside BGP", azure.address_space, Known(tuple(paths.static_routes(links, aws))))


def _prefix(block: object) -> int:
    """The prefix length of ``block``; a single address has 32."""
    bits = str(block).partition("/")[2]
    return int(bits) if bits.isdecimal() else 32


def _azure_bgp(tunnel: Tunnel, azure: AzureEnd, aws: AwsEnd) -> Iterator[Comparison]:
    """Azure's address inside the tunnel, at the instance to which AWS sends."""
    own, here = aws.peer_bgp_address, tunnel.instance
    words = ("primary", "secondary")
    if not isinstance(azure.gateway.target, Found):
        is_among = any(same(custom, own) for custom in azure.custom_bgp)
        shown = " or ".join(str(custom) for custom in azure.custom_bgp if custom is not ABSENT) or "nothing"
        yield Comparison(
            what="Azure's BGP address",
            azure=shown,
            aws=str(own),
            equal=True if is_among else _or_none(own, is_wrong=True),
        )
        return
    yield compared("Azure's ASN", azure.gateway.asn, aws.peer_asn)
    yield compared("BGP of the gateway", azure.gateway.bgp, Known(value=True))
    if here is None:
        certain = all(isinstance(i.address, Known) or isinstance(i.public_ip, Found) for i in azure.gateway.instances)
        target_known = isinstance(aws.peer_address, Known) or getattr(aws.peer_address, "reference", None) is not None
        yield no_instance(azure, aws, certain=certain and target_known)
        return
    custom = azure.custom_bgp[min(here.number, 1)]
    if all(one is ABSENT for one in azure.custom_bgp):
        # Without custom addresses Azure takes the first of the instance.
        first = sequence(known(here.apipa, ()))[:1]
        custom = Known(first[0]) if first else ABSENT
    yield compared("Azure's BGP address", custom, own)
    yield _is_among(f"Azure's BGP address at instance {here.number}", own, here, str(here.apipa), str(own))
    apipa = sequence(known(here.apipa, ()))
    given = [one for one in azure.custom_bgp if one is not ABSENT]
    if given or len(apipa) > 1:
        yield compared(
            "number of BGP addresses", Known(len(given)), Known(min(2, len(azure.gateway.instances))), breaks=False
        )
        for instance, one in zip(azure.gateway.instances, azure.custom_bgp if given else (), strict=False):
            what = f"{words[instance.number]} BGP address is one of instance {instance.number}"
            # Of the two only that of the instance to which AWS sends is used; the other fills a place.
            yield replace(_is_among(what, one, instance, str(one), str(instance.apipa)), breaks=instance is here)


def no_instance(azure: AzureEnd, aws: AwsEnd, *, certain: bool) -> Comparison:
    """The customer gateway has an address that no instance of the Azure gateway has."""
    gateway, customer = azure.gateway.target, aws.customer_gateway
    why = f"public IP: {gateway} does not have the public IP of {customer}"
    if not certain:
        why = f"public IP: which instance of {gateway} has the public IP of {customer} is not known until apply"
    return fault(why, what="public IP", certain=certain)


def _is_among(what: str, value: Value, instance: Instance, azure: str, aws: str) -> Comparison:
    """Whether ``value`` is one of the BGP addresses of ``instance``."""
    unknown = isinstance(value, Unknown) or isinstance(instance.apipa, Unknown)
    equal = None if unknown else known(value) in sequence(known(instance.apipa, ()))
    return Comparison(what=what, azure=azure, aws=aws, equal=equal)


def _or_none(value: Value, *, is_wrong: bool) -> bool | None:
    """Whether something is right, where ``value`` is known at all."""
    return None if isinstance(value, Unknown) else not is_wrong
