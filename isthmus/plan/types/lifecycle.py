"""What Terraform may not do to a resource."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """``ignored`` are arguments that others set; ``protected`` lets Terraform neither destroy nor replace it."""

    ignored: tuple[str, ...] = ()
    protected: bool = False
