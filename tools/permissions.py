"""Least-privilege policies for who plans and who deploys a topology: ``python -m tools.permissions FILE --to FOLDER``.

What is allowed follows from the calls that Terraform makes of the emulated clouds: tests/deploy/test_permissions.py
fails where a policy lacks one that some example makes, or has one that none makes. What only the real clouds ask for is
listed here with its reason. docs/permissions.md says what each policy is for.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from emulate.azure import arm
from isthmus.checks import check
from isthmus.plan import Plan
from isthmus.plan.order import steps
from isthmus.plan.types import AzurermState, KeySource, S3State, VNet, Vpc, VpcFlowLog
from isthmus.problems import TopologyError

Json = dict[str, Any]

ACCOUNT: Final = "111122223333"
SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"

# AWS

_SERVICES: Final = {"monitoring": "cloudwatch"}
"""What a service is called in a policy, where its requests are signed under another name."""

FREE: Final = frozenset({"sts:GetCallerIdentity"})
"""What needs no permission."""

READ: Final = (
    "ec2:DescribeAvailabilityZones", "ec2:DescribeCustomerGateways", "ec2:DescribeNetworkAcls",
    "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
    "ec2:DescribeTransitGatewayAttachments", "ec2:DescribeTransitGatewayRouteTables",
    "ec2:DescribeTransitGatewayVpcAttachments", "ec2:DescribeTransitGateways", "ec2:DescribeVpcs",
    "ec2:DescribeVpnGateways", "ec2:GetTransitGatewayRouteTableAssociations",
    "ec2:GetTransitGatewayRouteTablePropagations", "logs:DescribeLogGroups",
)  # fmt: skip
"""What a plan asks about everything in a region: AWS restricts these to no resource."""

READ_KEYS: Final = ("ec2:DescribeVpnConnections",)
"""Its answer holds the pre-shared keys, as part of the configuration for the customer's device."""

CREATE: Final = (
    "ec2:CreateCustomerGateway", "ec2:CreateRouteTable", "ec2:CreateSubnet", "ec2:CreateTransitGateway",
    "ec2:CreateTransitGatewayRouteTable", "ec2:CreateTransitGatewayVpcAttachment", "ec2:CreateVpc",
    "ec2:CreateVpnConnection", "ec2:CreateVpnGateway",
)  # fmt: skip
"""What makes a resource, with the deployment's tag from the start."""

CHANGE: Final = (
    "ec2:AssociateRouteTable", "ec2:AttachVpnGateway", "ec2:CreateRoute", "ec2:CreateVpnConnectionRoute",
    "ec2:DeleteCustomerGateway", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSubnet",
    "ec2:DeleteTransitGateway", "ec2:DeleteTransitGatewayRouteTable", "ec2:DeleteTransitGatewayVpcAttachment",
    "ec2:DeleteVpc", "ec2:DeleteVpnConnection", "ec2:DeleteVpnConnectionRoute", "ec2:DeleteVpnGateway",
    "ec2:DetachVpnGateway", "ec2:DisableVgwRoutePropagation", "ec2:DisassociateRouteTable",
    "ec2:EnableVgwRoutePropagation", "ec2:ModifyVpcAttribute", "ec2:ModifyVpnTunnelOptions",
)  # fmt: skip
"""What changes a resource, which must have the deployment's tag."""

DEFAULT_GROUP: Final = ("ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress")
"""What removes the rules of a made VPC's default security group."""

KINDS: Final = (
    "customer-gateway", "route-table", "subnet", "transit-gateway", "transit-gateway-attachment",
    "transit-gateway-route-table", "vpc", "vpn-connection", "vpn-gateway",
)  # fmt: skip
"""The kinds of resources that are made."""

ROUTE_TABLES: Final = (
    "ec2:AssociateTransitGatewayRouteTable", "ec2:DisableTransitGatewayRouteTablePropagation",
    "ec2:DisassociateTransitGatewayRouteTable", "ec2:EnableTransitGatewayRouteTablePropagation",
)  # fmt: skip
"""What ties an attachment to a route table of a transit gateway. The attachment of a VPN connection has no tag."""

TYING: Final = (
    "ec2:AttachVpnGateway", "ec2:CreateRoute", "ec2:DeleteRoute", "ec2:DetachVpnGateway",
    "ec2:DisableVgwRoutePropagation", "ec2:EnableVgwRoutePropagation",
)  # fmt: skip
"""What ties something that is adopted, and has no tag of the deployment, to what the deployment makes."""

