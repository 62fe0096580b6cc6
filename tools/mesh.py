"""Topologies of any size for the bench and for tests: full meshes of AWS and Azure sites, within all limits."""

from __future__ import annotations

from math import isqrt

BLOCK = 100
"""Links of one mesh: ten AWS sites, each joined to ten Azure sites. Meshes are not joined to each other."""


def mesh(links: int) -> str:
    """A topology of ``links`` links as YAML: 1, 10, or a multiple of 100.

    An Azure site has at most ten links (40 tunnels of the 100 of its SKU), and link (i, j) of a mesh has slot
    i + j, which no other link of either site has.
    """
    aws: list[str] = []
    azure: list[str] = []
    joined: list[str] = []
    for block in range(max(1, links // BLOCK)):
        count = min(links, BLOCK)
        rows = isqrt(count) if isqrt(count) ** 2 == count else 2
        columns = count // rows
        for i in range(rows):
            number = block * 20 + i
            aws.append(_aws(f"a{block}-{i}", number))
        for j in range(columns):
            number = block * 20 + 10 + j
            azure.append(_azure(f"z{block}-{j}", number))
        joined += [
            f"  - {{aws: a{block}-{i}, azure: z{block}-{j}, slot: {i + j}}}"
            for i in range(rows)
            for j in range(columns)
        ]
    return "\n".join(["name: mesh", "aws:", *aws, "azure:", *azure, "links:", *joined, ""])


def _aws(key: str, number: int) -> str:
    gateway = f"{{kind: tgw, asn: {4_200_000_000 + number}}}"
    return f"  {key}: {{region: eu-central-1, network: {{cidr: {_cidr(number)}}}, gateway: {gateway}}}"


def _azure(key: str, number: int) -> str:
    gateway = f"{{sku: VpnGw5AZ, asn: {4_200_000_000 + number}}}"
    return f"  {key}: {{region: germanywestcentral, network: {{cidr: {_cidr(number)}}}, gateway: {gateway}}}"


def _cidr(number: int) -> str:
    return f"10.{number // 16}.{number % 16 * 16}.0/20"
