"""The single values of a topology file, each with its own type and its own sentence when it is wrong.

A sentence reads "what stands there and why not: what is allowed; what to do".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from isthmus.clouds import aws, azure
from isthmus.printable import looks_secret, one_line

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


HIDDEN: Final = "a value (not shown: it may be a key)"


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
    text = str(getattr(value, "written", value))
    if looks_secret(text.strip()):
        return HIDDEN
    text = one_line(" ".join(text.split()))
    return text if len(text) <= 60 else text[:57] + "..."


def quoted(value: Any) -> str:
    """Like :func:`show`, in quotation marks unless the value is hidden."""
    text = show(value)
    return text if text is HIDDEN else repr(text)


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that ``word`` was most likely meant to be, case aside."""
    by_lower = {k.lower(): k for k in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None


def text_of(value: Any, what: str, *, quoted: str = "") -> str:
    """``value`` if it is text; else refused, in the words ``what``. ``quoted`` says what to do about a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)) or value is None:
        raise refuse(f"expected text, got {show(value)}: {what.removeprefix('expected ')}; write one value")
    raise refuse(f"{show(value)} is not text: {what}; {quoted or 'write one'}")


def _matching(pattern: str, what: str) -> Callable[[Any], str]:
    regex = re.compile(pattern)

    def check(value: Any) -> str:
        text = text_of(value, what)
        if regex.fullmatch(text):
            return text
        fitting = re.sub(r"[^a-z0-9-]", "-", text.lower()).strip("-")
        fits = text.isascii() and regex.fullmatch(fitting) and not looks_secret(text)
        hint = f"write {fitting}" if fits else "choose another"
        raise refuse(f"{quoted(text)} is not a valid name: {what}; {hint}")

    return check


def _asn(value: Any) -> int:
    what = "expected an autonomous system number, 1 to 4294967294"
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        raise refuse(f"{quoted(value)} is text: {what}; write it without quotes")
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"{show(value)} is not a number: {what}; for example 64512")
    if not 1 <= value <= azure.ASN_MAX:
        raise refuse(f"{show(value)} is out of range: {what}; for example 64512")
    return value


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


def _sku(value: Any) -> str:
    names = ", ".join(azure.SKU_NAMES)
    text = text_of(value, f"allowed are {names}")
    if text in azure.SKU_NAMES:
        return text
    if reason := azure.RETIRED_SKUS.get(text):
        better = f"{text}AZ" if f"{text}AZ" in azure.SKU_NAMES else "VpnGw1AZ"
        raise refuse(f"{text} cannot be used: {reason}; allowed are {names}; write {better}")
    guess = nearest(text, azure.SKU_NAMES) or "VpnGw1AZ"
    raise refuse(f"{quoted(text)} is not a gateway SKU: allowed are {names}; write {guess}")


class _Checked:
    """A validator that comes before pydantic's own, and what the JSON Schema says of the same values."""

    def __init__(self, check: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self.check = check
        self.schema = schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), **self.schema}


def whole(what: str, low: int, high: int, *, hidden: bool = False) -> _Checked:
    """A whole number from ``low`` to ``high``; ``what`` says what it counts.

    With ``hidden``, a value that is none is not repeated in the message.
    """

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            found = HIDDEN if hidden else show(value)
            raise refuse(f"{found} is not a whole number: {what}, {low} to {high}; write one")
        if not low <= value <= high:
            raise refuse(f"{show(value)} is out of range: {what}, {low} to {high}; choose one of these")
        return value

    return _Checked(check, {"minimum": low, "maximum": high})


AMOUNT_MAX: Final = 10**12
"""A limit of Isthmus's own, far above any traffic there is: a zettabyte a month, an exabit a second."""


