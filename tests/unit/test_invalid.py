"""Every message, word for word. Each file under invalid/ and warned/ starts with the lines that it must give:

#! <line>: <the rest>       as printed, in that order, without the name of the file
#! : <the rest>             about the file as a whole
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from isthmus.checks import RULES, Checked, check_loaded
from isthmus.checks.context import Context, Rule
from isthmus.problems import TopologyError
from isthmus.schema import json_schema
from isthmus.topology import Loaded, load, loads

HERE = Path(__file__).parent
INVALID = sorted(HERE.glob("invalid/*.yaml"))
WARNED = sorted(HERE.glob("warned/*.yaml"))


def wanted(file: Path) -> list[str]:
    """What must be printed about ``file``."""
    lines = [line[3:] for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#! ")]
    return [f"{file}{line}" if line.startswith(":") else f"{file}:{line}" for line in lines]


@cache
def read(file: Path) -> Loaded | TopologyError:
    try:
        return load(file)
    except TopologyError as error:
        return error


@cache
def outcome(file: Path) -> Checked | TopologyError:
    loaded = read(file)
    if isinstance(loaded, TopologyError):
        return loaded
    try:
        return check_loaded(loaded)
    except TopologyError as error:
        return error


@cache
def subjects() -> list[Context]:
    """All files as the rules see them, as far as they can be read."""
    files = [read(file) for file in (*INVALID, *WARNED)]
    return [Context.of(loaded) for loaded in files if isinstance(loaded, Loaded) and loaded.topology]


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_refused_in_these_words(file: Path) -> None:
    found = outcome(file)
    assert isinstance(found, TopologyError)
    assert str(found).split("\n") == wanted(file)


@pytest.mark.parametrize("file", WARNED, ids=lambda file: file.stem)
def test_accepted_with_these_warnings(file: Path) -> None:
    found = outcome(file)
    assert isinstance(found, Checked), str(found)
    assert found.warnings, "it belongs elsewhere"
    assert [warning.render(found.file) for warning in found.warnings] == wanted(file)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}")
def test_each_rule_has_a_file(rule: Rule) -> None:
    assert any(list(rule(subject)) for subject in subjects()), "no file under invalid/ or warned/ meets this rule"


ACCEPTED_BY_SCHEMA = {
    "a schema sees values and not how the file writes them": {"key-is-a-list", "key-stands-twice", "merge-key"},
    "a pattern does not count bits": {"cidr-off-boundary", "gateway-subnet-off-boundary"},
    "a schema has no measure of likeness": {"azure-region-misspelt"},
    "names of a mapping are not compared with each other": {"tags-of-one-name", "monitoring-recipient-twice"},
    "it is about two sites, or a site and its links": {
        "acceleration-and-initiator",
        "acceleration-and-unsaid-link",
        "adopted-in-two-sites",
        "adopted-vnet-with-and-without-subscription",
        "asn-same-as-adopted",
        "asn-same-at-both-ends",
        "asn-same-on-two-adopted",
        "asn-same-on-two-azure-sites",
        "asn-same-two-steps-away",
        "azure-gateway-adopted-with-too-few-addresses",
        "azure-gateway-adopted-with-too-many-addresses",
        "formerly-of-another-site",
        "link-names-collide",
        "link-site-misspelt",
        "link-site-unknown",
        "link-site-unknown-of-many",
        "link-sites-swapped",
        "link-twice",
        "links-missing",
        "monitoring-kms-key-of-another-region",
        "monitoring-sites-unknown",
        "networks-overlap",
        "networks-overlap-at-one-static-gateway",
        "networks-overlap-behind-a-static-link",
        "networks-overlap-in-one-of-several-ranges",
        "networks-overlap-two-steps-away",
        "no-sku-ends-so-many-tunnels",
        "psk-generation-of-only-tunnel",
        "routes-of-vgw",
        "sku-ends-fewer-tunnels",
        "slot-missing",
        "slot-missing-twice",
        "slot-taken-on-aws",
        "slot-taken-on-azure",
        "slots-used-up",
        "standby-with-two-bgp-links",
        "static-routes-too-many",
        "tgw-in-two-sites",
        "tgw-route-table-missing-for-static",
        "tunnels-one-for-bgp",
    },
    "it compares two values of one site": {
        "azure-gateway-in-another-subscription",
        "gateway-subnet-outside",
        "networks-overlap-within-a-site",
    },
    "it counts with addresses": {"state-allowed-ranges"},
}
"""What `check` refuses and an editor cannot, with the reason."""


def test_the_schema_refuses_what_is_refused_here_but_for_what_it_cannot_say() -> None:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(json_schema())
    validator = jsonschema.Draft202012Validator(json_schema())
    read_at_all = [(file, loaded) for file in INVALID if isinstance(loaded := read(file), Loaded)]
    accepted = {file.stem for file, loaded in read_at_all if validator.is_valid(loaded.source.data)}
    assert accepted == set().union(*ACCEPTED_BY_SCHEMA.values())


def test_problems_come_in_the_order_of_lines() -> None:
    for file in INVALID:
        found = outcome(file)
        assert isinstance(found, TopologyError)
        lines = [problem.line for problem in found.problems]
        assert lines == sorted(lines), file.name


def test_message_is_one_line() -> None:
    found = loads('name: "a\\nb"\naws: {"x\\ny": {region: "z\\nz"}}\nazure: {}')
    assert [problem.text for problem in found.problems if "\n" in problem.text] == []


def test_no_secret_key_is_accepted() -> None:
    """A key that a user writes is refused by its name, and its value stays out of the message."""
    text = "name: t\naws: {}\nazure: {}\nlinks:\n  - {aws: a, azure: b, psk: {value: hunter2}}\n"
    problems = loads(text).problems
    assert [p.path for p in problems if p.path[:1] == ("links",)] == [("links", 0, "psk", "value")]
    assert not any("hunter2" in problem.text for problem in problems)


@pytest.mark.parametrize("key", ["aws_to_azure_gb", "azure_to_aws_gb", "peak_mbps"])
def test_schema_has_both_bounds_of_traffic_and_they_are_accepted(key: str) -> None:
    said = json_schema()["$defs"]["Traffic"]["properties"][key]
    assert (said["minimum"], said["maximum"]) == (0, 10**12)
    for value, accepted in ((0, True), (10**12, True), (10**12 + 1, False)):
        text = f"name: t\naws: {{}}\nazure: {{}}\nlinks:\n  - {{aws: a, azure: b, traffic: {{{key}: {value}}}}}\n"
        refused = [p for p in loads(text).problems if p.path[-1] == key]
        assert (refused == []) is accepted
