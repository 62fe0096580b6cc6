"""Emulated clouds, a few at a time, and the lives of all examples, which begin in the background with the first test.

Nearly all the time of a deployment is the AWS provider's own: it waits ten seconds after each VPC, gateway and
connection before it first asks whether it is there.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import TypeVar

import pytest

from isthmus.plan.order import steps
from tests.deploy.deployment import Deployment
from tests.deploy.documented import documented_line
from tests.deploy.emulated import Emulated, emulated, with_providers
from tests.deploy.foreseen import BASE, CHANGES, Passage, go_through
from tests.deploy.story import CHAPTERS, Story, tell
from tests.deploy.whole import Life, live
from tests.needs import terraform_with_aws
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLE, EXAMPLES, PROJECT, run

ALL: dict[str, Path] = {"isthmus": EXAMPLE, **EXAMPLES}
WORKERS = 5

UP = """
name: up
aws:
  fra: {region: eu-central-1, network: {cidr: 10.10.0.0/16}}
azure:
  fra: {region: germanywestcentral, network: {cidr: 10.20.0.0/16}}
links:
  - {aws: fra, azure: fra, psk: {source: random}}
monitoring: false
"""

Deploy = Callable[..., Deployment]


T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for the background comes last: meanwhile the other tests of the whole suite run."""
    items.sort(key=lambda item: item.get_closest_marker("deploys_last") is not None)


@pytest.fixture(scope="session", autouse=True)
def _here() -> None:
    terraform_with_aws()


@dataclass(frozen=True, slots=True)
class Background:
    """What is under way in the background."""

    lives: dict[str, Future[Life]]
    story: Future[Story] | None
    demo: Future[CompletedProcess[str]] | None
    documented: Future[CompletedProcess[str]] | None
    up: Future[Deployment] | None
    passages: dict[str, Future[dict[str, Passage]]]


@pytest.fixture(scope="session")
def background(
    _here: None, request: pytest.FixtureRequest, synthesized: Synthesized, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Background]:
    """Begins the lives of all examples that are asked for, and the story, each on clouds that it has for itself."""
    items = [item for item in request.session.items if "tests/deploy/" in item.nodeid]
    asked = {
        str(item.callspec.params["name"])
        for item in items
        if isinstance(item, pytest.Function) and hasattr(item, "callspec") and "name" in item.callspec.params
    }
    # Longest first, so that none is left alone at the end. jsii is for one thread, so all is synthesized before.
    names = sorted(asked & ALL.keys(), key=lambda name: -len(synthesized.plan(ALL[name]).aws))
    modules = {Path(item.nodeid.partition("::")[0]).name for item in items}
    shown, tampered, documented = (
        name in modules for name in ("test_demo.py", "test_tampering.py", "test_documented.py")
    )
    told = bool(modules & {"test_changes.py", "test_permissions.py"})
    outputs = {name: (synthesized.output(t), _order(synthesized, t)) for name, t in CHAPTERS.items()} if told else {}
    changes = {"base": BASE, **CHANGES} if "test_foreseen.py" in modules else {}
    ends = {name: (synthesized.output(text), synthesized.plan(text)) for name, text in changes.items()}
    # Two deployments, each through half of the changes.
    halves = [list(CHANGES)[number::2] for number in range(2)] if changes else []
    folder = tmp_path_factory.mktemp("background")
    free: queue.Queue[Emulated] = queue.Queue()

    def alone(work: Callable[[Emulated], T]) -> T:
        clouds = free.get()
        try:
            return work(clouds)
        finally:
            free.put(clouds)

    up = (synthesized.output(UP), _order(synthesized, UP)) if tampered else None
    with ExitStack() as stack, ThreadPoolExecutor(WORKERS + 2) as workers:
        started = [f"clouds{number}" for number in range(min(WORKERS, len(names) + told + len(halves)))] + [
            "apart"
        ] * tampered
        running = dict(
            zip(started, workers.map(lambda name: stack.enter_context(emulated(folder / name)), started), strict=True)
        )
        apart = running.pop("apart", None)
        for clouds in running.values():
            free.put(clouds)
        deployed = workers.submit(_applied, *up, folder / "up", apart) if up and apart else None
        story = workers.submit(alone, partial(tell, outputs, folder / "story")) if told else None
        demo = workers.submit(run, *_demo(folder), env=with_providers()) if shown else None
        as_documented = workers.submit(documented_line, folder / "documented") if documented else None
        passages: dict[str, Future[dict[str, Passage]]] = {}
        for number, half in enumerate(halves):
            gone = workers.submit(alone, partial(go_through, ends, half, folder / f"changes{number}"))
            passages |= dict.fromkeys(half, gone)
        lives = {}
        for name in names:
            work = partial(live, synthesized.plan(ALL[name]), synthesized.output(ALL[name]), folder / name)
            lives[name] = workers.submit(alone, work)
        yield Background(lives, story, demo, as_documented, deployed, passages)
        workers.shutdown(cancel_futures=True)


def _demo(folder: Path) -> tuple[str | Path, ...]:
    return PROJECT / "tools" / "demo.py", "--report", folder / "report.html"


@pytest.fixture(scope="session")
def lives(background: Background) -> dict[str, Future[Life]]:
    """The lives of all examples, under way."""
    return background.lives


@pytest.fixture(scope="session")
def told(background: Background) -> Future[Story]:
    """The story of a deployment that changes, under way."""
    assert background.story is not None
    return background.story


@pytest.fixture(scope="session")
def passages(background: Background) -> dict[str, Future[dict[str, Passage]]]:
    """The passages through each change and back, under way."""
    return background.passages


@pytest.fixture(scope="session")
def demo(background: Background) -> Future[CompletedProcess[str]]:
    """What `make demo` runs, under way."""
    assert background.demo is not None
    return background.demo


@pytest.fixture(scope="session")
def documented(background: Background) -> Future[CompletedProcess[str]]:
    """The line of README.md that deploys on emulated clouds, under way."""
    assert background.documented is not None
    return background.documented


def _applied(synthesized: Path, order: list[str], folder: Path, clouds: Emulated) -> Deployment:
    deployment = Deployment(synthesized, order, folder, clouds)
    deployment.apply()
    deployment.agree(4)
    return deployment


@pytest.fixture(scope="session")
def up(background: Background) -> Deployment:
    """A link of four tunnels, deployed on clouds of its own."""
    assert background.up is not None
    return background.up.result()


def _order(synthesized: Synthesized, topology: str | Path) -> list[str]:
    return [step.stack for step in steps(synthesized.plan(topology))]


@pytest.fixture(scope="module")
def clouds(background: Background, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    """Clouds of a module's own, in which nothing goes wrong by itself."""
    with emulated(tmp_path_factory.mktemp("clouds")) as running:
        yield running


@pytest.fixture(scope="module")
def deploy(clouds: Emulated, synthesized: Synthesized, tmp_path_factory: pytest.TempPathFactory) -> Deploy:
    """Gives a topology's stacks a folder of their own; applies nothing yet."""

    def made(topology: str | Path, **variables: str) -> Deployment:
        folder = tmp_path_factory.mktemp("deployment")
        return Deployment(synthesized.output(topology), _order(synthesized, topology), folder, clouds, **variables)

    return made
