"""The only module that imports cdktf and its provider bindings; everything else takes them from here.

So the bindings load fast (``isthmus.bindings``) in one place, and a move to another distribution of them (cdktn has
the same API) is an edit of this file.
"""

from __future__ import annotations

import sys
from typing import Final

from isthmus import bindings

BINDINGS: Final = ("cdktf/0.21.0", "@cdktf/provider-aws/21.22.1", "@cdktf/provider-azurerm/14.23.1")

if not all(bindings.unpacked(binding) for binding in BINDINGS):
    print("Unpacking the provider bindings: this takes some seconds, the first time only.", file=sys.stderr, flush=True)

for _package in ("cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_azurerm"):
    bindings.stand_in(_package)

# ruff: noqa: E402 - these imports only work as intended after the lines above
from cdktf import (
    App,
    DataResource,
    Fn,
    LocalBackend,
    TerraformBackend,
    TerraformDataSource,
    TerraformElement,
    TerraformOutput,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
)
from cdktf_cdktf_provider_aws.customer_gateway import CustomerGateway
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet as AwsSubnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_aws.vpn_connection import VpnConnection
from cdktf_cdktf_provider_aws.vpn_gateway import VpnGateway
from cdktf_cdktf_provider_aws.vpn_gateway_route_propagation import VpnGatewayRoutePropagation
from cdktf_cdktf_provider_azurerm.local_network_gateway import (
    LocalNetworkGateway,
    LocalNetworkGatewayBgpSettings,
    LocalNetworkGatewayTimeouts,
)
from cdktf_cdktf_provider_azurerm.provider import AzurermProvider, AzurermProviderFeatures
from cdktf_cdktf_provider_azurerm.public_ip import PublicIp
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup
from cdktf_cdktf_provider_azurerm.subnet import Subnet as AzureSubnet
from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork
from cdktf_cdktf_provider_azurerm.virtual_network_gateway import (
    VirtualNetworkGateway,
    VirtualNetworkGatewayBgpSettings,
    VirtualNetworkGatewayBgpSettingsPeeringAddresses,
    VirtualNetworkGatewayIpConfiguration,
    VirtualNetworkGatewayTimeouts,
)
from cdktf_cdktf_provider_azurerm.virtual_network_gateway_connection import (
    VirtualNetworkGatewayConnection,
    VirtualNetworkGatewayConnectionCustomBgpAddresses,
    VirtualNetworkGatewayConnectionIpsecPolicy,
    VirtualNetworkGatewayConnectionTimeouts,
)
from constructs import Construct

__all__ = [
    "App",
    "AwsProvider",
    "AwsSubnet",
    "AzureSubnet",
    "AzurermProvider",
    "AzurermProviderFeatures",
    "Construct",
    "CustomerGateway",
    "DataAwsAvailabilityZones",
    "DataAwsAvailabilityZonesFilter",
    "DataResource",
    "Fn",
    "LocalBackend",
    "LocalNetworkGateway",
    "LocalNetworkGatewayBgpSettings",
    "LocalNetworkGatewayTimeouts",
    "PublicIp",
    "ResourceGroup",
    "RouteTable",
    "RouteTableAssociation",
    "TerraformBackend",
    "TerraformDataSource",
    "TerraformElement",
    "TerraformOutput",
    "TerraformResource",
    "TerraformResourceLifecycle",
    "TerraformStack",
    "VirtualNetwork",
    "VirtualNetworkGateway",
    "VirtualNetworkGatewayBgpSettings",
    "VirtualNetworkGatewayBgpSettingsPeeringAddresses",
    "VirtualNetworkGatewayConnection",
    "VirtualNetworkGatewayConnectionCustomBgpAddresses",
    "VirtualNetworkGatewayConnectionIpsecPolicy",
    "VirtualNetworkGatewayConnectionTimeouts",
    "VirtualNetworkGatewayIpConfiguration",
    "VirtualNetworkGatewayTimeouts",
    "Vpc",
    "VpnConnection",
    "VpnGateway",
    "VpnGatewayRoutePropagation",
]
