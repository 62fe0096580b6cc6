"""The hook that loads the bindings module by module, in the Node that will run it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import loading


def required(folder: Path, look: str = "m => m") -> str:
    """What Node says when it requires the provider package in ``folder`` with the hook loaded, and looks at it."""
    node = loading.own_node()
    assert node is not None
    environ = {**os.environ, **loading.node_environment({})}
    script = f"console.log(({look})(require(process.argv[1])))"
    command = [str(node), "-e", script, str(folder)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def provider(tmp_path: Path) -> Path:
    folder = tmp_path / "a provider"
    (folder / "lib").mkdir(parents=True)
    (folder / "package.json").write_text('{"main": "lib/index.js"}', encoding="utf-8")
    (folder / "lib" / "index.js").write_text("module.exports = 'all at once';", encoding="utf-8")
    return folder


def test_hook_takes_the_lazy_index(provider: Path) -> None:
    (provider / "lib" / "lazy-index.js").write_text("module.exports = 'one by one';", encoding="utf-8")
    assert required(provider) == "one by one"


def test_hook_leaves_a_package_without_one_alone(provider: Path) -> None:
    assert required(provider) == "all at once"


ENTRY = "Object.defineProperty(exports, '{0}', {{ get: function () {{ return require('./{0}'); }} }});\n"


def test_hook_requires_only_what_is_touched(provider: Path) -> None:
    """What a package ships: a line for each module, behind a comment. `bad` would throw if it were required."""
    lib = provider / "lib"
    for name, text in (("good", "module.exports = 'good';"), ("bad", "throw new Error('touched');")):
        (lib / f"{name}.js").write_text(text, encoding="utf-8")
    head = '"use strict";\n/**\n * A licence\n */\n// generated\n'
    (lib / "lazy-index.js").write_text(head + ENTRY.format("good") + ENTRY.format("bad"), encoding="utf-8")
    assert (
        required(provider, "m => [m.good, 'bad' in m, 'other' in m, Object.keys(m)].join()")
        == "good,true,false,good,bad"
    )


def test_hook_runs_a_lazy_index_that_holds_more(provider: Path) -> None:
    lib = provider / "lib"
    (lib / "good.js").write_text("module.exports = 'good';", encoding="utf-8")
    (lib / "lazy-index.js").write_text(ENTRY.format("good") + "exports.more = 'more';\n", encoding="utf-8")
    assert required(provider, "m => m.good + m.more") == "goodmore"
