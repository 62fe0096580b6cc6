"""The comment on a pull request. What it reads may have been written by the pull request's own code: it is shown, never
believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from isthmus.render.markdown import is_rendered

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

_NOT_PLAIN = re.compile(r"[^\w.\-\[\]\"/ (),:]", re.ASCII)
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
"""What could move on a terminal, hide text or turn its direction; a line's end is none."""

_SAID: Final[dict[str, str]] = {
    "unchanged": "no changes",
    "changes": "changes",
    "waits": "not planned: an upstream stack has to be deployed first",
    "keys": "not planned here: its state holds pre-shared keys",
    "failed": "**the plan failed**: see the log of the job",
}


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
    clean = CONTROLS.sub("", text)
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

    import urllib.request

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
