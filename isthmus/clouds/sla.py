"""What the clouds' service level agreements say: shares of a month, as numbers from 0 to 1.

They are credits for what was paid, not guarantees. Azure's figure does not rise with two instances or with zones. AWS
counts a connection as unavailable while both of its tunnels are down (S).
"""

from __future__ import annotations

from typing import Final

from isthmus.provenance import Source, Status

AWS_CONNECTION: Final = 0.9995
AWS_CONNECTION_SLA: Final = Source(
    name="AWS Site-to-Site VPN SLA: each connection, a month", date="2022-05-05", status=Status.SEEN
)
TRANSIT_GATEWAY: Final = 0.9995
TRANSIT_GATEWAY_SLA: Final = Source(
    name="AWS Transit Gateway SLA: text of 2019; today's was not seen, one source says 99.99 %",
    date="2019",
    status=Status.ASSUMED,
)
AZURE_GATEWAY: Final = 0.9995
AZURE_BASIC_GATEWAY: Final = 0.999
AZURE_GATEWAY_SLA: Final = Source(
    name="Azure VPN Gateway SLA: 99.9 % for Basic, 99.95 % for all other SKUs", date="2026-11", status=Status.SEEN
)
VPN_GATEWAY: Final = TRANSIT_GATEWAY
VPN_GATEWAY_SLA: Final = Source(
    name="a virtual private gateway has no SLA of its own: counted like a transit gateway",
    date="2026-11",
    status=Status.ASSUMED,
)