FLOW_LOGS: Final = ("ec2:CreateFlowLogs", "ec2:DeleteFlowLogs")
FLOW_LOGS_READ: Final = ("ec2:DescribeFlowLogs",)

ALARMS: Final = ("cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm")
LOGS: Final = ("logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy")
TOPICS: Final = (
    "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe",
)  # fmt: skip
TOPICS_READ: Final = ("sns:GetTopicAttributes", "sns:ListTagsForResource")
SUBSCRIPTIONS_READ: Final = ("sns:GetSubscriptionAttributes",)
"""AWS restricts these, and the end of a subscription, to no resource."""

ALARMS_READ: Final = ("cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource")
LOGS_READ: Final = ("logs:ListTagsForResource",)

UNSEEN: Final = {
    "ec2:DeleteTags": "a change of tags in the topology",
    "ec2:DescribeNetworkInterfaces": "the provider asks for it only where a subnet cannot be deleted yet",
    "ec2:RevokeSecurityGroupIngress": "the default security group of AWS lets its own traffic in, the emulated not",
    "ec2:ModifyVpnConnectionOptions": "a change of the networks of a static link",
    "cloudwatch:TagResource": "AWS asks for it where an alarm is made with tags",
    "cloudwatch:UntagResource": "a change of tags in the topology",
    "logs:TagResource": "AWS asks for it where a log group is made with tags",
    "logs:UntagResource": "a change of tags in the topology",
    "logs:AssociateKmsKey": "a log group with monitoring.kms_key_arns",
    "logs:CreateLogDelivery": "AWS asks for it where a VPN connection is made that sends logs",
    "logs:GetLogDelivery": "the same",
    "logs:UpdateLogDelivery": "the same, where its logs change",
    "logs:DeleteLogDelivery": "the same, where it is deleted",
    "logs:ListLogDeliveries": "the same",
    "logs:PutResourcePolicy": "the same: AWS lets the service write to the log group",
    "logs:DescribeResourcePolicies": "the same",
    "sns:TagResource": "AWS asks for it where a topic is made with tags",
    "sns:UntagResource": "a change of tags in the topology",
    "iam:CreateServiceLinkedRole": "the first transit gateway attachment, or keys in Secrets Manager",
    "secretsmanager:DescribeSecret": "newer versions of the provider read the secret's settings too",
    "s3:ListBucket": "tells a state that is not there yet from one that may not be read",
    "s3:GetObject": "the state",
    "s3:PutObject": "the state, and the lock file beside it",
    "s3:DeleteObject": "the lock file beside the state",
    "kms:Decrypt": "the key of the bucket",
    "kms:GenerateDataKey": "the same, where the state is written",
}
"""What only real AWS asks for, or only a change that no test makes, each with its reason."""


def aws_actions(calls: Iterable[str]) -> set[str]:
    """The permissions that ``calls`` such as ``monitoring:PutMetricAlarm`` need."""
    pairs = (call.split(":") for call in calls)
    return {f"{_SERVICES.get(service, service)}:{name}" for service, name in pairs} - FREE


def aws_policies(plan: Plan, account: str = ACCOUNT) -> dict[str, Json]:
    """The policies by file name: to read without keys, what more reading keys takes, and what more deploying takes."""
    vpc = _allow("ReadVpc", ["ec2:DescribeVpcAttribute"], f"arn:aws:ec2:*:{account}:vpc/*")
    read = [
        _describe("Read", plan, (*READ, *(FLOW_LOGS_READ if _flow_logs(plan) else ()))),
        vpc,
        *_monitoring_read(plan, account),
        *_state_read(plan, account, keys=False),
    ]
    keys = [_describe("ReadKeys", plan, READ_KEYS), *_secrets(plan, account), *_state_read(plan, account, keys=True)]
    deploy = [
        _describe("ReadMore", plan, ("ec2:DescribeNetworkInterfaces", "logs:DescribeResourcePolicies")),
        *_changes(plan, account),
        *_roles(plan, account),
        *_state_write(plan, account),
    ]
    # By itself, since a policy of IAM is short.
    watch = list(_monitoring(plan, account))
    named = {"aws-read": read, "aws-read-keys": keys, "aws-deploy": deploy, "aws-deploy-monitoring": watch}
    return {f"{name}.json": {"Version": "2012-10-17", "Statement": listed} for name, listed in named.items()}


def _allow(sid: str, actions: Iterable[str], resource: str | list[str], **conditions: Json) -> Json:
    allowed: Json = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resource}
    return {**allowed, "Condition": conditions} if conditions else allowed


