"""What all folders of tests share."""

from __future__ import annotations

import pytest

from tests.synth.inside import Synthesized


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """The output of any topology, each synthesized once a session, by whichever test asks first."""
    return Synthesized(tmp_path_factory.mktemp("synthesized"))
