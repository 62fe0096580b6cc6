"""Logs, alarms and who is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from isthmus.topology.models.limits import MAX_RECIPIENTS, MAX_SITES, resource
from isthmus.topology.section import Section
from isthmus.topology.values.gateways import retention
from isthmus.topology.values.ids import EMAIL, SiteName, resource_id
from isthmus.topology.values.kinds import shaped


class Monitoring(Section):
    """Logs and alarms on both ends."""

    notify: tuple[Annotated[str, shaped(EMAIL, "an e-mail address", "ops@example.com")], ...] = Field(
        default=(),
        strict=False,
        max_length=MAX_RECIPIENTS,
        description=f"E-mail addresses that receive alarms, up to {MAX_RECIPIENTS}.",
        examples=[["ops@example.com"]],
    )
    log_retention_days: Annotated[int, retention] = Field(
        default=365,
        description="How long both clouds keep the logs: 30, 60, 90, 120, 150, 180, 365, 400 or 545 days.",
        examples=[365],
    )
    tunnel_logs: bool = Field(default=True, description="Log the negotiation of each AWS tunnel.", examples=[True])
    bgp_logs: bool = Field(
        default=False,
        description="BGP logs of each AWS tunnel. They need AWS provider 6.25, which Isthmus pins.",
        examples=[True],
    )
    kms_key_arns: dict[
        SiteName,
        Annotated[
            str,
            shaped(
                r"arn:aws(-[a-z]{2,10}){0,3}:kms:[a-z0-9-]{5,30}:\d{12}:key/[\w-]{1,64}",
                "the ARN of a KMS key",
                "arn:aws:kms:eu-central-1:111122223333:key/…",
            ),
        ],
    ] = Field(
        default={},
        max_length=MAX_SITES,
        json_schema_extra={"additionalProperties": False},
        description="Customer managed KMS key that encrypts the log group and the SNS topic, by AWS site; each in that "
        "site's region. Its key policy must allow CloudWatch Logs (logs.<region>.amazonaws.com) and CloudWatch alarms "
        "(cloudwatch.amazonaws.com) to use it, or alarms send no notification.",
        examples=[{"fra": "arn:aws:kms:eu-central-1:111122223333:key/1b2c"}],
    )
    workspace_ids: dict[
        SiteName,
        Annotated[
            str,
            resource_id("Microsoft.OperationalInsights/workspaces", "the resource id of a Log Analytics workspace"),
        ],
    ] = Field(
        default={},
        max_length=MAX_SITES,
        json_schema_extra={"additionalProperties": False},
        description="Log Analytics workspace to adopt, by Azure site. Isthmus makes one for each site that is not "
        "listed.",
        examples=[{"fra": resource("logs", "Microsoft.OperationalInsights/workspaces/logs")}],
    )
