variable "resource_group" {}
variable "location" {}

resource "azurerm_virtual_network" "this" {
  name                = "foreign"
  location            = var.location
  resource_group_name = var.resource_group
  address_space       = ["10.20.0.0/16"]
}

resource "azurerm_subnet" "gateway" {
  name                 = "GatewaySubnet"
  resource_group_name  = var.resource_group
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = ["10.20.255.0/27"]
}

resource "azurerm_public_ip" "first" {
  name                = "first"
  location            = var.location
  resource_group_name = var.resource_group
  allocation_method   = "Static"
}

resource "azurerm_public_ip" "second" {
  name                = "second"
  location            = var.location
  resource_group_name = var.resource_group
  allocation_method   = "Static"
}

locals {
  ips = { first = azurerm_public_ip.first.id, second = azurerm_public_ip.second.id }
}

resource "azurerm_virtual_network_gateway" "this" {
  name                = "foreign"
  location            = var.location
  resource_group_name = var.resource_group
  type                = "Vpn"
  sku                 = "VpnGw1AZ"
  active_active       = true
  enable_bgp          = true

  ip_configuration {
    name                 = "first"
    public_ip_address_id = azurerm_public_ip.first.id
    subnet_id            = azurerm_subnet.gateway.id
  }

  ip_configuration {
    name                 = "second"
    public_ip_address_id = azurerm_public_ip.second.id
    subnet_id            = azurerm_subnet.gateway.id
  }

  bgp_settings {
    asn = 65010

    peering_addresses {
      ip_configuration_name = "first"
      apipa_addresses       = ["169.254.21.2"]
    }

    peering_addresses {
      ip_configuration_name = "second"
      apipa_addresses       = ["169.254.21.6"]
    }
  }
}

output "id" {
  value = azurerm_virtual_network_gateway.this.id
}

output "addresses" {
  value = [azurerm_public_ip.first.ip_address, azurerm_public_ip.second.ip_address]
}
