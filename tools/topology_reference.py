"""Writes docs/topology.md from the models, so that the reference is what the program takes.

`make docs` writes it, a test keeps it equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from isthmus.schema import json_schema

PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / "docs" / "topology.md"

HEAD = """\
# The topology file

YAML; `isthmus.yaml` by default. `isthmus check` tells everything that is wrong with one, `isthmus schema` prints its
JSON Schema. This page is written from the same models (`make docs`).

"""


def text() -> str:
    """The page."""
    schema = json_schema()
    sections = [("", "", schema)]
    done: set[str] = set()
    out = [HEAD]
    while sections:
        path, name, section = sections.pop(0)
        if name in done:
            continue
        done.add(name)
        out.append(f"## {f'`{path}`' if path else 'Top level'}\n\n{section.get('description', '')}\n\n")
        out.append("| key | default | what |\n|---|---|---|\n")
        required = section.get("required", ())
        for key, value in section["properties"].items():
            default = "**required**" if key in required else _default(value)
            out.append(f"| `{key}` | {default} | {_what(value, schema)} |\n")
            sections += [
                (f"{path}.{key}{suffix}".lstrip("."), ref, schema["$defs"][ref]) for ref, suffix in _refs(value)
            ]
        out.append("\n")
    return "".join(out).rstrip() + "\n"


def _default(value: dict[str, Any]) -> str:
    default = value.get("default")
    if default is None or default in ({}, []) or isinstance(default, dict):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _what(value: dict[str, Any], schema: dict[str, Any]) -> str:
    examples = [e for e in value.get("examples", ()) if not isinstance(e, dict)]
    example = (
        f" Example: `{str(examples[0]).lower() if isinstance(examples[0], bool) else examples[0]}`." if examples else ""
    )
    # A key that is a section of its own is described there, unless the key says more.
    described = [value, *(schema["$defs"][ref] for ref, _ in _refs(value))]
    text = next(d["description"] for d in described if "description" in d).replace("|", "\\|")
    return f"{text}{example if examples and examples[0] != value.get('default') else ''}"


def _refs(value: dict[str, Any]) -> list[tuple[str, str]]:
    """The sections that a key's value can be, with what stands for a name or a place in a list."""
    found: list[tuple[str, str]] = []
    if "$ref" in value:
        found.append((value["$ref"].rpartition("/")[2], ""))
    for branch in (*value.get("anyOf", ()), *value.get("oneOf", ()), *value.get("allOf", ())):
        found += _refs(branch)
    if isinstance(value.get("items"), dict):
        found += [(ref, "[]") for ref, _ in _refs(value["items"])]
    for inner in (value.get("additionalProperties"), *value.get("patternProperties", {}).values()):
        if isinstance(inner, dict):
            found += [(ref, ".<name>") for ref, _ in _refs(inner)]
    return found


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
