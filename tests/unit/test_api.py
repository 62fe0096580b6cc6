"""What ``import isthmus`` offers to other programs: docs/python.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import isthmus
from isthmus import checks, problems
from isthmus.plan import Plan

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "isthmus.yaml"
DOCUMENTED = (PROJECT / "docs" / "python.md").read_text(encoding="utf-8")


def test_it_offers_what_is_documented() -> None:
    documented = re.findall(r"^\| `(\w+)[(`]", DOCUMENTED, re.MULTILINE)
    assert sorted(documented) == sorted(isthmus.__all__)
    assert [name for name in isthmus.__all__ if not getattr(isthmus, name).__doc__] == []


def test_what_it_does_not_offer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'isthmus' has no attribute 'chekc'"):
        isthmus.chekc  # type: ignore[attr-defined]  # noqa: B018


def test_a_file_is_checked_and_planned() -> None:
    for path in (EXAMPLE, str(EXAMPLE)):
        checked = isthmus.check(path)
        assert checked == checks.check(EXAMPLE)
        assert isinstance(checked.plan, isthmus.Plan)
    assert isthmus.Plan is Plan


def test_text_is_checked_and_planned() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert isthmus.check_text(text).plan == isthmus.check(EXAMPLE).plan


def test_every_problem_is_raised() -> None:
    with pytest.raises(isthmus.TopologyError) as raised:
        isthmus.check_text("name: T\naws: {}\n", file="given")
    error = raised.value
    assert isinstance(error, problems.TopologyError)
    assert [(p.line, p.path) for p in error.problems] == [(1, ("azure",)), (1, ("name",)), (2, ("aws",))]
    assert error.report.startswith("given:1: azure: is missing")


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(isthmus.TopologyError, match=re.escape("none.yaml: no such file")):
        isthmus.check(tmp_path / "none.yaml")


def test_the_program_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [program] = re.findall(r"```python\n(.*?)```", DOCUMENTED, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("isthmus.yaml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    exec(compile(program, "docs/python.md", "exec"), {})
    assert "fra-fra-i0-t1 169.254.21.0/30" in capsys.readouterr().out.splitlines()
    Path("isthmus.yaml").write_text("name: T\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        exec(compile(program, "docs/python.md", "exec"), {})
    assert "('name',)" in capsys.readouterr().out
