"""Arguments of azurerm's resources that others than the deployment set, by the resource that has them.

Azure policies attach a DDoS protection plan or DNS servers; people add point-to-site clients, routes for them, or a
range. Names of azurerm 4.55.0 (S).
"""

from __future__ import annotations

from typing import Final

VNET: Final = ("address_space", "bgp_community", "ddos_protection_plan", "dns_servers", "encryption")
GATEWAY: Final = ("custom_route", "default_local_network_gateway_id", "policy_group", "vpn_client_configuration")
PUBLIC_IP: Final = ("ddos_protection_mode", "ddos_protection_plan_id", "domain_name_label", "ip_tags", "reverse_fqdn")
SUBNET: Final = ("delegation", "private_endpoint_network_policies", "service_endpoints")
"""Of the workload subnet."""

FOREIGN_ARGUMENTS: Final = tuple(sorted((*VNET, *GATEWAY, *PUBLIC_IP, *SUBNET)))
