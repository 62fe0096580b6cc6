"""The policies of examples/permissions allow every call that the deployments of all examples make, and nothing besides.

It deploys nothing itself: it looks at what was asked of the clouds in the lives of the examples and in the story.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from isthmus.plan import Plan
from isthmus.plan.types import KeySource
from tests.deploy.conftest import ALL
from tests.deploy.emulated import Made
from tests.deploy.story import Story
from tests.deploy.whole import Life
from tests.synth.inside import Synthesized
from tools import permissions

pytestmark = pytest.mark.deploys_last
Json = dict[str, Any]

SITE_ROLE = "sts:AssumeRole"
"""Takes on the role of a site, which may deploy there: not for who only reads."""


def allowed(plan: Plan, *files: str) -> set[str]:
    """What the policies of ``plan`` allow on AWS: those named, or all."""
    policies = permissions.aws_policies(plan)
    return {
        action
        for file in files or policies
        for s in policies[file]["Statement"]
        if s["Effect"] == "Allow"
        for action in s["Action"]
    }


@pytest.mark.parametrize("name", ALL)
def test_what_an_example_asks_for_is_allowed(
    lives: dict[str, Future[Life]], name: str, synthesized: Synthesized
) -> None:
    life, plan = lives[name].result(), synthesized.plan(ALL[name])
    made = permissions.aws_actions(life.made.aws)
    assert "ec2:CreateVpnConnection" in made
    assert made - allowed(plan) == set()
    planned = permissions.aws_actions(life.planned.aws)
    assert planned - allowed(plan, "aws-read.json", "aws-read-keys.json") - {SITE_ROLE} == set()
    # Nothing is written by a plan.
    assert not life.planned.azure
    assert [a for a in planned - {SITE_ROLE} if not a.partition(":")[2].startswith(("Describe", "Get", "List"))] == []
    roles = permissions.azure_roles(plan)
    asked = permissions.azure_actions(life.made.azure)
    assert "Microsoft.Network/connections/write" in asked
    assert asked - set(roles["azure-deploy.json"]["Actions"]) == set()
    assert {action for action in asked if action.endswith("/read")} - set(roles["azure-read.json"]["Actions"]) == set()


def test_what_a_changing_deployment_asks_for_is_allowed(told: Future[Story], synthesized: Synthesized) -> None:
    made = told.result().made
    assert made is not None
    plan = synthesized.plan(ALL["simple"])
    assert permissions.aws_actions(made.aws) - allowed(plan) == set()
    azure = permissions.azure_roles(plan)["azure-deploy.json"]["Actions"]
    assert permissions.azure_actions(made.azure) - set(azure) == set()


def test_nothing_is_allowed_that_nobody_asks_for(
    lives: dict[str, Future[Life]], told: Future[Story], synthesized: Synthesized
) -> None:
    if lives.keys() != ALL.keys():
        pytest.skip("not all examples are deployed in this run")
    story = told.result().made
    assert story is not None
    every: list[Made] = [story, *(life.result().made for life in lives.values())]
    asked = permissions.aws_actions(call for made in every for call in made.aws)
    plans = [synthesized.plan(ALL[name]) for name in ALL]
    policies = {action for plan in plans for action in allowed(plan)}
    assert policies - asked == permissions.UNSEEN.keys() - asked
    # Each with a reason that still holds: what is seen needs none.
    assert permissions.UNSEEN.keys() & asked <= {"ec2:DescribeNetworkInterfaces", "secretsmanager:DescribeSecret"}
    types = {type_ for made in every for _, type_ in made.azure}
    assert types == {*permissions.AZURE_TYPES, *permissions.FLOW_LOG_TYPES}
    assert any(link.keys.source is KeySource.SECRETS_MANAGER for plan in plans for link in plan.links)
