"""Logs and alarms: that each says what it means."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from isthmus.plan.types import AwsMonitoring, AzureMonitoring, TunnelAlarm, TunnelLogs
from tests.unit.plans import ONE, one, plan_of


def alarms(link: str = "", azure: str = "") -> list[TunnelAlarm]:
    """The alarms of the first connection."""
    return list(one(link=link, azure=azure).links[0].connections[0].alarms)


def fires(alarm: TunnelAlarm, states: list[float]) -> bool:
    """What CloudWatch makes of a period's values of TunnelState."""
    value = {"Minimum": min, "Maximum": max}[alarm.statistic](states)
    if alarm.comparison == "LessThanThreshold":
        return value < alarm.threshold
    assert alarm.comparison == "LessThanOrEqualToThreshold"
    return value <= alarm.threshold


@pytest.mark.parametrize(
    ("states", "degraded", "down"),
    [
        ([1.0, 1.0], False, False),
        # "Values between 0 and 1 indicate at least one tunnel is not UP."
        ([0.5, 0.5], True, False),
        ([1.0, 0.5], True, False),
        ([1.0, 0.0], True, False),
        ([0.0, 0.0], True, True),
    ],
)
def test_connection_of_two_tunnels(states: list[float], degraded: bool, down: bool) -> None:
    found = {alarm.key: alarm for alarm in alarms()}
    assert {key: fires(alarm, states) for key, alarm in found.items()} == {"degraded": degraded, "down": down}


def test_connection_of_two_tunnels_in_numbers() -> None:
    said = [(a.key, a.name, a.statistic, a.comparison, a.threshold, a.evaluation_periods, a.tunnel) for a in alarms()]
    assert said == [
        ("degraded", "t-a-b-i0-degraded", "Minimum", "LessThanThreshold", 1.0, 2, None),
        ("down", "t-a-b-i0-down", "Maximum", "LessThanOrEqualToThreshold", 0.0, 1, None),
    ]


@pytest.mark.parametrize(("link", "azure"), [("routing: static, tunnels: 1", ""), ("", "mode: active-standby")])
def test_connection_of_one_tunnel(link: str, azure: str) -> None:
    """The other tunnel is always down: only the one in use tells anything."""
    [alarm] = alarms(link, azure)
    assert (alarm.key, alarm.tunnel) == ("down", 1)
    assert [fires(alarm, [state]) for state in (0.0, 1.0)] == [True, False]


def test_static_connection_has_the_same_alarms() -> None:
    assert [a.key for a in alarms("routing: static")] == ["degraded", "down"]


def test_bgp_alert_watches_awss_addresses() -> None:
    """Azure reports a peer for both instances, of which one has it: the maximum says whether it is up."""
    link = one().links[0]
    [alert] = link.alerts
    assert (alert.metric, alert.aggregation, alert.operator, alert.threshold) == (
        "BgpPeerStatus", "Maximum", "LessThan", 1.0
    )  # fmt: skip
    assert (alert.dimension.name, alert.dimension.values) == (
        "BgpPeerAddress",
        ("169.254.21.1", "169.254.22.1", "169.254.21.5", "169.254.22.5"),
    )


def test_static_link_has_no_bgp_alert() -> None:
    assert one(link="routing: static").links[0].alerts == ()


@pytest.mark.parametrize(
    ("sku", "mbps"), [("VpnGw1AZ", 650), ("VpnGw2AZ, generation: 1", 1000), ("VpnGw2AZ", 1250), ("VpnGw5AZ", 1250)]
)
def test_bandwidth_alert_is_four_fifths_of_what_a_tunnel_carries(sku: str, mbps: int) -> None:
    monitoring = one(azure=f"sku: {sku}").azure[0].monitoring
    assert monitoring
    alert = monitoring.bandwidth_alert
    assert alert.threshold == mbps * 100_000
    assert (alert.dimension.name, alert.dimension.values) == ("ConnectionName", ("*",))


def test_bandwidth_alert_knows_large_tunnels() -> None:
    """5 Gbit/s on AWS, and 2.3 in one tunnel of VpnGw5AZ."""
    monitoring = one(aws="kind: tgw, bandwidth: large", azure="sku: VpnGw5AZ").azure[0].monitoring
    assert monitoring
    assert monitoring.bandwidth_alert.threshold == 2300 * 100_000


