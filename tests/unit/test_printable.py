"""Nothing that a file holds, or is called, forges a line or a command in a terminal or in the log of a pipeline."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from isthmus.cli import app
from isthmus.prices import PriceFileError, load
from isthmus.printable import looks_secret, one_line

RUNNER = CliRunner()
# The fast ones, where there are any.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

NASTY = [
    "\n",
    "\r",
    "\t",
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\x07",
    "\x08",
    "\x7f",
    "\x85",
    "\x9b31m",
    "\u200b",
    "\u200e",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\n::error file=x::y",
    "::set-output name=x::y",
    "::warning::z",
    "##vso[task.complete result=Succeeded;]",
    "##[error]x",
    "##teamcity[buildStop]",
    "section_start:1:x\r\x1b[0K",
]
pieces = st.sampled_from([*NASTY, "a", "b", ":", "#", " "])
texts = st.lists(pieces, min_size=1, max_size=5).map("".join)


def quiet(printed: str) -> bool:
    """Whether ``printed`` is lines of plain text, none of which is a command."""
    lines = printed.split("\n")
    plain = all(c.isprintable() for line in lines for c in line)
    marks = ("##[", "##vso[", "##teamcity[")
    return plain and not any(line.lstrip().startswith("::") or any(m in line for m in marks) for line in lines)


def in_yaml(text: str) -> str:
    """``text`` as YAML writes it in double quotes."""
    return json.dumps(text)


@given(texts)
def test_a_text_becomes_one_quiet_line(text: str) -> None:
    assert quiet(one_line(text))
    assert "\n" not in one_line(text)
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize("text", ["fra", "payments: 10.10.0.0/16, ok", "São Paulo 東京", "a::b", "# ## [x]", "100 %"])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert one_line(text) == text


@settings(max_examples=25)
@given(key=texts, value=texts, file=texts)
def test_check_prints_plain_lines_whatever_keys_values_and_the_file_are(key: str, value: str, file: str) -> None:
    written = in_yaml(value)
    topology = f"""
name: {written}
{in_yaml(key)}: 1
tags: {{{in_yaml(key)}: {written}}}
aws: {{{in_yaml(key)}: {{region: {written}, network: {{cidr: {written}}}, {in_yaml(key)}: 1}}}}
azure: {{b: {{region: {written}, network: {{cidr: 10.2.0.0/16}}, gateway: {{sku: {written}, asn: {written}}}}}}}
links: [{{aws: {written}, azure: {written}, routing: {written}, psk: {{{in_yaml(key)}: {written}}}}}]
monitoring: {{notify: [{written}], kms_key_arns: {{{in_yaml(key)}: {written}}}}}
state: {{backend: {written}, bucket: {written}}}
"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{file}.yaml".replace("/", "_")
        path.write_text(topology, encoding="utf-8")
        done = RUNNER.invoke(app, ["check", str(path)])
        as_json = RUNNER.invoke(app, ["check", "--json", str(path)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert quiet(done.stderr)
    said = json.loads(as_json.stdout)
    assert as_json.stdout.isascii()
    # One line each, and one where rules had to wait.
    assert len(done.stderr.splitlines()) == len(said["problems"]) + (0 if said["whole"] else 1)


COMMANDS = ["check", "plan", "workspaces", "cost", "throughput", "availability", "report"]
FORGED = "\x1b[31mx\n::error::forged\u202e.yaml"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_cleans_the_name_of_a_file(command: str, tmp_path: Path) -> None:
    file = tmp_path / FORGED
    file.write_text("name: [", encoding="utf-8")
    done = RUNNER.invoke(app, [command, str(file)])
    assert done.exit_code == 2
    assert done.output.count("\n") == 1
    assert quiet(done.output)
    assert "::error" in done.output


@pytest.mark.parametrize("words", [["cost", "--prices"], ["prices", "show", "--prices"]])
def test_a_file_of_prices_that_cannot_be_read_is_told_in_plain_lines(words: list[str], tmp_path: Path) -> None:
    file = tmp_path / FORGED
    file.write_text('{"\\e[31m\\n::error::x": 1, version: "\\e[1m", prices: [{"a\\n::b": 1}]}', encoding="utf-8")
    done = RUNNER.invoke(app, [*words, str(file)])
    assert done.exit_code == 2
    assert done.stderr
    assert quiet(done.stderr)


def test_what_a_file_of_prices_names_is_clean_from_the_start(tmp_path: Path) -> None:
    """Tables, reports and CSV take it from there."""
    from isthmus.prices.reader import SNAPSHOT

    prices = yaml.load(SNAPSHOT.read_text(encoding="utf-8"), Loader=LOADER)
    for price in prices["prices"]:
        price["source"] = "\x1b[31ma\n::error::b##[c]\u202e"
    file = tmp_path / FORGED
    file.write_text(yaml.dump(prices, Dumper=DUMPER), encoding="utf-8")
    found = load(file)
    assert {fact.source.name for fact in found.facts} == {"?[31ma ::error::b#?[c]?"}
    assert quiet(found.name)
    for words in (["cost"], ["prices", "show"]):
        done = RUNNER.invoke(app, [*words, "--prices", str(file)])
        assert done.exit_code == 0
        assert quiet(done.output)


def test_a_text_of_a_file_of_prices_has_a_bound(tmp_path: Path) -> None:
    from isthmus.prices.reader import SNAPSHOT

    prices = yaml.load(SNAPSHOT.read_text(encoding="utf-8"), Loader=LOADER)
    prices["prices"][0]["where"] = "x" * 501
    file = tmp_path / "prices.yaml"
    file.write_text(yaml.dump(prices, Dumper=DUMPER), encoding="utf-8")
    with pytest.raises(PriceFileError, match="price 1: a text has 501 characters: 500 are allowed"):
        load(file)


@pytest.mark.parametrize(
    "secret",
    ["Zq7SuperSecret99", "Tr0ub4dor&3xyz", "4f1c" * 16, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
)
def test_a_key_or_password_is_recognized(secret: str) -> None:
    assert looks_secret(secret)


@pytest.mark.parametrize(
    "name",
    [
        "payments",
        "VpnGw1AZ",
        "Germany West Central",
        "arn:aws:iam::111122223333:role/Network1",
        "/subscriptions/00000000-0000-0000-0000-00000000000A/resourceGroups/Net1/providers/x",
        "vpc-0a1b2c3d4e5f67890",
        "tgw-rtb-0a1b2c3d4e5f67890",
        "aws_to_azure_gb",
        "00000000-0000-0000-0000-000000000000",
        "Ops.Team2@example.com",
        "10.20.255.0/27",
    ],
)
def test_a_name_is_not_taken_for_a_key(name: str) -> None:
    assert not looks_secret(name)
