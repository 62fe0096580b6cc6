"""The examples, and every key of the contract: used somewhere that the program is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from isthmus.checks import Checked, check
from isthmus.topology.models import Topology
from isthmus.topology.section import Section
from isthmus.topology.source import read_source

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE.parents[1] / "examples").glob("*.yaml"))
VALID = sorted(HERE.glob("valid/*.yaml"))
WARNED = sorted(HERE.glob("warned/*.yaml"))

BEST_EFFORT = "static with two tunnels to one place is best effort on Azure"
ONE_TUNNEL = "active-standby has one tunnel with bgp"
HIDDEN_KEYS = "secrets-manager also hides the keys from Terraform, which then cannot see that one has changed"
EXPECTED = {"keys-variable": [HIDDEN_KEYS], "static": [BEST_EFFORT], "active-standby": [ONE_TUNNEL]}
"""The warnings that an example is there to show, by how each begins."""

NOWHERE: dict[str, str] = {}
"""Keys that no file uses, each with the reason."""


@cache
def checked(file: Path) -> Checked:
    return check(file)


every_example = pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)


@every_example
def test_example_passes_with_the_warnings_it_is_there_to_show(file: Path) -> None:
    found = [warning.text.partition(":")[0] for warning in checked(file).warnings]
    assert found == EXPECTED.get(file.stem, [])


@every_example
def test_example_says_what_it_is_for(file: Path) -> None:
    first, second, *_ = file.read_text(encoding="utf-8").splitlines()
    assert first.startswith("# ")
    assert len(f"{first} {second}") > 60


@every_example
def test_example_is_named_like_its_file(file: Path) -> None:
    """Two examples deployed side by side must not share a name."""
    assert file.stem.startswith(checked(file).topology.name) or checked(file).topology.name in file.stem


def test_names_of_examples_differ() -> None:
    names = [checked(file).topology.name for file in EXAMPLES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_valid_file_passes_without_a_warning(file: Path) -> None:
    assert checked(file).warnings == ()


def written(value: Any) -> Iterator[str]:
    """Every key that ``value`` was written with: ``AwsNetwork.cidr``."""
    if isinstance(value, Section):
        for name in value.model_fields_set:
            yield f"{type(value).__name__}.{name}"
            yield from written(getattr(value, name))
    elif isinstance(value, (dict, tuple)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from written(item)


def sections(model: type[Section] = Section) -> Iterator[type[Section]]:
    for sub in model.__subclasses__():
        yield sub
        yield from sections(sub)


def test_every_key_is_used_somewhere() -> None:
    used = {key for file in (*EXAMPLES, *VALID, *WARNED) for key in written(checked(file).topology)}
    known = {f"{section.__name__}.{name}" for section in sections() for name in section.model_fields}
    assert known - used == NOWHERE.keys()
    assert Topology in sections()


def test_schema_takes_what_check_takes() -> None:
    import jsonschema

    from isthmus.schema import json_schema

    validator = jsonschema.Draft202012Validator(json_schema())
    files = (*EXAMPLES, *VALID, *WARNED)
    refused = {f.name: [e.message for e in validator.iter_errors(read_source(f).data)] for f in files}
    assert {name: messages for name, messages in refused.items() if messages} == {}
