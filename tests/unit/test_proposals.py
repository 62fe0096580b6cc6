"""One proposal, both ends: what AWS is told and what Azure is told must be the same thing."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from isthmus.clouds import crypto
from isthmus.clouds.crypto import Cipher, Hash
from isthmus.plan.proposals import PROPOSALS, aws_options, azure_policy
from isthmus.plan.types import AwsTunnelOptions, Initiator, Link, Proposal
from tests.unit.plans import one_link

every_proposal = pytest.mark.parametrize("proposal", PROPOSALS.values(), ids=PROPOSALS)
every_initiator = pytest.mark.parametrize("initiator", Initiator)


def back(table: dict[Any, str], word: str) -> Any:
    """What a provider's ``word`` means; a word with two meanings is a mistake in the table."""
    meanings = [key for key, value in table.items() if value == word]
    assert len(meanings) == 1, (word, meanings)
    return meanings[0]


@every_proposal
def test_ike_agrees(proposal: Proposal) -> None:
    ours, theirs = aws_options(proposal, Initiator.BOTH), azure_policy(proposal, Initiator.BOTH)
    aws_ike = (
        back(crypto.AWS_CIPHER, ours.phase1_encryption),
        back(crypto.AWS_HASH, ours.phase1_integrity),
        ours.phase1_dh_group,
    )
    azure_ike = (
        back(crypto.AZURE_CIPHER, theirs.ike_encryption),
        back(crypto.AZURE_HASH, theirs.ike_integrity),
        back(crypto.AZURE_IKE_GROUP, theirs.dh_group),
    )
    assert aws_ike == azure_ike == (proposal.ike_encryption, proposal.ike_integrity, proposal.ike_dh_group)


@every_proposal
def test_esp_agrees(proposal: Proposal) -> None:
    ours, theirs = aws_options(proposal, Initiator.BOTH), azure_policy(proposal, Initiator.BOTH)
    [group] = ours.phase2_dh_groups
    aws_esp = (back(crypto.AWS_CIPHER, ours.phase2_encryption), group)
    azure_esp = (
        back(crypto.AZURE_CIPHER, theirs.ipsec_encryption),
        back(crypto.AZURE_PFS_GROUP, theirs.pfs_group),
    )
    assert aws_esp == azure_esp == (proposal.esp_encryption, proposal.esp_pfs_group)


@every_proposal
def test_esp_integrity_agrees_unless_the_cipher_is_gcm(proposal: Proposal) -> None:
    theirs = azure_policy(proposal, Initiator.BOTH)
    if proposal.esp_encryption.is_gcm:
        assert theirs.ipsec_integrity == theirs.ipsec_encryption
    else:
        ours = aws_options(proposal, Initiator.BOTH)
        assert back(crypto.AZURE_HASH, theirs.ipsec_integrity) == back(crypto.AWS_HASH, ours.phase2_integrity)


@every_proposal
def test_esp_integrity_is_one_that_azure_has(proposal: Proposal) -> None:
    assert proposal.esp_encryption.is_gcm or proposal.esp_integrity in crypto.ESP_HASHES


@every_proposal
def test_lifetimes_agree_and_suit_both(proposal: Proposal) -> None:
    ours = aws_options(proposal, Initiator.BOTH)
    assert ours.phase1_lifetime == crypto.IKE_LIFETIME_SECONDS
    assert ours.phase2_lifetime == azure_policy(proposal, Initiator.BOTH).sa_lifetime
    assert ours.phase2_lifetime in crypto.ESP_LIFETIME_SECONDS
    assert ours.phase2_lifetime < ours.phase1_lifetime


@every_proposal
def test_ike_version_agrees(proposal: Proposal) -> None:
    ours, theirs = aws_options(proposal, Initiator.BOTH), azure_policy(proposal, Initiator.BOTH)
    assert ours.ike_version == theirs.connection_protocol.lower() == "ikev2"


