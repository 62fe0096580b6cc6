"""How each stack reaches its account or subscription."""

from __future__ import annotations

import pytest

from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.stacks import Json, one

ACCOUNTS: Json = {
    **{
        f"accounts-{stack}": {"assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/network"}]}
        for stack in ("aws-prod-vpn", "link-prod-prod")
    },
    **{f"accounts-{stack}": {"profile": "test-network"} for stack in ("aws-test-vpn", "link-test-test")},
    **{
        f"accounts-azure-prod-{part}": {
            "subscription_id": "11111111-1111-1111-1111-111111111111",
            "tenant_id": "99999999-9999-9999-9999-999999999999",
        }
        for part in ("network", "gateway", "connections")
    },
    **{
        f"accounts-azure-test-{part}": {"subscription_id": "22222222-2222-2222-2222-222222222222"}
        for part in ("network", "gateway", "connections")
    },
}


def _settings(config: Json) -> Json:
    """What the provider of a stack's cloud is told, without region, features and registrations."""
    (name,) = set(config["provider"]) - {"random"}
    told = one(config["provider"][name])
    assert ("region" in told) == (name == "aws")
    assert ("features" in told) == (name == "azurerm")
    # Else azurerm registers resource providers, which takes a right on the whole subscription.
    assert told.get("resource_provider_registrations") == ("none" if name == "azurerm" else None)
    common = ("region", "features", "resource_provider_registrations")
    return {key: value for key, value in told.items() if key not in common}


def test_each_stack_uses_the_account_of_its_site(synthesized: Synthesized) -> None:
    found = {name: _settings(config) for name, config in synthesized.stacks("accounts").items()}
    assert found == ACCOUNTS


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example not in ("accounts", "subscriptions")])
def test_without_settings_the_environment_decides(synthesized: Synthesized, example: str) -> None:
    assert not any(_settings(config) for config in synthesized.stacks(example).values())


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_stack_has_one_provider_of_its_cloud_and_no_alias(synthesized: Synthesized, example: str) -> None:
    for config in synthesized.stacks(example).values():
        assert all(len(providers) == 1 for providers in config["provider"].values())
        assert not any("alias" in one(providers) for providers in config["provider"].values())


def test_the_sites_of_the_hub_are_in_their_own_regions(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("hub")
    regions = {name: one(c["provider"]["aws"])["region"] for name, c in stacks.items() if "aws" in c["provider"]}
    assert regions == {
        "hub-aws-fra-vpn": "eu-central-1",
        "hub-aws-dub-vpn": "eu-west-1",
        "hub-aws-iad-vpn": "us-east-1",
        "hub-link-fra-hub": "eu-central-1",
        "hub-link-dub-hub": "eu-west-1",
        "hub-link-iad-hub": "us-east-1",
    }
