"""What the clouds' service level agreements say: shares of a month, as numbers from 0 to 1.

They are credits for what was paid, not guarantees. Azure's figure does not rise with two instances or with
zones, AWS's counts a connection with both its tunnels as one (M).
"""

from __future__ import annotations

from typing import Final

from isthmus.figures import Source, Status

AWS_CONNECTION: Final = 0.9995
AWS_CONNECTION_SLA: Final = Source(
    name="AWS Site-to-Site VPN SLA: each connection, a month", date="2022-05-05", status=Status.SEEN
)
TRANSIT_GATEWAY: Final = 0.9995
TRANSIT_GATEWAY_SLA: Final = Source(
    name="AWS Transit Gateway SLA: superseded text of 2019, today's not seen", date="2019", status=Status.MEMORY
)
AZURE_GATEWAY: Final = 0.9995
AZURE_BASIC_GATEWAY: Final = 0.999
AZURE_GATEWAY_SLA: Final = Source(
    name="Azure VPN Gateway SLA: figure seen in the text for China, not in the global one",
    date="2026-11",
    status=Status.MEMORY,
)
