"""Waiting for what another process does, however slow the machine is."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Final

FOR_EVER: Final = 600
"""Seconds after which something hangs; nothing that works comes near, on any machine."""


def until(true: Callable[[], object], *, by: subprocess.Popen[str] | None = None) -> None:
    """Return as soon as ``true`` is; fails where the process ``by``, which is to bring it about, has ended before."""
    end = time.monotonic() + FOR_EVER
    while not true():
        assert by is None or by.poll() is None, by.communicate()
        assert time.monotonic() < end, "it never came to be"
        # So as not to keep the machine busy.
        time.sleep(0.05)
