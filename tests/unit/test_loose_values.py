"""Every text of the topology file, with what no cloud would take in its place; and every list, far too long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from isthmus.schema import json_schema
from isthmus.topology import load, loads
from isthmus.topology.source import read_source

HERE = Path(__file__).parent
FILES = sorted((*HERE.glob("valid/*.yaml"), *HERE.glob("warned/*.yaml"), *HERE.parents[1].glob("examples/*.yaml")))
VALIDATOR = jsonschema.Draft202012Validator(json_schema())

Place = tuple[str | int, ...]

BROKEN: dict[str, Callable[[str], str]] = {
    "digit of another script": lambda text: f"{text}\uff11",
    "letter of another script": lambda text: f"{text[:-1]}\u0430",
    "combining mark": lambda text: f"{text}\u0301",
    "line feed": lambda text: f"{text}\n",
    "no-break space": lambda text: f"{text}\u00a0",
    "blank before": lambda text: f" {text}",
    "nothing": lambda text: "",
    "far too long": lambda text: text + "a" * 5000,
    "parent folder": lambda text: f"../{text}",
    "Terraform interpolation": lambda text: f"{text}${{path.module}}",
    "Terraform directive": lambda text: f"{text}%{{ if true }}",
    "quotation mark": lambda text: f'{text}"',
    "command substitution": lambda text: f"{text}$(id)",
    "backquotes": lambda text: f"{text}`id`",
}


def leaves(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*at, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*at, number))
    else:
        yield at, value


def field(place: Place) -> Place:
    """``place`` without the names and numbers that users choose."""
    chosen = ("aws", "azure", "kms_key_arns", "workspace_ids", "tags")
    return tuple(
        step
        for number, step in enumerate(place)
        if not isinstance(step, int) and not (number and place[number - 1] in chosen and place[0] != "links")
    )


def each_text() -> list[tuple[Path, Place]]:
    """One place for each key of the contract that has a text."""
    found: dict[Place, tuple[Path, Place]] = {}
    for file in FILES:
        for place, value in leaves(read_source(file).data):
            backend = str(read_source(file).data.get("state", {}).get("backend", "")) if place[0] == "state" else ""
            if isinstance(value, str):
                found.setdefault((backend, *field(place)), (file, place))
    return list(found.values())


def put(data: Any, place: Place, value: Any) -> dict[str, Any]:
    changed = deepcopy(data)
    inner: Any = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return dict(changed)


# Secrets Manager takes dots and slashes in any order; they are no path.
# Tags take letters and digits of every script on both clouds, blanks, dots and slashes, and may be empty.
TAGS_TAKE = {
    "digit of another script",
    "letter of another script",
    "blank before",
    "nothing",
    "parent folder",
}
# A pattern that takes letters of every script cannot be told of marks.
SCHEMA_LACKS = {("tags", "combining mark"), ("tags", "no-break space")}
# To Python, unlike an editor, the end of a pattern may come before a last line feed.
PYTHON_LACKS = "line feed"

PLACES = each_text()


def test_there_are_texts_to_break() -> None:
    assert len(PLACES) > 40


@pytest.mark.parametrize(
    ("file", "place"), PLACES, ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else ""
)
def test_a_text_that_no_cloud_takes_is_refused(file: Path, place: Place) -> None:
    data = read_source(file).data
    text = dict(leaves(data))[place]
    assert load(file).problems == ()
    for what, broken in BROKEN.items():
        if (place[0] == "tags" and what in TAGS_TAKE) or (place[-1] == "secret" and what == "parent folder"):
            continue
        changed = put(data, place, broken(text))
        found = loads(json.dumps(changed)).problems
        assert found, f"{'.'.join(map(str, place))} takes {what}: {broken(text)[:80]!r}"
        assert all(len(problem.text) < 500 for problem in found)
        if (place[0], what) not in SCHEMA_LACKS and what != PYTHON_LACKS:
            assert not VALIDATOR.is_valid(changed), f"the schema takes {what} at {'.'.join(map(str, place))}"


def each_list() -> list[tuple[Path, Place]]:
    found: dict[Place, tuple[Path, Place]] = {}
    for file in FILES:
        for place, _ in leaves(read_source(file).data):
            for depth, step in enumerate(place):
                if isinstance(step, int):
                    found.setdefault(field(place[:depth]), (file, place[:depth]))
    return list(found.values())


@pytest.mark.parametrize(
    ("file", "place"), each_list(), ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else ""
)
def test_every_list_has_a_bound(file: Path, place: Place) -> None:
    data = read_source(file).data
    inner: Any = data
    for step in place:
        inner = inner[step]
    changed = put(data, place, [inner[0]] * 6_000)
    (problem,) = loads(json.dumps(changed)).problems
    assert problem.text.startswith("has too many entries: ")
    assert problem.path == place
    assert not VALIDATOR.is_valid(changed)


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_sites_have_a_bound(cloud: str) -> None:
    data = read_source(HERE.parents[1] / "isthmus.yaml").data
    (site,) = data[cloud].values()
    changed = {**data, cloud: {f"s{number}": site for number in range(1001)}}
    problems = [p.text for p in loads(json.dumps(changed)).problems]
    assert problems == ["has too many entries: 1,000 are allowed; remove some"]


def test_sixty_thousand_recipients() -> None:
    data = read_source(HERE.parents[1] / "isthmus.yaml").data
    changed = {**data, "monitoring": {"notify": [f"a{number}@example.com" for number in range(60_000)]}}
    problems = [(p.path, p.text) for p in loads(json.dumps(changed)).problems]
    assert problems == [(("monitoring", "notify"), "has too many entries: 100 are allowed; remove some")]


@pytest.mark.parametrize("bucket", [
    "a..b", "192.168.0.1", "xn--acme", "sthree-acme", "amzn-s3-demo-bucket", "acme-s3alias", "acme--ol-s3", "acme.mrap",
    "acme--x-s3", "acme--table-s3", "-acme", "acme-", ".acme", "acme.", "Acme", "ac", "a" * 64, "ac_me", "ac me",
])  # fmt: skip
def test_bucket_that_s3_refuses(bucket: str) -> None:
    assert state({"backend": "s3", "bucket": bucket, "region": "eu-central-1"}) == [("state", "bucket")]


@pytest.mark.parametrize(
    "bucket", ["acme-tfstate", "acme.tfstate.1", "1acme", "a" * 63, "192.168.0", "xn-acme", "s3alias"]
)
def test_bucket_that_s3_takes(bucket: str) -> None:
    assert state({"backend": "s3", "bucket": bucket, "region": "eu-central-1"}) == []


@pytest.mark.parametrize(("container", "good"), [
    ("tfstate", True), ("tf-state-1", True), ("a" * 63, True), ("a" * 64, False), ("ab", False), ("-ab", False),
    ("ab-", False), ("a--b", False), ("a_b", False), ("aB1", False), ("$web", False), ("a-" * 40 + "a", False),
])  # fmt: skip
def test_container_as_azure_takes_it(container: str, good: bool) -> None:
    wanted = {"backend": "azurerm", "resource_group": "g", "storage_account": "acme", "container": container}
    assert state(wanted) == ([] if good else [("state", "container")])


@pytest.mark.parametrize(("prefix", "good"), [
    ("network/prod", True), ("v1.2/a_b-c", True), ("a" * 256, True), ("a" * 257, False), ("..", False),
    ("a/../b", False), ("../a", False), ("./a", False),
    ("a/.", False), ("a..b", False), ("/a", False), ("a/", False), ("a//b", False),
    ("a\\b", False), ("a?b", False), ("", False),
])  # fmt: skip
def test_prefix(prefix: str, good: bool) -> None:
    wanted = {"backend": "s3", "bucket": "acme", "region": "eu-central-1", "prefix": prefix}
    assert state(wanted) == ([] if good else [("state", "prefix")])


def state(wanted: dict[str, str]) -> list[Place]:
    """Where ``wanted`` is refused, by the models and the schema alike."""
    data = {**read_source(HERE.parents[1] / "isthmus.yaml").data, "state": wanted}
    found = [problem.path for problem in loads(json.dumps(data)).problems]
    assert VALIDATOR.is_valid(data) is not bool(found)
    return found
