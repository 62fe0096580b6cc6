# Modules with count and for_each; keys are generated in the root and handed to both sides.
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

variable "psk" {
  type      = map(string)
  sensitive = true
  default   = { a = "Key.of.the.first.tunnel", b = "Key.of.the.second.tunnel" }
}

resource "azurerm_resource_group" "this" {
  name     = "foreign"
  location = "germanywestcentral"
}

module "gateway" {
  source         = "./gateway"
  count          = 1
  resource_group = azurerm_resource_group.this.name
  location       = azurerm_resource_group.this.location
}

resource "aws_ec2_transit_gateway" "this" {
  amazon_side_asn = 64530
}

module "tunnel" {
  source             = "./tunnel"
  for_each           = { a = 0, b = 1 }
  instance           = each.value
  key                = var.psk[each.key]
  public_ip          = module.gateway[0].addresses[each.value]
  gateway_id         = module.gateway[0].id
  transit_gateway_id = aws_ec2_transit_gateway.this.id
  aws_asn            = aws_ec2_transit_gateway.this.amazon_side_asn
  resource_group     = azurerm_resource_group.this.name
  location           = azurerm_resource_group.this.location
}
