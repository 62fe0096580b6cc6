"""No unit test starts Node or imports cdktf; none sees the settings of whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest

# A busy machine is no failure, and a run that fails must fail again.
hypothesis.settings.register_profile("isthmus", deadline=None, derandomize=True)
hypothesis.settings.load_profile("isthmus")


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
