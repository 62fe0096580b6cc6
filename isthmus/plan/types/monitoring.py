"""Logs and alarms, as numbers and names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told by e-mail. ``key`` identifies it without showing the address in a Terraform address."""

    key: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelAlarm:
    """A CloudWatch alarm on ``TunnelState`` of a VPN connection or, with ``tunnel`` (1 or 2), of one tunnel.

    ``TunnelState`` is 1 when a tunnel (with BGP: its session) is up and 0 when it is down; of a connection,
    a value in between means that one of its tunnels is down.
    """

    key: str
    name: str
    description: str
    tunnel: int | None
    statistic: str
    comparison: str
    threshold: float
    evaluation_periods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelLogs:
    """The logs of each tunnel of a VPN connection. Formats are None where there is no log.

    Logs that are off are said to be off: what is not said stays as it is, and AWS would go on writing to a log group
    that is gone. ``bgp`` is None where it is not said: providers before 6.25 do not know it.
    """

    tunnel: bool
    tunnel_format: str | None
    bgp: bool | None
    bgp_format: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsMonitoring:
    """One log group and one topic for all connections of an AWS site."""

    log_group: str
    retention_days: int
    kms_key_arn: str | None
    tunnel_logs: bool
    bgp_logs: bool
    topic: str
    recipients: tuple[Recipient, ...]

    @property
    def keeps_logs(self) -> bool:
        """Whether there is anything to keep a log group for."""
        return self.tunnel_logs or self.bgp_logs


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Narrows a metric to some values; ``("*",)`` gives each value an evaluation of its own."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAlert:
    """An Azure metric alert on the gateway. ``severity`` 0 (critical) to 4; durations as ISO 8601."""

    key: str
    name: str
    description: str
    metric: str
    aggregation: str
    operator: str
    threshold: float
    dimension: Dimension
    severity: int
    frequency: str
    window: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureMonitoring:
    """Diagnostics to one workspace, and alerts to one action group, for an Azure site.

    ``workspace`` names the workspace that is made; ``workspace_id`` one that is adopted instead. A
    ``diagnostic_setting`` that is None is not made: the gateway is adopted, and its owner decides on its logs.
    """

    workspace: str
    workspace_id: str | None
    retention_days: int
    diagnostic_setting: str | None
    log_categories: tuple[str, ...]
    action_group: str
    action_group_short: str
    recipients: tuple[Recipient, ...]
    bandwidth_alert: MetricAlert