@every_proposal
def test_nothing_weak(proposal: Proposal) -> None:
    assert {proposal.ike_integrity, proposal.esp_integrity}.isdisjoint(crypto.WEAK_HASHES)
    assert {proposal.ike_dh_group, proposal.esp_pfs_group}.isdisjoint(crypto.WEAK_GROUPS)


@every_initiator
def test_dead_peer_is_noticed_at_the_same_time(initiator: Initiator) -> None:
    proposal = PROPOSALS["strong"]
    ours = aws_options(proposal, initiator).dpd_seconds
    assert ours == azure_policy(proposal, initiator).dpd_seconds
    assert ours >= 30  # the least that AWS takes (EC2 API model)


@every_initiator
def test_someone_starts(initiator: Initiator) -> None:
    ours, theirs = aws_options(PROPOSALS["strong"], initiator), azure_policy(PROPOSALS["strong"], initiator)
    assert ours.startup_action == "start" or theirs.connection_mode in ("Default", "InitiatorOnly")


@every_initiator
def test_someone_starts_again_after_a_loss(initiator: Initiator) -> None:
    ours, theirs = aws_options(PROPOSALS["strong"], initiator), azure_policy(PROPOSALS["strong"], initiator)
    assert ours.dpd_action == "restart" or theirs.connection_mode in ("Default", "InitiatorOnly")


@pytest.mark.parametrize(("initiator", "aws_starts", "azure_starts"), [("aws", True, False), ("azure", False, True)])
def test_one_initiator_means_one(initiator: str, aws_starts: bool, azure_starts: bool) -> None:
    ours = aws_options(PROPOSALS["strong"], Initiator(initiator))
    theirs = azure_policy(PROPOSALS["strong"], Initiator(initiator))
    assert (ours.startup_action == "start") is aws_starts
    assert (ours.dpd_action == "restart") is aws_starts
    assert (theirs.connection_mode != "ResponderOnly") is azure_starts


@every_proposal
def test_one_value_each(proposal: Proposal) -> None:
    """AWS takes the lowest of several whatever the peer prefers: a list would leave the choice to it."""
    options = aws_options(proposal, Initiator.BOTH)
    lists = {f.name: v for f in fields(AwsTunnelOptions) if type(v := getattr(options, f.name)) not in (str, int)}
    assert lists == {"phase2_dh_groups": (proposal.esp_pfs_group,)}


@pytest.mark.parametrize("table", [crypto.AWS_CIPHER, crypto.AZURE_CIPHER])
def test_every_cipher_has_a_name_on_both(table: dict[Cipher, str]) -> None:
    assert list(table) == list(Cipher)


@pytest.mark.parametrize("table", [crypto.AWS_HASH, crypto.AZURE_HASH])
def test_every_hash_has_a_name_on_both(table: dict[Hash, str]) -> None:
    assert list(table) == list(Hash)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("strong", "IKEv2 AES256/SHA384/DH20, ESP AES256-GCM/PFS20"),
        ("max", "IKEv2 AES256-GCM/SHA384/DH20, ESP AES256-GCM/PFS20"),
        ("compat", "IKEv2 AES256/SHA256/DH14, ESP AES256/SHA256/PFS14"),
    ],
)
def test_says_what_it_is(name: str, text: str) -> None:
    assert str(PROPOSALS[name]) == text


# Who starts, as a link says it


@pytest.mark.parametrize(
    ("link", "startup_action", "dpd_action", "azure_mode"),
    [
        ("", "start", "restart", "Default"),
        ("initiator: both", "start", "restart", "Default"),
        ("initiator: aws", "start", "restart", "ResponderOnly"),
        ("initiator: azure", "add", "clear", "InitiatorOnly"),
    ],
)
def test_who_starts(link: str, startup_action: str, dpd_action: str, azure_mode: str) -> None:
    planned = one_link(link=link)
    aws_side = {(t.aws_options.startup_action, t.aws_options.dpd_action) for t in planned.tunnels}
    assert aws_side == {(startup_action, dpd_action)}
    assert planned.azure_policy.connection_mode == azure_mode


