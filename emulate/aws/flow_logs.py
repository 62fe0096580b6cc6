"""Flow logs into a bucket with a prefix, which moto takes for a part of the bucket's name."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend


class FlowLogs(EC2Backend):
    """EC2's side of it."""

    def create_flow_logs(self, *args: Any, **named: Any) -> Any:
        """As moto does, with the bucket alone; afterwards the flow log names its whole destination again."""
        destination: str = named.get("log_destination") or ""
        if named.get("log_destination_type") != "s3" or "/" not in destination:
            return super().create_flow_logs(*args, **named)
        named["log_destination"] = destination.partition("/")[0]
        made, failed = super().create_flow_logs(*args, **named)
        for flow_log in made:
            flow_log.log_destination = destination
        return made, failed
