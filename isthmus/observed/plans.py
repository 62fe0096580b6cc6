"""Plans as scopes: planned values, what is unknown, and what the configuration refers to, of each instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from isthmus.observed.resources import EMPTY, Frozen, Resource, Scope
from isthmus.observed.sources import Document, Kind
from isthmus.observed.terms import Index, instance, longest, module_of, steps


def planned(document: Document, content: Frozen, name: str) -> Scope:
    """The root module of a plan, as it is to be; what is destroyed is not in it."""
    configuration = content.get("configuration", EMPTY).get("root_module", EMPTY)
    changes = {change["address"]: change for change in content.get("resource_changes", ()) if "deposed" not in change}
    found: dict[str, Frozen] = {}
    prior = content.get("prior_state", EMPTY).get("values", EMPTY).get("root_module", EMPTY)
    found |= {r["address"]: r for r in everything(prior) if r.get("mode") == "data"}
    if "planned_values" in content:
        found |= {r["address"]: r for r in everything(content["planned_values"].get("root_module", EMPTY))}
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


def everything(module: Frozen) -> Iterator[Frozen]:
    """The resources of ``module`` and of all that it calls."""
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from everything(child)


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
