"""Logs and alarms of both ends: each watches what it is said to watch, and tells whom it is said to tell."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml

from isthmus.observed import known
from isthmus.observed.types import Tunnel
from tests.synth.inside import Synthesized
from tests.synth.program import EXAMPLES
from tests.synth.stacks import (
    Attribute,
    Block,
    Json,
    Stacks,
    attribute,
    blocks,
    json_of,
    json_of_target,
    one,
    origin,
    tunnels,
)
from tests.synth.topologies import ADOPTED_GATEWAY, GATEWAY_ID, KINDS, VNET_OF_GATEWAY, WORKSPACE_ID, topology

KMS = "arn:aws:kms:eu-central-1:111122223333:key/1b2c"
MONITORING = (
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_metric_alarm",
    "aws_sns_topic",
    "aws_sns_topic_subscription",
    "azurerm_log_analytics_workspace",
    "azurerm_monitor_action_group",
    "azurerm_monitor_diagnostic_setting",
    "azurerm_monitor_metric_alert",
)


def _wanted(example: str) -> Json | None:
    """The section ``monitoring`` of an example; None when it is off."""
    wanted = yaml.safe_load(EXAMPLES[example].read_text(encoding="utf-8")).get("monitoring", {})
    return None if wanted is False else dict(wanted)


MONITORED = {example: wanted for example in EXAMPLES if (wanted := _wanted(example)) is not None}
every_example = pytest.mark.parametrize("example", MONITORED)


def _in_use(stacks: Stacks) -> dict[Block, list[Tunnel]]:
    found: dict[Block, list[Tunnel]] = {}
    for tunnel in tunnels(stacks):
        found.setdefault(json_of(stacks, tunnel.aws.connection), []).append(tunnel)
    return found


def _of_type(stacks: Stacks, stack: str, type_: str) -> list[Block]:
    return list(blocks({stack: stacks[stack]}, type_))


def _of_the_site(stacks: Stacks, user: Block, reference: str, type_: str) -> Block:
    """What ``user``, in the stack of a link, refers to: the only one of its type in the stack of its AWS site."""
    found = origin(stacks, user.stack, reference).block
    assert _of_type(stacks, found.stack, type_) == [found]
    (gateway,) = {
        origin(stacks, c.stack, c.body[side]).block.stack
        for c in _of_type(stacks, user.stack, "aws_vpn_connection")
        for side in ("vpn_gateway_id", "transit_gateway_id")
        if str(c.body.get(side, "")).startswith("${")
    } or {found.stack}
    assert gateway == found.stack
    return found


def test_only_one_example_is_without_monitoring(synthesized: Synthesized) -> None:
    assert set(EXAMPLES) - set(MONITORED) == {"active-standby"}


@pytest.mark.parametrize("unmonitored", ["active-standby", KINDS["static of one tunnel"]])
def test_without_monitoring_nothing_of_it_is_made(synthesized: Synthesized, unmonitored: str) -> None:
    stacks = synthesized.stacks(unmonitored)
    assert list(blocks(stacks, *MONITORING)) == []
    # What is not said stays as it was: logs that go off must be said to be off.
    off = {"cloudwatch_log_options": {"log_enabled": False}}
    for block in blocks(stacks, "aws_vpn_connection"):
        assert [block.body[f"tunnel{number}_log_options"] for number in (1, 2)] == [off, off]


@every_example
def test_every_connection_has_its_alarms(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    watched = Counter[tuple[Attribute, str, str, int, int]]()
    for alarm in blocks(stacks, "aws_cloudwatch_metric_alarm"):
        body = alarm.body
        assert (body["namespace"], body["metric_name"]) == ("AWS/VPN", "TunnelState")
        assert body["treat_missing_data"] == "breaching"
        ((dimension, value),) = body["dimensions"].items()
        target = origin(stacks, alarm.stack, value)
        assert dimension == ("VpnId" if target.name == "id" else "TunnelIpAddress")
        assert target.block.path.rpartition("/")[0] == alarm.path.rpartition("/")[0]
        condition = (body["statistic"], body["comparison_operator"], body["threshold"], body["evaluation_periods"])
        watched[target, *condition] += 1
        topic = _of_the_site(stacks, alarm, body["alarm_actions"][0], "aws_sns_topic")
        for actions in (body["alarm_actions"], body["ok_actions"]):
            assert [origin(stacks, alarm.stack, action) for action in actions] == [Attribute(topic, "arn")]
    wanted = Counter[tuple[Attribute, str, str, int, int]]()
    for connection, used in _in_use(stacks).items():
        # The state of a connection of two tunnels is a fraction: below 1 one is down, at 0 both are.
        assert len(used) == 2
        wanted[Attribute(connection, "id"), "Minimum", "LessThanThreshold", 1, 2] += 1
        wanted[Attribute(connection, "id"), "Maximum", "LessThanOrEqualToThreshold", 0, 1] += 1
    assert watched == wanted


def test_of_a_connection_with_one_tunnel_in_use_only_that_tunnel_is_watched(synthesized: Synthesized) -> None:
    text = topology(link=", routing: static, tunnels: 1", monitoring="{}")
    stacks = synthesized.stacks(text)
    (alarm,) = blocks(stacks, "aws_cloudwatch_metric_alarm")
    (tunnel,) = tunnels(stacks)
    ((dimension, value),) = alarm.body["dimensions"].items()
    assert dimension == "TunnelIpAddress"
    assert origin(stacks, alarm.stack, value) == attribute(stacks, tunnel.azure.peer_address)
    assert (alarm.body["statistic"], alarm.body["comparison_operator"], alarm.body["threshold"]) == (
        "Maximum", "LessThanOrEqualToThreshold", 0
    )  # fmt: skip
    assert alarm.body["treat_missing_data"] == "breaching"


@every_example
def test_people_are_told_by_both_clouds(synthesized: Synthesized, example: str) -> None:
    stacks, people = synthesized.stacks(example), sorted(MONITORED[example].get("notify", []))
    topics = list(blocks(stacks, "aws_sns_topic"))
    assert {t.stack for t in topics} == {name for name in stacks if name.endswith("-vpn")}
    for topic in topics:
        mine = _of_type(stacks, topic.stack, "aws_sns_topic_subscription")
        assert sorted(b.body["endpoint"] for b in mine) == people
        for subscription in mine:
            assert subscription.body["protocol"] == "email"
            assert origin(stacks, topic.stack, subscription.body["topic_arn"]) == Attribute(topic, "arn")
    groups = list(blocks(stacks, "azurerm_monitor_action_group"))
    assert {g.stack for g in groups} == {name for name in stacks if name.endswith("-connections")}
    for group in groups:
        assert sorted(r["email_address"] for r in group.body.get("email_receiver", [])) == people
        assert len({r["name"] for r in group.body.get("email_receiver", [])}) == len(people)
        assert 1 <= len(group.body["short_name"]) <= 12


@every_example
def test_no_address_of_a_person_is_in_a_terraform_address(synthesized: Synthesized, example: str) -> None:
    for block in blocks(synthesized.stacks(example)):
        assert "@" not in block.path
        assert "example" not in block.id  # of @example.com


@every_example
def test_aws_logs_go_to_a_log_group_that_forgets(synthesized: Synthesized, example: str) -> None:
    stacks, wanted = synthesized.stacks(example), MONITORED[example]
    for connection in blocks(stacks, "aws_vpn_connection"):
        named = one(one(connection.body["tunnel1_log_options"])["cloudwatch_log_options"])["log_group_arn"]
        group = _of_the_site(stacks, connection, named, "aws_cloudwatch_log_group")
        assert group.body["retention_in_days"] == wanted.get("log_retention_days", 365)
        assert group.body["name"].startswith("/aws/vendedlogs/")
        assert "kms_key_id" not in group.body
        for number in (1, 2):
            options = one(one(connection.body[f"tunnel{number}_log_options"])["cloudwatch_log_options"])
            kinds = ["", "bgp_"] if wanted.get("bgp_logs") else [""]
            assert set(options) == {
                f"{kind}log_{what}" for kind in kinds for what in ("enabled", "group_arn", "output_format")
            }
            for kind in kinds:
                assert options[f"{kind}log_enabled"] is True
                assert options[f"{kind}log_output_format"] == "json"
                arn = origin(stacks, connection.stack, options[f"{kind}log_group_arn"])
                assert arn == Attribute(group, "arn")


def test_bgp_logs_are_on_in_one_example_only() -> None:
    assert [example for example, wanted in MONITORED.items() if wanted.get("bgp_logs")] == ["complete"]


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ("{tunnel_logs: false}", None),
        (
            "{tunnel_logs: false, bgp_logs: true}",
            {"log_enabled": False, "bgp_log_enabled": True, "bgp_log_output_format": "json"},
        ),
    ],
)
def test_each_kind_of_log_has_its_switch(
    synthesized: Synthesized, switches: str, expected: dict[str, object] | None
) -> None:
    stacks = synthesized.stacks(topology(monitoring=switches))
    groups = list(blocks(stacks, "aws_cloudwatch_log_group"))
    assert len(groups) == (0 if expected is None else 1)
    for connection in blocks(stacks, "aws_vpn_connection"):
        for number in (1, 2):
            told = dict(one(one(connection.body[f"tunnel{number}_log_options"])["cloudwatch_log_options"]))
            if expected is None:
                assert told == {"log_enabled": False}
                continue
            arn = told.pop("bgp_log_group_arn")
            assert told == expected
            assert origin(stacks, connection.stack, arn) == Attribute(groups[0], "arn")
    assert len(list(blocks(stacks, "aws_cloudwatch_metric_alarm"))) == 4


def test_a_log_group_is_encrypted_with_the_key_of_its_site(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks(topology(monitoring=f"{{kms_key_arns: {{fra: '{KMS}'}}}}"))
    (group,) = blocks(stacks, "aws_cloudwatch_log_group")
    assert group.body["kms_key_id"] == KMS


def test_a_topic_is_encrypted_with_the_key_of_its_site_and_else_with_none(synthesized: Synthesized) -> None:
    (topic,) = blocks(synthesized.stacks(topology(monitoring=f"{{kms_key_arns: {{fra: '{KMS}'}}}}")), "aws_sns_topic")
    assert topic.body["kms_master_key_id"] == KMS
    # The key that AWS manages for SNS cannot be used by CloudWatch alarms.
    (plain,) = blocks(synthesized.stacks("simple"), "aws_sns_topic")
    assert "kms_master_key_id" not in plain.body


@every_example
def test_azure_gateways_send_all_their_logs_and_metrics_to_a_workspace(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    for gateway in blocks(stacks, "azurerm_virtual_network_gateway"):
        (setting,) = _of_type(stacks, gateway.stack, "azurerm_monitor_diagnostic_setting")
        assert origin(stacks, gateway.stack, setting.body["target_resource_id"]) == Attribute(gateway, "id")
        assert {log["category"] for log in setting.body["enabled_log"]} == {
            "GatewayDiagnosticLog", "TunnelDiagnosticLog", "RouteDiagnosticLog", "IKEDiagnosticLog"
        }  # fmt: skip
        assert setting.body["enabled_metric"] == [{"category": "AllMetrics"}]
        (workspace,) = _of_type(stacks, gateway.stack, "azurerm_log_analytics_workspace")
        told = origin(stacks, gateway.stack, setting.body["log_analytics_workspace_id"])
        assert told == Attribute(workspace, "id")
        assert workspace.body["retention_in_days"] == MONITORED[example].get("log_retention_days", 365)
        assert workspace.body["location"] == gateway.body["location"]


def test_a_workspace_that_is_adopted_is_not_made(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks(topology(monitoring=f"{{workspace_ids: {{fra: {WORKSPACE_ID}}}}}"))
    assert list(blocks(stacks, "azurerm_log_analytics_workspace")) == []
    (setting,) = blocks(stacks, "azurerm_monitor_diagnostic_setting")
    assert setting.body["log_analytics_workspace_id"] == WORKSPACE_ID


def _alerts(stacks: Stacks, metric: str) -> list[Block]:
    found = blocks(stacks, "azurerm_monitor_metric_alert")
    return [b for b in found if one(b.body["criteria"])["metric_name"] == metric]


@every_example
def test_alerts_are_on_the_gateway_and_tell_the_action_group(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    gateways = {t.azure.connection.root: json_of_target(stacks, t.azure.gateway.target) for t in tunnels(stacks)}
    alerts = list(blocks(stacks, "azurerm_monitor_metric_alert"))
    assert {b.stack for b in alerts} == set(gateways)
    for alert in alerts:
        (scope,) = alert.body["scopes"]
        assert origin(stacks, alert.stack, scope).block == gateways[alert.stack]
        (group,) = _of_type(stacks, alert.stack, "azurerm_monitor_action_group")
        action = one(alert.body["action"])["action_group_id"]
        assert origin(stacks, alert.stack, action) == Attribute(group, "id")
        criteria = one(alert.body["criteria"])
        assert criteria["metric_namespace"] == "Microsoft.Network/virtualNetworkGateways"
    for stack in gateways:
        (busy,) = [b for b in _alerts(stacks, "TunnelAverageBandwidth") if b.stack == stack]
        criteria = one(busy.body["criteria"])
        assert (criteria["aggregation"], criteria["operator"]) == ("Average", "GreaterThan")
        assert one(criteria["dimension"])["values"] == ["*"]


@every_example
def test_the_bgp_sessions_of_each_link_are_watched(synthesized: Synthesized, example: str) -> None:
    stacks = synthesized.stacks(example)
    wanted: dict[str, list[str]] = {}
    for tunnel in tunnels(stacks):
        if not known(tunnel.aws.static):
            link = "/".join(tunnel.azure.connection.path.split("/")[:2])
            wanted.setdefault(link, []).append(known(tunnel.aws.bgp_address))
    watched = {}
    for alert in _alerts(stacks, "BgpPeerStatus"):
        criteria = one(alert.body["criteria"])
        assert (criteria["aggregation"], criteria["operator"], criteria["threshold"]) == ("Maximum", "LessThan", 1)
        dimension = one(criteria["dimension"])
        assert (dimension["name"], dimension["operator"]) == ("BgpPeerAddress", "Include")
        watched["/".join(alert.path.split("/")[:2])] = sorted(dimension["values"])
    assert watched == {link: sorted(addresses) for link, addresses in wanted.items()}
    assert bool(watched) == (example != "static")


@pytest.mark.parametrize(
    ("sku", "megabits"),
    [("VpnGw1AZ", 650), ("VpnGw2AZ, generation: 1", 1_000), ("VpnGw2AZ", 1_250), ("VpnGw5AZ", 1_250)],
)
def test_a_tunnel_is_busy_at_four_fifths_of_what_the_slower_end_carries(
    synthesized: Synthesized, sku: str, megabits: int
) -> None:
    stacks = synthesized.stacks(topology(azure=f"{{sku: {sku}}}", monitoring="{}"))
    (alert,) = _alerts(stacks, "TunnelAverageBandwidth")
    # The metric is in bytes a second.
    assert one(alert.body["criteria"])["threshold"] == megabits * 1_000_000 / 8 * 0.8


def test_the_logs_of_an_adopted_gateway_go_to_the_workspace_that_is_named(synthesized: Synthesized) -> None:
    """Beside what its owner may have set, under a name of the deployment's own."""
    monitoring = f"{{workspace_ids: {{fra: {WORKSPACE_ID}}}}}"
    stacks = synthesized.stacks(topology(azure=ADOPTED_GATEWAY, vnet=VNET_OF_GATEWAY, monitoring=monitoring))
    (setting,) = blocks(stacks, "azurerm_monitor_diagnostic_setting")
    assert setting.stack == "small-azure-fra-connections"
    assert setting.body["target_resource_id"] == GATEWAY_ID
    assert setting.body["log_analytics_workspace_id"] == WORKSPACE_ID
    assert setting.body["name"] == "isthmus-small"
    assert list(blocks(stacks, "azurerm_log_analytics_workspace")) == []


def test_an_adopted_gateway_is_watched_and_keeps_its_own_diagnostics(synthesized: Synthesized) -> None:
    stacks = synthesized.stacks(topology(azure=ADOPTED_GATEWAY, vnet=VNET_OF_GATEWAY, monitoring="{}"))
    alerts = list(blocks(stacks, "azurerm_monitor_metric_alert"))
    assert [b.body["scopes"] for b in alerts] == [[GATEWAY_ID]] * 2
    assert list(blocks(stacks, "azurerm_monitor_diagnostic_setting", "azurerm_log_analytics_workspace")) == []
