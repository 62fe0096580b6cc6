"""What the two ends of a tunnel negotiate, in neutral words and in each provider's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from isthmus.clouds.crypto import Cipher, Hash


class Initiator(StrEnum):
    """Which end starts the negotiation and starts it again after a loss."""

    BOTH = "both"
    AWS = "aws"
    AZURE = "azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The one IKE and IPsec proposal that both ends of a tunnel offer.

    Lifetimes are in seconds; ``esp_pfs_group`` 0 means no forward secrecy.
    """

    name: str
    ike_version: str
    ike_encryption: Cipher
    ike_integrity: Hash
    ike_dh_group: int
    ike_lifetime: int
    esp_encryption: Cipher
    esp_integrity: Hash
    esp_pfs_group: int
    esp_lifetime: int

    def __str__(self) -> str:
        esp = [self.esp_encryption.upper()]
        if not self.esp_encryption.is_gcm:
            esp.append(self.esp_integrity.upper())
        esp.append(f"PFS{self.esp_pfs_group}" if self.esp_pfs_group else "no PFS")
        ike = [self.ike_encryption.upper(), self.ike_integrity.upper(), f"DH{self.ike_dh_group}"]
        return f"{self.ike_version} {'/'.join(ike)}, ESP {'/'.join(esp)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsTunnelOptions:
    """A proposal and the keep-alive in the AWS provider's words; each list has one value.

    AWS takes the lowest of several values whatever the peer prefers, so there is never a choice.
    ``phase2_dh_groups`` empty leaves forward secrecy to the peer.
    """

    ike_version: str
    phase1_encryption: str
    phase1_integrity: str
    phase1_dh_group: int
    phase1_lifetime: int
    phase2_encryption: str
    phase2_integrity: str
    phase2_dh_groups: tuple[int, ...]
    phase2_lifetime: int
    dpd_seconds: int
    dpd_action: str
    startup_action: str
    rekey_margin_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureIpsecPolicy:
    """A proposal and the keep-alive in the azurerm provider's words."""

    connection_protocol: str
    connection_mode: str
    ike_encryption: str
    ike_integrity: str
    dh_group: str
    ipsec_encryption: str
    ipsec_integrity: str
    pfs_group: str
    sa_lifetime: int
    sa_datasize: int
    dpd_seconds: int
