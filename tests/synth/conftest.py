"""What the program makes of a topology, once a session; every test gets a copy of its own to read or to spoil."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.synth.inside import Synthesized
from tests.synth.program import DATA, EXAMPLE, synthesize
from tests.synth.stacks import Stacks, load


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the example. Not to be written to."""
    return synthesize(EXAMPLE, tmp_path_factory.mktemp("example") / "cdktf.out")


@pytest.fixture(scope="session")
def loaded(output: Path) -> Stacks:
    return load(output)


@pytest.fixture
def stacks(loaded: Stacks) -> Stacks:
    """The stacks of the example."""
    return copy.deepcopy(loaded)


@pytest.fixture(scope="session")
def mesh(synthesized: Synthesized) -> Stacks:
    """The stacks of two AWS sites and two Azure sites, each joined to each. Not to be written to."""
    return synthesized.stacks(DATA / "mesh.yaml")