def both(rest: str) -> tuple[AwsMonitoring, AzureMonitoring]:
    plan = one(rest=rest)
    ours, theirs = plan.aws[0].monitoring, plan.azure[0].monitoring
    assert ours
    assert theirs
    return ours, theirs


def test_what_goes_without_saying() -> None:
    ours, theirs = both("")
    assert (ours.log_group, ours.tunnel_logs, ours.bgp_logs, ours.kms_key_arn) == (
        "/aws/vendedlogs/t-aws-a-vpn", True, False, None
    )  # fmt: skip
    assert ours.retention_days == theirs.retention_days == 365
    assert (theirs.workspace, theirs.workspace_id) == ("t-azure-b-vpn", None)
    assert theirs.log_categories == (
        "GatewayDiagnosticLog", "TunnelDiagnosticLog", "RouteDiagnosticLog", "IKEDiagnosticLog"
    )  # fmt: skip
    assert ours.recipients == theirs.recipients == ()


@pytest.mark.parametrize(
    ("logs", "kept"),
    [
        ("tunnel_logs: true", True),
        ("tunnel_logs: false", False),
        ("tunnel_logs: false, bgp_logs: true", True),
    ],
)
def test_log_group_only_where_something_is_logged(logs: str, kept: bool) -> None:
    assert both(f"monitoring: {{{logs}}}")[0].keeps_logs is kept


def test_adopted_key_and_workspace() -> None:
    arn = "arn:aws:kms:eu-central-1:111122223333:key/1b2c"
    group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/logs"
    workspace = f"{group}/providers/Microsoft.OperationalInsights/workspaces/logs"
    ours, theirs = both(
        f"monitoring: {{log_retention_days: 90, kms_key_arns: {{a: '{arn}'}}, workspace_ids: {{b: {workspace}}}}}"
    )
    assert (ours.kms_key_arn, theirs.workspace_id) == (arn, workspace)
    assert ours.retention_days == theirs.retention_days == 90


def test_an_id_in_the_portals_spelling_is_brought_to_the_providers() -> None:
    group = "/SUBSCRIPTIONS/00000000-0000-0000-0000-00000000000A/resourcegroups/Logs"
    given = f"{group}/providers/microsoft.operationalinsights/WORKSPACES/logs"
    _, theirs = both(f"monitoring: {{workspace_ids: {{b: {given}}}}}")
    assert theirs.workspace_id == (
        "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/Logs/providers"
        "/Microsoft.OperationalInsights/workspaces/logs"
    )


def test_recipients_are_the_same_on_both_ends_in_any_order() -> None:
    ours, theirs = both("monitoring: {notify: [ops@example.com, noc@example.com]}")
    assert ours == both("monitoring: {notify: [noc@example.com, ops@example.com]}")[0]
    assert ours.recipients == theirs.recipients
    assert [r.email for r in ours.recipients] == ["noc@example.com", "ops@example.com"]


def test_key_of_a_recipient_hides_the_address() -> None:
    """Keys are Terraform addresses, which are shown wherever Terraform shows anything."""
    keys = [r.key for r in both("monitoring: {notify: [ops@example.com, noc@example.com]}")[0].recipients]
    assert len(set(keys)) == 2
    assert [key for key in keys if not re.fullmatch("notify-[0-9a-f]{8}", key)] == []


def test_recipient_keeps_its_key_when_others_come_and_go() -> None:
    alone = both("monitoring: {notify: [ops@example.com]}")[0].recipients
    among = both("monitoring: {notify: [a@example.com, ops@example.com, z@example.com]}")[0].recipients
    assert alone[0] in among


def test_off_means_off() -> None:
    plan, off = one(), one(rest="monitoring: false")
    assert (off.aws[0].monitoring, off.azure[0].monitoring) == (None, None)
    assert [c.alarms for c in off.links[0].connections] == [(), ()]
    assert off.links[0].alerts == ()
    # Said to be off, and not left out: AWS would go on writing.
    silent = TunnelLogs(tunnel=False, tunnel_format=None, bgp=None, bgp_format=None)
    assert [c.logs for c in off.links[0].connections] == [silent, silent]
    connections = tuple(replace(c, alarms=(), logs=silent) for c in plan.links[0].connections)
    assert off.links[0] == replace(plan.links[0], connections=connections, alerts=())


def test_short_name_fits_azures_twelve() -> None:
    plan = plan_of(ONE.replace("name: t", "name: payments-production"))
    assert plan.azure[0].monitoring
    assert plan.azure[0].monitoring.action_group_short == "payments-pro"
