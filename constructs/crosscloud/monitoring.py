"""Logs and alarms on both ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from constructs.crosscloud import providers as tf
from constructs.crosscloud.lifecycle import lifecycle
from isthmus.plan import types

PERIOD_SECONDS = 300
"""AWS reports the state of a tunnel every five minutes."""


class AwsTunnelWatch(tf.Construct):
    """A log group and a topic for all connections of an AWS site."""

    def __init__(
        self, scope: tf.Construct, id_: str, *, monitoring: types.AwsMonitoring, tags: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id_)
        self.planned = monitoring
        self._tags = tags
        self.log_group_arn: str | None = None
        if monitoring.keeps_logs:
            self.log_group_arn = tf.CloudwatchLogGroup(
                self,
                "logs",
                name=monitoring.log_group,
                retention_in_days=monitoring.retention_days,
                kms_key_id=monitoring.kms_key_arn,
                tags=tags,
            ).arn
        self.topic_arn = tf.SnsTopic(
            self, "alarms", name=monitoring.topic, kms_master_key_id=monitoring.kms_key_arn, tags=tags
        ).arn
        for recipient in monitoring.recipients:
            tf.SnsTopicSubscription(
                self, recipient.key, topic_arn=self.topic_arn, protocol="email", endpoint=recipient.email
            )

    def alarms(
        self, scope: tf.Construct, *, connection: types.VpnConnection, vpn_id: str, addresses: Mapping[int, str]
    ) -> None:
        """The alarms of one connection, on its id or on the outside address of one tunnel."""
        for alarm in connection.alarms:
            tf.CloudwatchMetricAlarm(
                scope,
                f"alarm-{alarm.key}",
                alarm_name=alarm.name,
                alarm_description=alarm.description,
                namespace="AWS/VPN",
                metric_name="TunnelState",
                dimensions={"TunnelIpAddress": addresses[alarm.tunnel]} if alarm.tunnel else {"VpnId": vpn_id},
                statistic=alarm.statistic,
                period=PERIOD_SECONDS,
                evaluation_periods=alarm.evaluation_periods,
                comparison_operator=alarm.comparison,
                threshold=alarm.threshold,
                # A connection that reports nothing is not known to be up.
                treat_missing_data="breaching",
                alarm_actions=[self.topic_arn],
                ok_actions=[self.topic_arn],
                tags=self._tags,
            )


Options = TypeVar("Options")
Inner = TypeVar("Inner")


def log_options(
    watch: AwsTunnelWatch | None,
    connection: types.VpnConnection,
    outer: Callable[..., Options],
    inner: Callable[..., Inner],
) -> Options:
    """The log options of a tunnel of ``connection``, in the classes that the tunnel's number has."""
    logs = connection.logs
    group = watch.log_group_arn if watch else None
    return outer(
        cloudwatch_log_options=inner(
            log_enabled=logs.tunnel,
            log_group_arn=group if logs.tunnel else None,
            log_output_format=logs.tunnel_format,
            bgp_log_enabled=logs.bgp,
            bgp_log_group_arn=group if logs.bgp else None,
            bgp_log_output_format=logs.bgp_format,
        )
    )


class AzureDiagnostics(tf.Construct):
    """What an Azure gateway logs and measures, sent to a workspace that is made or adopted."""

    def __init__(
        self,
        scope: tf.Construct,
        id_: str,
        *,
        site: types.AzureSite,
        monitoring: types.AzureMonitoring,
        gateway_id: str,
    ) -> None:
        super().__init__(scope, id_)
        assert monitoring.diagnostic_setting is not None, "the stack asks for one only where it is planned"
        workspace_id = monitoring.workspace_id
        if workspace_id is None:
            workspace_id = tf.LogAnalyticsWorkspace(
                self,
                "workspace",
                name=monitoring.workspace,
                location=site.region,
                resource_group_name=site.resource_group,
                sku="PerGB2018",
                retention_in_days=monitoring.retention_days,
                lifecycle=lifecycle(site.lifecycle),
                tags=site.tags,
            ).id
        tf.MonitorDiagnosticSetting(
            self,
            "setting",
            name=monitoring.diagnostic_setting,
            target_resource_id=gateway_id,
            log_analytics_workspace_id=workspace_id,
            enabled_log=[tf.MonitorDiagnosticSettingEnabledLog(category=c) for c in monitoring.log_categories],
            enabled_metric=[tf.MonitorDiagnosticSettingEnabledMetric(category="AllMetrics")],
        )


class AzureAlerts(tf.Construct):
    """Metric alerts on an Azure gateway, and the action group that tells people."""

    def __init__(
        self,
        scope: tf.Construct,
        id_: str,
        *,
        site: types.AzureSite,
        monitoring: types.AzureMonitoring,
        gateway_id: str,
    ) -> None:
        super().__init__(scope, id_)
        self._site = site
        self._gateway_id = gateway_id
        self._action_group_id = tf.MonitorActionGroup(
            self,
            "action-group",
            name=monitoring.action_group,
            short_name=monitoring.action_group_short,
            resource_group_name=site.resource_group,
            email_receiver=[
                tf.MonitorActionGroupEmailReceiver(name=r.key, email_address=r.email, use_common_alert_schema=True)
                for r in monitoring.recipients
            ]
            or None,
            lifecycle=lifecycle(site.lifecycle),
            tags=site.tags,
        ).id
        self.add(self, (monitoring.bandwidth_alert,))

    def add(self, scope: tf.Construct, alerts: Sequence[types.MetricAlert]) -> None:
        """Add ``alerts`` in ``scope``."""
        for alert in alerts:
            tf.MonitorMetricAlert(
                scope,
                f"alert-{alert.key}",
                name=alert.name,
                description=alert.description,
                resource_group_name=self._site.resource_group,
                scopes=[self._gateway_id],
                severity=alert.severity,
                frequency=alert.frequency,
                window_size=alert.window,
                criteria=[
                    tf.MonitorMetricAlertCriteria(
                        metric_namespace="Microsoft.Network/virtualNetworkGateways",
                        metric_name=alert.metric,
                        aggregation=alert.aggregation,
                        operator=alert.operator,
                        threshold=alert.threshold,
                        dimension=[
                            tf.MonitorMetricAlertCriteriaDimension(
                                name=alert.dimension.name, operator="Include", values=list(alert.dimension.values)
                            )
                        ],
                    )
                ],
                action=[tf.MonitorMetricAlertAction(action_group_id=self._action_group_id)],
                lifecycle=lifecycle(self._site.lifecycle),
                tags=self._site.tags,
            )
