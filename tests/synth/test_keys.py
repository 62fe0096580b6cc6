"""Keys are never written out, never shown, and only ever of one tunnel; they are what both clouds take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.synth.changes import changes
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES, PROJECT, contents
from tests.synth.stacks import Attribute, Json, Stacks, at, blocks, origin, sources, strings, tunnels
from tests.synth.topologies import KINDS

CONNECTIONS, LINK = "example-azure-fra-connections", "example-link-fra-fra"
VARIABLES, SECRET, ROTATION = (f"keys-{kind}-link-fra-fra" for kind in ("variable", "secret", "rotation"))

TUNNELS = ("i0-t1", "i0-t2", "i1-t1", "i1-t2")
# What both clouds take, written down here anew: AWS wants 8 to 64 of these and no 0 first, Azure no hyphen.
COMMON = re.compile(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}")


def _is_secret(source: Attribute) -> bool:
    """Whether an attribute is a key or has one in it; a block as a whole has."""
    block, name = source.block, source.name
    match block.type:
        case "aws_vpn_connection":
            return name in ("", "customer_gateway_configuration") or name.endswith("preshared_key")
        case "azurerm_virtual_network_gateway_connection":
            return name in ("", "shared_key")
        case "random_password":
            return name != "id"
        case "aws_secretsmanager_secret_version":
            return name not in ("id", "arn", "version_id")
        case "var":
            return bool(block.body.get("sensitive"))
    return False


def _exposed(stacks: Stacks) -> list[str]:
    """Outputs that show a key and are not sensitive."""
    return [
        f"{stack}.{name}"
        for stack, config in stacks.items()
        for name, output in config.get("output", {}).items()
        if output.get("sensitive") is not True and any(map(_is_secret, sources(stacks, stack, output["value"])))
    ]


def _carrying(stacks: Stacks, stack: str) -> list[str]:
    """The outputs of ``stack`` that have a key in them."""
    outputs = stacks[stack]["output"]
    return [name for name, o in outputs.items() if any(map(_is_secret, sources(stacks, stack, o["value"])))]


@pytest.mark.parametrize("topology", [*EXAMPLES, KINDS["keys in Secrets Manager"]])
def test_no_output_shows_a_key(synthesized: Synthesized, topology: str) -> None:
    stacks = synthesized.stacks(topology)
    assert _exposed(stacks) == []
    carrying = [name for stack in stacks for name in _carrying(stacks, stack)]
    assert len(carrying) == len(tunnels(stacks))
    assert all(name.startswith("cross-stack-output-") for name in carrying)


def _readable(stacks: Stacks, stack: str) -> set[str]:
    """The tunnels whose keys whoever reads the state of ``stack`` can read: its own, and what it reads of others."""
    found: set[str] = set()
    reads = [f"{key.removeprefix('cross-stack-reference-input-')}" for key in _remote_states(stacks[stack])]
    for name in (stack, *reads):
        for block in blocks({name: stacks[name]}):
            if block.type == "aws_vpn_connection":
                link = block.stack.partition("-link-")[2]
                found |= {f"{link}-{block.path.split('/')[-2]}-t{number}" for number in (1, 2)}
    return found


def _remote_states(config: Json) -> Json:
    found: Json = config.get("data", {}).get("terraform_remote_state", {})
    return found


@pytest.mark.parametrize("topology", ["accounts", "hub", PROJECT / "tests" / "data" / "mesh.yaml"])
def test_a_state_has_the_keys_of_its_own_links_and_no_others(synthesized: Synthesized, topology: str | Path) -> None:
    """Terraform copies all outputs of a state that a stack reads into the state of the reader."""
    stacks, plan = synthesized.stacks(topology), synthesized.plan(topology)
    own: dict[str, set[str]] = {}
    for link in plan.links:
        azure = plan.azure_by_key[link.azure]
        names = {tunnel.name for connection in link.connections for tunnel in connection.tunnels}
        for stack in (link.stack, azure.stacks.connections):
            own[stack] = own.get(stack, set()) | names
    assert len(own) > len(plan.links)
    assert {stack: _readable(stacks, stack) for stack in stacks} == {stack: own.get(stack, set()) for stack in stacks}


def test_a_stack_that_reads_the_state_of_another_link_is_seen(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("hub")
    stacks["hub-azure-hub-network"]["data"] = {
        "terraform_remote_state": {"cross-stack-reference-input-hub-link-dub-hub": {}}
    }
    assert "dub-hub-i0-t1" in _readable(stacks, "hub-azure-hub-network")


@pytest.mark.parametrize(
    "value",
    [
        "${aws_vpn_connection.to-fra_i0_connection_A8484937.tunnel1_preshared_key}",
        {"keys": ["${aws_vpn_connection.to-fra_i0_connection_A8484937.tunnel1_preshared_key}"]},
        "${aws_vpn_connection.to-fra_i0_connection_A8484937}",
        "${aws_vpn_connection.to-fra_i0_connection_A8484937.customer_gateway_configuration}",
        "${upper(aws_vpn_connection.to-fra_i0_connection_A8484937.tunnel1_preshared_key)}",
    ],
)
def test_an_output_that_shows_a_key_is_seen(stacks: Stacks, value: object) -> None:
    stacks[LINK]["output"]["shown"] = {"value": value}
    assert _exposed(stacks) == [f"{LINK}.shown"]


@pytest.mark.parametrize("example", ["simple", "keys-rotation", "keys-variable", "keys-secret"])
def test_a_key_that_crosses_a_stack_and_is_then_shown_is_seen(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    connection = at(stacks, "to-fra/i0-t1/connection")
    stacks[connection.stack]["output"]["shown"] = {"value": connection.body["shared_key"]}
    aws = at(stacks, "to-fra/i0/connection")
    wanted = {f"{connection.stack}.shown"}
    if "tunnel1_preshared_key" in aws.body:
        stacks[aws.stack]["output"]["shown"] = {"value": aws.body["tunnel1_preshared_key"]}
        wanted.add(f"{aws.stack}.shown")
    assert set(_exposed(stacks)) == wanted


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_key_is_written_out(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    for block in blocks(stacks):
        for argument, value in block.body.items():
            if re.fullmatch(r".*(shared_key|password|secret)", argument):
                (source,) = sources(stacks, block.stack, value)
                assert _is_secret(source)


def test_without_a_source_of_ones_own_aws_makes_the_keys(stacks: Stacks) -> None:
    for block in blocks(stacks, "aws_vpn_connection"):
        assert not any(argument.endswith("preshared_key") for argument in block.body)
    for block in blocks(stacks, "azurerm_virtual_network_gateway_connection"):
        assert origin(stacks, block.stack, block.body["shared_key"]).name.endswith("preshared_key")


# Random keys


def test_random_keys_are_letters_and_digits_behind_a_letter(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("keys-rotation")
    found = list(blocks(stacks, "random_password"))
    assert len(found) == 4
    for block in found:
        body = {name: value for name, value in block.body.items() if name not in ("//", "keepers")}
        # Upper and lower case and digits are the provider's defaults.
        assert body == {"length": 47, "special": False}
        assert 8 <= len("k") + body["length"] <= 64
    for tunnel in tunnels(stacks):
        # The letter in front is a part of the key, and is not shown.
        assert re.fullmatch(r"<[0-9a-f]{12}>\$\{[^${}]+\.result\}", str(tunnel.azure.key))
        assert tunnel.azure.key == tunnel.aws.key


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=47, max_size=47))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_whatever_random_key_comes_out_both_clouds_take_it(synthesized: Synthesized, result: str) -> None:
    key = f"k{result}"
    assert COMMON.fullmatch(key)
    assert _pattern(synthesized.stacks("keys-variable")[VARIABLES]["variable"]["psk_fra_fra_i0_t1"]).fullmatch(key)


@pytest.mark.parametrize(("number", "tunnel"), list(enumerate(TUNNELS, start=1)))
def test_a_higher_generation_changes_the_key_of_one_tunnel_at_both_ends(
    synthesized: Synthesized, number: int, tunnel: str
) -> None:
    generations = {1: 2, 2: 1, 3: 1, 4: 1}
    text = EXAMPLES["keys-rotation"].read_text(encoding="utf-8")
    old, new = (_generations(g) for g in (generations, generations | {number: generations[number] + 1}))
    assert old in text
    bumped = text.replace(old, new)
    before, after = synthesized.stacks("keys-rotation"), synthesized.stacks(bumped)
    (change,) = changes(before, after)
    password = at(after, f"to-fra/keys/{tunnel}")
    wanted = f"{password.stack}.resource.{password.type}.{password.id}.keepers.generation"
    assert (change.path, change.before, change.after) == (
        wanted, str(generations[number]), str(generations[number] + 1)
    )  # fmt: skip
    assert _differing(synthesized.output("keys-rotation"), synthesized.output(bumped)) == [
        f"stacks/{ROTATION}/cdk.tf.json"
    ]
    uses = f"{password.full_address}.result"
    of = [t for t in tunnels(after) if uses in str(t.azure.key)]
    assert [(t.azure.connection.path.split("/")[-2], uses in str(t.aws.key)) for t in of] == [(tunnel, True)]
    assert len([b for b in blocks(after, "aws_vpn_connection") if password.address in "".join(strings(b.body))]) == 1


def _generations(numbers: dict[int, int]) -> str:
    return "{" + ", ".join(f"{tunnel}: {generation}" for tunnel, generation in numbers.items()) + "}"


def _differing(one: Path, other: Path) -> list[str]:
    first, second = contents(one), contents(other)
    assert set(first) == set(second)
    return [name for name in first if first[name] != second[name]]


# Keys by variable


def _pattern(variable: Json) -> re.Pattern[str]:
    """The pattern of a variable's validation. RE2's ``$`` is the end of the text, which Python spells otherwise."""
    (rule,) = variable["validation"]
    match = re.fullmatch(r"\$\{can\(regex\(\"(\^[^\"]+)\$\", var\.\w+\)\)\}", rule["condition"])
    assert match, rule
    return re.compile(match[1] + r"\Z")


def test_every_tunnel_has_a_sensitive_variable_of_its_own(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("keys-variable")
    variables = stacks[VARIABLES]["variable"]
    assert list(variables) == [f"psk_fra_fra_{tunnel.replace('-', '_')}" for tunnel in TUNNELS]
    assert not [name for name, config in stacks.items() if name != VARIABLES and "variable" in config]
    for variable in variables.values():
        assert variable["sensitive"] is True
        assert variable["nullable"] is False
        assert variable["type"] == "string"
        assert "default" not in variable
    for tunnel in tunnels(stacks):
        name = f"psk_fra_fra_{tunnel.azure.connection.path.split('/')[-2].replace('-', '_')}"
        assert str(tunnel.azure.key) == str(tunnel.aws.key) == f"${{{VARIABLES}/var.{name}}}"
        rule = variables[name]["validation"][0]
        assert f"var.{name}))" in rule["condition"]
        # terraform wants a sentence that ends.
        assert rule["error_message"].endswith(".")


def test_the_patterns_of_keys_are_what_terraforms_regular_expressions_know(synthesized: Synthesized) -> None:
    """RE2 has no look-around, no back reference, no possessive quantifier and no atomic group."""
    for example in ("keys-variable", "keys-secret"):
        text = "".join(strings(synthesized.stacks(example)))
        found = set(re.findall(r'regex\("([^"]+)"', text))
        assert len(found) == 1
        assert not re.search(r"\(\?|\\\d|[*+?}][+]", found.pop())


@pytest.mark.parametrize(
    ("key", "taken"),
    [
        ("abcdefgh", True),
        ("a" * 64, True),
        ("1.b_cD9e", True),
        ("_.......", True),
        ("01234567", False),
        ("a-bcdefgh", False),
        ("abcdefg", False),
        ("a" * 65, False),
        ("abcdefgh\n", False),
        ("abc defgh", False),
        ("abcdefgh~", False),
        ("äbcdefgh", False),
        ("", False),
    ],
)
def test_terraform_refuses_a_key_that_a_cloud_would_refuse(synthesized: Synthesized, key: str, taken: bool) -> None:
    for variable in synthesized.stacks("keys-variable")[VARIABLES]["variable"].values():
        assert bool(_pattern(variable).match(key)) is bool(COMMON.fullmatch(key)) is taken


def test_the_readme_of_the_links_stack_names_each_variable_and_no_other_readme_does(synthesized: Synthesized) -> None:
    output = synthesized.output("keys-variable")
    names = synthesized.stacks("keys-variable")[VARIABLES]["variable"]
    for file in output.glob("stacks/*/README.md"):
        told = re.findall(r"`(psk_\w+)` \| `TF_VAR_(psk_\w+)` \| ([\w-]+) \|", file.read_text(encoding="utf-8"))
        wanted = [(name, name, f"fra-fra-{t}") for name, t in zip(names, TUNNELS, strict=True)]
        assert told == (wanted if file.parent.name == VARIABLES else [])


# Keys from a secret


def test_of_a_secret_only_the_keys_of_the_tunnels_leave_the_stack(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks("keys-secret")
    key_names = {
        name: re.fullmatch(
            r"\$\{jsondecode\(data\.aws_secretsmanager_secret_version\.[\w-]+\.secret_string\)"
            r"\[\"([\w-]+)\"\]\}",
            value,
        )
        for name, value in stacks[SECRET]["locals"].items()
    }
    assert [match and match[1] for match in key_names.values()] == [f"fra-fra-{tunnel}" for tunnel in TUNNELS]
    carrying = [stacks[SECRET]["output"][name] for name in _carrying(stacks, SECRET)]
    assert [o["value"] for o in carrying] == [f"${{local.{name}}}" for name in key_names]
    for tunnel in tunnels(stacks):
        assert f'["fra-fra-{tunnel.azure.connection.path.split("/")[-2]}"]' in str(tunnel.azure.key)
    reading = {b.stack for b in blocks(stacks, "aws_secretsmanager_secret_version")}
    assert reading == {SECRET}


def test_a_secret_is_looked_up_and_its_keys_are_checked_before_use(synthesized: Synthesized) -> None:
    (secret,) = blocks(synthesized.stacks("keys-secret"), "aws_secretsmanager_secret_version")
    assert secret.mode == "data"
    assert secret.body["secret_id"] == "vpn/payments"
    (rule,) = secret.body["lifecycle"]["postcondition"]
    for tunnel in TUNNELS:
        assert f'"fra-fra-{tunnel}"' in rule["condition"]
    assert "jsondecode(self.secret_string)[name]" in rule["condition"]


def test_aws_keeps_a_key_in_secrets_manager_when_told_to(synthesized: Synthesized) -> None:
    for example, storage in (("keys-variable", "SecretsManager"), ("keys-rotation", "Standard")):
        for block in blocks(synthesized.stacks(example), "aws_vpn_connection"):
            assert block.body.get("preshared_key_storage") == storage


def test_a_key_that_aws_hides_is_not_set_anew_at_each_run(synthesized: Synthesized) -> None:
    """AWS tells a key that it keeps in Secrets Manager as REDACTED, which is never what was configured."""
    keys = ["tunnel1_preshared_key", "tunnel2_preshared_key"]
    for example, ignored in (("keys-variable", {"ignore_changes": keys}), ("keys-rotation", None)):
        found = [b.body.get("lifecycle") for b in blocks(synthesized.stacks(EXAMPLES[example]), "aws_vpn_connection")]
        assert found == [ignored, ignored]
