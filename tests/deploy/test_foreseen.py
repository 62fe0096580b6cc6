"""What is foreseen of a change is what Terraform plans, and the steps that are named get it through."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from tests.deploy.foreseen import CHANGES, Passage

pytestmark = pytest.mark.deploys_last


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_foreseen_and_gets_through(passages: dict[str, Future[dict[str, Passage]]], change: str) -> None:
    gone = passages[change].result()
    assert {way: gone[f"{change} {way}"].wrong for way in ("there", "back")} == {"there": {}, "back": {}}
