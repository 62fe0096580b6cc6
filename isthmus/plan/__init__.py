"""Everything that a topology comes to: every name, number, address, ASN, proposal and key slot."""

from isthmus.plan.planner import build, links_wanted
from isthmus.plan.types import Plan

__all__ = ["Plan", "build", "links_wanted"]
