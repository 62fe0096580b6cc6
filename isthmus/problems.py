"""What is wrong with a topology, said once, in the user's words.

A problem has one shape everywhere: where it is (line and path), what stands there, what is allowed and
what to do about it. ``Problem.render`` is the only place that decides how that looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from isthmus.printable import one_line

KeyPath = tuple[str | int, ...]
"""The way from the top of the topology to a value: ``("links", 0, "slot")``."""


class Severity(StrEnum):
    """``error`` stops everything; ``warning`` is said and then passed over."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, or (as a warning) worth knowing before anything is bought.

    ``text`` reads "what stands there and why not: what is allowed; what to do".
    ``line`` counts from 1; 0 means the file as a whole.
    """

    text: str
    path: KeyPath = ()
    line: int = 0
    severity: Severity = Severity.ERROR

    def render(self, file: str) -> str:
        """``isthmus.yaml:12: aws.fra.gateway.asn: 65515 …``, one line, for a terminal or an editor.

        Whatever stands in the file or its name, it is one line and nothing in it is a command.
        """
        parts = [f"{file}:{self.line}" if self.line else file]
        if self.severity is Severity.WARNING:
            parts.append("warning")
        if self.path:
            parts.append(dotted(self.path))
        return one_line(": ".join([*parts, self.text]))


class TopologyError(Exception):
    """A topology that cannot be used. Carries every problem found; its ``str`` is what a user is shown.

    Where it is not ``complete``, parts were too broken for the rules that hang on them: ``report`` says so besides.
    """

    def __init__(self, file: str, problems: tuple[Problem, ...], *, complete: bool = True) -> None:
        self.file = file
        self.problems = problems
        self.complete = complete
        super().__init__("\n".join(problem.render(file) for problem in problems))

    @property
    def report(self) -> str:
        """Every problem in a line, and in the last whether there may be more."""
        if self.complete:
            return str(self)
        return f"{self}\n{one_line(self.file)}: some checks were skipped: fix the errors above and run again"


def dotted(path: KeyPath) -> str:
    """``("links", 0, "slot")`` as ``links[0].slot``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
