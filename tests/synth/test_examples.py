"""What holds for the output of every example, whatever kind of link it shows."""

from __future__ import annotations

import re

import pytest
import yaml

from isthmus.observed.flow import UnresolvedError
from isthmus.observed.ordering import in_order
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.stacks import Json, Stacks, blocks, origin, sources, strings
from tests.synth.structure import connections, dependencies, order, remote_states, untagged

pytestmark = pytest.mark.parametrize("example", EXAMPLES)


def _topology(example: str) -> Json:
    loaded: Json = yaml.safe_load(EXAMPLES[example].read_text(encoding="utf-8"))
    return loaded


def _dangling(stacks: Stacks) -> list[str]:
    """References that lead nowhere."""
    found = []
    for stack, config in stacks.items():
        for part in ("resource", "data", "output", "locals"):
            try:
                list(sources(stacks, stack, config.get(part)))
            except UnresolvedError as error:
                found.append(f"{stack}: {error}")
    return found


def test_stacks_wait_for_all_they_read_and_never_for_each_other(synthesized: Synthesized, example: str) -> None:
    stacks, waits = synthesized.stacks(example), dependencies(synthesized.output(example))
    assert {name: remote_states(stacks, name) for name in stacks} == {n: set(others) for n, others in waits.items()}
    assert set(in_order(waits)) == set(stacks)


def test_every_reference_leads_somewhere(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    assert _dangling(stacks) == []
    name = next(name for name in stacks if name.endswith("-connections"))
    (output,) = stacks[name]["output"].values()
    output["value"] = "${azurerm_public_ip.gone.id}"
    assert len(_dangling(stacks)) == 1


def test_azure_connections_are_made_one_after_another(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    for stack in {b.stack for b in connections(stacks)}:
        assert len(order(stacks, stack)) == len([b for b in connections(stacks) if b.stack == stack])


def test_all_that_can_carry_tags_has_the_users_and_our_own(synthesized: Synthesized, example: str) -> None:
    topology = _topology(example)
    assert untagged(synthesized.stacks(example), {"isthmus": topology["name"], **topology.get("tags", {})}) == []


def test_what_users_look_for_is_told_by_every_stack(synthesized: Synthesized, example: str) -> None:
    """Ids that lead to a resource of the same stack, or name what is adopted."""
    stacks = synthesized.stacks(example)
    for name, config in stacks.items():
        told = {key: output for key, output in config["output"].items() if not key.startswith("cross-stack-")}
        if name.endswith("-vpn"):
            assert set(told) == {"gateway_id", "route_table_ids", "subnet_ids", "vpc_id"}
        if "-link-" in name:
            assert set(told) == {"tunnel_outside_addresses", "vpn_connection_ids"}
        for output in told.values():
            assert "sensitive" not in output
            for text in strings(output["value"]):
                if text.startswith("${"):
                    assert origin(stacks, name, text).block.stack == name
                else:
                    assert re.fullmatch(r"(vpc|tgw|rtb|subnet)-[0-9a-f]+", text)


def test_every_stack_has_a_readme_that_names_what_comes_before_it(synthesized: Synthesized, example: str) -> None:
    output = synthesized.output(example)
    for name, others in dependencies(output).items():
        text = (output / "stacks" / name / "README.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {name}\n")
        before = text.partition("## Applied before this one\n\n")[2].partition("\n\n")[0]
        assert set(re.findall(r"- `([^`]+)`", before)) >= set(others)


def test_providers_are_pinned_to_one_version_and_no_credentials_are_written_down(
    synthesized: Synthesized, example: str
) -> None:
    pins = {"aws": "6.25.0", "azurerm": "4.55.0", "random": "3.7.2"}
    for config in synthesized.stacks(example).values():
        wanted = config["terraform"]["required_providers"]
        assert {name: provider["version"] for name, provider in wanted.items()} == {n: pins[n] for n in wanted}
        assert set(config["provider"]) == set(wanted)
        assert not re.search(r"secret_key|access_key|token|password|client_secret", str(config["provider"]))


def test_the_random_provider_is_only_where_keys_are_random(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    made = {b.stack for b in blocks(stacks, "random_password")}
    assert {name for name, config in stacks.items() if "random" in config["provider"]} == made
