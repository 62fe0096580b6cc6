"""Ranges and addresses."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, WithJsonSchema

from isthmus.topology.values.words import quoted, refuse, show, text_of

RFC1918: Final = tuple(IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
"""Private ranges, with RFC 6598's shared one, which both clouds route like the others."""
UNROUTABLE: Final = {
    IPv4Network("0.0.0.0/8"): "this network",
    IPv4Network("127.0.0.0/8"): "loopback",
    IPv4Network("169.254.0.0/16"): "link-local",
    IPv4Network("168.63.129.16/32"): "a service of Azure",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved",
}
"""Neither cloud takes these for a network (VPC and VNet documentation, M), each with what it is for."""


def _cidr(value: Any) -> IPv4Network:
    if isinstance(value, IPv4Network):
        return value
    what = "expected an IPv4 range such as 10.10.0.0/16"
    text = text_of(value, what)
    if ":" in text:
        raise refuse(f"{show(text)} is IPv6: the links carry IPv4 only; write a range such as 10.10.0.0/16")
    if "/" not in text:
        raise refuse(f"{show(text)} has no prefix length: {what}; add one such as /16")
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        raise refuse(f"{show(text)} is not an IPv4 range: expected one such as 10.10.0.0/16; correct it") from None
    if not re.fullmatch(r"[^/]+/[0-9]{1,2}", text):
        raise refuse(f"{show(text)} has a netmask: expected a prefix length; write {network}")
    if str(network) != text:
        raise refuse(f"{show(text)} has host bits set: the range is {network}; write that")
    if network.prefixlen == 0:
        raise refuse(
            f"{network} is the default route: both clouds can send it over a tunnel, but Isthmus joins ranges only; "
            "list the ranges that are behind this site"
        )
    for bad, purpose in UNROUTABLE.items():
        if network.overlaps(bad):
            private = ", ".join(str(n) for n in RFC1918)
            raise refuse(
                f"{network} overlaps {bad} ({purpose}), which no VPC or VNet can have: private ranges are {private}; "
                "choose one"
            )
    return network


def _gateway_subnet(value: Any) -> Any:
    if value is None or value == "existing" or isinstance(value, IPv4Network):
        return value
    text = text_of(value, "expected an IPv4 range such as 10.20.255.0/27, or the word existing")
    if "/" not in text and ":" not in text:
        raise refuse(
            f"{quoted(text)} is no range: expected one such as 10.20.255.0/27, or the word existing; correct it"
        )
    return _cidr(text)


def _address(value: Any) -> IPv4Address:
    if isinstance(value, IPv4Address):
        return value
    what = "expected one such as 203.0.113.10"
    text = text_of(value, "expected a public IPv4 address such as 203.0.113.10")
    try:
        address = IPv4Address(text)
    except ValueError:
        raise refuse(f"{show(text)} is not an IPv4 address: {what}; correct it") from None
    if any(address in block for block in (*RFC1918, *UNROUTABLE)):
        raise refuse(f"{address} is not public: {what}; write the public address of the gateway")
    return address


_OCTET: Final = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
CIDR_PATTERN: Final = (
    r"^(?!0\.|127\.|169\.254\.|168\.63\.129\.16/|22[4-9]\.|2[345][0-9]\.)"
    rf"{_OCTET}(\.{_OCTET}){{3}}/([1-9]|[12][0-9]|3[0-2])$"
)
Cidr = Annotated[
    IPv4Network,
    BeforeValidator(_cidr),
    WithJsonSchema({"type": "string", "pattern": CIDR_PATTERN}),
]
Address = Annotated[
    IPv4Address,
    BeforeValidator(_address),
    WithJsonSchema({"type": "string", "format": "ipv4", "pattern": rf"^{_OCTET}(\.{_OCTET}){{3}}$"}),
]
GatewaySubnet = Annotated[
    Literal["existing"] | IPv4Network | None,
    BeforeValidator(_gateway_subnet),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "existing", "type": "string"},
                {"pattern": CIDR_PATTERN, "type": "string"},
                {"type": "null"},
            ]
        }
    ),
]
