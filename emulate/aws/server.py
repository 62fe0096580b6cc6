"""The server: moto's, behind the faults and the control path, on loopback only.

Control is at ``/_emulate``: GET says what this is, GET ``/_emulate/calls`` how often each call came, GET
``/_emulate/terraform`` how often Terraform made each call, such as ``ec2:CreateVpc``, since the server started;
``/_emulate/faults`` takes POST (add), GET and DELETE, ``/_emulate/held`` GET and DELETE: see :mod:`emulate.aws.faults`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from emulate.aws.calls import Call, Environ, error, identify
from emulate.aws.faults import Faults, parse
from emulate.aws.install import install

StartResponse = Callable[..., Any]

CONTROL = "/_emulate"
ABOUT = "A stand-in for AWS on loopback (moto, with Site-to-Site VPN added). Nothing here is real."


class Application:
    """The WSGI application."""

    def __init__(self, faults: Faults) -> None:
        install()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._faults = faults
        self._by_terraform: Counter[str] = Counter()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path: str = environ.get("PATH_INFO", "")
        if path == CONTROL or path.startswith(f"{CONTROL}/"):
            return self._control(environ, path.removeprefix(CONTROL).strip("/"), start_response)
        call = identify(environ)
        # The provider and the S3 backend both say so; what a test asks for is left out.
        if "Terraform" in environ.get("HTTP_USER_AGENT", ""):
            self._by_terraform[f"{call.service}:{call.name}"] += 1
        fault = self._faults.next(call.name)
        if fault is None:
            return self._answer(call, environ, start_response)
        time.sleep(fault.delay)
        starts: list[tuple[Any, ...]] = []
        body = b"".join(self._answer(call, environ, lambda *start: starts.append(start))) if fault.done else b""
        if fault.hold:
            self._faults.hold(call.name)
        if fault.code is not None:
            return _fail(call, start_response, status=fault.status, code=fault.code, message=fault.message)
        if not starts:
            return self._answer(call, environ, start_response)
        start_response(*starts[-1])
        return [body]

    def _answer(self, call: Call, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            answer: Iterable[bytes] = self._moto(environ, start_response)
        except Exception as problem:
            # Whatever moto trips over: a 500 would be asked for again and again, so that terraform seems to hang
            # where it ought to say what is missing.
            code = "UnsupportedOperation" if isinstance(problem, NotImplementedError) else "StandInDefect"
            if code == "StandInDefect":
                traceback.print_exc(file=sys.stderr)
            message = f"The stand-in for AWS cannot do {call.service} {call.name}: {type(problem).__name__}: {problem}"
            return _fail(call, start_response, status=400, code=code, message=message)
        return answer

    def _control(self, environ: Environ, what: str, start_response: StartResponse) -> Iterable[bytes]:
        match environ["REQUEST_METHOD"], what:
            case "GET", "":
                return _json(start_response, {"about": ABOUT})
            case "GET", "calls":
                return _json(start_response, dict(sorted(self._faults.calls.items())))
            case "GET", "terraform":
                return _json(start_response, dict(sorted(self._by_terraform.items())))
            case "GET", "faults":
                return _json(start_response, self._faults.told())
            case "DELETE", "faults":
                self._faults.clear()
                return _json(start_response, [])
            case "GET", "held":
                return _json(start_response, self._faults.held())
            case "DELETE", "held":
                self._faults.release()
                return _json(start_response, [])
            case "POST", "faults":
                try:
                    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                    self._faults.add(parse(json.loads(body)))
                except ValueError as problem:
                    return _json(start_response, {"error": str(problem)}, HTTPStatus.BAD_REQUEST)
                return _json(start_response, self._faults.told())
        return _json(start_response, {"error": f"no such thing: {what}"}, HTTPStatus.NOT_FOUND)


def _fail(call: Call, start_response: StartResponse, *, status: int, code: str, message: str) -> Iterable[bytes]:
    kind, body = error(call, code=code, message=message)
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("x-amzn-ErrorType", code)]
    if call.protocol == "cbor":
        headers.append(("smithy-protocol", "rpc-v2-cbor"))
    start_response(f"{status} {code}", headers)
    return [body]


def _json(start_response: StartResponse, value: object, status: HTTPStatus = HTTPStatus.OK) -> Iterable[bytes]:
    body = json.dumps(value).encode()
    start_response(
        f"{status.value} {status.phrase}", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]


class _QuietHandler(MotoRequestHandler):
    # The header says, in every answer, what this is.
    server_version = "isthmus-stand-in-for-aws"
    sys_version = ""

    def version_string(self) -> str:
        return self.server_version

    def log_request(self, *_: Any) -> None:
        """Say nothing: a deployment makes hundreds of requests."""


class Server:
    """The stand-in as a context manager, on a free port of loopback: it takes any key. ``endpoint`` is its address."""

    def __init__(self) -> None:
        self._server = make_server("127.0.0.1", 0, Application(Faults()), threaded=True, request_handler=_QuietHandler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="aws", daemon=True)

    def environment(self) -> dict[str, str]:
        """What to export so that terraform, its S3 state and any AWS SDK come here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "stand-in",
            "AWS_SECRET_ACCESS_KEY": "stand-in",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
