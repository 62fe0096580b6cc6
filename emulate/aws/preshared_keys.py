"""Pre-shared keys: which ones AWS takes, those it makes, and where Secrets Manager keeps them."""

from __future__ import annotations

import json
import re
import secrets
import string
from collections.abc import Sequence

from moto.ec2.exceptions import EC2ClientError
from moto.secretsmanager.models import secretsmanager_backends

PATTERN = re.compile(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}")
REDACTED = "REDACTED"
"""What stands for a key that Secrets Manager keeps (github.com/hashicorp/terraform-provider-aws/pull/42819)."""

_LETTERS = string.ascii_letters + string.digits + "._"


def check(key: str) -> None:
    """Refuse a key that AWS does not take; the message does not tell it.

    Raises:
        EC2ClientError: 8 to 64 letters, digits, dots and underscores, not starting with 0, are.
    """
    if not PATTERN.fullmatch(key):
        raise EC2ClientError(
            "InvalidParameterValue",
            "Invalid value for parameter PreSharedKey. It must be 8 to 64 characters of a-z, A-Z, 0-9, . and _, "
            "and cannot start with zero (0).",
        )


def generate() -> str:
    """32 characters, as AWS makes them."""
    return secrets.choice(_LETTERS.replace("0", "")) + "".join(secrets.choice(_LETTERS) for _ in range(31))


def keep(account_id: str, region: str, *, connection_id: str, keys: Sequence[str]) -> str:
    """Keep ``keys`` in Secrets Manager under the name of their connection; returns the secret's ARN.

    The name and the shape of the value are this stand-in's: AWS documents neither.
    """
    manager = secretsmanager_backends[account_id][region]
    secret = manager.create_managed_secret(
        "s2svpn",
        secret_name(connection_id),
        secret_string=json.dumps({f"tunnel{n}": key for n, key in enumerate(keys, 1)}),
        force_overwrite=True,
    )
    return str(secret.arn)


def forget(account_id: str, region: str, *, connection_id: str) -> None:
    """Delete what :func:`keep` kept."""
    secretsmanager_backends[account_id][region].delete_secret(
        secret_name(connection_id), recovery_window_in_days=None, force_delete_without_recovery=True
    )


def secret_name(connection_id: str) -> str:
    """The name of the secret with the keys of a connection."""
    return f"s2svpn!{connection_id}"
