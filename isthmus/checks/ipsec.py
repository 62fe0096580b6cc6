"""Proposals of one's own: what both clouds can do, and what is still safe."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.checks.context import Context, Rule, error, warning
from isthmus.clouds import crypto
from isthmus.problems import KeyPath, Problem
from isthmus.topology.models import Ipsec, Link


def fits_both(context: Context) -> Iterator[Problem]:
    """Some combinations can be written that one of the clouds does not have."""
    for path, link in context.links:
        if not isinstance(link.ipsec, Ipsec):
            continue
        ike, esp = link.ipsec.ike, link.ipsec.esp
        here: KeyPath = (*path, "ipsec")
        gcm = esp.encryption.endswith("-gcm")
        if gcm and esp.integrity:
            yield error(
                (*here, "esp", "integrity"),
                f"{esp.integrity} cannot be combined with {esp.encryption}: gcm authenticates by itself; leave it out",
            )
        if not gcm and esp.integrity is None:
            yield error(
                (*here, "esp", "integrity"),
                f"is missing: {esp.encryption} does not authenticate by itself; write sha256",
            )
        if not gcm and esp.integrity and esp.integrity not in crypto.ESP_HASHES:
            yield error(
                (*here, "esp", "integrity"),
                f"{esp.integrity} does not exist on Azure in the second phase: allowed is sha256; write that, or leave "
                "it out with encryption: aes256-gcm",
            )
        if ike.version == 1 and ike.encryption.endswith("-gcm"):
            yield error(
                (*here, "ike", "encryption"),
                f"{ike.encryption} does not exist in IKEv1: allowed are aes128 and aes256; write aes256, or version: 2",
            )
        if ike.version == 1 and link.initiator != "azure":
            yield error(
                (*path, "initiator"),
                f"{link.initiator} cannot be combined with IKEv1: AWS starts IKEv2 tunnels only; write azure, or "
                "version: 2",
            )


def weak_needs_legacy(context: Context) -> Iterator[Problem]:
    """What is no longer safe is refused, unless the link says that it is old on purpose."""
    for path, link in context.links:
        weak = list(_weak(link))
        if not link.legacy:
            for where, what, instead in weak:
                yield error(
                    (*path, "ipsec", *where),
                    f"{what}: allowed only with legacy: true on the link; write {instead}",
                )
        elif not weak:
            yield warning(
                (*path, "legacy"), "true allows nothing that the link uses: its proposal is safe; leave it out"
            )


def _weak(link: Link) -> Iterator[tuple[KeyPath, str, str]]:
    if not isinstance(link.ipsec, Ipsec):
        return
    ike, esp = link.ipsec.ike, link.ipsec.esp
    if ike.version == 1:
        yield ("ike", "version"), "1 is no longer maintained, and drops the tunnel at each rekey", "2"
    if ike.integrity in crypto.WEAK_HASHES:
        yield ("ike", "integrity"), "sha1 is no longer safe", "sha256 or sha384"
    if esp.integrity in crypto.WEAK_HASHES:
        yield ("esp", "integrity"), "sha1 is no longer safe", "sha256"
    if ike.dh_group in crypto.WEAK_GROUPS:
        yield ("ike", "dh_group"), f"{ike.dh_group} is no longer safe", "14, 19 or 20"
    if esp.pfs_group == 0:
        yield (
            ("esp", "pfs_group"),
            "0 means no forward secrecy, so that one stolen key opens all recorded traffic",
            "14, 19 or 20",
        )
    elif esp.pfs_group in crypto.WEAK_GROUPS:
        yield ("esp", "pfs_group"), f"{esp.pfs_group} is no longer safe", "14, 19 or 20"


RULES: tuple[Rule, ...] = (fits_both, weak_needs_legacy)
