"""A link: its proposals, its keys and its traffic."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from isthmus.clouds import azure as azure_facts
from isthmus.clouds.crypto import ESP_LIFETIME_SECONDS
from isthmus.topology import schema_rules
from isthmus.topology.section import Section
from isthmus.topology.values.gateways import (
    CipherName,
    EspHash,
    IkeHash,
    ProposalName,
    group_number,
    pfs_group_number,
)
from isthmus.topology.values.ids import SiteName
from isthmus.topology.values.kinds import amount, one_of, shaped, whole


class IkeProposal(Section):
    """IKE (phase 1): authenticates the peer and makes the keys for phase 2."""

    model_config = ConfigDict(json_schema_extra=schema_rules.IKE)

    encryption: CipherName = Field(description="aes128, aes256, aes128-gcm or aes256-gcm.", examples=["aes256"])
    integrity: IkeHash = Field(description="sha256 or sha384; sha1 on a legacy link only.", examples=["sha384"])
    dh_group: Annotated[int, group_number] = Field(
        description="Diffie-Hellman group: 14, 19 or 20; 2 and 24 on a legacy link only.", examples=[20]
    )
    version: Annotated[int, whole("an IKE version", 1, 2)] = Field(
        default=2, description="2; 1 on a legacy link only.", examples=[2]
    )


class EspProposal(Section):
    """ESP (phase 2): protects the traffic."""

    model_config = ConfigDict(json_schema_extra=schema_rules.ESP)

    encryption: CipherName = Field(
        description="aes128, aes256, aes128-gcm or aes256-gcm; gcm carries two to three times as much.",
        examples=["aes256-gcm"],
    )
    integrity: EspHash | None = Field(
        default=None,
        description="sha256 (sha1 on a legacy link only). Leave it out with gcm, which includes integrity.",
        examples=["sha256"],
    )
    pfs_group: Annotated[int, pfs_group_number] = Field(
        description="Perfect forward secrecy: 14, 19 or 20; 2, 24 and 0 (none) on a legacy link only.", examples=[20]
    )


class Lifetimes(Section):
    """Lifetimes of the keys, in seconds."""

    esp: Annotated[
        int, whole("seconds a key of the second phase lives", ESP_LIFETIME_SECONDS[0], ESP_LIFETIME_SECONDS[-1])
    ] = Field(
        default=3600,
        description="Phase 2, 900 to 3600 (AWS's limits). Phase 1 is 28800: Azure does not allow another value.",
        examples=[3600],
    )


class Ipsec(Section):
    """A custom proposal that both clouds support."""

    ike: IkeProposal = Field(
        description="IKE (phase 1).", examples=[{"encryption": "aes256", "integrity": "sha384", "dh_group": 20}]
    )
    esp: EspProposal = Field(description="ESP (phase 2).", examples=[{"encryption": "aes256-gcm", "pfs_group": 20}])
    lifetimes: Lifetimes = Field(default=Lifetimes(), description="Lifetimes of the keys.")


class Psk(Section):
    """Source of the pre-shared keys: one key for each tunnel. The keys themselves must not be in this file."""

    model_config = ConfigDict(json_schema_extra=schema_rules.PSK)

    source: Annotated[
        Literal["aws", "random", "variable", "secrets-manager"],
        one_of("aws", "random", "variable", "secrets-manager", hidden=True),
    ] = Field(
        default="aws",
        description="aws: AWS generates each key. random: Terraform generates it. variable: you set one "
        "sensitive Terraform variable for each tunnel. secrets-manager: an existing AWS secret has the keys. The Azure "
        "stacks read the keys from the link's stack.",
        examples=["aws"],
    )
    generation: dict[str, Annotated[int, whole("a generation of a key", 1, 1_000_000, hidden=True)]] = Field(
        default={},
        max_length=16,
        json_schema_extra={"propertyNames": {"pattern": "^[1-4]$"}},
        description="Generation of each tunnel's key, by number in the plan's order (1 to 4); all start at 1, and a "
        "higher one makes a new key (source random only).",
        examples=[{"1": 2, "2": 1}],
    )
    secret: (
        Annotated[str, shaped(r"[\w/+=.@:-]{1,2048}", "the name or ARN of a secret", "vpn/payments", hidden=True)]
        | None
    ) = Field(
        default=None,
        description="Name or ARN of the secret: JSON with a key for each tunnel (source secrets-manager only). "
        "Terraform reads the whole secret into the state of the link: give each link a secret of its own.",
        examples=["vpn/payments"],
    )
    preshared_key_storage: Annotated[
        Literal["standard", "secrets-manager"], one_of("standard", "secrets-manager", hidden=True)
    ] = Field(
        default="standard",
        description="Where AWS stores the keys. With secrets-manager AWS does not return them, so that source: aws is "
        "not allowed.",
        examples=["standard"],
    )


# Of 30 days; a GB is 10^9 bytes, as both clouds' traffic is forecast.
MONTH_SECONDS = 30 * 24 * 3600


class Traffic(Section):
    """Expected traffic of a link, for cost, throughput and sizing. It does not change what is deployed."""

    aws_to_azure_gb: Annotated[float, amount("gigabytes a month")] = Field(
        default=0.0, description="GB a month from AWS to Azure.", examples=[1000]
    )
    azure_to_aws_gb: Annotated[float, amount("gigabytes a month")] = Field(
        default=0.0, description="GB a month from Azure to AWS.", examples=[500]
    )
    peak_mbps: Annotated[float, amount("megabits a second")] = Field(
        default=0.0, description="Peak in Mbit/s, in the busier direction; 0 if not known.", examples=[300]
    )

    @property
    def average_mbps(self) -> float:
        """Mbit/s, on the average of a month, in the busier direction."""
        return max(self.aws_to_azure_gb, self.azure_to_aws_gb) * 8_000 / MONTH_SECONDS

    @property
    def least_peak_mbps(self) -> float:
        """Mbit/s at the busiest moment, which are at least those on the average."""
        return max(self.peak_mbps, self.average_mbps)


class Link(Section):
    """Connects one AWS site to one Azure site."""

    model_config = ConfigDict(json_schema_extra=schema_rules.LINK)

    aws: SiteName = Field(description="Name of the AWS site.", examples=["fra"])
    azure: SiteName = Field(description="Name of the Azure site.", examples=["fra"])
    routing: Annotated[Literal["bgp", "static"], one_of("bgp", "static")] = Field(
        default="bgp",
        description="bgp: both ends learn routes, and traffic moves away from a failed tunnel. static: routes are "
        "configured on both ends.",
        examples=["bgp"],
    )
    tunnels: Annotated[int, whole("tunnels of a link", 1, 4)] | None = Field(
        default=None,
        description="Tunnels of the link. bgp: 4 on an active-active gateway, 1 on active-standby. static: 2 or 1.",
        examples=[4],
    )
    slot: Annotated[int, whole("slots of a gateway", 0, azure_facts.SLOTS - 1)] | None = Field(
        default=None,
        description="Which part of Azure's range of BGP addresses (APIPA) the link uses. Required if a gateway has "
        "more than one link.",
        examples=[0],
    )
    initiator: Annotated[Literal["both", "aws", "azure"], one_of("both", "aws", "azure")] = Field(
        default="both",
        description="Which end initiates IKE, and initiates it again when a tunnel was lost.",
        examples=["both"],
    )
    ipsec: Annotated[
        Annotated[ProposalName, Tag("(named)")] | Annotated[Ipsec, Tag("(explicit)")],
        Discriminator(lambda value: "(explicit)" if isinstance(value, (dict, Ipsec)) else "(named)"),
    ] = Field(
        default="strong",
        description="The single IKE and IPsec proposal that both ends offer: strong, max, compat, or a custom one.",
        examples=["strong"],
    )
    legacy: bool = Field(
        default=False,
        description="Allow algorithms that are no longer safe: sha1, groups 2 and 24, IKEv1, no forward secrecy.",
        examples=[False],
    )
    psk: Psk = Field(default=Psk(), description="Where the pre-shared keys come from.")
    traffic: Traffic = Field(default=Traffic(), description="Expected traffic of the link.")
