"""No unit test starts a process or imports the bindings; none sees the settings of whoever runs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

# A busy machine is no failure, and a run that fails must fail again.
hypothesis.settings.register_profile("isthmus", deadline=None, derandomize=True)
hypothesis.settings.load_profile("isthmus")


_guarded = False
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty")
_BINDINGS = ("jsii", "cdktf", "constructs")


class NotAUnitTestError(Exception):
    """What a unit test does not do."""


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    # Python cannot take a hook back; between tests it does nothing.
    if _guarded and event in _STARTS:
        raise NotAUnitTestError(f"{event} {arguments[:2]}: a test that starts a process goes to tests/program")


sys.addaudithook(_guard)


class _NoBindings:
    """Finds no module, and refuses to look for a binding."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name.partition(".")[0].startswith(_BINDINGS):
            raise NotAUnitTestError(f"import {name}: a test that starts Node goes to tests/synth")


@pytest.fixture(autouse=True, scope="module")
def _nothing_is_started() -> Iterator[None]:
    global _guarded
    _guarded = True
    sys.meta_path.insert(0, _NoBindings)
    yield
    sys.meta_path.remove(_NoBindings)
    _guarded = False


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
