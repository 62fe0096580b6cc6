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

RFC1918: Final = tuple(IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
"""Private ranges, with RFC 6598's shared one, which both clouds route like the others."""
UNROUTABLE: Final = tuple(
    IPv4Network(n)
    for n in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "224.0.0.0/4", "240.0.0.0/4")
)
"""Neither cloud takes these for a network (VPC and VNet documentation, M); 168.63.129.16 is Azure's own service."""


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
    text = " ".join(str(getattr(value, "written", value)).split())
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that ``word`` was most likely meant to be, case aside."""
    by_lower = {k.lower(): k for k in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None


def _text(value: Any, what: str, *, quoted: str = "") -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)) or value is None:
        raise refuse(f"{show(value)} stands where text is wanted: {what.removeprefix('wanted is ')}; write one value")
    raise refuse(f"{show(value)} is not text: {what}; {quoted or 'write one'}")


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
    what = "wanted is an autonomous system number, 1 to 4294967294"
    if isinstance(value, str) and value.isdecimal():
        raise refuse(f"'{show(value)}' is text: {what}; write it without quotes")
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"{show(value)} is not a number: {what}; for example 64512")
    if not 1 <= value <= azure.ASN_MAX:
        raise refuse(f"{show(value)} is out of range: {what}; for example 64512")
    return value


def _cidr(value: Any) -> IPv4Network:
    if isinstance(value, IPv4Network):
        return value
    what = "wanted is an IPv4 range such as 10.10.0.0/16"
    text = _text(value, what)
    if ":" in text:
        raise refuse(f"{show(text)} is IPv6: the links carry IPv4 only; write a range such as 10.10.0.0/16")
    if "/" not in text:
        raise refuse(f"{show(text)} has no prefix length: {what}; add one such as /16")
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        raise refuse(f"{show(text)} is not an IPv4 range: wanted is one such as 10.10.0.0/16; mend it") from None
    if str(network) != text:
        raise refuse(f"{show(text)} does not start on its own boundary: {network} does; write that")
    if any(network.overlaps(bad) for bad in UNROUTABLE):
        private = ", ".join(str(n) for n in RFC1918)
        raise refuse(f"{network} holds addresses that neither cloud routes: private ranges are {private}; choose one")
    return network


def _gateway_subnet(value: Any) -> Any:
    if value is None or value == "existing" or isinstance(value, IPv4Network):
        return value
    text = _text(value, "wanted is an IPv4 range such as 10.20.255.0/27, or the word existing")
    if "/" not in text and ":" not in text:
        raise refuse(f"{show(text)!r} is no range: wanted is one such as 10.20.255.0/27, or the word existing; mend it")
    return _cidr(text)


def _aws_region(value: Any) -> str:
    what = "wanted is one such as eu-central-1"
    text = _text(value, "wanted is an AWS region such as eu-central-1")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", text) or (
        text not in aws.REGIONS and nearest(text, aws.REGIONS, cutoff=0.85)
    ):
        guess = nearest(text, aws.REGIONS)
        raise refuse(f"{show(text)!r} is not an AWS region: {what}; {f'write {guess}' if guess else 'choose one'}")
    return text


def _azure_region(value: Any) -> str:
    what = "wanted is one such as germanywestcentral"
    text = _text(value, "wanted is an Azure region such as germanywestcentral")
    compact = re.sub(r"[^a-z0-9]", "", text.lower())
    if compact != text and (meant := nearest(compact, azure.REGIONS, cutoff=0.75)):
        raise refuse(
            f"{show(text)!r} is not how Azure writes a region: {what}, without spaces and capitals; write {meant}"
        )
    if text not in azure.REGIONS:
        guess = nearest(text, azure.REGIONS, cutoff=0.85)
        if guess or not re.fullmatch(r"[a-z]{4,}\d?", text):
            hint = f"write {guess}" if guess else "choose one"
            raise refuse(f"{show(text)!r} is not an Azure region: {what}; {hint}")
    return text


def _sku(value: Any) -> str:
    names = ", ".join(azure.SKU_NAMES)
    text = _text(value, f"allowed are {names}")
    if text in azure.SKU_NAMES:
        return text
    if reason := azure.RETIRED_SKUS.get(text):
        better = f"{text}AZ" if f"{text}AZ" in azure.SKU_NAMES else "VpnGw1AZ"
        raise refuse(f"{text} cannot be used: {reason}; allowed are {names}; write {better}")
    guess = nearest(text, azure.SKU_NAMES) or "VpnGw1AZ"
    raise refuse(f"{show(text)!r} is not a gateway SKU: allowed are {names}; write {guess}")


def _tag_count(value: Any) -> Any:
    if not isinstance(value, dict):
        raise refuse(f"{show(value)} stands where tags are wanted: names and values; for example {{owner: platform}}")
    if len(value) > 40:
        raise refuse(f"{len(value)} tags are too many: both clouds take 50 and Isthmus adds its own; keep 40")
    seen: dict[str, str] = {}
    for name in value:
        # Azure does not tell names apart that differ only in case.
        other = seen.setdefault(str(name).lower(), str(name))
        if other != name:
            raise refuse(
                f"{show(name)!r} and {show(other)!r} are one tag on Azure: names differ in more than case; keep one"
            )
    return value


# AWS: 128 and 256 characters, 50 tags, no "aws:". Azure: 512 and 256, 50 tags, none of <>%&\?/ in names.
def _tag_name(name: str) -> str:
    if not re.fullmatch(r"[\w .:=+@-]{1,128}", name) or name.lower().startswith(
        ("aws:", "azure", "microsoft", "windows")
    ):
        raise refuse(
            f"{show(name)!r} does not fit both clouds: 1 to 128 letters, digits, spaces and _.:=+@-, "
            "not starting with aws:, azure, microsoft or windows; choose another name"
        )
    if name.lower() in ("name", "isthmus"):
        raise refuse(f"{name!r} is Isthmus's own: it sets this tag itself; choose another name")
    return name


def _tag_value(value: Any) -> str:
    if not isinstance(value, str):
        if isinstance(value, (dict, list)) or value is None:
            raise refuse(f"{show(value)} stands where text is wanted: a tag has one value; write it")
        raise refuse(f"{show(value)} is not text: tags have text for values; put it in quotes")
    if len(value) > 256 or re.search(r"[^\w .:/=+@-]", value):
        raise refuse(
            f"{show(value)!r} does not fit both clouds: up to 256 letters, digits, spaces and _.:/=+@- are allowed; "
            "mend it"
        )
    return value


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
            grouped = isinstance(value, str) and re.fullmatch(r"\d[\d,_]*(\.\d*)?", value)
            remedy = "write its digits without commas or underscores" if grouped else "write one without a unit"
            raise refuse(f"{show(value)} is not a number: {what}; {remedy}")
        if not 0 <= value <= AMOUNT_MAX:
            raise refuse(f"{show(value)} is out of range: {what}, 0 to {AMOUNT_MAX}; mend it")
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
            raise refuse(f"{show(value)} stands where a word is wanted: {words}; choose one")
        guess = nearest(show(value), safe or allowed)
        stands = repr(show(value)) if isinstance(value, str) else show(value)
        raise refuse(f"{stands} is not known: {words}; {f'write {guess}' if guess else 'choose one'}")

    return _Checked(check, {})


def shaped(pattern: str, what: str, example: str, *, hidden: bool = False) -> _Checked:
    """Text that matches ``pattern`` as a whole; ``what`` says what it names.

    With ``hidden``, a value that does not fit is not repeated in the message.
    """
    regex = re.compile(pattern)

    def check(value: Any) -> str:
        if isinstance(value, str) and regex.fullmatch(value):
            return value
        if hidden:
            raise refuse(f"{HIDDEN} is not {what}: wanted is one such as {example}; mend it")
        fits = value is not None and regex.fullmatch(show(value))
        text = _text(value, f"wanted is {what} such as {example}", quoted="put it in quotes" if fits else "")
        raise refuse(f"{show(text)!r} is not {what}: wanted is one such as {example}; mend it")

    return _Checked(check, {})


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
    what = "wanted is one such as 203.0.113.10"
    text = _text(value, "wanted is a public IPv4 address such as 203.0.113.10")
    try:
        address = IPv4Address(text)
    except ValueError:
        raise refuse(f"{show(text)} is not an IPv4 address: {what}; mend it") from None
    if any(address in block for block in (*RFC1918, *UNROUTABLE)):
        raise refuse(f"{address} is not public: {what}; write the address that the internet sees")
    return address


def resource_id(kind: str, what: str) -> _Checked:
    """The resource id of an Azure resource of type ``kind`` (``Microsoft.Network/virtualNetworkGateways``).

    Azure does not care about capitals and the portal writes some ids in lower case; the provider takes the
    fixed parts in one spelling only, so that they are brought to it.
    """
    form = rf"/subscriptions/([0-9a-f-]{{36}})/resourceGroups/([\w().-]+)/providers/{re.escape(kind)}/([\w.-]+)"
    regex = re.compile(form, re.IGNORECASE)
    text = shaped(f"(?i:{form})", what, f"/subscriptions/…/resourceGroups/…/providers/{kind}/…")

    def check(value: Any) -> str:
        found = regex.fullmatch(text.check(value))
        assert found is not None, "that is what was checked"
        subscription, group, name = found.groups()
        return f"/subscriptions/{subscription.lower()}/resourceGroups/{group}/providers/{kind}/{name}"

    return _Checked(check, {})


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
Address = Annotated[IPv4Address, BeforeValidator(_address), WithJsonSchema({"type": "string", "format": "ipv4"})]
Uuid = Annotated[
    str,
    shaped(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID", "00000000-0000-0000-0000-000000000000"),
]
AwsRegion = Annotated[str, BeforeValidator(_aws_region)]
AzureRegion = Annotated[str, BeforeValidator(_azure_region)]
SkuName = Annotated[str, BeforeValidator(_sku), WithJsonSchema({"type": "string", "enum": list(azure.SKU_NAMES)})]
GatewaySubnet = Annotated[
    Literal["existing"] | IPv4Network | None,
    BeforeValidator(_gateway_subnet),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "existing", "type": "string"},
                {"pattern": r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", "type": "string"},
                {"type": "null"},
            ]
        }
    ),
]
Tags = Annotated[
    dict[Annotated[str, BeforeValidator(_tag_name)], Annotated[str, BeforeValidator(_tag_value)]],
    BeforeValidator(_tag_count),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
