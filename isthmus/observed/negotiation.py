"""Proposals of both clouds in neutral words."""

from __future__ import annotations

from typing import Any, Final

from isthmus.observed.observation import Observed
from isthmus.observed.resources import Resource, is_own
from isthmus.observed.types import Proposals
from isthmus.observed.values import ABSENT, Known, Value, known, mapped, sequence

# Written down anew, from the vendors' pages: what is read here is compared with what Isthmus planned.
AWS_WORDS: Final = {
    "AES128": "aes128-cbc",
    "AES256": "aes256-cbc",
    "AES128-GCM-16": "aes128-gcm",
    "AES256-GCM-16": "aes256-gcm",
    "SHA1": "sha1",
    "SHA2-256": "sha256",
    "SHA2-384": "sha384",
    "SHA2-512": "sha512",
    "ikev1": "IKEv1",
    "ikev2": "IKEv2",
}
AZURE_WORDS: Final[dict[str, str | int]] = {
    "AES128": "aes128-cbc",
    "AES192": "aes192-cbc",
    "AES256": "aes256-cbc",
    "DES": "des-cbc",
    "DES3": "3des-cbc",
    "GCMAES128": "aes128-gcm",
    "GCMAES192": "aes192-gcm",
    "GCMAES256": "aes256-gcm",
    "MD5": "md5",
    "SHA1": "sha1",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "DHGroup1": 1,
    "DHGroup2": 2,
    "DHGroup14": 14,
    "DHGroup2048": 14,
    "DHGroup24": 24,
    "PFS1": 1,
    "PFS2": 2,
    "PFS2048": 14,
    "PFS14": 14,
    "PFS24": 24,
    "ECP256": 19,
    "ECP384": 20,
    "None": 0,
    "IKEv1": "IKEv1",
    "IKEv2": "IKEv2",
}
NO_PFS: Final = 0

AWS_IKE_GROUPS: Final = frozenset({2, *range(14, 25)})
AWS_PFS_GROUPS: Final = frozenset({NO_PFS, 2, 5, *range(14, 25)})
"""What AWS takes where nothing is said ("Tunnel options for your AWS Site-to-Site VPN connection", seen); a peer that
asks for no forward secrecy is let have its way."""
_AWS_CIPHERS: Final = frozenset({"aes128-cbc", "aes256-cbc", "aes128-gcm", "aes256-gcm"})
_AWS_HASHES: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})
_AWS: Final[dict[str, frozenset[Any]]] = {
    "ike_versions": frozenset({"IKEv1", "IKEv2"}),
    "phase1_encryption_algorithms": _AWS_CIPHERS,
    "phase1_integrity_algorithms": _AWS_HASHES,
    "phase1_dh_group_numbers": AWS_IKE_GROUPS,
    "phase2_encryption_algorithms": _AWS_CIPHERS,
    "phase2_integrity_algorithms": _AWS_HASHES,
    "phase2_dh_group_numbers": AWS_PFS_GROUPS,
}
_AZURE: Final[dict[str, frozenset[Any]]] = {
    "ike_encryption": frozenset({"aes256-cbc", "aes128-cbc"}),
    "ike_integrity": frozenset({"sha1", "sha256"}),
    "dh_group": frozenset({2}),
    "ipsec_encryption": frozenset({"aes256-gcm", "aes128-gcm", "aes256-cbc", "aes128-cbc"}),
    "ipsec_integrity": frozenset({"aes256-gcm", "aes128-gcm", "sha1", "sha256"}),
    "pfs_group": frozenset({NO_PFS}),
}
"""What Azure offers without a policy: with IKEv2 only group 2 ("About cryptographic requirements and Azure VPN
gateways", seen); its ciphers are from memory."""
AZURE_IKE_LIFETIME: Final = 28_800
"""Seconds. Fixed on Azure's side ("IKE Main Mode lifetime is fixed at 28,800 seconds", seen)."""
AZURE_ESP_LIFETIME: Final = 27_000
"""Seconds; the default of ``sa_lifetime``."""