# A proposal of one's own

IKE = "ike: {encryption: aes256, integrity: sha384, dh_group: 20}"
ESP = "esp: {encryption: aes256-gcm, pfs_group: 20}"


def explicit(ike: str = IKE, esp: str = ESP, more: str = "", link: str = "") -> Link:
    return one_link(link=f"ipsec: {{{ike}, {esp}{more}}}{link}")


def test_strong_written_out_is_strong() -> None:
    assert replace(explicit().proposal, name="strong") == PROPOSALS["strong"]
    assert explicit().azure_policy == one_link().azure_policy
    assert [t.aws_options for t in explicit().tunnels] == [t.aws_options for t in one_link().tunnels]


@pytest.mark.parametrize("cipher", crypto.AWS_CIPHER)
@pytest.mark.parametrize("group", [14, 19, 20])
def test_every_cipher_and_group_means_the_same_on_both(cipher: Cipher, group: int) -> None:
    esp = f"esp: {{encryption: {cipher}, pfs_group: {group}{'' if cipher.is_gcm else ', integrity: sha256'}}}"
    link = explicit(f"ike: {{encryption: {cipher}, integrity: sha256, dh_group: {group}}}", esp)
    ours, theirs = link.tunnels[0].aws_options, link.azure_policy
    assert back(crypto.AWS_CIPHER, ours.phase1_encryption) == back(crypto.AZURE_CIPHER, theirs.ike_encryption) == cipher
    assert back(crypto.AWS_CIPHER, ours.phase2_encryption) == back(crypto.AZURE_CIPHER, theirs.ipsec_encryption)
    assert ours.phase1_dh_group == back(crypto.AZURE_IKE_GROUP, theirs.dh_group) == group
    assert ours.phase2_dh_groups == (back(crypto.AZURE_PFS_GROUP, theirs.pfs_group),) == (group,)
    assert theirs.ipsec_integrity == (theirs.ipsec_encryption if cipher.is_gcm else "SHA256")


def test_lifetime_is_the_same_on_both() -> None:
    link = explicit(more=", lifetimes: {esp: 900}")
    assert {t.aws_options.phase2_lifetime for t in link.tunnels} == {link.azure_policy.sa_lifetime} == {900}


def test_legacy_is_told_to_both() -> None:
    link = explicit(
        "ike: {version: 1, encryption: aes128, integrity: sha1, dh_group: 2}",
        "esp: {encryption: aes128, integrity: sha1, pfs_group: 24}",
        link=", legacy: true, initiator: azure",
    )
    ours, theirs = link.tunnels[0].aws_options, link.azure_policy
    assert (ours.ike_version, ours.phase1_integrity, ours.phase1_dh_group) == ("ikev1", "SHA1", 2)
    assert (theirs.connection_protocol, theirs.ike_integrity, theirs.dh_group) == ("IKEv1", "SHA1", "DHGroup2")
    assert (ours.phase2_integrity, ours.phase2_dh_groups) == ("SHA1", (24,))
    assert (theirs.ipsec_integrity, theirs.pfs_group) == ("SHA1", "PFS24")
    assert str(link.proposal) == "IKEv1 AES128/SHA1/DH2, ESP AES128/SHA1/PFS24"


def test_no_forward_secrecy_is_told_to_both() -> None:
    link = explicit(esp="esp: {encryption: aes256-gcm, pfs_group: 0}", link=", legacy: true")
    assert (link.tunnels[0].aws_options.phase2_dh_groups, link.azure_policy.pfs_group) == ((), "None")
    assert str(link.proposal) == "IKEv2 AES256/SHA384/DH20, ESP AES256-GCM/no PFS"
