"""A stand-in for AWS: moto's server, with what moto lacks for Site-to-Site VPN.

moto keeps a VPN connection but not its options: each tunnel of each connection has the same address, key and ASN. The
modules here replace those parts, one a subject, by subclassing moto's backend (what exists, and what is refused) and
moto's responses (the API calls, named as AWS names them). :mod:`emulate.aws.install` puts them together; nothing is
written into moto's package. Shapes of requests and answers come from botocore's model of EC2, through moto.

The exception is :mod:`emulate.aws.older_provider`, which is about Terraform's provider and not about the cloud.

Where no other source is named, rules are those of the EC2 API reference (CreateVpnConnection,
VpnTunnelOptionsSpecification, CreateCustomerGateway, CreateVpnGateway and the pages they link to). Error codes that AWS
does not document are marked "from memory": what matters to terraform is that they are not among those it retries.
"""