def _regions(plan: Plan) -> list[str]:
    return sorted({site.region for site in plan.aws})


def _in_regions(plan: Plan) -> Json:
    return {"aws:RequestedRegion": _regions(plan)}


def _describe(sid: str, plan: Plan, actions: Iterable[str]) -> Json:
    return _allow(sid, actions, "*", StringEquals=_in_regions(plan))


def _changes(plan: Plan, account: str) -> Iterator[Json]:
    regions = _in_regions(plan)
    everything = f"arn:aws:ec2:*:{account}:*/*"
    ours = {**regions, "aws:ResourceTag/isthmus": plan.name}
    kinds = [f"arn:aws:ec2:*:{account}:{kind}/*" for kind in KINDS]
    yield _allow("Create", CREATE, kinds, StringEquals={**regions, "aws:RequestTag/isthmus": plan.name})
    yield _allow(
        "TagWhatIsCreated",
        ["ec2:CreateTags"],
        everything,
        StringEquals={
            **regions,
            "ec2:CreateAction": [
                name.partition(":")[2] for name in (*CREATE, *(FLOW_LOGS[:1] if _flow_logs(plan) else ()))
            ],
        },
    )
    yield _allow("TagWhatIsOurs", ["ec2:CreateTags", "ec2:DeleteTags"], everything, StringEquals=ours)
    made = any(isinstance(site.network, Vpc) and site.network.default_security_group for site in plan.aws)
    changing = (*CHANGE, "ec2:ModifyVpnConnectionOptions", *(DEFAULT_GROUP if made else ()))
    groups = f"arn:aws:ec2:*:{account}:security-group/*"
    yield _allow("Change", changing, [*kinds, groups] if made else kinds, StringEquals=ours)
    if made:
        # AWS makes this group with the VPC and without tags; the provider tags it before it removes the rules.
        yield _allow(
            "TagDefaultGroup",
            ["ec2:CreateTags"],
            groups,
            StringEquals={**regions, "aws:RequestTag/isthmus": plan.name},
            Null={"aws:ResourceTag/isthmus": "true"},
        )
    yield from _flow_log_changes(plan, account)
    adopted = sorted(set(_adopted(plan, account)))
    tables, attachments = (
        f"arn:aws:ec2:*:{account}:transit-gateway-{kind}/*" for kind in ("route-table", "attachment")
    )
    yield _allow("TransitGatewayRoutes", ROUTE_TABLES, [attachments, tables], StringEquals=regions)
    yield {
        "Sid": "NoOtherRouteTable",
        "Effect": "Deny",
        "Action": sorted(ROUTE_TABLES),
        "NotResource": [attachments, *(arn for arn in adopted if ":transit-gateway-route-table/" in arn)],
        "Condition": {"StringNotEquals": {"aws:ResourceTag/isthmus": plan.name}},
    }
    if adopted:
        yield _allow("TieToAdopted", TYING, adopted, StringEquals=regions)


def _flow_logs(plan: Plan) -> list[VpcFlowLog]:
    return [site.network.flow_log for site in plan.aws if isinstance(site.network, Vpc) and site.network.flow_log]


def _flow_log_changes(plan: Plan, account: str) -> Iterator[Json]:
    wanted = _flow_logs(plan)
    if not wanted:
        return
    regions = _in_regions(plan)
    logs, vpcs = (f"arn:aws:ec2:*:{account}:{kind}/*" for kind in ("vpc-flow-log", "vpc"))
    # One call makes a flow log, which gets the tag, on a VPC, which has it.
    yield _allow("FlowLogs", FLOW_LOGS[:1], [logs, vpcs], StringEquals={**regions, "aws:RequestTag/isthmus": plan.name})
    yield _allow(
        "FlowLogsThatAreOurs", FLOW_LOGS[1:], logs, StringEquals={**regions, "aws:ResourceTag/isthmus": plan.name}
    )
    roles = sorted({log.role_arn for log in wanted if log.role_arn})
    if roles:
        yield _allow(
            "FlowLogRole", ["iam:PassRole"], roles, StringEquals={"iam:PassedToService": "vpc-flow-logs.amazonaws.com"}
        )


_ADOPTED: Final = {
    "vpc": "vpc", "subnet": "subnet", "rtb": "route-table", "tgw": "transit-gateway",
    "tgw-rtb": "transit-gateway-route-table", "vgw": "vpn-gateway",
}  # fmt: skip


