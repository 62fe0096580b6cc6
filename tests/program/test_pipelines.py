"""The pipelines that people copy: valid, what each job may do, and the comment that they write."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from isthmus import __version__
from isthmus.cli import app
from isthmus.pipeline.comment import MARKER, comment, post
from isthmus.pipeline.plans import _show

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "examples" / "pipelines"
Json = dict[str, Any]
CDKTF = "umask 077 && npx --yes cdktf-cli@0.21.0 deploy '*' --auto-approve"
PLAIN = {"name", "permissions", "env", "jobs"}
"""The keys of the workflow but for what starts it."""


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def github() -> Json:
    return dict(yaml.safe_load(text("github-actions.yml")))


@pytest.fixture(scope="module")
def gitlab() -> Json:
    return dict(yaml.safe_load(text("gitlab-ci.yml")))


def scripts(job: Json) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("github-actions.yml", ["--builtin-schema", "vendor.github-workflows"]),
        ("gitlab-ci.yml", ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]),
    ],
)
def test_it_is_valid_by_the_published_schema(name: str, options: list[str]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", *options, str(FOLDER / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_is_pinned_to_a_commit_with_its_version() -> None:
    uses = re.findall(r"^\s*(?:- )?uses: (.*)$", text("github-actions.yml"), re.MULTILINE)
    assert len(uses) > 10
    assert [u for u in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", u)] == []
    # One action, one commit.
    assert len({u.partition("@")[0] for u in uses}) == len(set(uses))


def test_the_workflow_gives_no_right_and_each_job_its_own(github: Json) -> None:
    assert github["permissions"] == {}
    read, cloud, write = {"contents": "read"}, {"id-token": "write"}, {"pull-requests": "write"}
    assert {name: job["permissions"] for name, job in github["jobs"].items()} == {
        "check": read,
        "plan": read | cloud,
        "plan-keys": read | cloud,
        "comment": read | write,
        "comment-keys": read | write,
        "deploy": read | cloud,
    }


def test_only_what_landed_runs_in_production(github: Json) -> None:
    jobs = github["jobs"]
    assert {name: job.get("environment") for name, job in jobs.items() if "environment" in job} == {
        "plan-keys": "plan",
        "deploy": "production",
    }
    assert jobs["deploy"]["if"] == "github.event_name == 'push'"
    assert jobs["deploy"]["concurrency"] == {"group": "network-production", "cancel-in-progress": False}
    assert scripts(jobs["deploy"])[-1] == CDKTF
    assert [name for name, job in jobs.items() if "--auto-approve" in " ".join(scripts(job))] == ["deploy"]
    # pull_request_target would run the code of a fork with the rights of main.
    # YAML 1.1 reads the key "on" as true.
    [triggers] = [value for key, value in github.items() if key not in PLAIN]
    assert triggers == {"pull_request": None, "push": {"branches": ["main"]}}


def test_no_checkout_leaves_a_token_behind(github: Json) -> None:
    checkouts = [
        (name, step["with"])
        for name, job in github["jobs"].items()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert {name for name, _ in checkouts} == github["jobs"].keys()
    assert all(given["persist-credentials"] is False for _, given in checkouts)


def test_the_comment_is_written_by_the_program_of_the_base(github: Json) -> None:
    for name in ("comment", "comment-keys"):
        job = github["jobs"][name]
        assert job["steps"][0]["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
        # What a pull request brings is never run with the right to write.
        assert scripts(job) == ['pip install "$ISTHMUS"', 'isthmus pipeline comment --number "$NUMBER"']


def test_a_fork_gets_no_token_for_the_clouds(github: Json, gitlab: Json) -> None:
    jobs = github["jobs"]
    assert jobs["plan"]["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert jobs["plan-keys"]["needs"] == "plan"
    [rule] = gitlab["plan"]["rules"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"]


def test_roles_differ_by_what_a_job_may_do(github: Json, gitlab: Json) -> None:
    found = {
        name: step["with"]["role-to-assume"].rpartition("/")[2]
        for name, job in github["jobs"].items()
        for step in job["steps"]
        if step.get("uses", "").startswith("aws-actions/")
    }
    assert found == {"plan": "isthmus-read", "plan-keys": "isthmus-plan", "deploy": "isthmus-deploy"}
    roles = {
        name: job["variables"]["AWS_ROLE_ARN"]
        for name, job in gitlab.items()
        if isinstance(job, dict) and "extends" in job
    }
    assert {name: role.rpartition("/")[2] for name, role in roles.items()} == {
        "plan": "isthmus-read",
        "plan-main": "isthmus-plan",
        "deploy": "isthmus-deploy",
    }


def test_gitlab_gives_tokens_to_jobs_that_need_them_and_deploys_by_hand(gitlab: Json) -> None:
    assert [name for name, job in gitlab.items() if isinstance(job, dict) and "id_tokens" in job] == [".terraform"]
    assert {name for name, job in gitlab.items() if isinstance(job, dict) and job.get("extends") == ".terraform"} == {
        "plan",
        "plan-main",
        "deploy",
    }
    deploy = gitlab["deploy"]
    assert deploy["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", "when": "manual"}]
    assert deploy["environment"] == {"name": "production"}
    assert (deploy["allow_failure"], deploy["needs"]) == (False, ["plan-main"])
    assert deploy["resource_group"] == "network-production"
    assert deploy["script"] == [CDKTF]


def test_no_failure_is_hidden(github: Json, gitlab: Json) -> None:
    for name in ("github-actions.yml", "gitlab-ci.yml"):
        assert not re.search(r"\|\||continue-on-error|set \+e|allow_failure: true", text(name))
    assert "isthmus pipeline plan --keys without" in scripts(github["jobs"]["plan"])
    assert gitlab["plan"]["script"] == ["isthmus pipeline plan --keys without"]
    assert gitlab["plan-main"]["script"] == ["isthmus pipeline plan --keys all"]


def test_they_run_commands_that_there_are() -> None:
    both = text("github-actions.yml") + text("gitlab-ci.yml")
    used = set(re.findall(r"(?:run: |- |&& )isthmus (pipeline \w+|\w+)", both))
    assert used == {"check", "synth", "pipeline report", "pipeline plan", "pipeline comment"}
    for command in (*used, "cost", "workspaces"):
        assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_they_install_this_version_and_the_cdktf_cli_of_the_lock(name: str) -> None:
    assert f"/isthmus-{__version__}-py3-none-any.whl" in text(name)
    cli = json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))["dependencies"]["cdktf-cli"]
    assert set(re.findall(r"cdktf-cli@(\S+)", text(name))) == {cli}


@pytest.mark.parametrize("number", ["0", "x", "-1"])
def test_a_number_that_is_none_of_a_pull_request_is_bad_input(number: str) -> None:
    assert CliRunner().invoke(app, ["pipeline", "comment", "--number", number]).exit_code == 2


def test_without_a_number_the_comment_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI_MERGE_REQUEST_IID", raising=False)
    done = CliRunner().invoke(app, ["pipeline", "comment", "--report", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (0, comment(tmp_path))


# What the jobs run

TOPOLOGY = """
name: shown
aws:
  fra: {region: eu-central-1, network: {cidr: 10.10.0.0/16}}
