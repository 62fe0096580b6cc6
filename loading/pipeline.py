"""Which of jsii's requests can be sent without waiting for the answer, and what stands for the answer meanwhile.

jsii waits for each answer before it sends the next request. But a construct is only handed on to others, and so is
an attribute of a resource, an opaque token whatever its value: a name for either, which Node puts right
(pipeline.cjs), does as well. So Python and Node work at the same time, and few answers are written and read.

A request that fails in Node fails in Python when an answer is next waited for, at the latest when the stacks are
synthesized, with jsii's own exception and words. ``ISTHMUS_FAST_LOADING=0`` fails at the line that asked.

This replaces private names of jsii: early.py leaves jsii alone where one of them is missing.
"""

from __future__ import annotations

import atexit
import json
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Any, Final, get_args, get_origin

from jsii import _kernel, _reference_map, _runtime
from jsii._kernel import types
from jsii._kernel.providers import process as _process

_TOKENS: Final = frozenset({("cdktf.TerraformLocal", "asString"), ("cdktf.TerraformVariable", "stringValue")})
_FUNCTIONS: Final = frozenset({"element", "jsondecode", "lookup", "zipmap"})
"""Those of ``Fn`` that Isthmus uses; each gives a token, and takes nothing but what is handed on."""
_WITHOUT_RESULT: Final = frozenset({"addDependency", "addOverride", "importFrom", "overrideLogicalId"})
_PROVIDER: Final = "@cdktf/provider-"
_EXIT_SECONDS: Final = 5
_PLAIN: Final = frozenset({str, int, float, bool})


def adopt(started: Any, folder: Any, tarballs: list[str]) -> None:
    """Give jsii the Node that was ``started`` in ``folder`` and asked to load ``tarballs``.

    Raises:
        AttributeError: jsii is not made the way this is written for.
    """
    module: Any = _process
    provider: Any = _runtime.kernel.provider
    ordinary = module._NodeProcess
    convert = _kernel._make_reference_for_native
    module._NodeProcess = lambda: _early_node(ordinary)(started, folder, Pipeline(tarballs))
    try:
        provider._process  # noqa: B018 - made when it is first looked at
    finally:
        module._NodeProcess = ordinary
    kernel: Any = _kernel
    kernel._make_reference_for_native = without_nothing(convert)


def _early_node(ordinary: Any) -> type[Any]:
    """jsii's own class for its Node process, less most of the waiting."""

    class EarlyNode(ordinary):  # type: ignore[misc]  # known at run time
        def __init__(self, started: Any, folder: Any, pipeline: Pipeline) -> None:
            super().__init__()
            self._process = started
            self._ctx_stack.callback(folder.cleanup)
            self._pipeline = pipeline
            self._greeted = False

        def start(self) -> None:
            atexit.register(self.stop)

        def send(self, request: Any, response_type: Any) -> Any:
            ahead = self._pipeline.ahead(request)
            if ahead is None:
                return super().send(request, response_type)
            self._process.stdin.write(ahead[0])
            return ahead[1]

        def _next_message(self) -> Any:
            if not self._greeted:
                self._greeted = True
                self.handshake()
            return super()._next_message()

        def stop(self) -> None:
            atexit.unregister(self.stop)
            if not self._greeted:  # nobody wants what it is doing: do not wait for it
                self._process.kill()
            with suppress(OSError, ValueError):
                self._process.stdin.write(b'{"exit":0}\n')
                self._process.stdin.close()
            self._process.stdout.close()
            try:
                self._process.wait(timeout=_EXIT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._ctx_stack.close()

    return EarlyNode


class Pipeline:
    """The requests of one process: numbers those that are sent ahead, after those that load ``tarballs``."""

    def __init__(self, tarballs: Iterable[str]) -> None:
        self._loaded = set(tarballs)
        self._number = len(self._loaded)
        self._calls_back = False

    def ahead(self, request: Any) -> tuple[bytes, Any] | None:
        """What to send for ``request`` and what stands for its answer; None: it must be waited for.

        Python is called back by an object that overrides a method, and must be there to answer: from then on each
        request is waited for.
        """
        self._calls_back = self._calls_back or bool(getattr(request, "overrides", None))
        if self._calls_back:
            return None
        match request:
            case types.CreateRequest():
                asked = self._line("create", fqn=request.fqn, args=request.args, interfaces=request.interfaces)
                return asked, types.CreateResponse(ref=f"{request.fqn}@later.{self._number}")
            case types.GetRequest() if type_ := _token_type(request.objref.ref.rpartition("@")[0], request.property):
                asked = self._line("get", objref=_reference(request), property=request.property)
                return asked, types.GetResponse(value=self._token(type_))
            case types.InvokeRequest(method=method) if method in _WITHOUT_RESULT:
                asked = self._line("invoke", objref=_reference(request), method=method, args=request.args)
                return asked, types.InvokeResponse()
            case types.StaticInvokeRequest(fqn="cdktf.Fn", method=method) if method in _FUNCTIONS:
                asked = self._line("sinvoke", fqn=request.fqn, method=method, args=request.args)
                return asked, types.InvokeResponse(result=self._token(str))
            case types.LoadRequest():
                asked = b""
                if request.tarball not in self._loaded:
                    self._loaded.add(request.tarball)
                    asked = self._line("load", name=request.name, version=request.version, tarball=request.tarball)
                return asked, types.LoadResponse(assembly=request.name, types=0)
        return None

    def _line(self, api: str, **request: Any) -> bytes:
        self._number += 1
        return b"!%d %b\n" % (self._number, json.dumps({"api": api, **request}, default=_process.jdefault).encode())

    def _token(self, type_: type) -> str | list[str]:
        return f"${{TfToken[LATER.{self._number}]}}" if type_ is str else [f"#{{TfToken[LATER.{self._number}]}}"]


def _reference(request: Any) -> dict[str, str]:
    return {"$jsii.byref": request.objref.ref}


@cache
def _token_type(fqn: str, property_: str) -> type | None:
    """``str`` or ``list`` where the value is a token, as each is that a provider's class declares so.

    What Isthmus itself gave, as ``name_input``, may be None and is declared so: that is waited for.
    """
    if not fqn.startswith(_PROVIDER):
        return str if (fqn, property_) in _TOKENS else None
    for member in vars(_reference_map._types.get(fqn, object)).values():
        getter = getattr(member, "fget", None)
        if getattr(getter, "__jsii_name__", None) == property_:
            returned = getter.__annotations__.get("return")
            of_strings = get_origin(returned) is list and get_args(returned) == (str,)
            return str if returned is str else list if of_strings else None
    return None


def without_nothing(converted: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """jsii's conversion of arguments for Node, less the fields of a struct that are not given: four of five are not."""

    def convert(kernel: Any, value: Any) -> Any:
        if value is None or type(value) in _PLAIN:
            return value
        names = getattr(type(value), "__jsii_name_mapping__", None)
        if names is None or not hasattr(value, "_values"):
            return converted(kernel, value)
        data = {
            names[key]: _kernel._make_reference_for_native(kernel, v)
            for key, v in value._values.items()
            if v is not None
        }
        return {"$jsii.struct": {"fqn": value.__jsii_type__, "data": data}}

    return convert
