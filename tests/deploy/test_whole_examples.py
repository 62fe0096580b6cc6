"""Every example deploys, stays as it is, and goes without leaving anything."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from tests.deploy.conftest import ALL
from tests.deploy.whole import Life

pytestmark = pytest.mark.deploys_last


@pytest.mark.parametrize("name", ALL)
def test_an_example_deploys_stays_as_it_is_and_goes(
    lives: dict[str, Future[Life]], name: str, record_property: Any
) -> None:
    life = lives[name].result()
    record_property("life", life)
    print(f"{name}: {life}")
