"""A view as JSON: its own data, or else what it is made of."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal

from isthmus.views.types import View


def render(view: View) -> str:
    """What ``--json`` prints: the data of ``view``, whose keys are a contract.

    Of a view that has none it is the title and the sections with every cell: the value, its unit, range, status and
    sources.
    """
    data = asdict(view) if view.data is None else view.data
    return json.dumps(data, indent=2, default=_plain)


def _plain(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)
