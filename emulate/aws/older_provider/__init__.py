"""Exists only because the mirror of CI has AWS provider 5.100, and the stacks are written for 6.25.

Delete this folder when that mirror has 6.25 or a later 6. Until then it adds to an older provider the arguments that it
lacks (proxy.py, newer_arguments.py), and lets tests start that provider once instead of with each command
(long_lived.py). With it go emulate/data/aws-6.25.0.json, the option ``--one-aws-provider`` of ``python -m emulate``,
and what emulate/environment.py and emulate/clouds.py call here. Nothing else imports it; a contract holds that.
"""

from __future__ import annotations

from pathlib import Path

from emulate import mirror, terraform


def is_older(have: Path, pinned: str) -> bool:
    """Whether a provider's version folder is of an older version than ``pinned``."""
    return terraform.version(have) < terraform.version(Path(pinned))


def command(executable: Path, endpoint: str) -> list[str]:
    """What Terraform is to start as its AWS provider: the older ``executable`` behind its proxy.

    ``endpoint`` is where the stand-in for AWS is.
    """
    return mirror.python(f"{__name__}.proxy", str(executable), endpoint)