def of_aws(observed: Observed, connection: Resource, number: int) -> Proposals:
    """What AWS takes on tunnel ``number`` of ``connection``."""
    stated: set[str] = set()

    def option(name: str, what: str) -> Value:
        value = observed.value(connection, f"tunnel{number}_{name}")
        if value is ABSENT or (isinstance(value, Known) and not value.value) or is_own(connection, value):
            return Known(_AWS[name])
        stated.add(what)
        return mapped(value, lambda listed: frozenset(_word(AWS_WORDS, item) for item in sequence(listed)))

    esp = option("phase2_encryption_algorithms", "ipsec_encryption")
    integrity = option("phase2_integrity_algorithms", "ipsec_integrity")
    return Proposals(
        ike_versions=option("ike_versions", "IKE version"),
        ike_encryption=option("phase1_encryption_algorithms", "ike_encryption"),
        ike_integrity=option("phase1_integrity_algorithms", "ike_integrity"),
        ike_groups=option("phase1_dh_group_numbers", "dh_group"),
        esp_encryption=esp,
        esp_integrity=_with_gcm(esp, integrity),
        pfs_groups=option("phase2_dh_group_numbers", "pfs_group"),
        ike_lifetime=seconds(observed, connection, f"tunnel{number}_phase1_lifetime_seconds"),
        esp_lifetime=seconds(observed, connection, f"tunnel{number}_phase2_lifetime_seconds"),
        stated=frozenset(stated),
    )


def of_azure(observed: Observed, connection: Resource) -> Proposals:
    """What Azure offers on ``connection``."""
    stated = observed.blocks(connection, "ipsec_policy") > 0

    def option(name: str) -> Value:
        if not stated:
            return Known(_AZURE[name])
        return mapped(
            observed.value(connection, "ipsec_policy", 0, name), lambda one: frozenset({_word(AZURE_WORDS, one)})
        )

    version = observed.attribute(connection, "connection_protocol")
    lifetime = observed.value(connection, "ipsec_policy", 0, "sa_lifetime") if stated else ABSENT
    return Proposals(
        ike_versions=mapped(version, lambda one: frozenset({_word(AZURE_WORDS, one)})),
        ike_encryption=option("ike_encryption"),
        ike_integrity=option("ike_integrity"),
        ike_groups=option("dh_group"),
        esp_encryption=option("ipsec_encryption"),
        esp_integrity=option("ipsec_integrity"),
        pfs_groups=option("pfs_group"),
        ike_lifetime=Known(AZURE_IKE_LIFETIME),
        esp_lifetime=Known(AZURE_ESP_LIFETIME) if lifetime is ABSENT or is_own(connection, lifetime) else lifetime,
        stated=frozenset(_AZURE) | {"IKE version"} if stated else frozenset({"IKE version"}),
    )


def seconds(observed: Observed, connection: Resource, name: str) -> Value:
    """A duration; in a state 0 stands for the provider's default."""
    value = observed.attribute(connection, name)
    if isinstance(value, Known) and not value.value:
        return observed.default(connection, name)
    return mapped(value, lambda number: int(number) if str(number).isdigit() else number)


def _with_gcm(encryption: Value, integrity: Value) -> Value:
    """A GCM cipher is its own integrity: what AWS lists beside it is not negotiated for it."""
    ciphers, hashes = known(encryption), known(integrity)
    if ciphers is None or hashes is None:
        return integrity if ciphers is None or not all(c.endswith("-gcm") for c in map(str, ciphers)) else encryption
    gcm = {cipher for cipher in ciphers if str(cipher).endswith("-gcm")}
    return Known(frozenset(gcm) | (hashes if gcm != ciphers else frozenset()))


def _word(words: dict[str, Any], item: object) -> object:
    if isinstance(item, int | float) or str(item).isdigit():
        return int(str(item)) if str(item).isdigit() else item
    return words.get(str(item), str(item))
