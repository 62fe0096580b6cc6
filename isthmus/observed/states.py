"""States as scopes, as ``terraform show -json`` tells them or as Terraform stores them."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.observed.plans import everything
from isthmus.observed.resources import EMPTY, Frozen, Resource, Scope
from isthmus.observed.sources import Document, Kind
from isthmus.observed.terms import instance, module_of


def stated(document: Document, content: Frozen, name: str) -> Scope:
    """The root module of a state; modules are known by the resources in them."""
    top = Scope(root=name, kind=Kind.STATE)
    if "version" in content:
        found = list(_pulled(content))
        top.outputs = content.get("outputs", EMPTY)
    else:
        found = list(everything(content.get("values", EMPTY).get("root_module", EMPTY)))
        top.outputs = content.get("values", EMPTY).get("outputs", EMPTY)
    scopes = {"": top}
    for resource in found:
        module = module_of(resource["address"])
        if module not in scopes:
            scopes[module] = Scope(root=name, kind=Kind.STATE, address=module, parent=top)
            top.children.setdefault(module, []).append(scopes[module])
        scopes[module].add(
            Resource(
                root=name,
                file=document.file,
                kind=Kind.STATE,
                address=resource["address"],
                mode=resource["mode"],
                type=resource["type"],
                name=resource["name"],
                index=resource.get("index"),
                module=module,
                provider=resource.get("provider_name", ""),
                body=resource.get("values") or EMPTY,
                depends_on=tuple(resource.get("depends_on", ())),
            )
        )
    return top


def _pulled(content: Frozen) -> Iterator[Frozen]:
    """The instances in a state as it is stored, in the words of ``terraform show -json``."""
    for block in content.get("resources", ()):
        prefix = f"{block['module']}." if block.get("module") else ""
        data = "data." if block["mode"] == "data" else ""
        for one in block["instances"]:
            if "deposed" in one:
                continue
            index = one.get("index_key")
            yield {
                "address": instance(f"{prefix}{data}{block['type']}.{block['name']}", index),
                "mode": block["mode"],
                "type": block["type"],
                "name": block["name"],
                "index": index,
                "provider_name": block.get("provider", ""),
                "values": one.get("attributes") or EMPTY,
                "depends_on": one.get("dependencies", ()),
            }
