"""The public addresses of AWS's tunnel ends, out of ranges that are never on the Internet.

Documentation blocks first (RFC 5737), so that they are recognized in a table; then the benchmark block (RFC 2544). The
n-th connection gets the n-th pair and no pair is given twice in a process: an address that comes back after its
connection is gone would hide a mistake.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

# Without an inside CIDR or a key to go by, terraform's provider takes the tunnel with the lower address, compared as
# text, for the first one: tunnel 1 has the block that sorts first.
FIRST = (IPv4Network("198.51.100.0/24"), IPv4Network("198.18.0.0/16"))
SECOND = (IPv4Network("203.0.113.0/24"), IPv4Network("198.19.0.0/16"))

Pair = tuple[IPv4Address, IPv4Address]


def pairs() -> Iterator[Pair]:
    """Every pair, in order: of tunnel 1 and of tunnel 2."""
    first, second = (itertools.chain.from_iterable(block.hosts() for block in blocks) for blocks in (FIRST, SECOND))
    return zip(first, second, strict=True)


# One for all accounts and regions: public addresses are.
_PAIRS = pairs()


def next_pair() -> Pair:
    """A pair that no connection of this process has had.

    Raises:
        StopIteration: 65,788 connections were made.
    """
    return next(_PAIRS)
