"""The algorithms that AWS and Azure can both use, and how each provider spells them.

Everything else in Isthmus speaks of :class:`Cipher`, :class:`Hash` and group numbers; a name that one
vendor understands and the other does not cannot be expressed.

Sources: AWS EC2 API model ``VpnTunnelOptionsSpecification`` (S); azurerm 4.55 schema and
Microsoft's "About cryptographic requirements and Azure VPN gateways" (S); the intersection is computed (C).
"""

from __future__ import annotations

from enum import StrEnum


class Cipher(StrEnum):
    """Encryption, in the spelling of a topology file. GCM authenticates as well as it encrypts."""

    AES128 = "aes128"
    AES256 = "aes256"
    AES128_GCM = "aes128-gcm"
    AES256_GCM = "aes256-gcm"

    @property
    def is_gcm(self) -> bool:
        return self in (Cipher.AES128_GCM, Cipher.AES256_GCM)


class Hash(StrEnum):
    """Integrity (and, in IKE, the pseudo-random function). SHA-512 is missing: Azure does not have it."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"


AWS_CIPHER = {
    Cipher.AES128: "AES128",
    Cipher.AES256: "AES256",
    Cipher.AES128_GCM: "AES128-GCM-16",
    Cipher.AES256_GCM: "AES256-GCM-16",
}
AWS_HASH = {Hash.SHA1: "SHA1", Hash.SHA256: "SHA2-256", Hash.SHA384: "SHA2-384"}

AZURE_CIPHER = {
    Cipher.AES128: "AES128",
    Cipher.AES256: "AES256",
    Cipher.AES128_GCM: "GCMAES128",
    Cipher.AES256_GCM: "GCMAES256",
}
AZURE_HASH = {Hash.SHA1: "SHA1", Hash.SHA256: "SHA256", Hash.SHA384: "SHA384"}

# One Diffie-Hellman group has three names: a number on AWS, and on Azure one name in IKE and another in ESP.
# 0 is no forward secrecy.
AZURE_IKE_GROUP = {2: "DHGroup2", 14: "DHGroup14", 19: "ECP256", 20: "ECP384", 24: "DHGroup24"}
AZURE_PFS_GROUP = {0: "None", 2: "PFS2", 14: "PFS2048", 19: "ECP256", 20: "ECP384", 24: "PFS24"}

ESP_HASHES = (Hash.SHA1, Hash.SHA256)
"""Azure's ESP has no SHA384 (azurerm 4.55 ``ipsec_integrity``, S)."""

WEAK_HASHES = (Hash.SHA1,)
WEAK_GROUPS = (0, 2, 24)
"""No forward secrecy, 1024-bit MODP, and a group of unknown provenance; RFC 8247 advises against both groups (M)."""

PSK_PATTERN = "^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$"
"""A pre-shared key that both clouds take: AWS's 8 to 64 of [A-Za-z0-9._], not starting with 0 (S); Azure refuses
spaces, hyphens and tildes (S), which are not among these."""

PSK_RULE = "8 to 64 letters, digits, dots and underscores, not starting with 0: what both clouds take"
"""The same for people."""

RANDOM_KEY_LENGTH = 47
"""Letters and digits of a generated key behind its first letter: 47 x log2(62) is 279 bits."""

IKE_LIFETIME_SECONDS = 28_800
"""Fixed on Azure ("IKE Main Mode lifetime is fixed at 28,800 seconds", S) and AWS's maximum, so not a choice."""
ESP_LIFETIME_SECONDS = range(900, 3_601)
"""AWS's bounds (EC2 API model, S); Azure starts at 300."""
