"""What the two ends of a tunnel negotiate: proposal, lifetimes, dead peer detection, who starts."""

from __future__ import annotations

from collections.abc import Iterator

from tests.synth.ends import Tunnel
from tests.synth.terraform_json import Json, one

# Written down here anew, from the vendors' pages: the program's own tables are what is tested.
AWS_WORDS = {
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
AZURE_WORDS = {
    "AES128": "aes128-cbc",
    "AES256": "aes256-cbc",
    "GCMAES128": "aes128-gcm",
    "GCMAES256": "aes256-gcm",
    "SHA1": "sha1",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "DHGroup2": 2,
    "DHGroup14": 14,
    "DHGroup2048": 14,
    "DHGroup24": 24,
    "PFS2": 2,
    "PFS2048": 14,
    "PFS14": 14,
    "PFS24": 24,
    "ECP256": 19,
    "ECP384": 20,
    "IKEv1": "IKEv1",
    "IKEv2": "IKEv2",
}
NO_PFS = "no forward secrecy"
AZURE_IKE_LIFETIME = 28_800
"""Fixed on Azure's side ("IKE Main Mode lifetime is fixed at 28,800 seconds"), so nothing says it there."""

# AWS startup action, AWS action on a dead peer, Azure connection mode: somebody starts, and who starts restarts.
ROLES = {
    ("start", "restart", "Default"),
    ("start", "restart", "ResponderOnly"),
    ("add", "clear", "InitiatorOnly"),
}
WAITING = ("add", "clear")
"""Startup action, action on a dead peer: of an AWS tunnel that nobody calls."""


def differences(tunnel: Tunnel) -> Iterator[tuple[str, object, object]]:
    """What is compared, Azure's value, AWS's value; all in neutral words."""
    body = tunnel.connection.body
    policy = one(body.get("ipsec_policy"))
    for azure, aws in (
        ("ike_encryption", "phase1_encryption_algorithms"),
        ("ike_integrity", "phase1_integrity_algorithms"),
        ("dh_group", "phase1_dh_group_numbers"),
        ("ipsec_encryption", "phase2_encryption_algorithms"),
    ):
        yield azure, _azure(policy, azure), _aws(tunnel, aws)
    # Without a group AWS leaves it to its peer, so that the peer alone decides.
    pfs = "phase2_dh_group_numbers"
    azure_pfs = NO_PFS if policy.get("pfs_group") == "None" else _azure(policy, "pfs_group")
    yield "pfs_group", azure_pfs, NO_PFS if tunnel.option(pfs) is None else _aws(tunnel, pfs)
    cipher = _azure(policy, "ipsec_encryption")
    # A GCM cipher is its own integrity: Azure wants its name there, and what AWS lists is not negotiated.
    gcm = "gcm" in str(cipher)
    yield (
        "ipsec_integrity",
        _azure(policy, "ipsec_integrity"),
        cipher if gcm else _aws(tunnel, "phase2_integrity_algorithms"),
    )
    yield "IKE version", _azure(body, "connection_protocol"), _aws(tunnel, "ike_versions")
    yield "IKE lifetime", AZURE_IKE_LIFETIME, tunnel.option("phase1_lifetime_seconds")
    yield "ESP lifetime", policy.get("sa_lifetime"), tunnel.option("phase2_lifetime_seconds")
    yield "DPD seconds", body.get("dpd_timeout_seconds"), tunnel.option("dpd_timeout_seconds")
    roles = (tunnel.option("startup_action"), tunnel.option("dpd_timeout_action"), body.get("connection_mode"))
    yield f"who starts ({roles})", roles in ROLES, True


def _azure(block: Json, argument: str) -> object:
    word = block.get(argument)
    return AZURE_WORDS.get(str(word), f"the unknown {word}")


def _aws(tunnel: Tunnel, argument: str) -> object:
    values = tunnel.option(argument)
    if not isinstance(values, list) or len(values) != 1:
        return f"{values}, where one value must stand"
    (value,) = values
    return value if isinstance(value, int) else AWS_WORDS.get(str(value), f"unknown {value}")
