"""Loading only what is named: tried with small packages of every layout, and the hook with the real Node."""

from __future__ import annotations

import importlib
import os
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

import loading

SAY = "import sys; sys.LOADED.append(__name__)\n"


class Packages:
    """A folder that imports look into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loaded: list[str] = []

    def write(self, path: str, text: str = "") -> None:
        """Write a module that notes its own import in ``loaded`` and then does ``text``."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SAY + text, encoding="utf-8")
        importlib.invalidate_caches()

    def like_cdktfs(self) -> None:
        """``fake``, laid out as cdktf's provider packages are: its __init__ imports every module."""
        self.write("fake/__init__.py", "from fake import _jsii, one, two\n")
        self.write("fake/_jsii/__init__.py", "ASSEMBLY = 1\n")
        self.write("fake/one/__init__.py", "from .._jsii import ASSEMBLY\nONE = 1\n")
        self.write("fake/two.py", "TWO = 2\n")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    folder = Packages(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "LOADED", folder.loaded, raising=False)
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "fake"]:
        del sys.modules[name]


def test_imports_only_the_named_module(packages: Packages) -> None:
    packages.like_cdktfs()
    assert loading.stand_in("fake")
    assert importlib.import_module("fake.one").ONE == 1
    assert packages.loaded == ["fake._jsii", "fake.one"]


def test_module_is_there_as_an_attribute(packages: Packages) -> None:
    packages.like_cdktfs()
    loading.stand_in("fake")
    assert importlib.import_module("fake").two.TWO == 2


def test_unknown_attribute_is_an_attribute_error(packages: Packages) -> None:
    packages.like_cdktfs()
    loading.stand_in("fake")
    with pytest.raises(AttributeError, match="module 'fake' has no attribute 'three'"):
        _ = importlib.import_module("fake").three


def test_missing_module_of_a_module_is_not_hidden(packages: Packages) -> None:
    packages.like_cdktfs()
    packages.write("fake/two.py", "import no_such_package\n")
    loading.stand_in("fake")
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        _ = importlib.import_module("fake").two


def test_package_without_jsii_loads_as_ever(packages: Packages) -> None:
    packages.write("fake/__init__.py", "from fake import one\n")
    packages.write("fake/one.py")
    assert not loading.stand_in("fake")
    importlib.import_module("fake")
    assert packages.loaded == ["fake", "fake.one"]


def test_single_module_loads_as_ever(packages: Packages) -> None:
    packages.write("fake.py", "ONE = 1\n")
    assert not loading.stand_in("fake")
    assert importlib.import_module("fake").ONE == 1


def test_package_whose_jsii_fails_loads_as_ever(packages: Packages) -> None:
    packages.write("fake/__init__.py", "READY = True\nfrom fake import _jsii\n")
    packages.write("fake/_jsii/__init__.py", "from fake import READY\n")
    assert not loading.stand_in("fake")
    assert importlib.import_module("fake").READY
    assert packages.loaded == ["fake._jsii", "fake", "fake._jsii"]


def test_package_that_is_loaded_is_left_alone(packages: Packages) -> None:
    packages.like_cdktfs()
    before = importlib.import_module("fake")
    assert not loading.stand_in("fake")
    assert sys.modules["fake"] is before


def test_missing_package_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_package'") as missing:
        loading.stand_in("no_such_package")
    assert missing.value.name == "no_such_package"


def test_switched_off(packages: Packages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISTHMUS_FAST_LOADING", "0")
    packages.like_cdktfs()
    assert not loading.stand_in("fake")
    importlib.import_module("fake.one")
    assert packages.loaded == ["fake", "fake._jsii", "fake.one", "fake.two"]


# Run-time type checks


def _typecheckingstub__of_a_resource(*, name: str) -> None: ...


def of_anyone(*, name: str) -> None: ...


def test_stubs_take_anything_inside() -> None:
    with loading.types_unchecked():
        assert typing.get_type_hints(_typecheckingstub__of_a_resource)["name"] is typing.Any


def test_other_hints_are_as_ever_inside() -> None:
    with loading.types_unchecked():
        assert typing.get_type_hints(of_anyone)["name"] is str


def test_hints_are_restored() -> None:
    before = typing.get_type_hints
    with pytest.raises(KeyError), loading.types_unchecked():
        raise KeyError
    assert typing.get_type_hints is before


def test_types_are_checked_when_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISTHMUS_FAST_LOADING", "0")
    with loading.types_unchecked():
        assert typing.get_type_hints(_typecheckingstub__of_a_resource)["name"] is str


# What Node is started with


def test_users_node_options_are_kept() -> None:
    options = loading.node_environment({"NODE_OPTIONS": "--max-old-space-size=512"})["NODE_OPTIONS"]
    assert options.startswith("--max-old-space-size=512 ")
    assert options.endswith(f'--require "{loading.HOOK}"')


def test_users_node_wins() -> None:
    assert "JSII_NODE" not in loading.node_environment({"JSII_NODE": "/usr/bin/node"})


def test_own_node_is_used() -> None:
    assert loading.node_environment({})["JSII_NODE"] == str(loading.own_node())


def test_path_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "HOOK", Path('/a b/"c"\\d/hook.cjs'))
    assert loading.node_environment({})["NODE_OPTIONS"].endswith('--require "/a b/\\"c\\"\\\\d/hook.cjs"')


def test_no_hook_when_switched_off() -> None:
    assert "NODE_OPTIONS" not in loading.node_environment({"ISTHMUS_FAST_LOADING": "0"})


def test_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--trace-warnings")
    monkeypatch.delenv("JSII_NODE", raising=False)
    with loading.node_started_inside():
        assert str(loading.HOOK) in os.environ["NODE_OPTIONS"]
    assert os.environ["NODE_OPTIONS"] == "--trace-warnings"
    assert "JSII_NODE" not in os.environ


# The cache of unpacked bindings


def test_unpacked_looks_for_the_version(tmp_path: Path) -> None:
    environ = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path)}
    (tmp_path / "@cdktf" / "provider-aws" / "21.22.1").mkdir(parents=True)
    assert loading.unpacked("@cdktf/provider-aws/21.22.1", environ)
    assert not loading.unpacked("@cdktf/provider-aws/21.22.2", environ)


def test_nothing_is_unpacked_without_a_cache() -> None:
    environ = {"JSII_RUNTIME_PACKAGE_CACHE": "disabled", "HOME": "/home/me"}
    assert loading.package_cache(environ) is None
    assert not loading.unpacked("cdktf/0.21.0", environ)


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", "/home/me/.cache/aws/jsii/package-cache"),
        ("darwin", "/home/me/Library/Caches/com.amazonaws.jsii/package-cache"),
    ],
)
def test_cache_is_where_jsii_has_it(platform: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert loading.package_cache({"HOME": "/home/me"}) == Path(folder)
