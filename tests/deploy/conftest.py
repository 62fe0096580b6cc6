"""Emulated clouds, a few at a time, and the lives of all examples, which begin in the background with the first test.

Nearly all the time of a deployment is the AWS provider's own: it waits ten seconds after each VPC, gateway and
connection before it first asks whether it is there.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from isthmus.plan import Plan
from isthmus.plan.order import steps
from tests.deploy.deployment import Deployment
from tests.deploy.emulated import Emulated, emulated
from tests.deploy.whole import Life, live
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLE, EXAMPLES
from tools import terraform

ALL: dict[str, Path] = {"isthmus": EXAMPLE, **EXAMPLES}
WORKERS = 4

Deploy = Callable[..., Deployment]


def unavailable() -> str | None:
    """What this machine lacks."""
    try:
        terraform.binary()
    except terraform.UnavailableError as error:
        return str(error)
    if terraform.mirrored("aws") is None:
        return f"no mirror has the AWS provider: set {terraform.MIRROR_VARIABLE}"
    return None


@pytest.fixture(scope="session", autouse=True)
def _here() -> None:
    missing = unavailable()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"CI must deploy: {missing}")
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """The output of any topology, each synthesized once."""
    return Synthesized(tmp_path_factory.mktemp("synthesized"))


@pytest.fixture(scope="session")
def lives(
    _here: None, request: pytest.FixtureRequest, synthesized: Synthesized, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Life]]]:
    """The lives of all examples, under way."""
    free: queue.Queue[Emulated] = queue.Queue()
    folder = tmp_path_factory.mktemp("lives")

    def one(name: str, plan: Plan, output: Path) -> Life:
        clouds = free.get()
        try:
            return live(plan, output, folder / name, clouds)
        finally:
            free.put(clouds)

    # Longest first, so that none is left alone at the end.
    asked = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    names = sorted(asked & ALL.keys(), key=lambda name: -len(synthesized.plan(ALL[name]).aws))
    with ExitStack() as stack, ThreadPoolExecutor(WORKERS) as workers:
        for number in range(min(WORKERS, len(names))):
            free.put(stack.enter_context(emulated(folder / f"clouds{number}")))
        yield {
            name: workers.submit(one, name, synthesized.plan(ALL[name]), synthesized.output(ALL[name]))
            for name in names
        }
        workers.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def clouds(lives: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    """Clouds of a module's own, in which nothing goes wrong by itself."""
    with emulated(tmp_path_factory.mktemp("clouds")) as running:
        yield running


@pytest.fixture(scope="module")
def deploy(clouds: Emulated, synthesized: Synthesized, tmp_path_factory: pytest.TempPathFactory) -> Deploy:
    """Gives a topology's stacks a folder of their own; applies nothing yet."""

    def made(topology: str | Path, **variables: str) -> Deployment:
        order = [step.stack for step in steps(synthesized.plan(topology))]
        return Deployment(
            synthesized.output(topology), order, tmp_path_factory.mktemp("deployment"), clouds, **variables
        )

    return made
