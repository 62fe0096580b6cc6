"""What the pipelines of examples/pipelines run: check and cost, plans of the stacks, the comment on a pull request.

``python -m tools.pipeline report|plan|comment``; ``--help`` says more. It needs the standard library and this folder
alone, so that the comment can be written by a job that installs nothing of the pull request. What it reads from
``--report`` may have been written by the pull request's own code: it is shown, never believed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, Literal

from isthmus.render.markdown import is_rendered

PROJECT: Final = Path(__file__).resolve().parent.parent
MARKER: Final = "<!-- isthmus pipeline -->"
"""The first line of the comment, by which the next run finds it."""

SHOWN: Final = {"check": "", "cost": "What it costs a month", "plan": "Sites and tunnels"}
"""The commands whose Markdown is in the comment, in this order, with what it is called where it is folded."""

MOST: Final = 15_000
"""Characters of one block of a comment."""

MOST_OF_ALL: Final = 60_000
"""Characters of a comment. GitHub takes 65,536."""

MOST_STACKS: Final = 200
"""Rows of the table of plans."""

LIST_PAGES: Final = 20
"""Pages of a hundred comments that are looked through for the former one."""

_OUTPUT = re.compile(r"data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)")
_REFERENCE = "cross-stack-reference-input-"
_NOT_PLAIN = re.compile(r"[^\w.\-\[\]\"/ (),:]", re.ASCII)
_CONTROLS = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]"
)
"""What could move on a terminal, hide text or turn its direction; a line's end is none."""

