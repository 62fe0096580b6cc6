"""Terraform of others: what is read out of it, as lines that a test compares."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from isthmus.observed import observe
from isthmus.observed.agreement import comparisons
from isthmus.observed.links import Links

FOLDER: Final = Path(__file__).parent / "data" / "foreign"
FILES: Final = {
    "one-root": ("one-root/plan.json",),
    "modules": ("modules/plan.json",),
    "two-roots": ("two-roots/aws/state.json", "two-roots/azure/plan.json"),
}


def links(root: str, folder: Path = FOLDER) -> Links:
    return Links(observe(*(folder / file for file in FILES[root])))


def told(found: Links) -> list[str]:
    """Each tunnel with its ends, by what they were paired, and the Azure instance; and what breaks it."""
    tunnels = [
        f"{t.azure.connection.address} | {t.aws.number} of {t.aws.connection.address} | {t.evidence.name} | "
        f"{'?' if t.instance is None else t.instance.number}"
        for t in found.tunnels
    ]
    lone = [f"alone: {end}" for end in (*found.paired.lone_azure, *found.paired.lone_aws)]
    wrong = [str(c) for c in comparisons(found) if c.equal is False and c.breaks]
    return [*tunnels, *lone, *wrong]
