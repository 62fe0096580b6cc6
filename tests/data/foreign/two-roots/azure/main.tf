# The Azure side: reads the AWS side's state, and adopts a gateway by its id.
terraform {
  required_providers {
    azurerm = { source = "hashicorp/azurerm" }
  }
}

provider "azurerm" {
  features {}
}

data "terraform_remote_state" "aws" {
  backend = "local"
  config  = { path = "../aws.tfstate" }
}

variable "gateway_id" {
  default = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/hub/providers/Microsoft.Network/virtualNetworkGateways/hub"
}

resource "azurerm_local_network_gateway" "aws" {
  name                = "aws"
  location            = "germanywestcentral"
  resource_group_name = "hub"
  gateway_address     = data.terraform_remote_state.aws.outputs.tunnel.address
  address_space       = ["10.10.0.0/16"]
}

resource "azurerm_virtual_network_gateway_connection" "aws" {
  name                       = "aws"
  location                   = "germanywestcentral"
  resource_group_name        = "hub"
  type                       = "IPsec"
  virtual_network_gateway_id = var.gateway_id
  local_network_gateway_id   = azurerm_local_network_gateway.aws.id
  shared_key                 = data.terraform_remote_state.aws.outputs.tunnel.key
}
