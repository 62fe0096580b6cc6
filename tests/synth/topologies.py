"""Small topologies of kinds that no example has, and what is known of the networks they adopt."""

from __future__ import annotations

from typing import Final

AZURE_ID: Final = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/hub/providers"
GATEWAY_ID: Final = f"{AZURE_ID}/Microsoft.Network/virtualNetworkGateways/hub"
WORKSPACE_ID: Final = f"{AZURE_ID}/Microsoft.OperationalInsights/workspaces/logs"
PUBLIC_IPS: Final = ("203.0.113.10", "203.0.113.11")
VGW_ID, TGW_ID, VPC_ID = "vgw-0a1b2c3d", "tgw-0a1b2c3d", "vpc-0a1b2c3d"
TABLE_ID, TABLE_IDS, SUBNET_IDS = "tgw-rtb-0a1b2c3d", ("rtb-0a1b2c3d", "rtb-0a1b2c3e"), ("subnet-0a1b2c3d",)

KNOWN: Final = {
    "hub": ["10.20.0.0/16"],
    GATEWAY_ID: ["10.20.0.0/16", "10.21.0.0/16"],
    VPC_ID: ["10.10.0.0/16", "10.11.0.0/16"],
    VGW_ID: ["10.10.0.0/16", "10.11.0.0/16"],
    TGW_ID: ["10.10.0.0/16", "10.11.0.0/16"],
}
"""Ranges of what is adopted, in the examples and here."""

MADE_VPC: Final = "{cidr: 10.10.0.0/16}"
MADE_VNET: Final = "{cidr: 10.20.0.0/16}"
ADOPTED_VPC: Final = (
    f"{{vpc_id: {VPC_ID}, cidrs: [10.11.0.0/16, 10.10.0.0/16], route_table_ids: [{', '.join(TABLE_IDS)}]}}"
)
ADOPTED_VPC_TO_ATTACH: Final = ADOPTED_VPC.replace("}", f", subnet_ids: [{', '.join(SUBNET_IDS)}]}}")
ADOPTED_VNET: Final = "{resource_group: network, vnet: hub, cidrs: [10.20.0.0/16], gateway_subnet: 10.20.255.0/27}"
ADOPTED_GATEWAY: Final = f"{{id: {GATEWAY_ID}, asn: 65040, public_ips: [{', '.join(PUBLIC_IPS)}]}}"
VNET_OF_GATEWAY: Final = "{resource_group: network, vnet: hub, cidrs: [10.21.0.0/16, 10.20.0.0/16]}"


def topology(
    *,
    vpc: str = MADE_VPC,
    aws: str = "{}",
    vnet: str = MADE_VNET,
    azure: str = "{}",
    link: str = "",
    monitoring: str = "false",
) -> str:
    """One AWS site and one Azure site, joined; each part as YAML."""
    return (
        f"name: small\n"
        f"aws:\n  fra: {{region: eu-central-1, network: {vpc}, gateway: {aws}}}\n"
        f"azure:\n  fra: {{region: germanywestcentral, network: {vnet}, gateway: {azure}}}\n"
        f"links:\n  - {{aws: fra, azure: fra{link}}}\n"
        f"monitoring: {monitoring}\n"
    )


STATIC: Final = ", routing: static"
TGW: Final = "{kind: tgw, asn: 64540}"
EXPLICIT: Final = (
    ", ipsec: {ike: {encryption: aes128-gcm, integrity: sha256, dh_group: 19}, "
    "esp: {encryption: aes128, integrity: sha256, pfs_group: 14}, lifetimes: {esp: 1800}}"
)
LEGACY: Final = (
    ", legacy: true, initiator: azure, ipsec: {ike: {version: 1, encryption: aes128, integrity: sha1, dh_group: 2}, "
    "esp: {encryption: aes256, integrity: sha1, pfs_group: 0}}"
)

KINDS: Final = {
    "static of one tunnel": topology(link=f"{STATIC}, tunnels: 1"),
    "static on an active-active gateway": topology(azure="{mode: active-active}", link=f"{STATIC}, tunnels: 2"),
    "static on a transit gateway": topology(aws=TGW, link=STATIC),
    "static to adopted networks": topology(vpc=ADOPTED_VPC, vnet=ADOPTED_VNET, link=STATIC),
    "static to an adopted transit gateway": topology(
        aws=f"{{kind: tgw, id: {TGW_ID}, asn: 64540, route_table_id: {TABLE_ID}}}", vpc=ADOPTED_VPC, link=STATIC
    ),
    "started by Azure": topology(link=", initiator: azure"),
    "started by Azure, of one tunnel": topology(link=f"{STATIC}, tunnels: 1, initiator: azure"),
    "accelerated": topology(
        aws="{kind: tgw, asn: 64540, acceleration: true, maintenance_control: true}", link=", initiator: azure"
    ),
    "explicit proposal": topology(link=EXPLICIT),
    "legacy proposal": topology(link=LEGACY),
    "adopted VGW on a made VPC": topology(aws=f"{{id: {VGW_ID}, asn: 64540}}"),
    "adopted VGW on an adopted VPC": topology(aws=f"{{id: {VGW_ID}, asn: 64540}}", vpc=ADOPTED_VPC),
    "made VGW on an adopted VPC": topology(aws="{asn: 64540}", vpc=ADOPTED_VPC),
    "adopted TGW with its own defaults": topology(
        aws=f"{{kind: tgw, id: {TGW_ID}, asn: 64540}}", vpc=ADOPTED_VPC_TO_ATTACH
    ),
    "adopted TGW on a made VPC": topology(aws=f"{{kind: tgw, id: {TGW_ID}, asn: 64540}}"),
    "adopted TGW with its VPC": topology(
        aws=f"{{kind: tgw, id: {TGW_ID}, asn: 64540, route_table_id: {TABLE_ID}}}", vpc=ADOPTED_VPC
    ),
    "adopted VNet without GatewaySubnet": topology(vnet=ADOPTED_VNET),
    "adopted Azure gateway": topology(azure=ADOPTED_GATEWAY, vnet=VNET_OF_GATEWAY),
    "adopted Azure gateway of one instance": topology(
        azure=f"{{id: {GATEWAY_ID}, asn: 65040, mode: active-standby, public_ips: [{PUBLIC_IPS[0]}]}}",
        vnet=VNET_OF_GATEWAY,
        link=", tunnels: 1",
    ),
    "static to an adopted Azure gateway": topology(
        azure=f"{{id: {GATEWAY_ID}, asn: 65040, mode: active-standby, public_ips: [{PUBLIC_IPS[0]}]}}",
        vnet=VNET_OF_GATEWAY,
        link=STATIC,
    ),
    "keys in Secrets Manager": topology(link=", psk: {source: random, preshared_key_storage: secrets-manager}"),
}