azure:
  fra: {region: germanywestcentral, network: {cidr: %s}}
"""


def reported(tmp_path: Path, cidr: str) -> tuple[int, str]:
    file = tmp_path / "mine.yaml"
    file.write_text(TOPOLOGY % cidr, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISTHMUS_TOPOLOGY", str(file))
        done = CliRunner().invoke(app, ["pipeline", "report", "--report", str(tmp_path / "report")])
    return done.exit_code, comment(tmp_path / "report")


def test_the_comment_shows_check_and_cost(tmp_path: Path) -> None:
    code, body = reported(tmp_path, "10.20.0.0/16")
    assert code == 0
    mine = str(tmp_path / "mine.yaml").replace("_", "\\_")
    head = f"{MARKER}\n\n## Isthmus\n\n### Check\n\n**{mine}: good: 1 AWS site, 1 Azure site, 1 link, 4 tunnels**"
    assert body.startswith(head)
    assert "<summary>What it costs a month</summary>\n\n### Cost\n\n" in body
    assert "\n| gateway VpnGw1AZ | \\$0.25 / h | 730 | ≤ 182.50 | bound" in body
    assert "<summary>Sites and tunnels</summary>\n\n### Plan of shown\n\n" in body
    assert "\n| fra-fra-i0-t1 | shown-fra-fra-i0 tunnel 1 |" in body
    assert "No stack was planned" in body


def test_a_refused_topology_fails_and_is_shown(tmp_path: Path) -> None:
    code, body = reported(tmp_path, "10.10.0.0/16")
    assert code == 2
    assert "mine.yaml: refused**" in body
    assert "\n| 6 | error | azure.fra.network.cidr | 10.10.0.0/16 overlaps " in body
    assert "### Cost" not in body


FORGED = "x`|</details>\n```\n## Approved @everyone <img src=x> \x1b[31m\u202e![a](b)"


def test_nothing_forged_reaches_the_markdown(tmp_path: Path) -> None:
    """What a pull request's own code may have written is shown as text, in code blocks that it cannot end."""
    for name in ("check.md", "cost.md", "plan.md"):
        (tmp_path / name).write_text(f"### Check\n\n{FORGED}\n````` end", encoding="utf-8")
    one = {"stack": FORGED, "status": "changes", "changes": [["create", FORGED], "x", [1]]}
    (tmp_path / "plan.json").write_text(json.dumps([one, {"stack": 3}, "x"]), encoding="utf-8")
    body = comment(tmp_path)
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", body, flags=re.MULTILINE | re.DOTALL)
    for hostile in ("Approved @", "<img", "![a]", "\x1b", "\u202e", "end"):
        assert hostile not in outside
    assert outside.count("</details>") == outside.count("<details>") == 3
    assert "\x1b" not in body
    assert "\u202e" not in body


