"""Which addresses things get. Arithmetic only; fixed once shipped, since a change would renumber what runs.

Link in slot s, Azure instance n, AWS tunnel k (1 or 2):

    169.254.(20+k).(8·s + 4·n)/30        AWS the first host, Azure the second

Slot 0 is the table of Microsoft's tutorial "Configure BGP connections between Azure VPN Gateway and AWS".
"""

from __future__ import annotations

from ipaddress import IPv4Network

from isthmus.clouds import aws, azure


def inside_block(*, slot: int, instance: int, number: int) -> IPv4Network:
    """The /30 inside a tunnel. ``slot`` 0 to 31, ``instance`` 0 or 1, ``number`` 1 or 2."""
    return IPv4Network((int(azure.APIPA_RANGES[number - 1][0]) + 8 * slot + 4 * instance, 30))


def vpc_subnets(cidr: IPv4Network) -> tuple[IPv4Network, IPv4Network]:
    """Two private subnets: the first two quarters of the VPC, so that half of it stays free.

    A /27 has no room for quarters (AWS's least is /28) and is halved. ``cidr`` is /16 to /27.
    """
    first, second, *_ = cidr.subnets(new_prefix=min(cidr.prefixlen + 2, aws.VPC_PREFIX[-1]))
    return first, second


def gateway_subnet(cidr: IPv4Network) -> IPv4Network:
    """The GatewaySubnet: the last /27 of the VNet, or its upper half where that is smaller. At most /28."""
    size = 1 << (32 - max(azure.GATEWAY_SUBNET_PREFIX, cidr.prefixlen + 1))
    return IPv4Network((int(cidr.broadcast_address) + 1 - size, 33 - size.bit_length()))


def workload_subnet(cidr: IPv4Network, gateway: IPv4Network) -> IPv4Network:
    """The subnet for the user's machines: the lower half of the VNet.

    Where ``gateway``, the GatewaySubnet, got its place when the VNet was smaller, it is the lower half of the VNet
    of that time. In any other place, it is the half of the VNet that the GatewaySubnet is not in.
    """
    then = [n for p in range(cidr.prefixlen, 28) if gateway_subnet(n := gateway.supernet(new_prefix=p)) == gateway]
    lower, upper = (then[0] if then else cidr).subnets(prefixlen_diff=1)
    return upper if gateway.subnet_of(lower) else lower