def _adopted(plan: Plan, account: str) -> Iterator[str]:
    """The ARNs of what the AWS sites adopt: all ids that the topology gives."""
    for site in plan.aws:
        for value in _texts(site):
            kind, _, number = value.rpartition("-")
            if kind in _ADOPTED and re.fullmatch(r"[0-9a-f]{8,17}", number):
                yield f"arn:aws:ec2:{site.region}:{account}:{_ADOPTED[kind]}/{value}"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _texts(item)


def _groups(plan: Plan, account: str) -> str:
    return f"arn:aws:logs:*:{account}:log-group:/aws/vendedlogs/{plan.name}-*"


def _topics(plan: Plan, account: str) -> str:
    return f"arn:aws:sns:*:{account}:{plan.name}-*"


def _alarms(plan: Plan, account: str) -> str:
    return f"arn:aws:cloudwatch:*:{account}:alarm:{plan.name}-*"


def _monitoring_read(plan: Plan, account: str) -> Iterator[Json]:
    yield _allow("ReadAlarms", ALARMS_READ, _alarms(plan, account))
    yield _allow("ReadLogGroups", LOGS_READ, _groups(plan, account))
    yield _allow("ReadTopics", TOPICS_READ, _topics(plan, account))
    yield _describe("ReadSubscriptions", plan, SUBSCRIPTIONS_READ)


def _monitoring(plan: Plan, account: str) -> Iterator[Json]:
    def with_tags(*actions: str) -> list[str]:
        service = actions[0].partition(":")[0]
        return [*actions, f"{service}:TagResource", f"{service}:UntagResource"]

    yield _allow("Alarms", with_tags(*ALARMS), _alarms(plan, account))
    yield _allow("LogGroups", with_tags(*LOGS, "logs:AssociateKmsKey"), _groups(plan, account))
    yield _allow("Topics", with_tags(*TOPICS), _topics(plan, account))
    yield _describe("Subscriptions", plan, ["sns:Unsubscribe"])
    delivery = [name for name in UNSEEN if name.endswith(("LogDelivery", "LogDeliveries", "PutResourcePolicy"))]
    yield _allow("LogDelivery", delivery, "*", StringEquals=_in_regions(plan))


def _secrets(plan: Plan, account: str) -> Iterator[Json]:
    """AWS adds six characters to the name of a secret."""
    arns = {
        f"arn:aws:secretsmanager:{plan.aws_by_key[link.aws].region}:{account}:secret:{link.keys.secret}-??????"
        for link in plan.links
        if link.keys.source is KeySource.SECRETS_MANAGER
    }
    if arns:
        yield _allow("Keys", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], sorted(arns))


def _roles(plan: Plan, account: str) -> Iterator[Json]:
    sites = sorted({site.provider.role_arn for site in plan.aws if site.provider.role_arn})
    if sites:
        yield _allow("SitesInOtherAccounts", ["sts:AssumeRole"], sites)
    services = ["s2svpn.amazonaws.com", "transitgateway.amazonaws.com"]
    yield _allow(
        "ServiceLinkedRoles",
        ["iam:CreateServiceLinkedRole"],
        [f"arn:aws:iam::{account}:role/aws-service-role/{service}/*" for service in services],
        StringEquals={"iam:AWSServiceName": services},
    )


def _state_read(plan: Plan, account: str, *, keys: bool) -> Iterator[Json]:
    state = plan.state
    if not isinstance(state, S3State):
        return
    names = [step.stack for step in steps(plan) if bool(step.keys) is keys]
    objects = [f"arn:aws:s3:::{state.bucket}/{state.key(name)}" for name in names]
    yield _allow("State", ["s3:GetObject"], objects)
    if not keys:
        yield _list_bucket(state)
        yield from _state_key(state, account, ["kms:Decrypt"])


def _state_write(plan: Plan, account: str) -> Iterator[Json]:
    state = plan.state
    if not isinstance(state, S3State):
        return
    place = f"arn:aws:s3:::{state.bucket}/{state.folder}"
    yield _allow("State", ["s3:PutObject"], f"{place}/*.tfstate")
    yield _allow("StateLock", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], f"{place}/*.tfstate.tflock")
    yield from _state_key(state, account, ["kms:GenerateDataKey"])


def _list_bucket(state: S3State) -> Json:
    return _allow(
        "StateList",
        ["s3:ListBucket"],
        f"arn:aws:s3:::{state.bucket}",
        StringLike={"s3:prefix": f"{state.folder}/*"},
    )


