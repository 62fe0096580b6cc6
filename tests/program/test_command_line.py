"""The command line in a process of its own: what it loads, and what it does with streams that are not as usual."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "isthmus.yaml"
BAD = PROJECT / "tests" / "unit" / "invalid" / "many-at-once.yaml"

Ran = subprocess.CompletedProcess[str]


def spawn(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.run([sys.executable, *args], cwd=cwd, env=environ, capture_output=True, text=True, check=False)


AND_THEN_SAY_WHAT_IS_LOADED = """
import sys
from isthmus.cli import app
app(sys.argv[1:], standalone_mode=False)
print(*sorted(sys.modules), file=sys.stderr)
"""


@pytest.fixture(scope="module", params=["check", "plan"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("elsewhere")
    return spawn("-c", AND_THEN_SAY_WHAT_IS_LOADED, request.param, str(EXAMPLE), cwd=folder)


def test_runs_from_any_folder(ran: Ran) -> None:
    assert (ran.returncode, "example" in ran.stdout or "good" in ran.stdout) == (0, True)


def test_loads_neither_jsii_nor_cdktf(ran: Ran) -> None:
    loaded = {name.partition(".")[0] for name in ran.stderr.split()}
    assert "isthmus" in loaded
    assert loaded.isdisjoint(
        {"jsii", "constructs", "cdktf", "cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_azurerm", "geographiclib"}
    )


def test_importing_isthmus_loads_what_is_asked_for(tmp_path: Path) -> None:
    loaded = spawn("-c", "import sys, isthmus; print(*sys.modules)", cwd=tmp_path).stdout.split()
    assert [name for name in loaded if name.startswith("isthmus")] == ["isthmus"]
    code = f"import sys, isthmus; isthmus.check({str(EXAMPLE)!r}); print(*sys.modules)"
    loaded = spawn("-c", code, cwd=tmp_path).stdout.split()
    assert "isthmus.checks" in loaded
    assert {"jsii", "constructs", "cdktf"}.isdisjoint(loaded)


def test_check_loads_nothing_of_prices(tmp_path: Path) -> None:
    loaded = spawn("-c", AND_THEN_SAY_WHAT_IS_LOADED, "check", str(EXAMPLE), cwd=tmp_path).stderr.split()
    assert "isthmus.checks" in loaded
    assert [name for name in loaded if name.startswith(("isthmus.prices", "isthmus.cost", "urllib.request"))] == []


def test_bad_input_gives_no_traceback(tmp_path: Path) -> None:
    done = spawn("-m", "isthmus", "check", str(BAD), cwd=tmp_path)
    assert done.returncode == 2
    assert all(line.startswith(f"{BAD}:") for line in done.stderr.splitlines())


# Output that nobody takes


@pytest.mark.parametrize("command", ["plan", "cost", "schema"])
def test_a_reader_that_stops_reading_is_no_failure_of_the_program(command: str) -> None:
    words = [sys.executable, "-m", "isthmus", command, *([] if command == "schema" else [str(EXAMPLE)])]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


@pytest.mark.parametrize(("file", "code"), [(EXAMPLE, 0), (BAD, 2)])
def test_closed_output_changes_no_exit_code(file: Path, code: int) -> None:
    line = f'"$0" -m isthmus plan "{file}" >&- 2>&-'
    assert subprocess.run(["/bin/sh", "-c", line, sys.executable], cwd=PROJECT, check=False).returncode == code


@pytest.mark.parametrize("program", [["-m", "isthmus", "synth"], [str(PROJECT / "main.py")]])
@pytest.mark.parametrize("named", [{}, {"ISTHMUS_TOPOLOGY": ""}])
def test_the_example_is_not_synthesized_unless_it_is_named(
    program: list[str], named: dict[str, str], tmp_path: Path
) -> None:
    kept = {k: v for k, v in os.environ.items() if k not in ("ISTHMUS_TOPOLOGY", "CDKTF_CONTEXT_JSON")}
    environ = {**kept, **named, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, *program], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert done.stderr.startswith("isthmus.yaml: no such file: name one, as an argument or in ISTHMUS_TOPOLOGY; ")


def test_synth_json_of_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = spawn("-m", "isthmus", "synth", "--json", str(EXAMPLE), "--output", "file", cwd=tmp_path)
    [problem] = json.loads(done.stdout)["problems"]
    assert (done.returncode, done.stderr, problem["file"]) == (2, "", "file")
    assert problem["text"] == "cannot be written (Not a directory): name a folder that you may write to"


def test_synth_cleans_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "\x1b[31mx\n::error::forged\u202e.yaml").write_text("name: [", encoding="utf-8")
    done = spawn("-m", "isthmus", "synth", "\x1b[31mx\n::error::forged\u202e.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.strip().isprintable()
    assert "::error" in done.stderr


def test_synth_of_a_bad_file_writes_nothing(tmp_path: Path) -> None:
    done = spawn("-m", "isthmus", "synth", str(BAD), "--output", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert done.stderr
    assert all(line.startswith(f"{BAD}:") for line in done.stderr.splitlines())


@pytest.mark.parametrize(
    ("redirected", "said"),
    [
        ("<&-", "standard input is closed: give it a topology, or name a file"),
        ("0>/dev/null", "standard input: cannot be read (Bad file descriptor): give it a topology"),
    ],
)
def test_standard_input_that_gives_nothing(redirected: str, said: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m isthmus check - {redirected}', sys.executable],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{said}\n")


def test_the_commands_that_the_readme_shows_are_there(tmp_path: Path) -> None:
    shown = set(re.findall(r"\.venv/bin/[\w-]+", (PROJECT / "README.md").read_text(encoding="utf-8")))
    assert {".venv/bin/isthmus", ".venv/bin/cdktf"} <= shown
    assert [c for c in sorted(shown - {".venv/bin/activate"}) if not os.access(PROJECT / c, os.X_OK)] == []
    for command in (".venv/bin/isthmus", ".venv/bin/cdktf"):
        bare = {"PATH": os.defpath, "HOME": str(tmp_path), "CHECKPOINT_DISABLE": "1"}
        words = [str(PROJECT / command), "--version"]
        done = subprocess.run(words, env=bare, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert re.search(r"\d+\.\d+\.\d+", done.stdout)
