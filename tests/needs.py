"""What a test needs beyond this folder, and what happens where it is missing."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def unavailable(reason: object) -> NoReturn:
    """Skip; where the tests decide what is merged, fail: what was not tried must not look like what works."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must run this: {reason}")
    pytest.skip(str(reason))
