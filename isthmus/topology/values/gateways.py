"""What gateways take: ASNs, SKUs, algorithms, days that logs are kept."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from isthmus.clouds import aws, azure, crypto
from isthmus.topology.values.kinds import listed, one_of
from isthmus.topology.values.words import nearest, quoted, refuse, show, text_of


def _asn(value: Any) -> int:
    what = "expected an autonomous system number, 1 to 4294967294"
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        raise refuse(f"{quoted(value)} is text: {what}; write it without quotes")
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"{show(value)} is not a number: {what}; for example 64512")
    if not 1 <= value <= azure.ASN_MAX:
        raise refuse(f"{show(value)} is out of range: {what}; for example 64512")
    return value


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


CIPHERS: Final = tuple(cipher.value for cipher in crypto.Cipher)
HASHES: Final = tuple(hash_.value for hash_ in crypto.Hash)
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
CipherName = Annotated[str, one_of(*CIPHERS), WithJsonSchema({"type": "string", "enum": list(CIPHERS)})]
_HASH: Final = WithJsonSchema({"type": "string", "enum": list(HASHES)})
IkeHash = Annotated[
    str, one_of(*HASHES, said="sha256, sha384, and on a legacy link sha1", safe=("sha256", "sha384")), _HASH
]
# SHA-384 can be written here: isthmus.checks says that Azure lacks it, and what does instead.
EspHash = Annotated[str, one_of(*HASHES, said="sha256, and on a legacy link sha1", safe=("sha256",)), _HASH]
ProposalName = Annotated[
    Literal["strong", "max", "compat"],
    one_of("strong", "max", "compat", said="strong, max, compat, and a mapping of ike and esp"),
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
SkuName = Annotated[str, BeforeValidator(_sku), WithJsonSchema({"type": "string", "enum": list(azure.SKU_NAMES)})]