def _state_key(state: S3State, account: str, actions: list[str]) -> Iterator[Json]:
    if state.kms_key_id is None:
        return
    # An alias cannot be named as a resource. What S3 encrypts says for which bucket, or for which object in it.
    named = "*" if state.kms_key_id.startswith("alias/") else state.kms_key_id
    key = named if named.startswith("arn:") else f"arn:aws:kms:{state.region}:{account}:key/{named}"
    bucket = f"arn:aws:s3:::{state.bucket}"
    yield _allow(
        "StateKey",
        actions,
        key,
        StringEquals={"kms:ViaService": f"s3.{state.region}.amazonaws.com"},
        StringLike={"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/{state.folder}/*"]},
    )


# Azure

AZURE_EXTRA: Final = {
    "Microsoft.Network/networkSecurityGroups/join/action": "Azure asks for it where a subnet gets a security group",
    "Microsoft.Network/publicIPAddresses/join/action": "Azure asks for it where a gateway takes a public IP",
    "Microsoft.Network/virtualNetworks/subnets/join/action": "Azure asks for it where a gateway goes into a subnet",
    "Microsoft.Network/virtualNetworkGateways/read": "the connections of an adopted gateway read it",
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action": "azurerm reads a workspace with its keys; also where "
    "logs are sent to it",
    "Microsoft.Resources/subscriptions/resourceGroups/resources/read": "azurerm deletes no group "
    "before it has seen that it is empty",
    "Microsoft.Insights/actionGroups/read": "an alert names an action group",
}
"""What only real Azure asks for, each with its reason. ``…/join/action`` is in Microsoft's list for VPN gateways."""

AZURE_KEYS: Final = (
    "Microsoft.Network/connections/sharedKey/action",
    "Microsoft.Network/connections/sharedKey/read",
)
"""azurerm reads the key of each connection; Azure's list of operations has the first, logs of real calls the second."""

REGISTERED: Final = ("Microsoft.Insights", "Microsoft.Network", "Microsoft.OperationalInsights")
"""The resource providers that a subscription must have registered; with state in Azure, Microsoft.Storage too."""

_WORKSPACE_KEYS: Final = "Microsoft.OperationalInsights/workspaces/sharedKeys/action"
_BLOBS: Final = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_DONE: Final = {"create": ("read", "write"), "update": ("read", "write"), "delete": ("read", "delete")}


def azure_actions(operations: Iterable[tuple[str, str]]) -> set[str]:
    """The permissions that pairs of an operation (create, update, delete) and a Terraform type need, reading too."""
    return {f"{_azure_type(type_)}/{verb}" for operation, type_ in operations for verb in _DONE[operation]}


def _azure_type(type_: str) -> str:
    """The type as Azure's permissions name it.

    Raises:
        ValueError: the stand-in does not know it either.
    """
    match type_:
        case "azurerm_resource_group":
            return "Microsoft.Resources/subscriptions/resourceGroups"
        case "azurerm_monitor_diagnostic_setting":
            return "Microsoft.Insights/diagnosticSettings"
        case "azurerm_management_lock":
            return "Microsoft.Authorization/locks"
        case "azurerm_subnet_network_security_group_association":
            return _azure_type("azurerm_subnet")
    found = arm.path_of(type_)
    if not found.startswith("Microsoft."):
        raise ValueError(f"{type_}: say in tools/permissions.py how Azure names it")
    return found


AZURE_TYPES: Final = (
    "azurerm_local_network_gateway", "azurerm_log_analytics_workspace", "azurerm_monitor_action_group",
    "azurerm_monitor_diagnostic_setting", "azurerm_monitor_metric_alert",
    "azurerm_network_security_group", "azurerm_network_security_rule", "azurerm_public_ip", "azurerm_resource_group",
    "azurerm_subnet", "azurerm_subnet_network_security_group_association", "azurerm_virtual_network",
    "azurerm_virtual_network_gateway", "azurerm_virtual_network_gateway_connection",
)  # fmt: skip
"""What the stacks have on Azure."""


FLOW_LOG_TYPES: Final = ("azurerm_network_watcher_flow_log",)
"""What they have besides where a VNet has flow logs."""

LOCK_TYPES: Final = ("azurerm_management_lock",)
"""What they have besides with `azure_locks`."""

