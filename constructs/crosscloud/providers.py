"""The only module that imports cdktf and its provider bindings; everything else takes them from here.

So the bindings load fast (``loading``) in one place, and a move to another distribution of them (cdktn
has the same API) is an edit of this file. A class is imported when it is first asked for: a topology without a
transit gateway pays for none. Hence ``from constructs.crosscloud import providers as tf`` and ``tf.Vpc``.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs import Construct as Construct

import loading

if TYPE_CHECKING:  # for mypy; at run time __getattr__ does each of these imports when its name is first used
    from cdktf import (
        App as App,
    )
    from cdktf import (
        AzurermBackend as AzurermBackend,
    )
    from cdktf import (
        CloudBackend as CloudBackend,
    )
    from cdktf import (
        Fn as Fn,
    )
    from cdktf import (
        LocalBackend as LocalBackend,
    )
    from cdktf import (
        NamedCloudWorkspace as NamedCloudWorkspace,
    )
    from cdktf import (
        Postcondition as Postcondition,
    )
    from cdktf import (
        S3Backend as S3Backend,
    )
    from cdktf import (
        TerraformBackend as TerraformBackend,
    )
    from cdktf import (
        TerraformDataSource as TerraformDataSource,
    )
    from cdktf import (
        TerraformElement as TerraformElement,
    )
    from cdktf import (
        TerraformLocal as TerraformLocal,
    )
    from cdktf import (
        TerraformOutput as TerraformOutput,
    )
    from cdktf import (
        TerraformResource as TerraformResource,
    )
    from cdktf import (
        TerraformResourceLifecycle as TerraformResourceLifecycle,
    )
    from cdktf import (
        TerraformStack as TerraformStack,
    )
    from cdktf import (
        TerraformVariable as TerraformVariable,
    )
    from cdktf import (
        TerraformVariableValidationConfig as TerraformVariableValidationConfig,
    )
    from cdktf_cdktf_provider_aws.cloudwatch_log_group import (
        CloudwatchLogGroup as CloudwatchLogGroup,
    )
    from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
        CloudwatchMetricAlarm as CloudwatchMetricAlarm,
    )
    from cdktf_cdktf_provider_aws.customer_gateway import (
        CustomerGateway as CustomerGateway,
    )
    from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
        DataAwsAvailabilityZones as DataAwsAvailabilityZones,
    )
    from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
        DataAwsAvailabilityZonesFilter as DataAwsAvailabilityZonesFilter,
    )
    from cdktf_cdktf_provider_aws.data_aws_secretsmanager_secret_version import (
        DataAwsSecretsmanagerSecretVersion as DataAwsSecretsmanagerSecretVersion,
    )
    from cdktf_cdktf_provider_aws.default_security_group import (
        DefaultSecurityGroup as DefaultSecurityGroup,
    )
    from cdktf_cdktf_provider_aws.ec2_transit_gateway import (
        Ec2TransitGateway as Ec2TransitGateway,
    )
    from cdktf_cdktf_provider_aws.ec2_transit_gateway_route import (
        Ec2TransitGatewayRoute as Ec2TransitGatewayRoute,
    )
    from cdktf_cdktf_provider_aws.ec2_transit_gateway_route_table import (
        Ec2TransitGatewayRouteTable as Ec2TransitGatewayRouteTable,
    )
    from cdktf_cdktf_provider_aws.ec2_transit_gateway_route_table_association import (
        Ec2TransitGatewayRouteTableAssociation as Ec2TransitGatewayRouteTableAssociation,
    )
    from cdktf_cdktf_provider_aws.ec2_transit_gateway_route_table_propagation import (
        Ec2TransitGatewayRouteTablePropagation as Ec2TransitGatewayRouteTablePropagation,
    )
    from cdktf_cdktf_provider_aws.ec2_transit_gateway_vpc_attachment import (
        Ec2TransitGatewayVpcAttachment as Ec2TransitGatewayVpcAttachment,
    )
    from cdktf_cdktf_provider_aws.flow_log import (
        FlowLog as FlowLog,
    )
    from cdktf_cdktf_provider_aws.provider import (
        AwsProvider as AwsProvider,
    )
    from cdktf_cdktf_provider_aws.provider import (
        AwsProviderAssumeRole as AwsProviderAssumeRole,
    )
    from cdktf_cdktf_provider_aws.provider import (
        AwsProviderIgnoreTags as AwsProviderIgnoreTags,
    )
    from cdktf_cdktf_provider_aws.route import (
        Route as Route,
    )
    from cdktf_cdktf_provider_aws.route_table import (
        RouteTable as RouteTable,
    )
    from cdktf_cdktf_provider_aws.route_table_association import (
        RouteTableAssociation as RouteTableAssociation,
    )
    from cdktf_cdktf_provider_aws.s3_bucket import (
        S3Bucket as S3Bucket,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
        S3BucketLifecycleConfiguration as S3BucketLifecycleConfiguration,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
        S3BucketLifecycleConfigurationRule as S3BucketLifecycleConfigurationRule,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
        S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload as S3BucketAbortIncompleteUpload,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
        S3BucketLifecycleConfigurationRuleFilter as S3BucketLifecycleConfigurationRuleFilter,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
        S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration as S3BucketNoncurrentExpiration,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_logging import (
        S3BucketLoggingA as S3BucketLogging,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
        S3BucketOwnershipControls as S3BucketOwnershipControls,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
        S3BucketOwnershipControlsRule as S3BucketOwnershipControlsRule,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_policy import (
        S3BucketPolicy as S3BucketPolicy,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import (
        S3BucketPublicAccessBlock as S3BucketPublicAccessBlock,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
        S3BucketServerSideEncryptionConfigurationA as S3BucketEncryption,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
        S3BucketServerSideEncryptionConfigurationRuleA as S3BucketEncryptionRule,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
        S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA as S3BucketEncryptionDefault,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
        S3BucketVersioningA as S3BucketVersioning,
    )
    from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
        S3BucketVersioningVersioningConfiguration as S3BucketVersioningConfiguration,
    )
    from cdktf_cdktf_provider_aws.sns_topic import (
        SnsTopic as SnsTopic,
    )
    from cdktf_cdktf_provider_aws.sns_topic_subscription import (
        SnsTopicSubscription as SnsTopicSubscription,
    )
    from cdktf_cdktf_provider_aws.subnet import (
        Subnet as AwsSubnet,
    )
    from cdktf_cdktf_provider_aws.vpc import (
        Vpc as Vpc,
    )
    from cdktf_cdktf_provider_aws.vpn_connection import (
        VpnConnection as VpnConnection,
    )
    from cdktf_cdktf_provider_aws.vpn_connection import (
        VpnConnectionTunnel1LogOptions as VpnConnectionTunnel1LogOptions,
    )
    from cdktf_cdktf_provider_aws.vpn_connection import (
        VpnConnectionTunnel1LogOptionsCloudwatchLogOptions as VpnConnectionTunnel1LogOptionsCloudwatchLogOptions,
    )
    from cdktf_cdktf_provider_aws.vpn_connection import (
        VpnConnectionTunnel2LogOptions as VpnConnectionTunnel2LogOptions,
    )
    from cdktf_cdktf_provider_aws.vpn_connection import (
        VpnConnectionTunnel2LogOptionsCloudwatchLogOptions as VpnConnectionTunnel2LogOptionsCloudwatchLogOptions,
    )
    from cdktf_cdktf_provider_aws.vpn_connection_route import (
        VpnConnectionRoute as VpnConnectionRoute,
    )
    from cdktf_cdktf_provider_aws.vpn_gateway import (
        VpnGateway as VpnGateway,
    )
    from cdktf_cdktf_provider_aws.vpn_gateway_attachment import (
        VpnGatewayAttachment as VpnGatewayAttachment,
    )
    from cdktf_cdktf_provider_aws.vpn_gateway_route_propagation import (
        VpnGatewayRoutePropagation as VpnGatewayRoutePropagation,
    )
    from cdktf_cdktf_provider_azurerm.data_azurerm_subnet import (
        DataAzurermSubnet as DataAzurermSubnet,
    )
    from cdktf_cdktf_provider_azurerm.local_network_gateway import (
        LocalNetworkGateway as LocalNetworkGateway,
    )
    from cdktf_cdktf_provider_azurerm.local_network_gateway import (
        LocalNetworkGatewayBgpSettings as LocalNetworkGatewayBgpSettings,
    )
    from cdktf_cdktf_provider_azurerm.log_analytics_workspace import (
        LogAnalyticsWorkspace as LogAnalyticsWorkspace,
    )
    from cdktf_cdktf_provider_azurerm.management_lock import (
        ManagementLock as ManagementLock,
    )
    from cdktf_cdktf_provider_azurerm.monitor_action_group import (
        MonitorActionGroup as MonitorActionGroup,
    )
    from cdktf_cdktf_provider_azurerm.monitor_action_group import (
        MonitorActionGroupEmailReceiver as MonitorActionGroupEmailReceiver,
    )
    from cdktf_cdktf_provider_azurerm.monitor_diagnostic_setting import (
        MonitorDiagnosticSetting as MonitorDiagnosticSetting,
    )
    from cdktf_cdktf_provider_azurerm.monitor_diagnostic_setting import (
        MonitorDiagnosticSettingEnabledLog as MonitorDiagnosticSettingEnabledLog,
    )
    from cdktf_cdktf_provider_azurerm.monitor_diagnostic_setting import (
        MonitorDiagnosticSettingEnabledMetric as MonitorDiagnosticSettingEnabledMetric,
    )
    from cdktf_cdktf_provider_azurerm.monitor_metric_alert import (
        MonitorMetricAlert as MonitorMetricAlert,
    )
    from cdktf_cdktf_provider_azurerm.monitor_metric_alert import (
        MonitorMetricAlertAction as MonitorMetricAlertAction,
    )
    from cdktf_cdktf_provider_azurerm.monitor_metric_alert import (
        MonitorMetricAlertCriteria as MonitorMetricAlertCriteria,
    )
    from cdktf_cdktf_provider_azurerm.monitor_metric_alert import (
        MonitorMetricAlertCriteriaDimension as MonitorMetricAlertCriteriaDimension,
    )
    from cdktf_cdktf_provider_azurerm.network_security_group import (
        NetworkSecurityGroup as NetworkSecurityGroup,
    )
    from cdktf_cdktf_provider_azurerm.network_security_rule import (
        NetworkSecurityRule as NetworkSecurityRule,
    )
    from cdktf_cdktf_provider_azurerm.network_watcher_flow_log import (
        NetworkWatcherFlowLog as NetworkWatcherFlowLog,
    )
    from cdktf_cdktf_provider_azurerm.network_watcher_flow_log import (
        NetworkWatcherFlowLogRetentionPolicy as NetworkWatcherFlowLogRetentionPolicy,
    )
    from cdktf_cdktf_provider_azurerm.provider import (
        AzurermProvider as AzurermProvider,
    )
    from cdktf_cdktf_provider_azurerm.provider import (
        AzurermProviderFeatures as AzurermProviderFeatures,
    )
    from cdktf_cdktf_provider_azurerm.public_ip import (
        PublicIp as PublicIp,
    )
    from cdktf_cdktf_provider_azurerm.resource_group import (
        ResourceGroup as ResourceGroup,
    )
    from cdktf_cdktf_provider_azurerm.storage_account import (
        StorageAccount as StorageAccount,
    )
    from cdktf_cdktf_provider_azurerm.storage_account import (
        StorageAccountBlobProperties as StorageAccountBlobProperties,
    )
    from cdktf_cdktf_provider_azurerm.storage_account import (
        StorageAccountBlobPropertiesContainerDeleteRetentionPolicy as StorageAccountContainerRetention,
    )
    from cdktf_cdktf_provider_azurerm.storage_account import (
        StorageAccountBlobPropertiesDeleteRetentionPolicy as StorageAccountBlobRetention,
    )
    from cdktf_cdktf_provider_azurerm.storage_account import (
        StorageAccountCustomerManagedKey as StorageAccountCustomerManagedKey,
    )
    from cdktf_cdktf_provider_azurerm.storage_account import (
        StorageAccountIdentity as StorageAccountIdentity,
    )
    from cdktf_cdktf_provider_azurerm.storage_account import (
        StorageAccountNetworkRules as StorageAccountNetworkRules,
    )
    from cdktf_cdktf_provider_azurerm.storage_container import (
        StorageContainer as StorageContainer,
    )
    from cdktf_cdktf_provider_azurerm.storage_management_policy import (
        StorageManagementPolicy as StorageManagementPolicy,
    )
    from cdktf_cdktf_provider_azurerm.storage_management_policy import (
        StorageManagementPolicyRule as StorageManagementPolicyRule,
    )
    from cdktf_cdktf_provider_azurerm.storage_management_policy import (
        StorageManagementPolicyRuleActions as StorageManagementPolicyRuleActions,
    )
    from cdktf_cdktf_provider_azurerm.storage_management_policy import (
        StorageManagementPolicyRuleActionsVersion as StorageManagementPolicyRuleActionsVersion,
    )
    from cdktf_cdktf_provider_azurerm.storage_management_policy import (
        StorageManagementPolicyRuleFilters as StorageManagementPolicyRuleFilters,
    )
    from cdktf_cdktf_provider_azurerm.subnet import (
        Subnet as AzureSubnet,
    )
    from cdktf_cdktf_provider_azurerm.subnet_network_security_group_association import (
        SubnetNetworkSecurityGroupAssociation as SubnetNetworkSecurityGroupAssociation,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network import (
        VirtualNetwork as VirtualNetwork,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway import (
        VirtualNetworkGateway as VirtualNetworkGateway,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway import (
        VirtualNetworkGatewayBgpSettings as VirtualNetworkGatewayBgpSettings,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway import (
        VirtualNetworkGatewayBgpSettingsPeeringAddresses as VirtualNetworkGatewayBgpSettingsPeeringAddresses,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway import (
        VirtualNetworkGatewayIpConfiguration as VirtualNetworkGatewayIpConfiguration,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway import (
        VirtualNetworkGatewayTimeouts as VirtualNetworkGatewayTimeouts,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway_connection import (
        VirtualNetworkGatewayConnection as VirtualNetworkGatewayConnection,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway_connection import (
        VirtualNetworkGatewayConnectionCustomBgpAddresses as VirtualNetworkGatewayConnectionCustomBgpAddresses,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway_connection import (
        VirtualNetworkGatewayConnectionIpsecPolicy as VirtualNetworkGatewayConnectionIpsecPolicy,
    )
    from cdktf_cdktf_provider_azurerm.virtual_network_gateway_connection import (
        VirtualNetworkGatewayConnectionTimeouts as VirtualNetworkGatewayConnectionTimeouts,
    )
    from cdktf_cdktf_provider_random.password import (
        Password as Password,
    )
    from cdktf_cdktf_provider_random.provider import (
        RandomProvider as RandomProvider,
    )

# What is renamed on the way; the others are exported by "as".
__all__ = [
    "AwsSubnet",
    "AzureSubnet",
    "S3BucketAbortIncompleteUpload",
    "S3BucketEncryption",
    "S3BucketEncryptionDefault",
    "S3BucketEncryptionRule",
    "S3BucketLogging",
    "S3BucketNoncurrentExpiration",
    "S3BucketVersioning",
    "S3BucketVersioningConfiguration",
    "StorageAccountBlobRetention",
    "StorageAccountContainerRetention",
]

BINDINGS: Final = (
    "cdktf/0.21.0",
    "@cdktf/provider-aws/21.22.1",
    "@cdktf/provider-azurerm/14.23.1",
    "@cdktf/provider-random/12.0.1",
)
_RANDOM: Final = "provider-random"
"""Small, and loaded only where Terraform makes keys: nobody waits for it."""
_PROVIDERS: Final = ("cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_azurerm", "cdktf_cdktf_provider_random")


def _imports() -> dict[str, tuple[str, str]]:
    """The imports above as a table: name here, to module and name there."""
    table: dict[str, tuple[str, str]] = {}
    block = next(node for node in ast.parse(Path(__file__).read_bytes()).body if isinstance(node, ast.If))
    for statement in block.body:
        assert isinstance(statement, ast.ImportFrom), "the block holds nothing else"
        for alias in statement.names:
            table[alias.asname or alias.name] = (statement.module or "", alias.name)
    return table


_TABLE: Final = _imports()

if not all(loading.unpacked(binding) for binding in BINDINGS if _RANDOM not in binding):
    print("Unpacking the provider bindings: this takes some seconds, the first time only.", file=sys.stderr, flush=True)


if not TYPE_CHECKING:  # else mypy would take every name for Any

    def __getattr__(name: str) -> Any:
        if name not in _TABLE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, attribute = _TABLE[name]
        package = module.partition(".")[0]
        if package in _PROVIDERS and package not in sys.modules:
            loading.stand_in(package)
        value = getattr(import_module(module), attribute)
        globals()[name] = value
        return value
