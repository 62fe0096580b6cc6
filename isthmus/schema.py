"""The JSON Schema of the topology file, made from the models, so that editors complete and check it."""

from __future__ import annotations

import json
from typing import Any

from isthmus.topology import Topology


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) as a plain value."""
    schema = Topology.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def json_schema_text() -> str:
    """The schema as it is committed in ``isthmus.schema.json``."""
    return json.dumps(json_schema(), indent=2) + "\n"
