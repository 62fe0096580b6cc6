"""Isthmus joins AWS VPCs and Azure VNets with the clouds' managed site-to-site VPN.

Nothing in this package imports cdktf, a provider or ``constructs``, and nothing here starts Node:
the topology is read, checked and worked out in plain Python. ``stacks`` and ``constructs.crosscloud``
turn the finished plan into Terraform.

What other Python programs use is offered here, and imported when it is first asked for (docs/python.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isthmus.api import Checked, Plan, Problem, TopologyError, add_stacks, check, check_text, fast_loading

__version__ = "0.1.0"

__all__ = ["Checked", "Plan", "Problem", "TopologyError", "add_stacks", "check", "check_text", "fast_loading"]

if not TYPE_CHECKING:  # else every name would be known, and be Any

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from isthmus import api

        return getattr(api, name)
