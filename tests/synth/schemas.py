"""Where the schema of a resource or data source comes from.

azurerm: the provider's own, committed as tests/data/azurerm-4.55.0.json. AWS and random: derived from the signatures of
cdktf's bindings, which were generated from the schema of the pinned version; they tell the arguments, not the
attributes that only the provider sets. Either way the form is that of ``terraform providers schema -json``.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.synth.program import DATA
from tests.synth.stacks import META_ARGUMENTS

Schema = dict[str, Any]

AZURERM: Final = DATA / "azurerm-4.55.0.json"
BUILT_IN: Final = frozenset({"terraform_data", "terraform_remote_state"})

# {@link https://registry.terraform.io/…/customer_gateway#bgp_asn CustomerGateway#bgp_asn}
_TERRAFORM_NAME = re.compile(r":param (\w+):.*?\{@link \S+#(\w+) \w+#\w+\}")
_STRUCT = re.compile(r"typing\.Union\['(\w+)'")


class UnknownTypeError(LookupError):
    """A resource or data source of which no schema is at hand."""


@cache
def schema_of(mode: str, type_: str) -> Schema:
    """The schema of the block ``type_``; ``mode`` is ``resource`` or ``data``.

    Raises:
        UnknownTypeError: there is none.
    """
    provider, _, name = type_.partition("_")
    if provider in ("aws", "random"):
        return _from_bindings(mode, provider, name)
    found: Schema | None = _azurerm()[mode].get(type_)
    if found is None:
        raise UnknownTypeError(f"{mode} {type_} is not in {AZURERM.name}")
    return found


@cache
def _azurerm() -> Schema:
    loaded: Schema = json.loads(AZURERM.read_text(encoding="utf-8"))
    return loaded


def _from_bindings(mode: str, provider: str, name: str) -> Schema:
    module = f"data_{provider}_{name}" if mode == "data" else name
    spec = importlib.util.find_spec(f"cdktf_cdktf_provider_{provider}")
    assert spec is not None
    files = [Path(folder, module, "__init__.py") for folder in spec.submodule_search_locations or ()]
    file = next((f for f in files if f.exists()), None)
    if file is None:
        raise UnknownTypeError(f"{mode} {provider}_{name} is not among the bindings of the {provider} provider")
    classes = {c.name: c for c in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(c, ast.ClassDef)}
    (top,) = [
        c
        for c in classes.values()
        if c.bases and ast.unparse(c.bases[0]).endswith((".TerraformResource", ".TerraformDataSource"))
    ]
    return _block(top, classes)


def _block(of: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Schema:
    init = next(f for f in of.body if isinstance(f, ast.FunctionDef) and f.name == "__init__")
    names = dict(_TERRAFORM_NAME.findall(ast.get_docstring(init) or ""))
    attributes: Schema = {}
    nested: Schema = {}
    for argument, default in zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True):
        name = names.get(argument.arg, argument.arg.rstrip("_"))
        if name in META_ARGUMENTS or name == "provisioners":
            continue
        assert argument.annotation is not None
        hint = ast.unparse(argument.annotation)
        required = default is None
        if struct := _STRUCT.search(hint):
            many = "typing.Sequence" in hint
            nested[name] = {
                "nesting_mode": "list",
                "min_items": int(required),
                **({} if many else {"max_items": 1}),
                "block": _block(classes[struct[1]], classes),
            }
        else:
            attributes[name] = {"type": _type(hint), "required" if required else "optional": True}
    return {"attributes": attributes, "block_types": nested}


def _type(hint: str) -> Any:
    if "jsii.Number" in hint:
        scalar = "number"
    elif "builtins.bool" in hint:
        scalar = "bool"
    else:
        scalar = "string"
    if "typing.Sequence" in hint:
        return ["list", scalar]
    return ["map", scalar] if "typing.Mapping" in hint else scalar
