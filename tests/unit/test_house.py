"""The house: who may import what, what is pinned, and that generated files are as generated."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from isthmus.schema import json_schema, json_schema_text
from isthmus.topology.section import Section

if TYPE_CHECKING:
    import jsonschema

PROJECT = Path(__file__).parents[2]
FOLDERS = ("constructs", "isthmus", "loading", "stacks")
SOURCES = sorted([PROJECT / "main.py", *(file for name in FOLDERS for file in (PROJECT / name).rglob("*.py"))])
BINDINGS = ("cdktf", "cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_azurerm")
PROVIDERS = PROJECT / "constructs" / "crosscloud" / "providers.py"


def named(file: Path) -> str:
    return file.relative_to(PROJECT).as_posix()


def imports(file: Path) -> Iterator[str]:
    """Every module that ``file`` imports, wherever in the file, with the name that it takes from it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(*packages: str, among: list[Path]) -> list[str]:
    """Which of the files ``among`` import one of ``packages``."""
    return [named(file) for file in among if any(name.split(".")[0] in packages for name in imports(file))]


def test_constructs_has_no_init() -> None:
    creeping = PROJECT / "constructs" / "__init__.py"
    assert not creeping.exists(), (
        "constructs/__init__.py hides the PyPI package `constructs`, and `import cdktf` fails: remove it "
        "(constructs/README.md says why)"
    )


def test_only_providers_imports_the_bindings() -> None:
    assert importers(*BINDINGS, among=SOURCES) == [named(PROVIDERS)]


def not_allowed(file: Path, allowed: tuple[str, ...]) -> list[str]:
    """What ``file`` imports of this project beyond the modules ``allowed`` and what is in them."""
    ours = ("constructs.crosscloud", "emulate", "isthmus", "loading", "main", "stacks", "tests", "tools")
    return [
        name
        for name in imports(file)
        if any(f"{name}.".startswith(f"{module}.") for module in ours)
        and not any(f"{name}.".startswith(f"{module}.") for module in allowed)
    ]


# Of these two import-linter takes neither (pyproject.toml): its contracts are for packages that are at the top.
CONSTRUCTS = ("constructs.crosscloud", "isthmus.clouds", "isthmus.plan", "loading")
MAIN = ("isthmus", "loading", "stacks.synth")


def test_constructs_know_of_isthmus_only_the_plan_and_the_clouds() -> None:
    files = [file for file in SOURCES if file.is_relative_to(PROJECT / "constructs")]
    assert {named(file): found for file in files if (found := not_allowed(file, CONSTRUCTS))} == {}


def test_main_knows_isthmus_and_what_synthesizes() -> None:
    assert not_allowed(PROJECT / "main.py", MAIN) == []