def amount(what: str) -> _Checked:
    """A number from 0 to :data:`AMOUNT_MAX`; ``what`` says what it measures, with its unit."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            grouped = isinstance(value, str) and re.fullmatch(r"[0-9][0-9,_]*(\.[0-9]*)?", value)
            remedy = "write its digits without commas or underscores" if grouped else "write one without a unit"
            raise refuse(f"{show(value)} is not a number: {what}; {remedy}")
        if not 0 <= value <= AMOUNT_MAX:
            raise refuse(f"{show(value)} is out of range: {what}, 0 to {AMOUNT_MAX}; correct it")
        return float(value)

    return _Checked(check, {"minimum": 0, "maximum": AMOUNT_MAX})


def one_of(*allowed: str, hidden: bool = False, said: str = "", safe: Iterable[str] = ()) -> _Checked:
    """A word out of ``allowed``.

    With ``hidden``, a value that is none of these is not repeated in the message. ``said`` is how a message
    lists what is allowed, where that takes more than the words; ``safe`` are those that it may propose, if not all.
    """
    words = f"allowed {'is' if len(allowed) == 1 else 'are'} {said or ', '.join(allowed)}"

    def check(value: Any) -> Any:
        if isinstance(value, str) and value in allowed:
            return value
        if hidden:
            raise refuse(f"{HIDDEN} is not known: {words}; choose one")
        if isinstance(value, (dict, list)) or value is None:
            raise refuse(f"expected a word, got {show(value)}: {words}; choose one")
        guess = nearest(show(value), safe or allowed)
        stands = quoted(value) if isinstance(value, str) else show(value)
        raise refuse(f"{stands} is not known: {words}; {f'write {guess}' if guess else 'choose one'}")

    return _Checked(check, {})


def shaped(pattern: str, what: str, example: str, *, rule: str = "", hidden: bool = False) -> _Checked:
    """Text that matches ``pattern`` as a whole; ``what`` says what it names.

    ``pattern`` is read as in JSON Schema: ``\\w`` and ``\\d`` are ASCII only. ``rule`` says what is allowed where an
    example does not. With ``hidden``, a value that does not fit is not repeated in the message.
    """
    regex = re.compile(pattern, re.ASCII)
    wanted = rule or f"expected one such as {example}"

    def check(value: Any) -> str:
        if isinstance(value, str) and regex.fullmatch(value):
            return value
        if hidden:
            raise refuse(f"{HIDDEN} is not {what}: {wanted}; correct it")
        fits = value is not None and regex.fullmatch(show(value))
        text = text_of(value, f"expected {what} such as {example}", quoted="put it in quotes" if fits else "")
        blanks = regex.fullmatch(text.strip()) is not None
        raise refuse(
            f"{quoted(text)} is not {what}: {wanted}; {'remove the white space around it' if blanks else 'correct it'}"
        )

    return _Checked(check, {"pattern": schema_pattern(pattern)})


def any_case(pattern: str) -> str:
    """``pattern``, which has no letter behind a backslash, in capitals or not: a schema's patterns have no flag."""
    whole = re.sub(r"\[[^]]*\]", lambda found: re.sub("[a-z]", lambda c: c[0] + c[0].upper(), found[0]), pattern)
    parts = re.split(r"(\[[^]]*\])", whole)
    return "".join(p if p.startswith("[") else re.sub("[A-Za-z]", _both_cases, p) for p in parts)


def _both_cases(letter: re.Match[str]) -> str:
    return f"[{letter[0].upper()}{letter[0].lower()}]"


def schema_pattern(pattern: str) -> str:
    """``pattern``, for the whole text, so that every dialect of regular expressions reads it alike."""
    inside = re.sub(r"\[[^]]*\]", lambda found: _ascii(found[0], "", ""), pattern)
    return f"^(?:{_ascii(inside, '[', ']')})$"


def _ascii(pattern: str, opened: str, closed: str) -> str:
    return pattern.replace(r"\w", f"{opened}A-Za-z0-9_{closed}").replace(r"\d", f"{opened}0-9{closed}")


def listed(allowed: tuple[int, ...], what: str, *, said: str = "") -> _Checked:
    """One of some whole numbers; ``what`` says what they are, ``said`` how a message lists them."""
    words = said or ", ".join(str(number) for number in allowed)

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            raise refuse(f"{show(value)} is not {what}: allowed are {words}; choose one")
        return value

    return _Checked(check, {"enum": list(allowed)})


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


def resource_id(kind: str, what: str) -> _Checked:
    """The resource id of an Azure resource of type ``kind`` (``Microsoft.Network/virtualNetworkGateways``).

    Azure does not care about capitals and the portal writes some ids in lower case; the provider takes the
    fixed parts in one spelling only, so that they are brought to it.
    """
    uuid = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    parts = (rf"({uuid})", r"([\w().-]{1,90})", r"([\w.-]{1,80})")
    fixed = ("/subscriptions/", "/resourceGroups/", f"/providers/{kind}/")
    form = "".join(any_case(re.escape(text)) + part for text, part in zip(fixed, parts, strict=True))
    text = shaped(form, what, f"/subscriptions/…/resourceGroups/…/providers/{kind}/…")

    def check(value: Any) -> str:
        found = re.fullmatch(form, text.check(value))
        assert found is not None, "that is what was checked"
        subscription, _, group, name = found.groups()
        return f"/subscriptions/{subscription.lower()}/resourceGroups/{group}/providers/{kind}/{name}"

    return _Checked(check, text.schema)


