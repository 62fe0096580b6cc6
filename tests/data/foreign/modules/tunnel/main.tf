variable "instance" {}
variable "key" { sensitive = true }
variable "public_ip" {}
variable "gateway_id" {}
variable "transit_gateway_id" {}
variable "aws_asn" {}
variable "resource_group" {}
variable "location" {}

resource "aws_customer_gateway" "this" {
  bgp_asn    = 65010
  ip_address = var.public_ip
  type       = "ipsec.1"
}

resource "aws_vpn_connection" "this" {
  customer_gateway_id   = aws_customer_gateway.this.id
  transit_gateway_id    = var.transit_gateway_id
  type                  = "ipsec.1"
  tunnel1_inside_cidr   = "169.254.21.${4 * var.instance}/30"
  tunnel1_preshared_key = var.key

  tunnel1_ike_versions                 = ["ikev2"]
  tunnel1_phase1_encryption_algorithms = ["AES256"]
  tunnel1_phase1_integrity_algorithms  = ["SHA2-256"]
  tunnel1_phase1_dh_group_numbers      = [14]
  tunnel1_phase2_encryption_algorithms = ["AES256-GCM-16"]
  tunnel1_phase2_integrity_algorithms  = ["SHA2-256"]
  tunnel1_phase2_dh_group_numbers      = [14]
  tunnel1_startup_action               = "start"
}

resource "azurerm_local_network_gateway" "this" {
  name                = "aws-${var.instance}"
  location            = var.location
  resource_group_name = var.resource_group
  gateway_address     = aws_vpn_connection.this.tunnel1_address

  bgp_settings {
    asn                 = var.aws_asn
    bgp_peering_address = aws_vpn_connection.this.tunnel1_vgw_inside_address
  }
}

resource "azurerm_virtual_network_gateway_connection" "this" {
  name                       = "aws-${var.instance}"
  location                   = var.location
  resource_group_name        = var.resource_group
  type                       = "IPsec"
  virtual_network_gateway_id = var.gateway_id
  local_network_gateway_id   = azurerm_local_network_gateway.this.id
  enable_bgp                 = true
  shared_key                 = var.key

  custom_bgp_addresses {
    primary   = "169.254.21.2"
    secondary = "169.254.21.6"
  }

  ipsec_policy {
    ike_encryption   = "AES256"
    ike_integrity    = "SHA256"
    dh_group         = "DHGroup14"
    ipsec_encryption = "GCMAES256"
    ipsec_integrity  = "GCMAES256"
    pfs_group        = "PFS24"
  }
}
