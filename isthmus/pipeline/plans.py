"""Runs check, cost and the plans of the stacks in a job, and writes what came of them for the comment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from isthmus.pipeline.comment import CONTROLS, SHOWN

_OUTPUT = re.compile(r"data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)")
_REFERENCE = "cross-stack-reference-input-"
Status = Literal["unchanged", "changes", "waits", "keys", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What came of the plan of one stack: ``changes`` are pairs of action and address, ``waits_for`` other stacks."""

    stack: str
    status: Status
    changes: tuple[tuple[str, str], ...] = ()
    waits_for: tuple[str, ...] = ()


class PlanError(Exception):
    """A terraform command failed; the text is what it said."""


def report(folder: Path) -> int:
    """Write what isthmus says into ``folder``, as Markdown; the exit code of the first command that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    for command in SHOWN:
        done = _isthmus(command, "--markdown")
        (folder / f"{command}.md").write_text(done.stdout, encoding="utf-8")
        _show(done.stdout + done.stderr)
        if done.returncode:
            return done.returncode
    return 0


def _isthmus(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "isthmus", *arguments]
    environ = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


class Stacks:
    """The synthesized stacks, in the order of apply."""

    def __init__(self, folder: Path) -> None:
        listed = _isthmus("workspaces", "--json")
        if listed.returncode:
            raise PlanError(listed.stdout + listed.stderr)
        self.steps: list[dict[str, Any]] = json.loads(listed.stdout)
        self._folder = folder
        self._initialized: set[str] = set()
        self._outputs: dict[str, set[str]] = {}

    def holds_keys(self, stack: str) -> bool:
        """Whether pre-shared keys are in its state, or in one that it reads."""
        [step] = [step for step in self.steps if step["stack"] == stack]
        return bool(step["keys"]) or any(self.holds_keys(read) for read in step["reads"])

    def missing(self, stack: str) -> tuple[str, ...]:
        """The upstream stacks whose state lacks an output that ``stack`` refers to.

        They have not been deployed yet, or not since the output was added. Told from the states themselves: what
        terraform says of a missing output is also what it says of a mistake.
        """
        text = (self._folder / stack / "cdk.tf.json").read_text(encoding="utf-8")
        wanted = {(name.removeprefix(_REFERENCE), output) for name, output in _OUTPUT.findall(text)}
        return tuple(sorted({name for name, output in wanted if output not in self._outputs_of(name)}))

    def _outputs_of(self, stack: str) -> set[str]:
        if stack not in self._outputs:
            state = self.run(stack, "state", "pull").stdout
            self._outputs[stack] = set(json.loads(state).get("outputs", {})) if state.strip() else set()
        return self._outputs[stack]

    def run(self, stack: str, *arguments: str, codes: Sequence[int] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run terraform in the folder of ``stack``.

        Raises:
            PlanError: it ended with another exit code than ``codes``, or there is no terraform.
        """
        if stack not in self._initialized:
            self._initialized.add(stack)
            self.run(stack, "init", "-input=false", "-no-color")
        command = [os.environ.get("TERRAFORM_BINARY_NAME", "terraform"), *arguments]
        try:
            done = subprocess.run(command, cwd=self._folder / stack, capture_output=True, text=True, check=False)
        except OSError as error:
            raise PlanError(f"{command[0]} in {stack}: {error.strerror}: was `isthmus synth` run?") from None
        if done.returncode not in codes:
            # Standard output of `state pull` is the state itself.
            said = done.stderr if arguments[0] in ("state", "show") else done.stdout + done.stderr
            raise PlanError(said or f"terraform {arguments[0]} ended with {done.returncode}")
        return done


def plan(stacks: Stacks, *, keys: str) -> Iterator[Planned]:
    """Plan the stacks, in order. ``keys`` is ``without`` (none that holds pre-shared keys), ``only`` or ``all``."""
    for step in stacks.steps:
        stack = step["stack"]
        if keys == "only" and not stacks.holds_keys(stack):
            continue
        if keys == "without" and stacks.holds_keys(stack):
            yield Planned(stack=stack, status="keys")
            continue
        print(f"== {stack}", flush=True)
        try:
            missing = stacks.missing(stack)
            yield Planned(stack=stack, status="waits", waits_for=missing) if missing else _plan(stacks, stack)
        except PlanError as error:
            _show(str(error))
            yield Planned(stack=stack, status="failed")


def _plan(stacks: Stacks, stack: str) -> Planned:
    # The file has everything in clear that the state has.
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "tfplan"))
        # Without a lock: it would take a right to write, and a plan that is only shown needs none.
        words = ("plan", "-input=false", "-no-color", "-lock=false", "-detailed-exitcode", f"-out={file}")
        done = stacks.run(stack, *words, codes=(0, 2))
        _show(done.stdout)
        if not done.returncode:
            return Planned(stack=stack, status="unchanged")
        shown = json.loads(stacks.run(stack, "show", "-json", file).stdout)
    changes = [("/".join(c["change"]["actions"]), c["address"]) for c in shown.get("resource_changes", [])]
    return Planned(
        stack=stack, status="changes", changes=tuple(change for change in changes if change[0] not in ("no-op", "read"))
    )


def plan_all(folder: Path, out: Path, *, keys: str) -> int:
    """Plan as :func:`plan` does and write what came of it as JSON; 1 where a plan failed."""
    try:
        planned = list(plan(Stacks(folder / "stacks"), keys=keys))
    except PlanError as error:
        _show(str(error))
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps([asdict(one) for one in planned], indent=1) + "\n", encoding="utf-8")
    for one in planned:
        print(f"{one.stack}: {one.status}{' for ' + ', '.join(one.waits_for) if one.waits_for else ''}")
    counts = {"create": 0, "update": 0, "delete": 0}
    for actions, _ in (change for one in planned for change in one.changes):
        for action in actions.split("/"):
            counts[action] = counts.get(action, 0) + 1
    # What GitLab shows in the merge request by itself.
    out.with_suffix(".gitlab.json").write_text(json.dumps(counts) + "\n", encoding="utf-8")
    return int(any(one.status == "failed" for one in planned))


def _show(text: str) -> None:
    """Print what a program said, so that no line of it is a command of the service that runs the job."""
    for line in CONTROLS.sub("", text).splitlines():
        print(f"| {line}")
    sys.stdout.flush()
