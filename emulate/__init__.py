"""Clouds emulated on loopback: stand-ins, for users who want to see a deployment without an account, and for tests.

The real terraform runs against them. What comes up there routes no packet, bills nothing and proves nothing about a
region's capacity, an account's quotas or its permissions; it does show what is created, in which order, what is asked
for again, what a later change touches, and what happens when a call fails.
"""

ABOUT = (
    "Stand-ins for AWS and Azure on loopback. Nothing here is real: no packet is routed, nothing is billed, and "
    "nothing is proved about an account's quotas, permissions or capacity."
)
