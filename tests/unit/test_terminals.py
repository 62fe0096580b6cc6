"""Every command in every encoding and at every width: never a traceback, plain characters where others are missing."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import typer

from isthmus import checks, cli, prices
from isthmus.streams import coloured, plain

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
EXAMPLE = str(PROJECT / "isthmus.yaml")
BAD = str(HERE / "invalid" / "many-at-once.yaml")
FAR = str(PROJECT / "examples" / "mumbai-ireland.yaml")
S3 = str(PROJECT / "examples" / "state-s3.yaml")

CASES: dict[str, list[list[str]]] = {
    "check": [[EXAMPLE], [BAD], [EXAMPLE, "--markdown"], ["none-ü≤.yaml"]],
    "plan": [[EXAMPLE], [EXAMPLE, "--markdown"]],
    "schema": [[]],
    "init": [["{tmp}/ü≤.yaml"], ["{tmp}/ü≤"]],
    # What it starts is in a process of its own; here it ends before that.
    "synth": [["--json", BAD]],
    "workspaces": [[EXAMPLE]],
    # It starts a process; here it ends before that.
    "diff": [[EXAMPLE], [EXAMPLE, BAD], ["none-ü≤.yaml", EXAMPLE]],
    "cost": [[FAR], [FAR, "--markdown"], [FAR, "--csv"]],
    "throughput": [[FAR, "--window", "1MiB"]],
    "availability": [[FAR, "--internet-path", "99.9%"]],
    "regions": [["--near", "Frankfurt", "--near", "Paris", "--top", "3"]],
    "report": [[EXAMPLE, "-o", "{tmp}/r≤.html"]],
    "prices show": [[]],
    "prices refresh": [["--aws-url", "http://é≤"]],
    "state bootstrap": [[S3, "--dry-run"], [EXAMPLE]],
    # What these start is in processes of their own, too.
    "pipeline report": [["≤"]],
    "pipeline plan": [["--keys", "≤"]],
    "pipeline comment": [["--report", "{tmp}/ü≤"]],
    "emulate": [["--exec", "≤", "--", "≤"]],
}
"""For each command words that end at once. A new command wants a case."""


@pytest.fixture(autouse=True, scope="module")
def _read_once() -> Iterator[None]:
    """Terminals are tried here: the same files need not be read for each of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "check", cache(checks.check))
        patch.setattr(prices, "load", cache(prices.load))
        yield


class Terminal(io.TextIOWrapper):
    """Takes what is printed in one encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict", write_through=True)

    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode(self.encoding)


@dataclass(frozen=True)
class Said:
    code: object
    out: str
    err: str


def said(monkeypatch: pytest.MonkeyPatch, words: list[str], *, encoding: str, columns: int, **variables: str) -> Said:
    """What the program, as it is started, prints on a terminal."""
    out, err = Terminal(encoding), Terminal(encoding)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["isthmus", *words])
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.setenv("COLUMNS", str(columns))
        for name, value in {"TERM": "xterm-256color", **variables}.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return Said(ended.value.code, out.text, err.text)


def names(app: typer.Typer, before: str = "") -> Iterator[str]:
    for command in app.registered_commands:
        assert command.callback is not None
        yield before + (command.name or command.callback.__name__)
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from names(group.typer_instance, f"{before}{group.name} ")


def test_every_command_has_a_case() -> None:
    assert set(CASES) == set(names(cli.app))


@pytest.mark.parametrize("columns", [10, 20, 40, 80])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
@pytest.mark.parametrize("command", CASES)
def test_no_terminal_gives_a_traceback(
    command: str, encoding: str, columns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in CASES[command]:
        given = [word.format(tmp=tmp_path) for word in words]
        found = said(monkeypatch, [*command.split(), *given], encoding=encoding, columns=columns)
        assert found.code in (None, 0, 2), found
        assert found.out + found.err
        assert "Traceback" not in found.err
        assert "?" not in found.out or command in ("schema", "synth", "regions")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_help_and_bad_options_on_narrow_terminals(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in CASES:
        assert said(monkeypatch, [*command.split(), "--help"], encoding=encoding, columns=20).code == 0
    for words in (["cost", "--months", "≤"], ["chekc≤"], ["cost", "--≤"]):
        found = said(monkeypatch, words, encoding=encoding, columns=10)
        assert found.code == 2


def test_columns_stay_in_line_in_plain_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    wide, narrow = (said(monkeypatch, ["cost", FAR], encoding=e, columns=200).out for e in ("utf-8", "ascii"))
    assert "≤ " in wide
    bounded = [line.replace("≤ ", "<=") for line in wide.splitlines() if "≤ " in line and "upper bounds" not in line]
    assert bounded
    assert set(bounded) <= set(narrow.splitlines())


def test_a_chart_is_left_out_where_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    left_out = "The chart needs 40 columns"
    for columns, missing in ((12, True), (20, True), (39, True), (40, False), (80, False)):
        found = said(monkeypatch, ["cost", EXAMPLE], encoding="utf-8", columns=columns)
        assert found.code in (None, 0)
        assert (left_out in " ".join(found.out.split())) is missing


@pytest.mark.parametrize(
    ("text", "ascii_"),
    [
        ("≤ 1 — 2", "<= 1 - 2"), ("│└─┐", "|+-+"), ("Zürich", "Zurich"), ("größer…", "grosser..."), ("漢", "?"),
        ("\udcff", "\\xff"), ("plain", "plain"),
    ],
)  # fmt: skip
def test_plain_characters(text: str, ascii_: str) -> None:
    assert plain(text) == ascii_


def test_a_file_name_that_is_no_text_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, ["check", "no\udcff.yaml"], encoding="utf-8", columns=80)
    assert found.code == 2
    assert found.err.startswith("no?.yaml: no such file")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True), ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False), ({"TERM": "xterm", "FORCE_COLOR": "0"}, True),
    ],
)  # fmt: skip
def test_colours(environ: dict[str, str], expected: bool) -> None:
    assert coloured(Terminal("utf-8"), environ) is expected
    assert coloured(io.StringIO(), {"TERM": "xterm"}) is False


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("plan", "cost", "workspaces", "availability"):
        found = said(monkeypatch, [command, EXAMPLE], encoding="utf-8", columns=80, **variables)
        # Bold and italic are no colours.
        assert not re.search("\x1b\\[[0-9;]*(3|4|9|10)[0-7]m", found.out + found.err)