@pytest.mark.parametrize("broken", ["", "{", "[]", "null", "[" * 100_000, '{"problems": 3}', '[{"stack": "a"}]'])
def test_a_broken_report_is_no_traceback(tmp_path: Path, broken: str) -> None:
    for name in ("check.md", "plan.json", "plan-keys.json"):
        (tmp_path / name).write_text(broken, encoding="utf-8")
    assert comment(tmp_path).startswith(MARKER)


def test_a_comment_fits(tmp_path: Path) -> None:
    for name, text in (("check.md", "x" * 2_000_000), ("cost.md", "- x\n" * 500_000), ("plan.md", "`x`\n" * 500_000)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "plan.json").write_text(
        json.dumps(
            [{"stack": f"s{n}", "status": "changes", "changes": [["create", "a" * 300]] * 200} for n in range(9)]
        ),
        encoding="utf-8",
    )
    # GitHub takes 65,536 characters.
    assert len(comment(tmp_path)) <= 65_000


class Service(BaseHTTPRequestHandler):
    """As much of both services as the comment needs."""

    notes: list[Json]
    asked: list[tuple[str, str]]

    def _do(self) -> None:
        self.asked.append((self.command, self.path))
        assert self.headers["Authorization"] == "Bearer t" or self.headers["PRIVATE-TOKEN"] == "t"
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        answer: Any = {}
        if self.command == "GET":
            answer = self.notes
        elif self.command == "POST":
            bot = {"type": "Bot", "username": "project_1_bot_2"}
            self.notes.append({"id": 9, "user": bot, "author": bot, **body})
        else:
            self.notes[-1] |= body
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = _do  # noqa: N815 - the names that the class calls

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    person = {"type": "User", "username": "mallory"}
    Service.notes = [{"id": 1, "user": person, "author": person, "body": f"{MARKER} mine"}]
    Service.asked = []
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("environ", "method", "path"),
    [
        ({"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "t"}, "PATCH", "/repos/a/b/issues/comments/9"),
        ({"CI_PROJECT_ID": "5", "ISTHMUS_NOTE_TOKEN": "t"}, "PUT", "/projects/5/merge_requests/3/notes/9"),
    ],
)
def test_the_second_comment_replaces_the_first(service: str, environ: dict[str, str], method: str, path: str) -> None:
    given = {**environ, "GITHUB_API_URL": service, "CI_API_V4_URL": service}
    assert post(f"{MARKER} one", given, "3") == "commented"
    assert post(f"{MARKER} two", given, "3") == "updated the comment"
    # What a person wrote with the same first line stays.
    assert [note["body"] for note in Service.notes] == [f"{MARKER} mine", f"{MARKER} two"]
    assert Service.asked[-1] == (method, path)


def test_without_a_token_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REPOSITORY", "CI_API_V4_URL"):
        monkeypatch.delenv(name, raising=False)
    done = CliRunner().invoke(app, ["pipeline", "comment", "--report", str(tmp_path), "--number", "3"])
    assert (done.exit_code, done.stderr) == (1, "the comment was not written: CI_API_V4_URL is not set\n")


def test_no_line_of_a_program_is_a_command_of_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    _show("fine\n::set-env name=x::y\r\n##[command]z\x1b[2J\r::error::w")
    assert capsys.readouterr().out == "| fine\n| ::set-env name=x::y\n| ##[command]z::error::w\n"
