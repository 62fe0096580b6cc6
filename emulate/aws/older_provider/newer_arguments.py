"""Arguments that AWS provider 6.25 has and an older one lacks: what they are in a plan, in the cloud and in a state.

Which they are is told by ``emulate/data/aws-6.25.0.json``: the bandwidth of tunnels and their BGP logs. An older
provider neither knows the names nor sends them, so they are taken out of what it is given and put back into what it
answers (values travel as :mod:`emulate.plugin.values` has them), and EC2 is told of them right after it has acted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from emulate.plugin.messages import Message, attribute, nested
from emulate.plugin.schema import Block, load
from emulate.plugin.values import UNKNOWN, Json

_BANDWIDTHS: Final = ("standard", "large")
_FORMATS: Final = ("json", "text")
_LOGS: Final = {
    "bgp_log_enabled": "BgpLogEnabled",
    "bgp_log_group_arn": "BgpLogGroupArn",
    "bgp_log_output_format": "BgpLogOutputFormat",
}


def added() -> dict[str, Block]:
    """What the newer provider has beyond the older one, by type of resource."""
    return {type_: schema.block for type_, schema in load("aws").resources.items()}


def extend(block: Message, more: Block) -> None:
    """Add ``more`` to a ``block`` of a schema on the wire; what it has already stays as it is."""
    known = {one.name for one in block.attributes}
    block.attributes.extend(attribute(one) for name, one in more.attributes.items() if name not in known)
    inner = {one.type_name: one for one in block.block_types}
    for name, one in more.blocks.items():
        if name in inner:
            extend(inner[name].block, one.block)
        else:
            block.block_types.append(nested(one))


def without(value: Any, more: Block) -> Any:
    """``value`` as a provider that lacks ``more`` understands it."""
    if not isinstance(value, dict):
        return value
    kept = {name: item for name, item in value.items() if name not in more.attributes}
    for name, one in more.blocks.items():
        if isinstance(kept.get(name), list):
            kept[name] = [without(item, one.block) for item in kept[name]]
    return kept


def merged(value: Any, more: Block, said: Mapping[str, Any]) -> Any:
    """``value``, which lacks ``more``, with it as it is ``said``; blocks that are not there are not made."""
    if not isinstance(value, dict):
        return value
    full = {**value, **{name: said.get(name) for name in more.attributes}}
    for name, one in more.blocks.items():
        items = value.get(name)
        if isinstance(items, list):
            told = said.get(name)
            beside = [*(told if isinstance(told, list) else []), *[{}] * len(items)]
            full[name] = [merged(item, one.block, about) for item, about in zip(items, beside, strict=False)]
    return full


def settled(value: Any) -> Any:
    """``value`` with nothing unknown in it, as a state wants it."""
    if isinstance(value, dict):
        return {name: settled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [settled(item) for item in value]
    return None if value is UNKNOWN else value


def problems(config: Json) -> Iterator[tuple[str, str]]:
    """What the newer provider would not accept in a connection's ``config``: attribute and text."""
    bandwidth = config.get("tunnel_bandwidth")
    if isinstance(bandwidth, str) and bandwidth not in _BANDWIDTHS:
        yield "tunnel_bandwidth", f"expected tunnel_bandwidth to be one of {list(_BANDWIDTHS)}, got {bandwidth}"
    for block in ("tunnel1_log_options", "tunnel2_log_options"):
        form = _cloudwatch(config, block).get("bgp_log_output_format")
        if isinstance(form, str) and form not in _FORMATS:
            yield block, f"expected bgp_log_output_format to be one of {list(_FORMATS)}, got {form}"


def told_to_ec2(ec2: Any, state: Json, wanted: Json) -> None:
    """Bring a connection to what is ``wanted``; ``ec2`` is a client of boto3, ``state`` the older provider's.

    The newer provider sends them with the call that makes the connection; afterwards it is the same.

    Raises:
        botocore.exceptions.ClientError: EC2 refuses.
    """
    there = _described(ec2, state["id"])
    bandwidth = wanted.get("tunnel_bandwidth")
    if isinstance(bandwidth, str) and bandwidth != there["Options"].get("TunnelBandwidth"):
        ec2.modify_vpn_connection_options(VpnConnectionId=state["id"], TunnelBandwidth=bandwidth)
    for number in (1, 2):
        logs = _cloudwatch(wanted, f"tunnel{number}_log_options")
        if not logs:
            continue
        tunnel, has = _tunnel(there, number)
        # The options of logs are replaced as a whole: what the older provider has sent must be sent again.
        wants = {name: value for name, value in has.items() if name not in _LOGS.values()}
        wants["BgpLogEnabled"] = bool(logs.get("bgp_log_enabled"))
        wants |= {api: logs[name] for name, api in _LOGS.items() if isinstance(logs.get(name), str) and logs[name]}
        if wants != {"BgpLogEnabled": False, **has}:
            ec2.modify_vpn_tunnel_options(
                VpnConnectionId=state["id"],
                VpnTunnelOutsideIpAddress=tunnel["OutsideIpAddress"],
                TunnelOptions={"LogOptions": {"CloudWatchLogOptions": wants}},
            )


def told_by_ec2(ec2: Any, state: Json) -> Json:
    """What EC2 says of a connection that the older provider leaves out of its ``state``.

    Raises:
        botocore.exceptions.ClientError: EC2 refuses, or knows no such connection.
    """
    there = _described(ec2, state["id"])
    found: Json = {"tunnel_bandwidth": there["Options"].get("TunnelBandwidth")}
    for number in (1, 2):
        _, logs = _tunnel(there, number)
        said = {name: logs.get(api, False if name == "bgp_log_enabled" else "") for name, api in _LOGS.items()}
        found[f"tunnel{number}_log_options"] = [{"cloudwatch_log_options": [said]}]
    return found


def _described(ec2: Any, id_: str) -> Json:
    [there] = ec2.describe_vpn_connections(VpnConnectionIds=[id_])["VpnConnections"]
    described: Json = there
    return described


def _tunnel(there: Json, number: int) -> tuple[Json, Json]:
    """The options of a tunnel, and those of its logs; the provider, too, counts them in the order of options."""
    tunnel: Json = there["Options"]["TunnelOptions"][number - 1]
    return tunnel, dict(tunnel.get("LogOptions", {}).get("CloudWatchLogOptions", {}))


def _cloudwatch(value: Json, block: str) -> Json:
    """The one ``cloudwatch_log_options`` in ``block``; empty where there is none yet."""
    for name in (block, "cloudwatch_log_options"):
        items = value.get(name)
        if not isinstance(items, list) or not items or not isinstance(items[0], dict):
            return {}
        value = items[0]
    return value
