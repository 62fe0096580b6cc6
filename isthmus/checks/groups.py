"""Which sites hear of whose networks, for the links that a file really has: see ``isthmus.plan.reach``."""

from __future__ import annotations

from isthmus.checks.context import Context
from isthmus.plan import reach
from isthmus.plan.reach import Site


def bgp_groups(context: Context) -> list[list[Site]]:
    """Sites in groups within which BGP carries every route to everyone; each in the order of the file."""
    return reach.bgp_groups(context.topology, [link for _, link in context.links])


def meeting_groups(context: Context) -> list[list[Site]]:
    """For each set of sites that some gateway hears of together: those sites, in the order of the file."""
    return list({tuple(together): together for _, together in context.reachable() if len(together) > 1}.values())
