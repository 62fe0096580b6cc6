"""Which API call a request is, and how its answer spells an error: each of AWS's protocols has its own way."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import NotFound

Environ = dict[str, Any]

_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<service>[^/]+)/aws4_request")
_CBOR_PATH = re.compile(r"/service/[^/]+/operation/(?P<name>\w+)")

REQUEST_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call by the name that AWS gives it, such as ``CreateVpnConnection``; empty for what has none."""

    service: str
    name: str
    protocol: str


def identify(environ: Environ) -> Call:
    """The call that a request is. Its body can still be read afterwards."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = scope["service"] if scope else ""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return Call(service=service, name=target.rpartition(".")[2], protocol="json")
    if operation := _CBOR_PATH.fullmatch(environ.get("PATH_INFO", "")):
        return Call(service=service, name=operation["name"], protocol="cbor")
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        name = parse_qs(body.decode()).get("Action", [""])[0]
        return Call(service=service, name=name, protocol="ec2" if service == "ec2" else "query")
    return Call(service=service, name=_routed(service, environ), protocol="rest-xml")


def _routed(service: str, environ: Environ) -> str:
    """The name of a call that only method and path tell, as those of S3."""
    try:
        operation, _ = get_service_router(service).match(Request(environ.copy()))
    # Whatever a path is that botocore's model does not have, moto will say.
    except (NotFound, NotImplementedError, ValueError, KeyError, LookupError):
        return ""
    return str(operation.name)


def error(call: Call, *, code: str, message: str) -> tuple[str, bytes]:
    """The content type and body with which AWS would answer ``call`` with an error."""
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    request_id = f"<RequestId>{REQUEST_ID}</RequestId>"
    match call.protocol:
        case "json":
            return "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message}).encode()
        case "cbor":
            return "application/cbor", _cbor_map({"__type": code, "message": message})
        case "ec2":
            text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
        case "query":
            text = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>{request_id}</ErrorResponse>"
        case _:
            text = f"<Error>{inner}{request_id}</Error>"
    return "text/xml", f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()


def _cbor_map(texts: dict[str, str]) -> bytes:
    """A map of texts in CBOR (RFC 8949): all that an error needs."""
    encoded = bytes([0xA0 | len(texts)])
    for text in (part for item in texts.items() for part in item):
        encoded += b"\x79" + len(text.encode()).to_bytes(2) + text.encode()
    return encoded
