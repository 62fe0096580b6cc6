"""Every block is what its provider's schema allows; and the check of that sees what it must."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.schema_check import violations
from tests.synth.schemas import schema_of
from tests.synth.stacks import Json, Stacks, at, blocks
from tests.synth.topologies import KINDS

Change = Callable[[Json], None]

GATEWAY = "vpn/gateway"
CONNECTION = "to-fra/i0-t1/connection"
LOCAL = "to-fra/i0-t1/local-network-gateway"
AWS = "to-fra/i0/connection"


def test_every_block_of_the_example_is_as_its_provider_wants_it(stacks: Stacks) -> None:
    assert violations(stacks) == []


def test_every_block_of_a_mesh_is_as_its_provider_wants_it(mesh: Stacks) -> None:
    assert violations(mesh) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_block_of_every_example_is_as_its_provider_wants_it(synthesized: Synthesized, example: str) -> None:
    assert violations(synthesized.stacks(example)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_block_of_every_kind_of_link_is_as_its_provider_wants_it(synthesized: Synthesized, kind: str) -> None:
    assert violations(synthesized.stacks(KINDS[kind])) == []


def test_the_examples_need_all_three_providers_and_what_only_the_newest_aws_has(synthesized: Synthesized) -> None:
    found = {b.type.partition("_")[0] for example in EXAMPLES for b in blocks(synthesized.stacks(example))}
    assert found == {"aws", "azurerm", "random", "terraform"}
    large = at(synthesized.stacks("tgw-large"), "to-iad/i0/connection").body
    assert large["tunnel_bandwidth"] == "large"
    logs = at(synthesized.stacks("complete"), "to-dub/i0/connection").body["tunnel1_log_options"]
    assert logs["cloudwatch_log_options"]["bgp_log_enabled"] is True


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("keys/i0-t1", lambda body: body.pop("length"), "length: required and missing"),
        ("keys/i0-t1", lambda body: body.update(special="no"), "special: str where a bool must stand"),
        ("keys/i0-t1", lambda body: body.update(keepers={"generation": 2}), "keepers.generation: int where a string"),
        ("keys/i0-t1", lambda body: body.update(letters=True), "letters: there is no such argument"),
        ("monitoring/logs", lambda body: body.update(retention="1"), "retention: there is no such argument"),
        (
            "alerts/alert-bandwidth",
            lambda body: body["criteria"][0].pop("operator"),
            "criteria[0].operator: required and missing",
        ),
    ],
)
def test_what_a_provider_would_refuse_in_keys_and_monitoring_is_reported(
    synthesized: Synthesized, path: str, change: Change, said: str
) -> None:
    stacks = synthesized.stacks("keys-rotation")
    change(at(stacks, path).body)
    found = violations(stacks)
    assert len(found) == 1, found
    assert said in found[0]


def test_the_schema_of_aws_is_read_from_the_bindings() -> None:
    schema = schema_of("resource", "aws_vpn_connection")
    attributes = schema["attributes"]
    assert attributes["customer_gateway_id"] == {"type": "string", "required": True}
    assert attributes["tunnel1_phase1_dh_group_numbers"] == {"type": ["list", "number"], "optional": True}
    assert attributes["static_routes_only"] == {"type": "bool", "optional": True}
    assert attributes["tags"] == {"type": ["map", "string"], "optional": True}
    assert schema["block_types"]["tunnel1_log_options"]["max_items"] == 1
    assert "depends_on" not in attributes


def _put(argument: str, value: object) -> Change:
    return lambda body: body.update({argument: value})


def _drop(argument: str) -> Change:
    return lambda body: body.pop(argument)


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        (CONNECTION, _put("bgp_enabled", True), "bgp_enabled: there is no such argument"),
        (CONNECTION, _drop("type"), "type: required and missing"),
        (CONNECTION, _put("dpd_timeout_seconds", "45"), "dpd_timeout_seconds: str where a number must stand"),
        (CONNECTION, _put("enable_bgp", "yes"), "enable_bgp: str where a bool must stand"),
        (CONNECTION, _put("name", 7), "name: int where a string must stand"),
        (CONNECTION, _put("tags", {"cost": 7}), "tags.cost: int where a string must stand"),
        (
            CONNECTION,
            _put("custom_bgp_addresses", {"secondary": "169.254.21.6"}),
            "custom_bgp_addresses.primary: required and missing",
        ),
        (
            CONNECTION,
            _put("custom_bgp_addresses", [{"primary": "169.254.21.2"}] * 2),
            "custom_bgp_addresses: 2 blocks, where 0 to 1 may stand",
        ),
        (CONNECTION, _put("ipsec_policy", ["strong"]), "ipsec_policy[0]: a block must stand here"),
        (CONNECTION, _put("timeouts", [{"create": "90m"}]), "timeouts: one block must stand here"),
        (GATEWAY, _drop("ip_configuration"), "ip_configuration: required and missing"),
        (GATEWAY, _put("ip_configuration", []), "ip_configuration: 0 blocks"),
        (
            GATEWAY,
            _put("bgp_settings", {"asn": 65010, "peering_addresses": [{"apipa_addresses": "169.254.21.2"}]}),
            "bgp_settings.peering_addresses[0].apipa_addresses: str where a list must stand",
        ),
        (LOCAL, _put("gateway_fqdn", "vpn.example.com"), "exactly one of gateway_address, gateway_fqdn must stand"),
        (LOCAL, _drop("gateway_address"), "exactly one of gateway_address, gateway_fqdn must stand, not none"),
        ("network/vnet", _put("guid", "00000000"), "guid: only the provider sets it"),
        ("network/vnet", _put("address_space", [10]), "address_space[0]: int where a string must stand"),
        ("network/vnet", _put("subnet", [{"nmae": "a"}]), "subnet[0].nmae: there is no such argument"),
        (AWS, _put("tunnel1_dpd_seconds", 45), "tunnel1_dpd_seconds: there is no such argument"),
        (AWS, _drop("customer_gateway_id"), "customer_gateway_id: required and missing"),
        (
            AWS,
            _put("tunnel1_phase1_dh_group_numbers", ["20"]),
            "tunnel1_phase1_dh_group_numbers[0]: str where a number must stand",
        ),
        (AWS, _put("tunnel1_log_options", {"logs": True}), "tunnel1_log_options.logs: there is no such argument"),
        ("network/zones", _put("filter", [{"name": "opt-in-status"}]), "filter[0].values: required and missing"),
    ],
)
def test_what_the_provider_would_refuse_is_reported(stacks: Stacks, path: str, change: Change, said: str) -> None:
    block = at(stacks, path)
    change(block.body)
    found = violations(stacks)
    assert len(found) == 1, found
    assert said in found[0]


def test_arguments_that_need_or_exclude_each_other_are_reported(stacks: Stacks) -> None:
    at(stacks, GATEWAY).body["vpn_client_configuration"] = [
        {"address_space": ["10.99.0.0/24"], "aad_tenant": "https://login.example.com"}
    ]
    monitor: Json = {"name": "x", "target_resource_id": "x", "metric": [{"category": "All"}]}
    monitor["enabled_metric"] = [{"category": "All"}]
    stacks["example-azure-fra-gateway"]["resource"]["azurerm_monitor_diagnostic_setting"] = {"logs": monitor}
    found = "\n".join(violations(stacks))
    assert "vpn_client_configuration[0].aad_tenant: needs vpn_client_configuration.0.aad_issuer beside it" in found
    assert "metric: not together with enabled_metric" in found


def test_a_reference_may_stand_for_any_type(stacks: Stacks) -> None:
    body = at(stacks, CONNECTION).body
    body["dpd_timeout_seconds"] = body["tags"] = "${var.any}"
    assert violations(stacks) == []


def test_a_type_without_a_schema_is_reported(stacks: Stacks) -> None:
    stacks["example-azure-fra-network"]["resource"]["azurerm_lb"] = {"a": {}}
    stacks["example-aws-fra-vpn"]["resource"]["aws_vpn_tunnel"] = {"a": {}}
    assert len(violations(stacks)) == 2


def test_the_schemas_name_no_argument_that_terraform_itself_takes(stacks: Stacks) -> None:
    for block in blocks(stacks):
        if not block.type.startswith("terraform_"):
            assert not {"lifecycle", "provider"} & set(schema_of(block.mode, block.type)["attributes"])
