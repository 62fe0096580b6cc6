"""What a provider of Terraform's older SDK answers to "what will be?": the heart of PlanResourceChange.

Defaults are filled in; what the provider computes is unknown for a new resource and stays as it was for an old one;
null and the zero value count as equal; a location is compared and kept in Azure's own spelling; and the attributes
whose change needs a new resource are named. Source: helper/schema of hashicorp/terraform-plugin-sdk v2.
"""

from __future__ import annotations

from typing import Any

from emulate.plugin.schema import Attribute, Block, Nested
from emulate.plugin.values import UNKNOWN, Json, is_zero, settled, sort_key


def plan(block: Block, prior: Json | None, config: Json) -> Json:
    """The planned state; ``prior`` is None for a resource, or a nested block, that does not exist yet."""
    planned: Json = {
        name: _attribute(one, None if prior is None else prior.get(name), config.get(name), new=prior is None)
        for name, one in block.attributes.items()
    }
    for name, nested in block.blocks.items():
        planned[name] = _nested(nested, None if prior is None else prior.get(name), config.get(name), new=prior is None)
    return planned


def replaced_by(block: Block, prior: Json, planned: Json) -> list[str]:
    """The top-level attributes and blocks whose change forces a new resource."""
    return [one.name for one in block.fields() if _forces_new(one, prior.get(one.name), planned.get(one.name))]


def normalised_location(value: str) -> str:
    """``West Europe`` as Azure's API writes it: ``westeurope``."""
    return value.replace(" ", "").lower()


def _attribute(one: Attribute, prior: Any, config: Any, *, new: bool) -> Any:
    if one.write_only:
        return None
    if config is UNKNOWN:
        return UNKNOWN
    if config is None:
        if one.default is not None:
            config = one.default
        elif one.rules.computed:
            return UNKNOWN if new else prior
        else:
            return prior if is_zero(prior) else None
    if one.name == "location" and one.rules.diff_suppressed:
        config = normalised_location(config)
    elif one.rules.diff_suppressed and _same_but_for_case(prior, config):
        return prior
    return prior if is_zero(prior) and prior is not None and is_zero(config) else config


def _same_but_for_case(prior: Any, config: Any) -> bool:
    return isinstance(prior, str) and isinstance(config, str) and prior.casefold() == config.casefold()


def _nested(one: Nested, prior: Any, config: Any, *, new: bool) -> Any:
    if config is UNKNOWN:
        return UNKNOWN
    if one.nesting in ("single", "group"):
        return None if config is None else plan(one.block, prior, config)
    if not config:
        if not one.rules.computed:
            return []
        return UNKNOWN if new else prior
    if one.nesting == "set":
        return settled([_item(one.block, _counterpart(item, prior or []), item) for item in config])
    before = [*(prior or []), *[None] * len(config)]
    return [_item(one.block, old, item) for old, item in zip(before, config, strict=False)]


def _item(block: Block, prior: Any, config: Any) -> Any:
    return UNKNOWN if config is UNKNOWN else plan(block, prior, config)


def _counterpart(config: Any, priors: list[Json]) -> Json | None:
    """The element of a set that was there before and says all that ``config`` says."""
    if config is UNKNOWN:
        return None
    wanted = {name: sort_key(value) for name, value in config.items() if not is_zero(value)}
    return next((p for p in priors if all(sort_key(p.get(name)) == value for name, value in wanted.items())), None)


def _forces_new(one: Attribute | Nested, prior: Any, planned: Any) -> bool:
    if _equal(prior, planned):
        return False
    if one.rules.force_new:
        return True
    if isinstance(one, Attribute) or planned is UNKNOWN or one.nesting == "set":
        return False
    olds, news = (([value] if isinstance(value, dict) else value or []) for value in (prior, planned))
    return any(
        isinstance(new, dict) and _forces_new(inner, old.get(inner.name), new.get(inner.name))
        for old, new in zip(olds, news, strict=False)
        for inner in one.block.fields()
    )


def _equal(prior: Any, planned: Any) -> bool:
    return planned is not UNKNOWN and (sort_key(prior) == sort_key(planned) or (is_zero(prior) and is_zero(planned)))
