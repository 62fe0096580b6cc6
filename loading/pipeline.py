"""Which of jsii's requests can be sent without waiting for the answer, and what stands for the answer meanwhile.

jsii waits for each answer before it sends the next request. A construct is only handed on to others, and so is an
attribute of a resource, which is an opaque token whatever its value: a name for them that Node puts right
(pipeline.cjs) does as well. Python and Node then work at the same time, and no answer is written or read.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsii import _reference_map
from jsii._kernel import types
from jsii._kernel.providers.process import jdefault

HOOK: Final = Path(__file__).with_name("pipeline.cjs")

_TOKENS: Final = frozenset({("cdktf.TerraformLocal", "asString"), ("cdktf.TerraformVariable", "stringValue")})
_WITHOUT_RESULT: Final = frozenset({"addDependency", "addOverride", "importFrom", "overrideLogicalId"})
_PROVIDER: Final = "@cdktf/provider-"


class Pipeline:
    """The requests of one process: numbers those that can be sent ahead."""

    def __init__(self) -> None:
        self._number = 0
        self._calls_back = False

    def ahead(self, request: Any) -> tuple[bytes, Any] | None:
        """The line to send for ``request`` and what stands for its answer; None: it must be waited for."""
        made = self._made(request)
        if made is None:
            return None
        asked, answer = made
        return b"!%d %b\n" % (self._number, json.dumps(asked, default=jdefault).encode()), answer

    def _made(self, request: Any) -> tuple[dict[str, Any], Any] | None:
        if isinstance(request, types.CreateRequest):
            # Python is called back by such an object, and must be there to answer.
            self._calls_back = self._calls_back or bool(request.overrides)
            if self._calls_back:
                return None
            self._number += 1
            asked = {
                "api": "create",
                "fqn": request.fqn,
                "args": request.args,
                "overrides": [],
                "interfaces": request.interfaces,
            }
            return asked, types.CreateResponse(ref=f"{request.fqn}@later.{self._number}")
        if self._calls_back:
            return None
        if isinstance(request, types.GetRequest):
            if not _is_token(request.objref.ref.rpartition("@")[0], request.property):
                return None
            self._number += 1
            asked = {"api": "get", "objref": _reference(request.objref), "property": request.property}
            return asked, types.GetResponse(value=f"${{TfToken[LATER.{self._number}]}}")
        if isinstance(request, types.InvokeRequest) and request.method in _WITHOUT_RESULT:
            self._number += 1
            asked = {
                "api": "invoke",
                "objref": _reference(request.objref),
                "method": request.method,
                "args": request.args,
            }
            return asked, types.InvokeResponse()
        return None


def _reference(ref: types.ObjRef) -> dict[str, Any]:
    return {"$jsii.byref": ref.ref}


@cache
def _is_token(fqn: str, property_: str) -> bool:
    """Whether the property is a string that only Terraform knows: each that a provider's class declares as ``str``."""
    if (fqn, property_) in _TOKENS:
        return True
    declared = vars(_reference_map._types.get(fqn, object)).values() if fqn.startswith(_PROVIDER) else ()
    for member in declared:
        getter = getattr(member, "fget", None)
        if getattr(getter, "__jsii_name__", None) == property_:
            return bool(getter.__annotations__.get("return") in (str, "builtins.str"))
    return False
