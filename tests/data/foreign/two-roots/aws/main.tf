# The AWS side: applied first, with an address of Azure that is typed in. Static, one tunnel, the key made by AWS.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }

  backend "local" {
    path = "../aws.tfstate"
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.10.0.0/16"
}

resource "aws_vpn_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_vpn_gateway_route_propagation" "this" {
  vpn_gateway_id = aws_vpn_gateway.this.id
  route_table_id = aws_vpc.this.main_route_table_id
}

resource "aws_customer_gateway" "azure" {
  bgp_asn    = 65000
  ip_address = "192.0.2.77"
  type       = "ipsec.1"
}

resource "aws_vpn_connection" "azure" {
  customer_gateway_id = aws_customer_gateway.azure.id
  vpn_gateway_id      = aws_vpn_gateway.this.id
  type                = "ipsec.1"
  static_routes_only  = true
}

resource "aws_vpn_connection_route" "azure" {
  vpn_connection_id      = aws_vpn_connection.azure.id
  destination_cidr_block = "10.20.0.0/16"
}

output "tunnel" {
  sensitive = true
  value = {
    address = aws_vpn_connection.azure.tunnel1_address
    key     = aws_vpn_connection.azure.tunnel1_preshared_key
  }
}
