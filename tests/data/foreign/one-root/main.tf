# Both clouds in one root, the way most public projects write it: count, one variable for all keys, no tunnel options.
terraform {
  required_providers {
    aws     = { source = "hashicorp/aws" }
    azurerm = { source = "hashicorp/azurerm" }
  }
}

provider "aws" {
  region = "eu-central-1"
}

provider "azurerm" {
  features {}
}

variable "shared_key" {
  type    = string
  default = "PlainTextKeyOfAllTunnels1"
}

locals {
  azure_asn = 65515
  inside = [
    ["169.254.21.0/30", "169.254.22.0/30"],
    ["169.254.21.4/30", "169.254.22.4/30"],
  ]
}

resource "azurerm_resource_group" "this" {
  name     = "foreign"
  location = "germanywestcentral"
}

resource "azurerm_virtual_network" "this" {
  name                = "foreign"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  address_space       = ["10.20.0.0/16"]
}

resource "azurerm_subnet" "gateway" {
  name                 = "GatewaySubnet"
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = ["10.20.255.0/27"]
}

resource "azurerm_public_ip" "gateway" {
  count               = 2
  name                = "gateway-${count.index}"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  allocation_method   = "Static"
  sku                 = "Standard"
}

resource "azurerm_virtual_network_gateway" "this" {
  name                = "foreign"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  type                = "Vpn"
  vpn_type            = "RouteBased"
  sku                 = "VpnGw1AZ"
  active_active       = true
  enable_bgp          = true

  ip_configuration {
    name                 = "first"
    public_ip_address_id = azurerm_public_ip.gateway[0].id
    subnet_id            = azurerm_subnet.gateway.id
  }

  ip_configuration {
    name                 = "second"
    public_ip_address_id = azurerm_public_ip.gateway[1].id
    subnet_id            = azurerm_subnet.gateway.id
  }

  bgp_settings {
    asn = local.azure_asn

    peering_addresses {
      ip_configuration_name = "first"
      apipa_addresses       = ["169.254.21.2", "169.254.22.2"]
    }

    peering_addresses {
      ip_configuration_name = "second"
      apipa_addresses       = ["169.254.21.6", "169.254.22.6"]
    }
  }
}

# The address is looked up by name once the gateway is there.
data "azurerm_public_ip" "gateway" {
  count               = 2
  name                = azurerm_public_ip.gateway[count.index].name
  resource_group_name = azurerm_resource_group.this.name
  depends_on          = [azurerm_virtual_network_gateway.this]
}

resource "aws_vpc" "this" {
  cidr_block = "10.10.0.0/16"
}

resource "aws_route_table" "private" {
  vpc_id           = aws_vpc.this.id
  propagating_vgws = [aws_vpn_gateway.this.id]
}

resource "aws_vpn_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_customer_gateway" "azure" {
  count      = 2
  bgp_asn    = local.azure_asn
  ip_address = data.azurerm_public_ip.gateway[count.index].ip_address
  type       = "ipsec.1"
}

resource "aws_vpn_connection" "azure" {
  count               = 2
  customer_gateway_id = aws_customer_gateway.azure[count.index].id
  vpn_gateway_id      = aws_vpn_gateway.this.id
  type                = "ipsec.1"

  tunnel1_inside_cidr   = local.inside[count.index][0]
  tunnel2_inside_cidr   = local.inside[count.index][1]
  tunnel1_preshared_key = var.shared_key
  tunnel2_preshared_key = var.shared_key
}

resource "azurerm_local_network_gateway" "tunnel1" {
  count               = 2
  name                = "aws-${count.index}-1"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  gateway_address     = aws_vpn_connection.azure[count.index].tunnel1_address

  bgp_settings {
    asn                 = aws_vpn_gateway.this.amazon_side_asn
    bgp_peering_address = cidrhost(local.inside[count.index][0], 1)
  }
}

resource "azurerm_local_network_gateway" "tunnel2" {
  count               = 2
  name                = "aws-${count.index}-2"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  gateway_address     = aws_vpn_connection.azure[count.index].tunnel2_address

  bgp_settings {
    asn                 = aws_vpn_gateway.this.amazon_side_asn
    bgp_peering_address = aws_vpn_connection.azure[count.index].tunnel2_vgw_inside_address
  }
}

resource "azurerm_virtual_network_gateway_connection" "tunnel1" {
  count                      = 2
  name                       = "aws-${count.index}-1"
  location                   = azurerm_resource_group.this.location
  resource_group_name        = azurerm_resource_group.this.name
  type                       = "IPsec"
  virtual_network_gateway_id = azurerm_virtual_network_gateway.this.id
  local_network_gateway_id   = azurerm_local_network_gateway.tunnel1[count.index].id
  enable_bgp                 = true
  shared_key                 = var.shared_key
}

resource "azurerm_virtual_network_gateway_connection" "tunnel2" {
  count                      = 2
  name                       = "aws-${count.index}-2"
  location                   = azurerm_resource_group.this.location
  resource_group_name        = azurerm_resource_group.this.name
  type                       = "IPsec"
  virtual_network_gateway_id = azurerm_virtual_network_gateway.this.id
  local_network_gateway_id   = azurerm_local_network_gateway.tunnel2[count.index].id
  enable_bgp                 = true
  shared_key                 = var.shared_key
}
