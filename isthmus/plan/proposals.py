"""Proposals by name, and a proposal in each provider's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from isthmus.clouds import aws, azure, crypto
from isthmus.clouds.crypto import Cipher, Hash
from isthmus.plan.types import AwsTunnelOptions, AzureIpsecPolicy, Initiator, Proposal
from isthmus.topology import models


def _proposal(
    name: str,
    ike: tuple[Cipher, Hash, int],
    esp: tuple[Cipher, Hash, int],
    *,
    esp_lifetime: int = 3_600,
    ike_version: int = 2,
) -> Proposal:
    return Proposal(
        name=name,
        ike_version=f"IKEv{ike_version}",
        ike_encryption=ike[0],
        ike_integrity=ike[1],
        ike_dh_group=ike[2],
        ike_lifetime=crypto.IKE_LIFETIME_SECONDS,
        esp_encryption=esp[0],
        esp_integrity=esp[1],
        esp_pfs_group=esp[2],
        esp_lifetime=esp_lifetime,
    )


# ESP integrity says nothing when the cipher is GCM, but AWS wants a value: SHA-256 it is.
PROPOSALS: Final = {
    "strong": _proposal("strong", (Cipher.AES256, Hash.SHA384, 20), (Cipher.AES256_GCM, Hash.SHA256, 20)),
    "max": _proposal("max", (Cipher.AES256_GCM, Hash.SHA384, 20), (Cipher.AES256_GCM, Hash.SHA384, 20)),
    "compat": _proposal("compat", (Cipher.AES256, Hash.SHA256, 14), (Cipher.AES256, Hash.SHA256, 14)),
}

# Who starts: AWS startup action, AWS action on a dead peer, Azure connection mode. Nobody starting is not
# among them. `restart` is for the end that starts: with two starters it can leave a second SA after a loss.
_ROLES: Final = {
    Initiator.BOTH: ("start", "restart", "Default"),
    Initiator.AWS: ("start", "restart", "ResponderOnly"),
    Initiator.AZURE: ("add", "clear", "InitiatorOnly"),
}


def explicit(wanted: models.Ipsec) -> Proposal:
    """A proposal that a topology writes out. It must have passed ``isthmus.checks.ipsec``."""
    ike, esp = wanted.ike, wanted.esp
    return _proposal(
        "explicit",
        (Cipher(ike.encryption), Hash(ike.integrity), ike.dh_group),
        (Cipher(esp.encryption), Hash(esp.integrity or "sha256"), esp.pfs_group),
        esp_lifetime=wanted.lifetimes.esp,
        ike_version=ike.version,
    )


def idle(options: AwsTunnelOptions) -> AwsTunnelOptions:
    """``options`` for a tunnel that Azure has no counterpart of: it waits instead of trying for ever."""
    return replace(options, startup_action="add", dpd_action="clear")


def aws_options(proposal: Proposal, initiator: Initiator) -> AwsTunnelOptions:
    """``proposal`` as options of an AWS tunnel."""
    startup, dpd_action, _ = _ROLES[initiator]
    return AwsTunnelOptions(
        ike_version=proposal.ike_version.lower(),
        phase1_encryption=crypto.AWS_CIPHER[proposal.ike_encryption],
        phase1_integrity=crypto.AWS_HASH[proposal.ike_integrity],
        phase1_dh_group=proposal.ike_dh_group,
        phase1_lifetime=proposal.ike_lifetime,
        phase2_encryption=crypto.AWS_CIPHER[proposal.esp_encryption],
        phase2_integrity=crypto.AWS_HASH[proposal.esp_integrity],
        phase2_dh_groups=(proposal.esp_pfs_group,) if proposal.esp_pfs_group else (),
        phase2_lifetime=proposal.esp_lifetime,
        dpd_seconds=azure.DPD_SECONDS,
        dpd_action=dpd_action,
        startup_action=startup,
        rekey_margin_seconds=aws.REKEY_MARGIN_SECONDS,
    )


def azure_policy(proposal: Proposal, initiator: Initiator) -> AzureIpsecPolicy:
    """``proposal`` as the policy of an Azure connection."""
    esp = crypto.AZURE_CIPHER[proposal.esp_encryption]
    return AzureIpsecPolicy(
        connection_protocol=proposal.ike_version,
        connection_mode=_ROLES[initiator][2],
        ike_encryption=crypto.AZURE_CIPHER[proposal.ike_encryption],
        ike_integrity=crypto.AZURE_HASH[proposal.ike_integrity],
        dh_group=crypto.AZURE_IKE_GROUP[proposal.ike_dh_group],
        ipsec_encryption=esp,
        # Azure: "if GCMAES is used for IPsec encryption, the same value is used for integrity".
        ipsec_integrity=esp if proposal.esp_encryption.is_gcm else crypto.AZURE_HASH[proposal.esp_integrity],
        pfs_group=crypto.AZURE_PFS_GROUP[proposal.esp_pfs_group],
        sa_lifetime=proposal.esp_lifetime,
        sa_datasize=azure.SA_DATASIZE_KILOBYTES,
        dpd_seconds=azure.DPD_SECONDS,
    )