Status = Literal["unchanged", "changes", "waits", "keys", "failed"]
_SAID: Final[dict[str, str]] = {
    "unchanged": "no changes",
    "changes": "changes",
    "waits": "not planned: an upstream stack has to be deployed first",
    "keys": "not planned here: its state holds pre-shared keys",
    "failed": "**the plan failed**: see the log of the job",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What came of the plan of one stack: ``changes`` are pairs of action and address, ``waits_for`` other stacks."""

    stack: str
    status: Status
    changes: tuple[tuple[str, str], ...] = ()
    waits_for: tuple[str, ...] = ()


class PlanError(Exception):
    """A terraform command failed; the text is what it said."""


# Check and cost


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
    environ = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


# Plans


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
    for line in _CONTROLS.sub("", text).splitlines():
        print(f"| {line}")
    sys.stdout.flush()


# The comment


def comment(folder: Path) -> str:
    """The comment in Markdown, out of what the other commands wrote into ``folder``."""
    said = {command: _read(folder / f"{command}.md") for command in SHOWN}
    parts = [MARKER, "## Isthmus", _shown(said.pop("check")) or "The check has not run: see the log of the job."]
    parts += [_details(SHOWN[command], _shown(text)) for command, text in said.items() if text]
    found = {one["stack"]: one for name in ("plan.json", "plan-keys.json") for one in _planned(_read(folder / name))}
    table, blocks = _plans(list(found.values())[:MOST_STACKS])
    parts += ["### Plan of each stack", table]
    room = MOST_OF_ALL - sum(map(len, parts))
    for block in blocks:
        room -= len(block)
        if room < 0:
            parts.append("The other stacks' changes are in the log of the job.")
            break
        parts.append(block)
    return "\n\n".join(parts) + "\n"


def _read(file: Path) -> str:
    if file.is_symlink() or not file.is_file():
        return ""
    with file.open(encoding="utf-8", errors="replace") as opened:
        return opened.read(1_000_000)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _shown(text: str) -> str:
    """Markdown as it is where it is what isthmus writes; anything else, which a pull request may write, as text."""
    if not is_rendered(text):
        return _block(text)
    lines = text.splitlines(keepends=True)
    kept = [line for line, length in zip(lines, accumulate(map(len, lines)), strict=True) if length <= MOST]
    cut = "" if len(kept) == len(lines) else "\n\nCut here: the log of the job has all of it."
    return "".join(kept).rstrip() + cut


def _planned(text: str) -> list[dict[str, Any]]:
    found = _json(text)
    listed = found if isinstance(found, list) else []
    return [one for one in listed if isinstance(one, dict) and isinstance(one.get("stack"), str)]


def _plans(found: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """A table of the stacks, and a block for each that has changes."""
    if not found:
        return "No stack was planned: a fork has no access to the clouds, or see the log of the job.", []
    rows = ["| stack | |", "|---|---|"]
    blocks = []
    for one in found:
        said = _SAID.get(str(one.get("status")), "not known")
        changes = one.get("changes")
        pairs = [c for c in changes if isinstance(c, list) and len(c) == 2] if isinstance(changes, list) else []
        if one.get("status") == "changes":
            said = f"{len(pairs)} changes" if len(pairs) != 1 else "1 change"
            said = said if pairs else "only outputs change"
        rows.append(f"| `{_plain(one['stack'])}` | {said} |")
        if pairs:
            blocks.append(_folded(_plain(one["stack"]), "\n".join(f"{_plain(a)}: {_plain(b)}" for a, b in pairs)))
    return "\n".join(rows), blocks


def _plain(value: object) -> str:
    """A name with nothing in it that Markdown or HTML would read."""
    return _NOT_PLAIN.sub("?", str(value))[:100]


def _folded(title: str, text: str) -> str:
    return _details(title, _block(text))


def _details(title: str, shown: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{shown}\n\n</details>"


def _block(text: str) -> str:
    """A code block that its text cannot end."""
    clean = _CONTROLS.sub("", text)
    if len(clean) > MOST:
        clean = clean[:MOST] + "\n… cut here: the log of the job has all of it"
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", clean)), default=0))
    return f"{fence}text\n{clean.rstrip()}\n{fence}"


def post(body: str, environ: dict[str, str], number: str) -> str:
    """Write ``body`` as the comment, over the former one where there is one; what was done.

    Raises:
        OSError: the service cannot be reached or refuses.
        KeyError: not in a job of GitHub or GitLab, or without a token.
    """
    if "GITHUB_REPOSITORY" in environ:
        base = f"{environ['GITHUB_API_URL']}/repos/{environ['GITHUB_REPOSITORY']}/issues"
        header = {"Authorization": f"Bearer {environ['GITHUB_TOKEN']}", "Accept": "application/vnd.github+json"}
        notes, one, method = f"{base}/{number}/comments", f"{base}/comments", "PATCH"
    else:
        project = f"{environ['CI_API_V4_URL']}/projects/{environ['CI_PROJECT_ID']}"
        notes = one = f"{project}/merge_requests/{number}/notes"
        header, method = {"PRIVATE-TOKEN": environ["ISTHMUS_NOTE_TOKEN"]}, "PUT"

    def call(how: str, url: str, value: Any = None) -> Any:
        data = None if value is None else json.dumps(value).encode()
        headers = {**header, "Content-Type": "application/json", "User-Agent": "isthmus"}
        # The service's own address, from the environment that it gives to the job.
        request = urllib.request.Request(url, data=data, method=how, headers=headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    former = _former(lambda page: call("GET", f"{notes}?per_page=100&page={page}"))
    if former is None:
        call("POST", notes, {"body": body})
        return "commented"
    call(method, f"{one}/{former}", {"body": body})
    return "updated the comment"


def _former(page: Callable[[int], Any]) -> int | None:
    """The id of the comment that an earlier run wrote. One of a person that begins in the same way is not taken."""
    for number in range(1, LIST_PAGES + 1):
        listed = page(number)
        for note in listed:
            writer = note.get("user") or note.get("author") or {}
            robot = writer.get("type") == "Bot" or writer.get("bot") or "_bot" in writer.get("username", "")
            if robot and str(note.get("body", "")).startswith(MARKER):
                return int(note["id"])
        if len(listed) < 100:
            return None
    return None


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.pipeline", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("report", help="run isthmus check, cost and plan; write what they say as Markdown")
    one.add_argument("--report", type=Path, default=Path("report"), help="the folder to write to")
    one = commands.add_parser("plan", help="plan the stacks in the order of apply; fails where a plan fails")
    one.add_argument("--keys", choices=("without", "only", "all"), default="all", help="stacks with pre-shared keys")
    one.add_argument("--folder", type=Path, default=PROJECT / "cdktf.out", help="what isthmus synth wrote")
    one.add_argument("--out", type=Path, default=Path("report/plan.json"), help="the file to write")
    one = commands.add_parser("comment", help="show check, cost and plans on the pull request")
    one.add_argument("--report", type=Path, default=Path("report"), help="the folder to read")
    one.add_argument("--number", default=os.environ.get("CI_MERGE_REQUEST_IID", ""), help="of the pull request")
    given = parser.parse_args(arguments)
    if given.command == "report":
        return report(given.report)
    if given.command == "plan":
        return plan_all(given.folder, given.out, keys=given.keys)
    body = comment(given.report)
    if not given.number:
        print(body)
        return 0
    if not given.number.isdecimal():
        parser.error(f"--number: {given.number!a} is not the number of a pull request")
    try:
        print(post(body, dict(os.environ), given.number))
    except (KeyError, OSError) as error:
        what = f"{error.args[0]} is not set" if isinstance(error, KeyError) else str(error)
        print(f"the comment was not written: {what}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
