"""What a test needs beyond this folder, and what happens where it is missing."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

from emulate import terraform


def unavailable(reason: object) -> NoReturn:
    """Skip; where the tests decide what is merged, fail: what was not tried must not look like what works."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must run this: {reason}")
    pytest.skip(str(reason))


def terraform_with_aws() -> None:
    """Ask for terraform on PATH, and for a mirror with the AWS provider."""
    try:
        terraform.binary()
    except terraform.UnavailableError as error:
        unavailable(error)
    if terraform.mirrored("aws") is None:
        unavailable(f"no mirror has the AWS provider: set {terraform.MIRROR_VARIABLE}")
