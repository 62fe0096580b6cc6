"""What the check of a topology says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isthmus.plan import Plan
from isthmus.problems import Problem, TopologyError, dotted
from isthmus.views.types import Figure, Section, Sentence, Table, View, columns, row


def good_view(file: str, plan: Plan, warnings: Sequence[Problem]) -> View:
    """A topology without errors: what it has, and the warnings."""
    verdict = Sentence(f"{file}: good: {contents(plan)}", "lead")
    sections = (verdict, _table(warnings)) if warnings else (verdict,)
    return View("Check", sections, data={"file": file, "ok": True, "problems": problems_data(file, warnings)})


def refused_view(error: TopologyError) -> View:
    """A topology that is refused, with all of its problems."""
    sections: list[Section] = [Sentence(f"{error.file}: refused", "lead"), _table(error.problems)]
    if not error.complete:
        sections.append(Sentence("Some checks were skipped: fix the errors above and run again."))
    problems = problems_data(error.file, error.problems)
    data = {"file": error.file, "ok": False, "whole": error.complete, "problems": problems}
    return View("Check", tuple(sections), data=data)


def contents(plan: Plan) -> str:
    """How much there is of everything: ``1 AWS site, 1 Azure site, 1 link, 4 tunnels``."""
    counts = {
        "AWS site": len(plan.aws),
        "Azure site": len(plan.azure),
        "link": len(plan.links),
        "tunnel": sum(len(link.tunnels) for link in plan.links),
    }
    return ", ".join(count(number, what) for what, number in counts.items())


def count(number: int, what: str) -> str:
    """A number with its noun, in the plural unless it is one."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def problems_data(file: str | None, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems as plain values."""
    return [
        {"file": file, "line": p.line, "path": dotted(p.path), "severity": str(p.severity), "text": p.text}
        for p in problems
    ]


def _table(problems: Sequence[Problem]) -> Table:
    rows = (row(Figure(p.line) if p.line else "", str(p.severity), dotted(p.path), p.text) for p in problems)
    return Table("problems", "Problems", columns("Line:", "Severity", "Key", "Problem"), tuple(rows))