RESOURCE_GROUP: Final = r"[\w().-]{0,89}[\w()-]"
"""Azure takes letters of every script; the provider takes these."""
_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ARN: Final = r"arn:aws(-[a-z]{2,10}){0,3}"
ROLE: Final = rf"{_ARN}:iam::\d{{12}}:role/(?=.{{1,576}}$)([\w+=,.@-]+/)*[\w+=,.@-]{{1,64}}"
ROLE_EXAMPLE: Final = "arn:aws:iam::111122223333:role/network"
FLOW_LOG_DESTINATION: Final = (
    rf"{_ARN}:(s3:::[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9](/[\w.-]{{1,64}}){{0,8}}/?"
    r"|logs:[a-z0-9-]{5,30}:\d{12}:log-group:[\w./#-]{1,512})"
)
"""A bucket with or without a prefix, or a log group, as VPC flow logs take them."""
HOST: Final = rf"(?=.{{4,253}}$)({_LABEL}\.)+[A-Za-z]([A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
EMAIL: Final = rf"(?=.{{6,254}}$)(?=[^@]{{1,64}}@)[\w+-]+(\.[\w+-]+)*@{HOST[len('(?=.{4,253}$)') :]}"

CIPHERS: Final = ("aes128", "aes256", "aes128-gcm", "aes256-gcm")
HASHES: Final = ("sha256", "sha384", "sha1")
CipherName = Literal["aes128", "aes256", "aes128-gcm", "aes256-gcm"]
HashName = Literal["sha256", "sha384", "sha1"]
group_number = listed(
    (2, 14, 19, 20, 24),
    "a Diffie-Hellman group that both clouds have",
    said="14, 19, 20, and on a legacy link 2 and 24",
)
pfs_group_number = listed(
    (0, 2, 14, 19, 20, 24),
    "a group for forward secrecy that both clouds have",
    said="14, 19, 20, and on a legacy link 2, 24 and 0 (none)",
)

# CloudWatch Logs takes these and more (botocore's PutRetentionPolicy), Log Analytics 30 to 730 days.
retention = listed((30, 60, 90, 120, 150, 180, 365, 400, 545), "a retention that both clouds have")

ike_hash = one_of(*HASHES, said="sha256, sha384, and on a legacy link sha1", safe=("sha256", "sha384"))
# SHA-384 can be written here: isthmus.checks says that Azure lacks it, and what does instead.
esp_hash = one_of(*HASHES, said="sha256, and on a legacy link sha1", safe=("sha256",))
ProposalName = Annotated[
    Literal["strong", "max", "compat"],
    one_of("strong", "max", "compat", said="strong, max, compat, and a mapping of ike and esp"),
]

_OCTET: Final = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
CIDR_PATTERN: Final = (
    r"^(?!0\.|127\.|169\.254\.|168\.63\.129\.16/|22[4-9]\.|2[345][0-9]\.)"
    rf"{_OCTET}(\.{_OCTET}){{3}}/([1-9]|[12][0-9]|3[0-2])$"
)
NAME_PATTERN: Final = r"[a-z][a-z0-9-]{0,21}"
SITE_PATTERN: Final = r"[a-z][a-z0-9-]{0,14}"
# The checks say of a hyphen at the end what is wrong with it; a schema has the pattern only.
_NAME_SCHEMA: Final = r"^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$"
_SITE_SCHEMA: Final = r"^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$"

Name = Annotated[
    str,
    BeforeValidator(_matching(NAME_PATTERN, "up to 22 lower-case letters, digits and hyphens, a letter first")),
    WithJsonSchema({"type": "string", "pattern": _NAME_SCHEMA}),
]
SiteName = Annotated[
    str,
    BeforeValidator(_matching(SITE_PATTERN, "up to 15 lower-case letters, digits and hyphens, a letter first")),
    WithJsonSchema({"type": "string", "pattern": _SITE_SCHEMA}),
]


def _integers(numbers: range) -> dict[str, Any]:
    return {"type": "integer", "minimum": numbers[0], "maximum": numbers[-1]}


_AZURES: Final = [{"enum": sorted(azure.RESERVED_ASNS)}, *map(_integers, azure.IANA_RESERVED_ASNS)]
ASNS_REFUSED_ON_AWS: Final[list[Any]] = [
    *_AZURES,
    _integers(range(aws.ASN_RANGES[0][0])),
    _integers(range(aws.ASN_RANGES[0][-1] + 1, aws.ASN_RANGES[1][0])),
]
_RESERVED: Final = (azure.RESERVED_ASNS - {azure.GATEWAY_DEFAULT_ASN}) | aws.CUSTOMER_GATEWAY_RESERVED_ASNS
ASNS_REFUSED_ON_AZURE: Final[list[Any]] = [{"enum": sorted(_RESERVED)}, *map(_integers, azure.IANA_RESERVED_ASNS)]
"""For the JSON Schema; isthmus.checks.asns says why of each."""

Asn = Annotated[int, BeforeValidator(_asn), Field(json_schema_extra={"minimum": 1, "maximum": azure.ASN_MAX})]
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
Uuid = Annotated[
    str,
    shaped(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID", "00000000-0000-0000-0000-000000000000"),
]
SkuName = Annotated[str, BeforeValidator(_sku), WithJsonSchema({"type": "string", "enum": list(azure.SKU_NAMES)})]
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
