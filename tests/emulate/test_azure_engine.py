"""The provider engine by itself: values on the wire, plans, what schema objects refuse, errors that hide values."""

from __future__ import annotations

from typing import Any

import msgpack  # type: ignore[import-untyped]
import pytest

from emulate.plugin import checking, messages
from emulate.plugin.engine import Engine, RefusedError
from emulate.plugin.planning import plan, replaced_by
from emulate.plugin.randomness import RandomSession
from emulate.plugin.schema import Attribute, Block, Nested, Rules, load
from emulate.plugin.values import UNKNOWN, decode, encode, shape

OPTIONAL = Rules(optional=True)
INNER = Block(
    {
        "name": Attribute(name="name", type="string", rules=Rules(optional=True, force_new=True)),
        "made": Attribute(name="made", type="string", rules=Rules(computed=True)),
        "mode": Attribute(name="mode", type="string", rules=OPTIONAL, default="Dynamic"),
    }
)
BLOCK = Block(
    {
        "id": Attribute(name="id", type="string", rules=Rules(optional=True, computed=True)),
        "location": Attribute(
            name="location", type="string", rules=Rules(required=True, force_new=True, diff_suppressed=True)
        ),
        "weight": Attribute(name="weight", type="number", rules=OPTIONAL),
        "on": Attribute(name="on", type="bool", rules=OPTIONAL, default=True),
        "kind": Attribute(name="kind", type="string", rules=Rules(optional=True, computed=True)),
        "zones": Attribute(name="zones", type=["set", "string"], rules=Rules(optional=True, force_new=True)),
    },
    {
        "list": Nested(name="list", nesting="list", rules=OPTIONAL, block=INNER),
        "set": Nested(name="set", nesting="set", rules=OPTIONAL, block=INNER),
        "filled": Nested(name="filled", nesting="list", rules=Rules(optional=True, computed=True), block=INNER),
    },
)


def _config(**values: Any) -> dict[str, Any]:
    return BLOCK.shape({"location": "West Europe", **values})


def test_values_survive_the_wire() -> None:
    value = {"a": [1, 2.5, True, None, "ä"], "b": UNKNOWN, "c": {}}
    assert decode(encode(value)) == value
    assert decode(msgpack.packb(msgpack.ExtType(12, b"\x81\x01\xc3"))) is UNKNOWN
    with pytest.raises(ValueError, match="is not one of Terraform's"):
        decode(msgpack.packb(msgpack.ExtType(5, b"")))


def test_a_value_takes_the_shape_of_its_type() -> None:
    type_ = ["object", {"n": "number", "s": ["set", "string"], "o": "bool"}]
    assert shape({"n": "12", "s": ["b", "a", "b"], "other": 1}, type_) == {"n": 12, "s": ["a", "b"], "o": None}
    assert shape(UNKNOWN, type_) is UNKNOWN


def test_a_new_resource_has_defaults_and_the_computed_is_unknown() -> None:
    planned = plan(BLOCK, None, _config(list=[{"name": "x"}]))
    assert planned["location"] == "westeurope"
    assert (planned["id"], planned["kind"], planned["filled"]) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert (planned["on"], planned["weight"], planned["set"]) == (True, None, [])
    assert planned["list"] == [{"name": "x", "made": UNKNOWN, "mode": "Dynamic"}]


def _made() -> dict[str, Any]:
    item = {"name": "x", "made": "m", "mode": "Dynamic"}
    values = {"id": "i", "location": "westeurope", "weight": 0, "on": True, "kind": "k", "zones": ["1", "2"]}
    return {**values, "list": [item], "set": [item], "filled": [item]}


def test_what_is_there_stays_and_null_is_zero() -> None:
    config = _config(zones=["2", "1"], list=[{"name": "x"}], set=[{"name": "x"}])
    assert plan(BLOCK, _made(), config) == _made()
    assert replaced_by(BLOCK, _made(), _made()) == []


def test_a_change_is_seen_where_it_is() -> None:
    planned = plan(BLOCK, _made(), _config(zones=["3"], list=[{"name": "y"}, {"name": "z"}], set=[{"name": "y"}]))
    assert [item["made"] for item in planned["list"]] == ["m", UNKNOWN]
    assert planned["set"] == [{"name": "y", "made": UNKNOWN, "mode": "Dynamic"}]
    assert replaced_by(BLOCK, _made(), planned) == ["zones", "list"]
    moved = plan(BLOCK, _made(), _config(location="northeurope", zones=["1", "2"]))
    assert replaced_by(BLOCK, _made(), moved) == ["location"]
    unknown = plan(BLOCK, _made(), _config(zones=UNKNOWN))
    assert replaced_by(BLOCK, _made(), unknown) == ["zones"]


def test_arguments_that_exclude_or_want_each_other() -> None:
    rules = {
        "a": Rules(optional=True, exactly_one_of=("a", "b")),
        "b": Rules(optional=True, exactly_one_of=("a", "b")),
        "c": Rules(optional=True, conflicts_with=("d",)),
        "d": Rules(optional=True),
        "e": Rules(optional=True, required_with=("d",)),
    }
    block = Block({name: Attribute(name=name, type="string", rules=one) for name, one in rules.items()})

    def said(**config: Any) -> list[str]:
        return [text for _name, text in checking.problems(block, block.shape(config))]

    assert said(a="1", c="1") == []
    assert said(a="1", b="1")[0] == "only one of `a,b` can be specified, but `a,b` were specified."
    assert said()[0] == "one of `a,b` must be specified"
    assert said(a="1", c="1", d="1") == ['"c": conflicts with d']
    assert said(a="1", e="1") == ['"e": all of `e,d` must be specified']
    assert said(b=UNKNOWN) == []


def test_the_engine_answers_for_a_provider_that_is_not_configured() -> None:
    engine = Engine(load("random"), lambda _config: RandomSession())
    answer = engine.call("GetProviderSchema", messages.make("Empty"), "nobody")
    assert {entry.key for entry in answer.resource_schemas} == {"random_password", "random_string"}
    config = messages.make("Value", msgpack=encode({"length": 0}))
    request = messages.make("TypedConfigRequest", type_name="random_password", config=config)
    [said] = engine.call("ValidateResourceConfig", request, "nobody").diagnostics
    assert said.summary == "Attribute length value must be at least 1, got: 0"
    assert said.attribute.steps[0].attribute_name == "length"


@pytest.mark.parametrize(
    ("planned", "said"),
    [
        ({"length": 3, "upper": True, "min_upper": 4}, "at least the sum of min_upper"),
        ({"length": 3}, "The character set specified is empty"),
    ],
)
def test_a_password_that_cannot_be(planned: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        RandomSession().create("random_password", planned)


def test_a_password_has_what_it_was_asked_to_have() -> None:
    planned = {
        "length": 8,
        "special": True,
        "override_special": "._",
        "numeric": True,
        "min_numeric": 4,
        "min_special": 4,
    }
    result = RandomSession().create("random_password", planned)["result"]
    assert (len(result), sum(c.isdigit() for c in result), sum(c in "._" for c in result)) == (8, 4, 4)
