"""What a type of resource may say about itself, and small helpers for it."""

# ruff: noqa: ARG002 - what a type does not need of its interface

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulate.azure import arm
from emulate.azure.cloud import Resource, World
from emulate.plugin.values import UNKNOWN, Json


class Rules:
    """The rules of one type; these, of a type that has none."""

    def validate(self, config: Json) -> Iterator[tuple[str, str]]:
        """What the provider refuses of a configuration alone: attribute and text."""
        return iter(())

    def check_plan(self, prior: Json | None, planned: Json) -> None:
        """Raise ProviderError for a plan that the provider refuses."""

    def busy_with(self, attributes: Json) -> list[str]:
        """Ids, beside its own, on which no other operation may begin."""
        return []

    def check(self, world: World, resource: Resource, before: Resource | None) -> None:
        """Raise AzureError or ProviderError for what cannot be made."""

    def fill_in(self, world: World, resource: Resource) -> None:
        """Fill in what Azure decides."""

    def in_use(self, resource: Resource, by: Resource, path: str) -> arm.AzureError:
        """The error for a delete while another resource refers to this one, in its attribute ``path``."""
        kind = resource.id.split("/")[-2]
        code = f"InUse{kind[0].upper()}{kind[1:].removesuffix('s')}CannotBeDeleted"
        return arm.guessed(code, f"{resource.id} is in use by {by.id} and cannot be deleted.")


def one(value: Any) -> Json:
    """The only block of its kind; empty when there is none."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def known(value: Any) -> Any:
    """``value``, or None when it is not known yet."""
    return None if value is UNKNOWN else value


def fill(attributes: Json, values: Json) -> None:
    """Put ``values`` where nothing is known."""
    for name, value in values.items():
        if attributes.get(name) is UNKNOWN:
            attributes[name] = value


def outside(name: str, value: Any, allowed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The words of validation.StringInSlice in Terraform's SDK."""
    if isinstance(value, str) and value not in allowed:
        shown = " ".join(f'"{a}"' for a in allowed)
        yield name.split(".")[0], f"expected {name} to be one of [{shown}], got {value}"
