"""The command line as a user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from isthmus import __version__
from isthmus.cli import app

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
EXAMPLE = PROJECT / "isthmus.yaml"
BAD = HERE / "invalid" / "many-at-once.yaml"
WARNED = HERE / "warned" / "volume-above-peak.yaml"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], prog_name="isthmus")


@pytest.mark.parametrize(
    "command",
    "check plan schema init synth workspaces cost throughput availability regions emulate".split(),
)
def test_every_command_has_help(command: str) -> None:
    done = run(command, "--help")
    assert done.exit_code == 0
    assert f"Usage: isthmus {command}" in done.stdout


def test_version() -> None:
    assert run("--version").stdout == f"isthmus {__version__}\n"


def test_unknown_command_is_bad_input() -> None:
    assert run("chekc").exit_code == 2


# check


def test_check_of_a_good_file() -> None:
    done = run("check", EXAMPLE)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{EXAMPLE}: good: 1 AWS site, 1 Azure site, 1 link, 4 tunnels\n"


def test_check_of_a_bad_file_says_why_on_standard_error() -> None:
    done = run("check", BAD)
    assert (done.exit_code, done.stdout) == (2, "")
    *problems, last = done.stderr.splitlines()
    assert len(problems) == 5
    assert last == f"{BAD}: some checks were skipped: fix the errors above and run again"
    assert done.stderr.startswith(f"{BAD}:6: name: 'T' is not a valid name")


def test_warnings_do_not_fail() -> None:
    done = run("check", WARNED)
    assert done.exit_code == 0
    assert done.stderr.startswith(f"{WARNED}:6: warning: links[0].traffic.aws_to_azure_gb: ")
    assert ": good: " in done.stdout


@pytest.mark.parametrize("command", ["check", "plan", "workspaces", "cost", "throughput", "availability"])
def test_dash_is_standard_input(command: str) -> None:
    done = CliRunner().invoke(app, [command, "-"], input=EXAMPLE.read_bytes())
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == run(command, EXAMPLE).stdout.replace(str(EXAMPLE), "standard input")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name: T\n", "standard input:1: name: 'T' is not a valid name"),
        (b"", "standard input: is empty: expected a topology"),
        (b"name: \xff", "standard input:1: is not text: expected UTF-8"),
    ],
)
def test_problems_of_standard_input(content: bytes, said: str) -> None:
    done = CliRunner().invoke(app, ["check", "-"], input=content)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_synth_says_that_it_reads_no_standard_input() -> None:
    done = run("synth", "-")
    assert (done.exit_code, done.stderr) == (2, "synth does not read standard input: name a file\n")


def test_check_json_of_a_good_file() -> None:
    done = run("check", "--json", EXAMPLE)
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"file": str(EXAMPLE), "ok": True, "problems": []}


def test_check_json_of_a_bad_file() -> None:
    done = run("check", "--json", BAD)
    said = json.loads(done.stdout)
    assert (done.exit_code, done.stderr, said["ok"]) == (2, "", False)
    assert [(p["line"], p["path"]) for p in said["problems"]][:2] == [(6, "name"), (10, "aws.a.network.cidr")]


def test_check_json_has_warnings() -> None:
    problems = json.loads(run("check", "--json", WARNED).stdout)["problems"]
    assert [problem["severity"] for problem in problems] == ["warning"]


def test_check_in_markdown() -> None:
    done = run("check", "--markdown", WARNED)
    name = str(WARNED).replace("_", "\\_")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"### Check\n\n**{name}: good: 1 AWS site, 1 Azure site, 1 link, 4 tunnels**\n")
    assert "\n| 6 | warning | links\\[0\\].traffic.aws\\_to\\_azure\\_gb | " in done.stdout


def test_check_of_a_bad_file_in_markdown() -> None:
    done = run("check", "--markdown", BAD)
    assert (done.exit_code, done.stderr) == (2, "")
    assert ": refused**\n\n#### Problems\n\n| Line | Severity | Key | Problem |\n" in done.stdout
    assert "\n| 6 | error | name | 'T' is not a valid name: " in done.stdout
    assert done.stdout.endswith("\nSome checks were skipped: fix the errors above and run again.\n")


@pytest.mark.parametrize("command", ["check", "plan", "cost"])
def test_one_format_at_a_time(command: str) -> None:
    done = run(command, "--markdown", "--json", EXAMPLE)
    text = "--json and --markdown cannot be combined: leave one out"
    assert (done.exit_code, json.loads(done.stdout)["problems"][0]["text"]) == (2, text)


def test_three_formats_are_two_too_many() -> None:
    done = run("cost", "--markdown", "--json", "--csv", EXAMPLE)
    text = "--json, --csv and --markdown cannot be combined: leave all but one out"
    assert (done.exit_code, json.loads(done.stdout)["problems"][0]["text"]) == (2, text)


# plan


def test_plan_in_markdown_has_every_tunnel() -> None:
    done = run("plan", "--markdown", EXAMPLE)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("### Plan of example\n\n#### Sites of example\n\n| Site | Region | Network |")
    tunnel = "| fra-fra-i0-t1 | example-fra-fra-i0 tunnel 1 | example-azure-fra-instance0 | 0 | 169.254.21.0/30 |"
    assert f"\n{tunnel} 169.254.21.1 | 169.254.21.2 | BGP |\n" in done.stdout


def test_plan_shows_every_tunnel() -> None:
    done = run("plan", EXAMPLE)
    assert done.exit_code == 0
    for tunnel in ("fra-fra-i0-t1", "fra-fra-i0-t2", "fra-fra-i1-t1", "fra-fra-i1-t2"):
        [row] = [line for line in done.stdout.splitlines() if line.split()[:1] == [tunnel]]
        assert "169.254.2" in row


def test_plan_of_a_bad_file() -> None:
    done = run("plan", BAD)
    assert (done.exit_code, done.stdout) == (2, "")


@pytest.fixture(scope="module")
def link() -> dict[str, Any]:
    [link] = json.loads(run("plan", "--json", EXAMPLE).stdout)["links"]
    return dict(link)


def test_plan_json_has_four_tunnels(link: dict[str, Any]) -> None:
    tunnels = [t["name"] for c in link["connections"] for t in c["tunnels"]]
    assert tunnels == ["fra-fra-i0-t1", "fra-fra-i0-t2", "fra-fra-i1-t1", "fra-fra-i1-t2"]


def test_plan_json_says_all_of_a_tunnel(link: dict[str, Any]) -> None:
    said = {
        "inside",
        "aws_address",
        "azure_address",
        "bgp",
        "aws_options",
        "key_slot",
        "instance",
        "number",
        "used",
    }
    said |= {"name", "key", "local_network_gateway", "connection"}
    tunnels = [t for c in link["connections"] for t in c["tunnels"]]
    assert [t for t in tunnels if not said <= t.keys()] == []
    assert [t for t in tunnels if t["bgp"].keys() != {"primary", "secondary"}] == []


def test_plan_json_says_all_of_a_link(link: dict[str, Any]) -> None:
    said = {"aws", "azure", "slot", "aws_asn", "azure_asn", "proposal", "azure_policy", "initiator", "routing", "keys"}
    assert said <= link.keys()


def test_plan_json_names_both_outside_ends(link: dict[str, Any]) -> None:
    plan = json.loads(run("plan", "--json", EXAMPLE).stdout)
    assert [c["name"] for c in link["connections"]] == ["example-fra-fra-i0", "example-fra-fra-i1"]
    instances = plan["azure"][0]["gateway"]["instances"]
    assert [i["public_ip"] for i in instances] == ["example-azure-fra-instance0", "example-azure-fra-instance1"]


# schema, synth


def test_schema_is_the_committed_one() -> None:
    assert run("schema").stdout == (PROJECT / "isthmus.schema.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", ["", "- a", "name: [", "\0", "links: 1", "aws: {a: 1}\nazure: 1", "{1: 2}"])
@pytest.mark.parametrize("command", ["check", "plan"])
def test_bad_input_is_exit_code_2_and_one_line_a_problem(command: str, content: str, tmp_path: Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(content, encoding="utf-8")
    done = run(command, file)
    assert done.exit_code == 2
    assert all(line.startswith(f"{file}:") for line in done.stderr.splitlines())
    assert done.stderr


@pytest.mark.parametrize("command", ["check", "plan"])
def test_missing_file_is_exit_code_2(command: str, tmp_path: Path) -> None:
    done = run(command, tmp_path / "none.yaml")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{tmp_path / 'none.yaml'}: no such file: ")


NOTHING_NAMED = (
    "isthmus.yaml: no such file: name one, as an argument or in ISTHMUS_TOPOLOGY; `isthmus init` writes one to "
    "start from"
)
ABOUT_A_TOPOLOGY = (
    "check", "plan", "synth", "workspaces", "cost", "throughput", "availability", "report", "state bootstrap",
    "prices refresh",
)  # fmt: skip


@pytest.mark.parametrize("named", [None, ""])
@pytest.mark.parametrize("command", [command for command in ABOUT_A_TOPOLOGY if command != "synth"])
def test_the_example_of_the_project_is_never_meant_in_silence(
    command: str, named: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named is not None:
        monkeypatch.setenv("ISTHMUS_TOPOLOGY", named)
    monkeypatch.chdir(tmp_path)
    done = run(*command.split())
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{NOTHING_NAMED}\n")
    assert list(tmp_path.iterdir()) == []


def test_the_example_is_meant_in_its_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    done = run("check")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("isthmus.yaml: good: ")


# Failures as JSON


@pytest.mark.parametrize(
    ("words", "file", "text"),
    [
        *((f"{command} none.yaml", "none.yaml", "no such file: name one") for command in ABOUT_A_TOPOLOGY),
        ("cost --months abc", None, "Invalid value for '--months': "),
        ("cost --bogus", None, "No such option: --bogus"),
        ("chekc", None, "No such command 'chekc'."),
        ("check a b", None, "Got unexpected extra argument"),
        ("synth -", None, "synth does not read standard input: name a file"),
        ("cost - --csv", None, "--json and --csv cannot be combined: leave one out"),
        (f"cost {EXAMPLE} --prices none", "none", "cannot be read (No such file or directory)"),
        ("prices show --prices none", "none", "cannot be read (No such file or directory)"),
        ("prices refresh --aws-url x", None, "--aws-url: 'x' is not an address"),
        (f"throughput {EXAMPLE} --rtt x", None, "--rtt: 'x' is not a time"),
        (f"availability {EXAMPLE} --link x", None, "--link: 'x' is not a link of this topology"),
        ("regions --aws x", None, "--aws: 'x' is not a known region"),
        ("report --output none/r.html", None, "none/r.html: its folder does not exist"),
        (f"emulate --cloud {EXAMPLE}", None, f"--cloud: {EXAMPLE} is a file"),
        ("emulate --exec a -- b", None, "isthmus emulate: give a command after --exec"),
        ("state bootstrap --replication x", "isthmus.yaml", "no such file: name one"),
    ],
)
def test_failures_are_json_where_that_is_asked_for(
    words: str, file: str | None, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, *rest = words.split()
    group = [first, rest.pop(0)] if first in ("prices", "state") else [first]
    done = run(*group, "--json", *rest)
    found = json.loads(done.stdout)
    assert (done.exit_code, done.stderr, found["ok"], found["file"]) == (2, "", False, file)
    [problem] = found["problems"]
    assert problem["text"].startswith(text)
    assert problem.keys() == {"file", "line", "path", "severity", "text"}


def test_synth_json_of_a_bad_file() -> None:
    done = run("synth", "--json", BAD)
    assert (done.exit_code, json.loads(done.stdout)) == (2, json.loads(run("check", "--json", BAD).stdout))


def test_json_behind_two_dashes_is_not_asked_for() -> None:
    assert run("check", "--", "--json").stderr.startswith("--json: no such file: ")
