"""Documents as roots: configurations, plans and states, each into the same resources and scopes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from isthmus.observed.resources import EMPTY, Resource, Root, Scope
from isthmus.observed.secrets import frozen
from isthmus.observed.sources import Document, InputError, Kind
from isthmus.observed.terms import Index, instance, longest, module_of, steps

Frozen = Mapping[str, Any]

_SET: Final = re.compile(r"\$\{toset\((\[.*\])\)\}", re.DOTALL)
_MAX_INSTANCES: Final = 1_000


def root(document: Document, name: str) -> Root:
    """``document`` as a root module called ``name``, with keys and passwords hidden.

    Raises:
        InputError: the document is not made as Terraform makes it.
    """
    content = frozen(document.content)
    try:
        if document.kind is Kind.CONFIGURATION:
            scope = _configured(document, content, name, "", None, EMPTY, None)
            return Root(
                name=name,
                file=document.file,
                kind=document.kind,
                scope=scope,
                terraform=content.get("terraform", EMPTY),
                raw=content,
            )
        read = _planned if document.kind is Kind.PLAN else _stated
        return Root(name=name, file=document.file, kind=document.kind, scope=read(document, content, name), raw=content)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(
            document.file,
            f"a {document.kind} that is not made as Terraform makes it: write it anew with `terraform show -json`",
        ) from None


# Configuration


def _configured(
    document: Document, content: Frozen, name: str, address: str, index: Index, arguments: Frozen, parent: Scope | None
) -> Scope:
    scope = Scope(
        root=name,
        kind=Kind.CONFIGURATION,
        address=address,
        index=index,
        parent=parent,
        arguments=arguments,
        variables=content.get("variable", EMPTY),
        local_values=content.get("locals", EMPTY),
        outputs=content.get("output", EMPTY),
    )
    for mode, kind in (("managed", "resource"), ("data", "data")):
        for type_, by_name in content.get(kind, EMPTY).items():
            for id_, body in by_name.items():
                for number in _instances(body):
                    inner = f"{'data.' if mode == 'data' else ''}{type_}.{id_}"
                    own = f"{address}.{inner}" if address else inner
                    scope.add(
                        Resource(
                            root=name,
                            file=document.file,
                            kind=Kind.CONFIGURATION,
                            address=instance(own, number),
                            mode=mode,
                            type=type_,
                            name=id_,
                            index=number,
                            module=address,
                            provider=_text(body.get("provider")),
                            body=body,
                            depends_on=tuple(body.get("depends_on", ())),
                        )
                    )
    for call, body in content.get("module", EMPTY).items():
        if call not in document.modules:
            continue
        child = document.modules[call]
        for number in _instances(body):
            own = instance(f"{address}.module.{call}" if address else f"module.{call}", number)
            scope.children.setdefault(call, []).append(
                _configured(child, frozen(child.content), name, own, number, body, scope)
            )
    return scope


def _instances(body: Frozen) -> Iterator[Index]:
    """The indexes of the instances of a block: None where it is not repeated, or cannot be told how often."""
    count, each = body.get("count"), body.get("for_each")
    if isinstance(count, int):
        yield from range(min(count, _MAX_INSTANCES))
    elif isinstance(each, Mapping):
        yield from each
    elif isinstance(each, str) and (listed := _SET.fullmatch(each)):
        yield from json.loads(listed[1])
    else:
        yield None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


# Plans


def _planned(document: Document, content: Frozen, name: str) -> Scope:
    configuration = content.get("configuration", EMPTY).get("root_module", EMPTY)
    changes = {change["address"]: change for change in content.get("resource_changes", ()) if "deposed" not in change}
    found: dict[str, Frozen] = {}
    prior = content.get("prior_state", EMPTY).get("values", EMPTY).get("root_module", EMPTY)
    found |= {r["address"]: r for r in _all(prior) if r.get("mode") == "data"}
    if "planned_values" in content:
        found |= {r["address"]: r for r in _all(content["planned_values"].get("root_module", EMPTY))}
    else:
        found |= {
            address: {**change, "values": change["change"].get("after") or EMPTY}
            for address, change in changes.items()
            if tuple(change["change"]["actions"]) not in (("delete",), ("forget",))
        }
    variables = {key: {"default": value.get("value")} for key, value in content.get("variables", EMPTY).items()}
    top = Scope(
        root=name,
        kind=Kind.PLAN,
        variables={**configuration.get("variables", EMPTY), **variables},
        outputs=configuration.get("outputs", EMPTY),
    )
    scopes: dict[str, Scope] = {"": top}
    _calls(configuration, top, scopes, list(dict.fromkeys(map(module_of, found))))
    blocks = {"": _blocks(configuration)}
    for address, resource in found.items():
        module = module_of(address)
        shape = _shape(module)
        if shape not in blocks:
            blocks[shape] = _blocks(_called(configuration, shape))
        written = blocks[shape].get((resource["mode"], resource["type"], resource["name"]), EMPTY)
        change = changes.get(address, EMPTY).get("change", EMPTY)
        scope = scopes.get(module) or scopes.setdefault(module, Scope(root=name, kind=Kind.PLAN, address=module))
        each = longest(tuple(written.get("for_each_expression", EMPTY).get("references", ())))
        scope.add(
            Resource(
                root=name,
                file=document.file,
                kind=Kind.PLAN,
                address=address,
                mode=resource["mode"],
                type=resource["type"],
                name=resource["name"],
                index=resource.get("index"),
                module=module,
                provider=resource.get("provider_name", ""),
                body=resource.get("values") or EMPTY,
                unknown=_or_empty(change.get("after_unknown")),
                expressions=written.get("expressions", EMPTY),
                actions=tuple(change.get("actions", ())),
                depends_on=tuple(written.get("depends_on", ())),
                repeated=each[0] if len(each) == 1 else "",
            )
        )
    # A module that a plan tells nothing of otherwise still has its resources.
    for address, scope in scopes.items():
        if address and scope.parent is None and scope is not top:
            top.children.setdefault(address, []).append(scope)
    return top


def _or_empty(value: object) -> Frozen:
    return value if isinstance(value, Mapping) else EMPTY


def _all(module: Frozen) -> Iterator[Frozen]:
    """The resources of ``module`` and of all that it calls."""
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _all(child)


def _blocks(module: Frozen) -> dict[tuple[str, str, str], Frozen]:
    return {(r["mode"], r["type"], r["name"]): r for r in module.get("resources", ())}


def _shape(module: str) -> str:
    """The names of the calls that lead to a module instance."""
    found, _ = steps(module)
    names, expected = [], False
    for step in found:
        if expected:
            names.append(str(step))
        expected = step == "module" and not expected
    return ".".join(names)


def _called(configuration: Frozen, shape: str) -> Frozen:
    for name in shape.split("."):
        configuration = configuration.get("module_calls", EMPTY).get(name, EMPTY).get("module", EMPTY)
    return configuration


def _calls(module: Frozen, scope: Scope, scopes: dict[str, Scope], instances: Iterable[str]) -> None:
    """Scopes for what ``module`` calls, in as many instances as the plan has resources of."""
    for name, call in module.get("module_calls", EMPTY).items():
        plain = f"{scope.address}.module.{name}" if scope.address else f"module.{name}"
        indexes = list(dict.fromkeys(_indexes(plain, instances))) or [None]
        for index in indexes:
            child = Scope(
                root=scope.root,
                kind=scope.kind,
                address=instance(plain, index),
                index=index,
                parent=scope,
                arguments=call.get("expressions", EMPTY),
                variables=call.get("module", EMPTY).get("variables", EMPTY),
                outputs=call.get("module", EMPTY).get("outputs", EMPTY),
            )
            scope.children.setdefault(name, []).append(child)
            scopes[child.address] = child
            _calls(call.get("module", EMPTY), child, scopes, instances)


def _indexes(plain: str, instances: Iterable[str]) -> Iterator[Index]:
    for address in instances:
        if address == plain or address.startswith((f"{plain}.", f"{plain}[")):
            rest = address[len(plain) :]
            if not rest.startswith("["):
                yield None
            else:
                found, _ = steps(rest)
                yield found[0]


# States


def _stated(document: Document, content: Frozen, name: str) -> Scope:
    top = Scope(root=name, kind=Kind.STATE)
    if "version" in content:
        found = list(_pulled(content))
        top.outputs = content.get("outputs", EMPTY)
    else:
        found = list(_all(content.get("values", EMPTY).get("root_module", EMPTY)))
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