@pytest.mark.parametrize(
    ("line", "allowed", "found"),
    [
        ("from isthmus import checks, clouds", CONSTRUCTS, ["isthmus.checks"]),
        ("from isthmus.topology.models import Site", CONSTRUCTS, ["isthmus.topology.models.Site"]),
        ("import stacks.link", CONSTRUCTS, ["stacks.link"]),
        ("def f():\n    from tools import mesh", CONSTRUCTS, ["tools.mesh"]),
        ("from emulate import runs", CONSTRUCTS, ["emulate.runs"]),
        ("from stacks.link import LinkStack", MAIN, ["stacks.link.LinkStack"]),
        ("from constructs.crosscloud import psk", MAIN, ["constructs.crosscloud.psk"]),
        ("import tests.needs", MAIN, ["tests.needs"]),
    ],
)
def test_an_import_that_is_not_allowed_is_found(
    line: str, allowed: tuple[str, ...], found: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "module.py"
    file.write_text(f"from {allowed[0]} import anything\n{line}\n", encoding="utf-8")
    assert not_allowed(file, allowed) == found


def test_one_module_replaces_names_of_jsii() -> None:
    assert importers("jsii", among=SOURCES) == ["loading/pipeline.py"]


def test_a_unit_test_starts_no_process_and_imports_no_binding() -> None:
    with pytest.raises(Exception, match="a test that starts a process goes to tests/program"):
        subprocess.run(["true"], check=True)
    with pytest.raises(Exception, match="a test that starts Node goes to tests/synth"):
        importlib.import_module("cdktf_of_nobody")


@pytest.fixture(scope="module")
def lock() -> dict[str, Any]:
    return dict(json.loads((PROJECT / "Pipfile.lock").read_text(encoding="utf-8")))


def locked(lock: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {**lock["default"], **lock["develop"]}


def test_lock_names_no_index(lock: dict[str, Any]) -> None:
    assert lock["_meta"]["sources"] == []
    assert [name for name, package in locked(lock).items() if "index" in package] == []


def test_lock_has_hashes_of_every_package(lock: dict[str, Any]) -> None:
    assert [name for name, package in locked(lock).items() if not package.get("hashes")] == []


def test_lock_has_exact_versions(lock: dict[str, Any]) -> None:
    assert [name for name, package in locked(lock).items() if not re.fullmatch(r"==[\w.]+", package["version"])] == []


@pytest.mark.parametrize(
    ("package", "version"),
    [("cdktf", "0.21.0"), ("cdktf-cdktf-provider-aws", "21.22.1"), ("cdktf-cdktf-provider-azurerm", "14.23.1")],
)
def test_bindings_are_pinned(package: str, version: str, lock: dict[str, Any]) -> None:
    pipfile = tomllib.loads((PROJECT / "Pipfile").read_text(encoding="utf-8"))
    assert pipfile["packages"][package] == lock["default"][package]["version"] == f"=={version}"


def requirements(listed: list[str]) -> dict[str, str]:
    """Version specifiers by package, which is named with its extras."""
    return {name: line.removeprefix(name) for line in listed for name in re.findall(r"^[\w-]+(?:\[\w+\])?", line)}


def test_the_wheel_asks_for_what_the_checkout_is_run_with() -> None:
    pipfile = tomllib.loads((PROJECT / "Pipfile").read_text(encoding="utf-8"))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert requirements([*project["dependencies"], *extras["synth"]]) == pipfile["packages"]
    known = {name: value for name, value in pipfile["dev-packages"].items() if isinstance(value, str)}
    for name, value in pipfile["dev-packages"].items():
        if isinstance(value, dict):
            known[f"{name}[{','.join(value['extras'])}]"] = value["version"]
    asked = requirements(extras["emulate"])
    assert {name: version or "*" for name, version in asked.items()} == {name: known.get(name) for name in asked}


def test_pipfile_names_no_source() -> None:
    assert "source" not in tomllib.loads((PROJECT / "Pipfile").read_text(encoding="utf-8"))


def test_node_lock_names_no_registry() -> None:
    packages = json.loads((PROJECT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_committed_schema_is_the_models() -> None:
    assert (PROJECT / "isthmus.schema.json").read_text(encoding="utf-8") == json_schema_text(), "run `make docs`"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def example() -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT / "isthmus.yaml").read_text(encoding="utf-8")))


def test_schema_accepts_the_example(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(example())


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "blue"},
        {"name": "Payments"},
        {"state": {"zone": "x"}},
        {"aws": {}},
        {"azure": {"fra": {"region": "westeurope", "network": {"cidr": "10.2.0.0/16"}, "gateway": {"sku": "VpnGw1"}}}},
    ],
)
def test_schema_refuses_what_check_refuses(change: dict[str, Any], validator: jsonschema.Draft202012Validator) -> None:
    assert not validator.is_valid({**example(), **change})


def sections(model: type[Section] = Section) -> Iterator[type[Section]]:
    for sub in model.__subclasses__():
        yield sub
        yield from sections(sub)


@pytest.mark.parametrize("section", list(sections()), ids=lambda section: section.__name__)
def test_every_key_is_described(section: type[Section]) -> None:
    assert [name for name, field in section.model_fields.items() if not field.description] == []
