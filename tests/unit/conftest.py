"""No unit test starts Node or imports cdktf; none sees the settings of whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "ISTHMUS_TOPOLOGY",
            "ISTHMUS_PRICES",
            "ISTHMUS_AWS_PRICES_URL",
            "ISTHMUS_AZURE_PRICES_URL",
            "ISTHMUS_FAST_LOADING",
            "CDKTF_OUTDIR",
            "CDKTF_CONTEXT_JSON",
        ):
            patch.delenv(name, raising=False)
        yield
