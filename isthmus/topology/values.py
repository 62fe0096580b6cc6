"""The single values of a topology file, each with its own type and its own sentence when it is wrong.

A sentence reads "what stands there and why not: what is allowed; what to do".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from isthmus.clouds import aws, azure

RFC1918: Final = tuple(IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
"""Private ranges, with RFC 6598's shared one, which both clouds route like the others."""
UNROUTABLE: Final = tuple(
    IPv4Network(n)
    for n in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "224.0.0.0/4", "240.0.0.0/4")
)
"""Neither cloud takes these for a network (VPC and VNet documentation, M); 168.63.129.16 is Azure's own service."""


HIDDEN: Final = "what stands here (not shown: it may be a key)"


def refuse(text: str) -> PydanticCustomError:
    """The exception by which a validator says ``text`` to the user, word for word."""
    return PydanticCustomError("isthmus", "{text}", {"text": text})


def show(value: Any) -> str:
    """A value from a file as a message quotes it: short, on one line, in the file's own spelling."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = " ".join(str(value).split())
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that ``word`` was most likely meant to be, case aside."""
    by_lower = {k.lower(): k for k in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None


def _text(value: Any, what: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)) or value is None:
        raise refuse(f"{show(value)} where text is wanted: {what}; write one value")
    raise refuse(f"{show(value)} is not text: {what}; put it in quotes if you mean it")


def _matching(pattern: str, what: str) -> Callable[[Any], str]:
    regex = re.compile(pattern)

    def check(value: Any) -> str:
        text = _text(value, what)
        if regex.fullmatch(text):
            return text
        fitting = re.sub(r"[^a-z0-9-]", "-", text.lower()).strip("-")
        hint = f"write {fitting}" if regex.fullmatch(fitting) else "choose another"
        raise refuse(f"{show(text)!r} is not a valid name: {what}; {hint}")

    return check


def _asn(value: Any) -> int:
    what = "an autonomous system number, 1 to 4294967294"
    if isinstance(value, str) and value.isdecimal():
        raise refuse(f"'{show(value)}' is text: {what}; write it without quotes")
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"{show(value)} is not a number: {what}; for example 64512")
    if not 1 <= value <= azure.ASN_MAX:
        raise refuse(f"{value} is out of range: {what}; for example 64512")
    return value


def _cidr(value: Any) -> IPv4Network:
    if isinstance(value, IPv4Network):
        return value
    what = "an IPv4 range such as 10.10.0.0/16"
    text = _text(value, what)
    if ":" in text:
        raise refuse(f"{show(text)} is IPv6: {what}; the link carries IPv4 only")
    if "/" not in text:
        raise refuse(f"{show(text)} has no prefix length: {what}; add one such as /16")
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        raise refuse(f"{show(text)} is not an address range: {what}; mend it") from None
    if str(network) != text:
        raise refuse(f"{show(text)} does not start on its own boundary: {what}; write {network}")
    if any(network.overlaps(bad) for bad in UNROUTABLE):
        private = ", ".join(str(n) for n in RFC1918)
        raise refuse(f"{network} holds addresses that neither cloud routes: private ranges are {private}; choose one")
    return network


def _aws_region(value: Any) -> str:
    what = "an AWS region such as eu-central-1"
    text = _text(value, what)
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", text) or (
        text not in aws.REGIONS and nearest(text, aws.REGIONS, cutoff=0.85)
    ):
        guess = nearest(text, aws.REGIONS)
        raise refuse(f"{show(text)!r} is not an AWS region: {what}; {f'write {guess}' if guess else 'choose one'}")
    return text


def _azure_region(value: Any) -> str:
    what = "an Azure region such as germanywestcentral"
    text = _text(value, what)
    compact = re.sub(r"[^a-z0-9]", "", text.lower())
    if compact != text and (meant := nearest(compact, azure.REGIONS, cutoff=0.75)):
        raise refuse(f"{show(text)!r} is not how Azure writes a region: {what}; write {meant}")
    if text not in azure.REGIONS:
        guess = nearest(text, azure.REGIONS, cutoff=0.85)
        if guess or not re.fullmatch(r"[a-z]{4,}\d?", text):
            raise refuse(
                f"{show(text)!r} is not an Azure region: {what}; {f'write {guess}' if guess else 'choose one'}"
            )
    return text


def _sku(value: Any) -> str:
    names = ", ".join(azure.SKU_NAMES)
    text = _text(value, f"one of {names}")
    if text in azure.SKU_NAMES:
        return text
    if reason := azure.RETIRED_SKUS.get(text):
        better = f"{text}AZ" if f"{text}AZ" in azure.SKU_NAMES else "VpnGw1AZ"
        raise refuse(f"{text} cannot be used: {reason}; allowed are {names}; write {better}")
    guess = nearest(text, azure.SKU_NAMES) or "VpnGw1AZ"
    raise refuse(f"{show(text)!r} is not a gateway SKU: allowed are {names}; write {guess}")


