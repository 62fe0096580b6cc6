"""A stand-in for the part of HCP Terraform that ``terraform init`` asks when a configuration has a ``cloud`` block.

Service discovery, ping, entitlements, projects, workspaces: enough to prove that the block is right, and no more. It
keeps no state and runs nothing. Paths and shapes are those of the public API documentation (developer.hashicorp.com,
Terraform, HCP Terraform API) and of what terraform 1.11 and its client library go-tfe ask for.

Terraform speaks TLS to it only, and trusts its certificate on Linux where ``SSL_CERT_FILE`` names it. The token of
``TF_TOKEN_<host>`` may be any.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

from emulate.plugin.serving import self_signed

Json = dict[str, Any]

ABOUT: Final = "isthmus-stand-in-for-hcp-terraform"
_API: Final = "/api/v2"
_MEDIA: Final = "application/vnd.api+json"
# 404 is how the service says both "there is none" and "not for you".
_NOT_FOUND: Final = (404, {"errors": [{"status": "404", "title": "not found"}]})
_UNAUTHORIZED: Final = (401, {"errors": [{"status": "401", "title": "unauthorized"}]})
# Terraform asks whether the service can run its version; "Remote" is the mode of a CLI-driven run.
_ENTITLED: Final = ("operations", "state-storage", "teams", "configuration-designer")


class Organization:
    """An organization with its projects and workspaces, by name. ``asked`` has each request, in order."""

    def __init__(self, name: str, projects: tuple[str, ...] = (), *, terraform_version: str = "1.11.4") -> None:
        self.name = name
        self.projects = {"Default Project": "prj-default"} | {project: f"prj-{project}" for project in projects}
        self.workspaces: dict[str, Json] = {}
        self.asked: list[str] = []
        self._version = terraform_version
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Json) -> tuple[int, Json]:
        """The status and document for a request below ``/api/v2``."""
        with self._lock:
            self.asked.append(f"{method} {path}")
            if path == "/ping":
                return 204, {}
            here = f"/organizations/{self.name}"
            match method, path.removeprefix(here) if path.startswith(f"{here}/") else path:
                case "GET", "/entitlement-set":
                    return 200, _document("org-1", "entitlement-sets", dict.fromkeys(_ENTITLED, True))
                case "GET", "/projects":
                    return 200, self._listed_projects(query)
                case "POST", "/workspaces" if path.startswith(here):
                    return self._make(body)
                case "GET", found if path.startswith(here) and (named := re.fullmatch(r"/workspaces/([\w-]+)", found)):
                    workspace = self.workspaces.get(named[1])
                    return (200, workspace) if workspace else _NOT_FOUND
                # Terraform gives a workspace that it made its own version.
                case "PATCH", found if named := re.fullmatch(r"/workspaces/(?:ws-)?([\w-]+)", found):
                    workspace = self.workspaces.get(named[1])
                    if workspace:
                        workspace["data"]["attributes"] |= body["data"]["attributes"]
                        return 200, workspace
        return _NOT_FOUND

    def project_of(self, workspace: str) -> str:
        """The name of the project that ``workspace`` is in."""
        id_ = self.workspaces[workspace]["data"]["relationships"]["project"]["data"]["id"]
        return next(name for name, known in self.projects.items() if known == id_)

    def _listed_projects(self, query: dict[str, list[str]]) -> Json:
        wanted = query.get("filter[names]", list(self.projects))
        found = [_document(self.projects[n], "projects", {"name": n})["data"] for n in wanted if n in self.projects]
        page = {"current-page": 1, "total-pages": 1, "total-count": len(found)}
        return {"data": found, "meta": {"pagination": page}}

    def _make(self, body: Json) -> tuple[int, Json]:
        attributes = body["data"]["attributes"]
        name = attributes["name"]
        if name in self.workspaces:
            return 422, {"errors": [{"status": "422", "title": "invalid attribute", "detail": "Name has been taken"}]}
        asked = body["data"].get("relationships", {}).get("project", {}).get("data", {})
        project = {"data": {"id": asked.get("id", self.projects["Default Project"]), "type": "projects"}}
        version = attributes.get("terraform-version") or self._version
        workspace = _document(
            f"ws-{name}", "workspaces", {"name": name, "execution-mode": "remote", "terraform-version": version}
        )
        workspace["data"]["attributes"]["permissions"] = dict.fromkeys(("can-update", "can-queue-run"), True)
        workspace["data"]["relationships"] = {"project": project}
        self.workspaces[name] = workspace
        return 201, workspace


class Server:
    """The stand-in as a context manager, on loopback; ``hostname`` is what a ``cloud`` block must name.

    ``certificate`` is the file to trust. A request without a token is refused.
    """

    def __init__(self, organization: Organization, folder: Path) -> None:
        self.certificate, key = folder / "hcp.pem", folder / "hcp-key.pem"
        for file, content in zip((self.certificate, key), self_signed(ABOUT), strict=True):
            file.write_bytes(content)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(organization))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.hostname = f"localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="hcp", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _document(id_: str, type_: str, attributes: Json) -> Json:
    return {"data": {"id": id_, "type": type_, "attributes": attributes}}


def _handler(organization: Organization) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version, protocol_version = ABOUT, "", "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve({})

        def do_POST(self) -> None:
            self._with_body()

        def do_PATCH(self) -> None:
            self._with_body()

        def _with_body(self) -> None:
            self._serve(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"))

        def _serve(self, body: Json) -> None:
            url = urlsplit(self.path)
            if url.path == "/.well-known/terraform.json":
                self._say(200, {"tfe.v2": f"{_API}/", "tfe.v2.1": f"{_API}/", "tfe.v2.2": f"{_API}/"})
            elif not url.path.startswith(f"{_API}/"):
                self._say(*_NOT_FOUND)
            elif not self.headers.get("Authorization", "").startswith("Bearer ") and url.path != f"{_API}/ping":
                self._say(*_UNAUTHORIZED)
            else:
                path = url.path.removeprefix(_API)
                self._say(*organization.answer(self.command, path, parse_qs(url.query), body))

        def _say(self, status: int, document: Json) -> None:
            content = b"" if status == 204 else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if "tfe.v2" in document else _MEDIA)
            self.send_header("Content-Length", str(len(content)))
            # By these the client tells the service from a Terraform Enterprise that is too old for a cloud block.
            self.send_header("TFP-API-Version", "2.6")
            self.send_header("TFP-AppName", "HCP Terraform")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
            """Say nothing."""

    return Handler
