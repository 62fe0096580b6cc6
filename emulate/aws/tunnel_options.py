"""What AWS takes as the options of a tunnel (VpnTunnelOptionsSpecification in the EC2 API reference)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any, Final

from moto.ec2.exceptions import EC2ClientError

from emulate.aws import preshared_keys

Options = dict[str, Any]
"""The options of a tunnel by the names that AWS answers with. Only what was given, and the two that AWS chooses."""

INSIDE: Final = IPv4Network("169.254.0.0/16")
RESERVED: Final = tuple(
    IPv4Network(f"169.254.{block}/30") for block in ("0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "169.252")
)

# AWS itself spells these differently in a request and in an answer.
_ANSWERED_AS: Final = {
    "DPDTimeoutSeconds": "DpdTimeoutSeconds",
    "DPDTimeoutAction": "DpdTimeoutAction",
    "IKEVersions": "IkeVersions",
}

_RANGES: Final = {
    "Phase1LifetimeSeconds": (900, 28_800),
    "Phase2LifetimeSeconds": (900, 3_600),
    "RekeyMarginTimeSeconds": (60, 1_800),
    "RekeyFuzzPercentage": (0, 100),
    "ReplayWindowSize": (64, 2_048),
    "DpdTimeoutSeconds": (30, 2**31 - 1),
}

_ENCRYPTION: Final = {"AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"}
_INTEGRITY: Final = {"SHA1", "SHA2-256", "SHA2-384", "SHA2-512"}
_CHOICES: Final[Mapping[str, Iterable[str | int]]] = {
    "StartupAction": {"add", "start"},
    "DpdTimeoutAction": {"clear", "none", "restart"},
    "IkeVersions": {"ikev1", "ikev2"},
    "Phase1EncryptionAlgorithms": _ENCRYPTION,
    "Phase2EncryptionAlgorithms": _ENCRYPTION,
    "Phase1IntegrityAlgorithms": _INTEGRITY,
    "Phase2IntegrityAlgorithms": _INTEGRITY,
    "Phase1DHGroupNumbers": {2, *range(14, 25)},
    "Phase2DHGroupNumbers": {2, 5, *range(14, 25)},
}


def accepted(wanted: Mapping[str, Any]) -> Options:
    """``wanted`` as AWS answers with it.

    Raises:
        EC2ClientError: AWS refuses one of them.
    """
    options = {_ANSWERED_AS.get(name, name): value for name, value in wanted.items()}
    for name, (least, most) in _RANGES.items():
        if name in options and not least <= options[name] <= most:
            raise _invalid(name, options[name], f"between {least} and {most}")
    for name, allowed in _CHOICES.items():
        given = options.get(name, [])
        for value in [given] if isinstance(given, str) else [entry["Value"] for entry in given]:
            if value not in allowed:
                raise _invalid(name, value, f"one of {', '.join(map(str, sorted(allowed, key=str)))}")
    # At least half of what a phase 2 association lives must be left before it is renewed.
    if 2 * options.get("RekeyMarginTimeSeconds", 0) > options.get("Phase2LifetimeSeconds", 3_600):
        raise _invalid("RekeyMarginTimeSeconds", options["RekeyMarginTimeSeconds"], "half of Phase2LifetimeSeconds")
    if "PreSharedKey" in options:
        preshared_keys.check(options["PreSharedKey"])
    if "TunnelInsideCidr" in options:
        _check_inside(options["TunnelInsideCidr"])
    return options


def check_unused(block: str, used: Iterable[str]) -> None:
    """Refuse an inside block that another tunnel has.

    Raises:
        EC2ClientError: it is among ``used``.
    """
    if block in used:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"TunnelInsideCidr {block} is already in use by another tunnel of this virtual private gateway.",
        )


def free_inside(used: Iterable[str]) -> str:
    """The lowest block that AWS may choose. AWS itself draws one."""
    taken = {*map(IPv4Network, used), *RESERVED}
    return str(next(block for block in INSIDE.subnets(new_prefix=30) if block not in taken))


def _check_inside(text: str) -> None:
    try:
        block = IPv4Network(text)
    except ValueError:
        raise _invalid("TunnelInsideCidr", text, "a size /30 block from 169.254.0.0/16") from None
    if block.prefixlen != 30 or not block.subnet_of(INSIDE):
        raise _invalid("TunnelInsideCidr", text, "a size /30 block from 169.254.0.0/16")
    if block in RESERVED:
        raise _invalid("TunnelInsideCidr", text, "none of the blocks that AWS reserves")


def _invalid(name: str, value: object, allowed: str) -> EC2ClientError:
    return EC2ClientError(
        "InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid: must be {allowed}."
    )
