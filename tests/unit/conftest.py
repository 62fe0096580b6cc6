"""No unit test starts Node or imports cdktf; none sees the settings of whoever runs it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ISTHMUS_TOPOLOGY", "ISTHMUS_FAST_LOADING", "CDKTF_OUTDIR", "CDKTF_CONTEXT_JSON"):
        monkeypatch.delenv(name, raising=False)
