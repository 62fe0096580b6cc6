"""Delays and errors on demand, from a control file beside the cloud file that is read anew at each operation.

    {"rules": [
      {"type": "azurerm_virtual_network_gateway", "operation": "create", "delay": 30},
      {"type": "*_connection", "operation": "create", "name": "*-t2", "times": 1,
       "error": {"code": "InternalServerError", "message": "An error occurred.", "status": 500}},
      {"operation": "delete", "name": "x", "effect": "timeout"},
      {"type": "azurerm_virtual_network", "operation": "create", "hold": true}]}

Every rule that fits counts: the longest delay, the first hold, and the first error that has not been used up.
``type``, ``operation`` (create, read, update, delete) and ``name`` are patterns; what is left out fits anything.
``times`` says how often an error comes, always when left out. With ``hold`` a create, update or delete is under way
until its rule is no longer in the file. ``effect`` is one of:

    refuse (default)  the request is refused and nothing happened
    fail              the request is accepted, and what was made is in the state Failed
    timeout           the request is accepted and goes on (``delay`` seconds, or while it is held), but the provider
                      gives up waiting
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulate.azure.arm import AzureError
from emulate.plugin.engine import RefusedError

if TYPE_CHECKING:
    from emulate.azure.cloud import World

_KEYS: Final = {"type", "operation", "name", "delay", "hold", "times", "effect", "error"}
_EFFECTS: Final = ("refuse", "fail", "timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the control file has in store for an operation."""

    delay: float = 0.0
    hold: str = ""
    """The rule that holds the operation, as :func:`holding` has it; empty where none does."""
    effect: str = ""
    """Empty, or one of those named above."""
    error: AzureError | None = None


def verdict(control: Path, world: World, *, type_: str, operation: str, name: str) -> Verdict:
    """Ask the control file, and count in ``world`` what it refuses.

    Raises:
        RefusedError: the control file is wrong.
    """
    delay, hold = 0.0, ""
    found: tuple[str, AzureError] | None = None
    for rule in _rules(control):
        asked = {"type": type_, "operation": operation, "name": name}
        if not all(fnmatchcase(value, str(rule.get(key, "*"))) for key, value in asked.items()):
            continue
        delay = max(delay, float(rule.get("delay", 0)))
        hold = hold or (_key(rule) if rule.get("hold") else "")
        if found or not {"error", "effect"} & rule.keys():
            continue
        key = _key(rule)
        if "times" in rule and world.fired.get(key, 0) >= rule["times"]:
            continue
        world.fired[key] = world.fired.get(key, 0) + 1
        error = rule.get("error", {})
        found = (
            rule.get("effect", "refuse"),
            AzureError(
                code=str(error.get("code", "InternalServerError")),
                message=str(error.get("message", "An error occurred.")),
                status=int(error.get("status", 500)),
            ),
        )
    return Verdict(delay=delay, hold=hold, effect=found[0] if found else "", error=found[1] if found else None)


def holding(control: Path) -> set[str] | None:
    """The rules that hold operations; None where the control file cannot be read, as while it is written."""
    try:
        return {_key(rule) for rule in _rules(control) if rule.get("hold")}
    except RefusedError:
        return None


def _key(rule: dict[str, Any]) -> str:
    return json.dumps(rule, sort_keys=True)


def _rules(control: Path) -> list[dict[str, Any]]:
    if not control.exists():
        return []
    try:
        rules: list[dict[str, Any]] = json.loads(control.read_text(encoding="utf-8"))["rules"]
    except (KeyError, TypeError, ValueError):
        raise RefusedError(f'{control} is wrong: it must be JSON, {{"rules": [{{…}}]}}') from None
    for rule in rules:
        if unknown := sorted(rule.keys() - _KEYS):
            raise RefusedError(f"{control} is wrong: a rule has {', '.join(unknown)}; it may have {sorted(_KEYS)}")
        if rule.get("effect", "refuse") not in _EFFECTS:
            raise RefusedError(f"{control} is wrong: effect is {rule['effect']}; it may be {', '.join(_EFFECTS)}")
    return rules
