"""What names the command that installs a missing extra: where Isthmus was installed from, never an index by itself."""

from __future__ import annotations

import importlib.metadata
import json
from typing import Any

import pytest

from isthmus import extras
from isthmus.settings import CHECKOUT


@pytest.mark.parametrize(
    ("origin", "requirement"),
    [
        ({"url": "file:///home/me/isthmus", "dir_info": {}}, "/home/me/isthmus[synth]"),
        ({"url": "file:///a%20b/isthmus-1-py3-none-any.whl"}, "/a b/isthmus-1-py3-none-any.whl[synth]"),
        ({"url": "https://example.com/i.whl"}, "isthmus[synth] @ https://example.com/i.whl"),
        (
            {"url": "https://example.com/i.git", "vcs_info": {"vcs": "git", "commit_id": "ab12"}},
            "isthmus[synth] @ git+https://example.com/i.git@ab12",
        ),
        (None, "isthmus[synth]"),
        ({}, "isthmus[synth]"),
    ],
)
def test_an_extra_comes_from_where_isthmus_does(
    origin: dict[str, Any] | None, requirement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Distribution:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if origin is None else json.dumps(origin)

    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: Distribution())
    assert extras._requirement("synth") == requirement


def test_what_is_not_there_and_lies_in_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.MODULES, "emulate", ("json", "nowhere_at_all", "nowhere.at.all"))
    assert extras._lacking("emulate", {}) == ["nowhere_at_all", "nowhere.at.all"]


def test_a_checkout_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.MODULES, "emulate", ("nowhere_at_all",))
    told = extras.missing("emulate", {})
    assert told == f"nowhere_at_all is not installed: run make setup in {CHECKOUT}"
