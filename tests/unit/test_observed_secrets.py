"""Keys stand in clear in many places of what Terraform prints; no representation of what is read shows one."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from isthmus.observed import Secret, known, plain
from isthmus.observed.agreement import comparisons
from isthmus.observed.links import Links
from tests.unit.observed_documents import configuration, observed, plan

KEY = "Shall.Not.Be.Seen_1"
ODD = "shall not-be~seen!"
XML = f"<vpn_connection><pre_shared_key>{KEY}</pre_shared_key></vpn_connection>"

PLACES: dict[str, Any] = {
    "argument": {"planned": {"tunnel1_preshared_key": KEY}},
    "argument of Azure": {"planned": {"shared_key": KEY}},
    "XML": {"planned": {"customer_gateway_configuration": XML}},
    "constant": {"expressions": {"tunnel1_preshared_key": {"constant_value": KEY}}},
    "variable": {"top": {"variables": {"vpn_psk": {"value": KEY}}}},
    "variable of another name": {
        "top": {"variables": {"x": {"value": KEY}}}, "planned": {"tunnel1_preshared_key": KEY}
    },
    "default": {"top": {"root": {"variables": {"shared_key": {"default": KEY}}}}},
    "map": {"top": {"variables": {"preshared_keys": {"value": {"a": KEY}}}}},
    "sensitive default": {"top": {"root": {"variables": {"x": {"default": KEY, "sensitive": True}}}}},
    "output": {"top": {"output_changes": {"x": {"after": KEY}}}, "planned": {"tunnel1_preshared_key": KEY}},
    "drift": {"top": {"resource_drift": [{"change": {"before": {"tunnel2_preshared_key": KEY}}}]}},
    "tag": {"planned": {"tunnel1_preshared_key": KEY, "tags": {"note": f"the key is {KEY}"}}},
    "tag, odd": {"planned": {"shared_key": ODD, "tags": {"note": f"the key is {ODD}."}}},
}  # fmt: skip


def _shown(seen: Any) -> str:
    links = Links(seen)
    values = [seen.value(r, *path) for r in seen.resources() for path in (("tunnel1_preshared_key",), ("shared_key",))]
    everything = [seen.roots, [r.raw for r in seen.roots], list(seen.resources()), [r.body for r in seen.resources()]]
    everything += [links.tunnels, links.paired, values, comparisons(links), [str(v) for v in values]]
    return repr(everything) + json.dumps([plain(r.raw) for r in seen.roots]) + f"{values}"


@pytest.mark.parametrize("place", PLACES)
def test_a_key_in_a_plan_is_not_shown(place: str) -> None:
    told = PLACES[place]
    document = plan(
        [("aws_vpn_connection.c", told.get("planned", {}), {}, told.get("expressions", {}))], **told.get("top", {})
    )
    assert json.dumps(document.content).count(KEY) + json.dumps(document.content).count(ODD) > 0
    shown = _shown(observed(document))
    assert KEY not in shown
    assert ODD not in shown
    assert "(secret)" in shown


def test_a_document_is_not_shown() -> None:
    document = plan([("aws_vpn_connection.c", {"tunnel1_preshared_key": KEY}, {}, {})])
    assert KEY not in repr(document)


def test_a_generated_password_is_not_shown() -> None:
    seen = observed(plan([("random_password.p", {"result": KEY, "length": 19}, {}, {})]))
    assert KEY not in _shown(seen)


@pytest.mark.parametrize("text", [KEY, f"{KEY}-${{var.x}}", f'${{coalesce(var.x, "{KEY}")}}'])
def test_a_key_in_a_configuration_is_not_shown(text: str) -> None:
    body = {"tunnel1_preshared_key": text}
    content = {"variable": {"x": {}}, "resource": {"aws_vpn_connection": {"c": body}}}
    seen = observed(configuration(content))
    assert KEY not in _shown(seen)
    assert "var.x" in str(seen.value(seen.at("aws_vpn_connection.c"), "tunnel1_preshared_key")) or text == KEY


def test_secrets_are_compared_and_nothing_else() -> None:
    one, same, other = Secret(KEY), Secret(KEY), Secret(KEY + "x")
    assert one == same
    assert one != other
    assert one != KEY
    assert {one, same} == {one}
    assert copy.deepcopy(one) is one
    assert (repr(one), str(one), f"{one}") == ("(secret)",) * 3
    with pytest.raises(TypeError, match="a secret is not written out"):
        pickle.dumps(one)
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(one)
    with pytest.raises(AttributeError, match="a secret cannot be changed"):
        one.length = 3


@pytest.mark.parametrize(
    ("text", "is_key"),
    [("abcdefgh", True), ("0bcdefgh", False), ("abcdefg", False), ("a" * 65, False), ("a b c d e", False)],
)
def test_of_a_secret_its_length_and_kind_are_told(text: str, is_key: bool) -> None:
    assert (Secret(text).length, Secret(text).is_preshared_key) == (len(text), is_key)


def test_what_aws_tells_in_place_of_a_key_is_no_key() -> None:
    seen = observed(plan([("aws_vpn_connection.c", {"tunnel1_preshared_key": "REDACTED"}, {}, {})]))
    value = Links(seen).aws_ends[0].key
    assert known(value) is None
    assert "AWS keeps the key" in str(getattr(value, "reason", ""))


def test_a_key_that_one_document_hides_and_another_tells_is_not_shown() -> None:
    seen = observed(
        plan([("aws_vpn_connection.c", {"tunnel1_preshared_key": KEY}, {}, {})], name="one"),
        plan([("terraform_data.x", {"input": {"y": KEY}}, {}, {})], name="two"),
    )
    assert KEY not in _shown(seen)