def _tags(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise refuse(f"{show(value)} where tags are wanted: names and values; for example {{owner: platform}}")
    for key, text in value.items():
        if not isinstance(text, str):
            raise refuse(f"tag {show(key)} is {show(text)}: a tag's value is text; put it in quotes")
        # AWS: 128 and 256 characters, 50 tags, no "aws:". Azure: 512 and 256, 50 tags, none of <>%&\?/ in names.
        if not re.fullmatch(r"[\w .:=+@-]{1,128}", key) or key.lower().startswith(
            ("aws:", "azure", "microsoft", "windows")
        ):
            raise refuse(
                f"tag name {show(key)!r} does not fit both clouds: 1 to 128 letters, digits, spaces and _.:=+@-, "
                "not starting with aws:, azure, microsoft or windows; choose another"
            )
        if key in ("Name", "isthmus"):
            raise refuse(f"tag name {key!r} is Isthmus's own: it sets this one itself; choose another")
        if len(text) > 256 or re.search(r"[^\w .:/=+@-]", text):
            raise refuse(
                f"tag {key} has a value that does not fit both clouds: up to 256 letters, digits, spaces and "
                "_.:/=+@- are allowed; mend it"
            )
    if len(value) > 40:
        raise refuse(f"{len(value)} tags are too many: both clouds take 50 and Isthmus adds its own; keep 40")
    return dict(value)


def whole(what: str, low: int, high: int) -> BeforeValidator:
    """A validator for a whole number from ``low`` to ``high``; ``what`` says what it counts."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse(f"{show(value)} is not a whole number: {what}, {low} to {high}; write one")
        if not low <= value <= high:
            raise refuse(f"{value} is out of range: {what}, {low} to {high}; choose one of these")
        return value

    return BeforeValidator(check)


def amount(what: str) -> BeforeValidator:
    """A validator for a number of at least 0; ``what`` says what it measures, with its unit."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise refuse(f"{show(value)} is not a number: {what}; write one without a unit")
        if not 0 <= value <= 1e12:
            raise refuse(f"{show(value)} is out of range: {what}, 0 or more; mend it")
        return float(value)

    return BeforeValidator(check)


def one_of(*allowed: str, later: Iterable[str] = (), hidden: bool = False) -> BeforeValidator:
    """A validator for a word out of ``allowed``; ``later`` are words that are known but not supported yet.

    With ``hidden``, a value that is none of these is not repeated in the message.
    """
    words = f"allowed {'is' if len(allowed) == 1 else 'are'} {', '.join(allowed)}"

    def check(value: Any) -> Any:
        if isinstance(value, str) and value in allowed:
            return value
        if isinstance(value, str) and value in later:
            raise refuse(f"{value} is not supported yet: {words}; use that for now")
        if hidden:
            raise refuse(f"{HIDDEN} is not known: {words}; choose one")
        guess = nearest(show(value), allowed)
        said = repr(value) if isinstance(value, str) else show(value)
        raise refuse(f"{said} is not known: {words}; {f'write {guess}' if guess else 'choose one'}")

    return BeforeValidator(check)


NAME_PATTERN: Final = r"[a-z][a-z0-9-]{0,21}"
SITE_PATTERN: Final = r"[a-z][a-z0-9-]{0,14}"

Name = Annotated[
    str,
    BeforeValidator(_matching(NAME_PATTERN, "up to 22 lower-case letters, digits and hyphens, a letter first")),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$"}),
]
SiteName = Annotated[
    str,
    BeforeValidator(_matching(SITE_PATTERN, "up to 15 lower-case letters, digits and hyphens, a letter first")),
    WithJsonSchema({"type": "string", "pattern": f"^{SITE_PATTERN}$"}),
]
Asn = Annotated[int, BeforeValidator(_asn), Field(json_schema_extra={"minimum": 1, "maximum": azure.ASN_MAX})]
Cidr = Annotated[
    IPv4Network,
    BeforeValidator(_cidr),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$"}),
]
AwsRegion = Annotated[str, BeforeValidator(_aws_region)]
AzureRegion = Annotated[str, BeforeValidator(_azure_region)]
SkuName = Annotated[str, BeforeValidator(_sku), WithJsonSchema({"type": "string", "enum": list(azure.SKU_NAMES)})]
Tags = Annotated[
    dict[str, str],
    BeforeValidator(_tags),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