FLOW_LOG_EXTRA: Final = {
    "Microsoft.Network/networkWatchers/read": "Azure asks for it where flow logs are configured",
    "Microsoft.Network/networkWatchers/configureFlowLog/action": "the same",
    "Microsoft.Network/virtualNetworks/write": "the same",
    "Microsoft.Storage/storageAccounts/read": "the same, of the account that they go to",
    "Microsoft.Storage/storageAccounts/listServiceSas/action": "the same",
    "Microsoft.Storage/storageAccounts/listAccountSas/action": "the same",
    "Microsoft.Storage/storageAccounts/listKeys/action": "the same",
}


def azure_roles(plan: Plan, subscription: str = SUBSCRIPTION) -> dict[str, Json]:
    """The role definitions by file name, and the condition under which the state may be read."""
    logs = any(isinstance(site.network, VNet) and site.network.flow_log for site in plan.azure)
    locks = any(isinstance(s.network, VNet) and s.network.lock for s in plan.azure)
    types = (*AZURE_TYPES, *(FLOW_LOG_TYPES if logs else ()), *(LOCK_TYPES if locks else ()))
    extra = {**AZURE_EXTRA, **(FLOW_LOG_EXTRA if logs else {})}
    every = azure_actions((operation, type_) for operation in _DONE for type_ in types)
    reading = {action for action in (*every, *extra) if action.endswith("/read")}
    scopes = sorted({site.provider.subscription_id or subscription for site in plan.azure})
    blobs = isinstance(plan.state, AzurermState)
    read = _role("read", "plans what holds no key", {*reading, _WORKSPACE_KEYS}, scopes, [f"{_BLOBS}/read"] * blobs)
    keys = _role("read keys", "reads the pre-shared keys of connections", AZURE_KEYS, scopes, [])
    writing = [f"{_BLOBS}/{verb}" for verb in ("read", "write", "add/action")] * blobs
    deploy = _role("deploy", "deploys", {*every, *extra, *AZURE_KEYS}, scopes, writing)
    return {"azure-read.json": read, "azure-read-keys.json": keys, "azure-deploy.json": deploy}


def _role(name: str, what: str, actions: Iterable[str], scopes: list[str], data: list[str]) -> Json:
    return {
        "Name": f"Isthmus {name}",
        "IsCustom": True,
        "Description": f"Who {what}: docs/permissions.md of Isthmus.",
        "Actions": sorted(actions, key=str.lower),
        "NotActions": [],
        "DataActions": data,
        "NotDataActions": [],
        "AssignableScopes": [f"/subscriptions/{scope}" for scope in scopes],
    }


def blob_condition(plan: Plan) -> str | None:
    """The condition for assigning "Isthmus read" on the container: the states without keys, and no other blob."""
    state = plan.state
    if not isinstance(state, AzurermState):
        return None
    names = [state.key(step.stack) for step in steps(plan) if not step.keys]
    paths = " OR ".join(f"@Resource[{_BLOBS}:path] StringEquals '{name}'" for name in names)
    return f"((!(ActionMatches{{'{_BLOBS}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR ({paths}))"


def files(plan: Plan, *, account: str = ACCOUNT, subscription: str = SUBSCRIPTION) -> dict[str, str]:
    """Every file, by name."""
    listed = {**aws_policies(plan, account), **azure_roles(plan, subscription)}
    written = {name: json.dumps(value, indent=2) + "\n" for name, value in listed.items()}
    condition = blob_condition(plan)
    return {**written, "azure-read-state.condition": condition + "\n"} if condition else written


def main(arguments: list[str] | None = None) -> int:
    """Write the files of a topology; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.permissions", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("topology", type=Path)
    parser.add_argument("--to", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--cloud", choices=("aws", "azure"), help="the files of one cloud only")
    parser.add_argument("--account", default=ACCOUNT, help="the AWS account, twelve digits")
    parser.add_argument("--subscription", default=SUBSCRIPTION, help="of Azure sites without a subscription_id")
    given = parser.parse_args(arguments)
    if not re.fullmatch(r"[0-9]{12}", given.account):
        parser.error(f"--account: {given.account!a} is not an AWS account: write its twelve digits")
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", given.subscription):
        parser.error(f"--subscription: {given.subscription!a} is not a subscription id")
    try:
        plan = check(given.topology).plan
    except TopologyError as error:
        print(error.report, file=sys.stderr)
        return 2
    try:
        given.to.mkdir(parents=True, exist_ok=True)
        for name, text in files(plan, account=given.account, subscription=given.subscription).items():
            if given.cloud and not name.startswith(given.cloud):
                continue
            (given.to / name).write_text(text, encoding="utf-8")
            print(given.to / name)
    except OSError as error:
        print(f"{given.to}: cannot be written ({error.strerror}): name a folder you may write to", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
