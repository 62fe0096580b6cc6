"""A view as JSON: its own data, or else its tables."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from isthmus.views.types import Figure, Items, Sentence, Table, View


def render(view: View) -> str:
    """What ``--json`` prints."""
    return json.dumps(data(view), indent=2)


def data(view: View) -> Any:
    """The data of ``view``, whose keys are a contract; of a view that has none, tables of numbers with their units."""
    if view.data is not None:
        return view.data
    texts = [text for section in view.sections if not isinstance(section, Table) for text in _texts(section)]
    return {"title": view.title, "tables": [_table(table) for table in view.tables], "texts": texts}


def _texts(section: Any) -> tuple[str, ...]:
    if isinstance(section, Sentence):
        return (section.text,)
    return section.texts if isinstance(section, Items) else ()


def _table(table: Table) -> dict[str, Any]:
    group = None
    rows = []
    for found in table.rows:
        if found.kind == "group":
            [group] = (_value(part) for part in found.cells[0].content)
            continue
        cells = {
            column.label: [_value(part) for part in cell.content] + [_source(ref) for ref in cell.refs]
            for column, cell in zip(table.columns, found.cells, strict=True)
        }
        rows.append({"group": group, "kind": found.kind, "cells": cells})
    return {"key": table.key, "title": table.title, "rows": rows, "notes": list(table.notes)}


def _value(part: str | Figure) -> Any:
    if isinstance(part, str):
        return part
    named = {"value": part.value, "low": part.low, "high": part.high}
    said = {key: float(value) if isinstance(value, Decimal) else value for key, value in named.items()}
    return {**said, "unit": part.unit, "bound": part.bound, "status": part.status and part.status.value}


def _source(ref: Any) -> dict[str, str]:
    return {"source": ref.source.name, "date": ref.source.date, "status": ref.status}
