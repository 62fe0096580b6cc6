"""Throughput, availability and regions for programs: every number with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from isthmus.availability import Assumptions, Deployment, LinkAvailability, hours_a_year, minutes_a_month
from isthmus.figures import LEGEND, weakest
from isthmus.latency import FLOOR
from isthmus.regions import Pair
from isthmus.throughput import DEFAULT_WINDOW, GEODESIC, Tcp, Throughput, verdict


def throughput_json(found: Throughput, tcp: Tcp) -> dict[str, Any]:
    """A link's throughput: Mbit/s, milliseconds, kilometres, bytes."""
    said: dict[str, Any] = plain(found)
    for value, flow in ((said["flow"], found.flow), (said["plain"], found.plain)):
        if flow:
            value |= {"binding": flow.binding.name, "mbps": flow.mbps, "status": str(flow.status)}
    for value, direction in zip(said["directions"], found.directions, strict=True):
        value |= {"binding": direction.binding.name, "status": str(direction.status)}
        value["flows_status"] = None if found.flow is None else str(weakest((direction.status, found.flow.status)))
    window = DEFAULT_WINDOW if tcp.window is None else tcp.window
    if found.km is not None:
        said |= {"km_source": str(GEODESIC), "floor_source": str(FLOOR)}
    if found.sizing:
        said["sizing"]["status"] = str(weakest(d.status for d in found.directions))
    asked = {"window_bytes": window, "loss": tcp.loss, "flows": tcp.flows}
    return {"statuses": LEGEND, **said, "tcp": asked, "verdict": verdict(found)}


def availability_json(found: Sequence[LinkAvailability], whole: Deployment, given: Assumptions) -> dict[str, Any]:
    """Availabilities as shares from 0 to 1."""
    links = [
        {
            **plain(one),
            "backed": one.backed,
            **_down("documented", one.documented),
            "documented_status": str(one.documented_status),
            **_down("expected", one.expected),
            "expected_status": str(one.expected_status),
        }
        for one in found
    ]
    return {
        "statuses": LEGEND,
        "assumptions": {
            "internet_path": given.path,
            "common_cause": given.beta,
            "common_cause_status": str(given.beta_status),
        },
        "links": links,
        "deployment": plain(whole),
    }


def pair_json(pair: Pair) -> dict[str, Any]:
    """A pair of regions: milliseconds and kilometres."""
    said: dict[str, Any] = plain(pair)
    legs = (rtt.source.status for reach in pair.reaches for rtt in (reach.to_aws, reach.to_azure))
    score = weakest((pair.rtt.source.status, *legs))
    return {"statuses": LEGEND, **said, "km_source": str(GEODESIC), "score_status": str(score)}


def plain(value: Any) -> Any:
    """A value of dataclasses as dictionaries, lists, numbers and text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if value is None or type(value) in (bool, int, float, str):
        return value
    return str(value)


def _down(name: str, availability: float) -> dict[str, float]:
    return {
        f"{name}_minutes_a_month": minutes_a_month(availability),
        f"{name}_hours_a_year": hours_a_year(availability),
    }
