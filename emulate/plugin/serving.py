"""Runs a provider as Terraform wants a provider to run: as its child, or as a server that it re-attaches to.

As a child, HashiCorp's go-plugin expects one line on standard output with the address and a certificate to trust; it
insists on TLS, and here nobody checks the certificate that it shows in turn (both ends are one user's, on loopback).
Sources: docs/internals.md of hashicorp/go-plugin; docs/plugin-protocol of hashicorp/terraform;
developer.hashicorp.com/terraform/plugin/debugging for TF_REATTACH_PROVIDERS.
"""

from __future__ import annotations

import base64
import os
import signal
import ssl
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import grpc  # type: ignore[import-untyped]  # ships no type information
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from emulate.plugin.engine import METHODS, Engine
from emulate.plugin.messages import MESSAGES, Message, make
from emulate.terraform import REGISTRIES

SERVICE: Final = {5: "tfplugin5.Provider", 6: "tfplugin6.Provider"}
"""What a provider is called in gRPC, by the version of the protocol."""
COOKIE: Final = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
"""Set by Terraform for its plugins; without it somebody started the program by hand."""

_LOOPBACK: Final = "127.0.0.1"
# A call that waits out a delay holds a thread; Terraform makes ten at once, and several may run beside each other.
_THREADS: Final = 64
LIMITS: Final = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A provider: its address (``hashicorp/azurerm``), the version of the protocol, and what answers in gRPC."""

    address: str
    protocol: int
    handler: grpc.GenericRpcHandler


def served(engine: Engine) -> Served:
    """A provider that ``engine`` is, all by itself."""

    def answer(method: str) -> Any:
        # Each configured provider of each run of Terraform has a connection of its own.
        return guarded(method, lambda request, context: engine.call(method, request, context.peer()))

    handlers = {method: _unary(answer(method), METHODS[method][0]) for method in METHODS}
    return Served(
        address=engine.schemas.address,
        protocol=6,
        handler=grpc.method_handlers_generic_handler(SERVICE[6], handlers),
    )


def guarded(method: str, answer: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """``answer``, of which a defect is told without values: some of them are keys."""

    def guard(request: Any, context: Any) -> Any:
        try:
            return answer(request, context)
        except grpc.RpcError as failed:
            context.abort(failed.code(), failed.details())
        except Exception as broken:
            # The error's text may hold a value; where it happened does not.
            places = "".join(traceback.format_tb(broken.__traceback__)[-3:])
            context.abort(grpc.StatusCode.INTERNAL, f"{type(broken).__name__} in {method} of the stand-in:\n{places}")

    return guard


class Server:
    """A gRPC server for one provider, on a free port of the loopback interface."""

    def __init__(self, provider: Served, credentials: Any = None) -> None:
        self._provider = provider
        self.stopped = threading.Event()
        self._server = grpc.server(ThreadPoolExecutor(_THREADS), options=LIMITS)
        self._server.add_generic_rpc_handlers(
            (
                provider.handler,
                grpc.method_handlers_generic_handler("plugin.GRPCController", {"Shutdown": _unary(self._shutdown)}),
                grpc.method_handlers_generic_handler("plugin.GRPCStdio", {"StreamStdio": _stream(_no_output)}),
            )
        )
        address = f"{_LOOPBACK}:0"
        self.port: int = (
            self._server.add_secure_port(address, credentials)
            if credentials
            else self._server.add_insecure_port(address)
        )

    def start(self) -> None:
        """Begin to answer, and return."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering at once."""
        self.stopped.set()
        self._server.stop(grace=0)

    @property
    def reattach(self) -> dict[str, Any]:
        """This server's part of TF_REATTACH_PROVIDERS, for Terraform and for OpenTofu."""
        where = {"Network": "tcp", "String": f"{_LOOPBACK}:{self.port}"}
        spoken = {"Protocol": "grpc", "ProtocolVersion": self._provider.protocol}
        said = {**spoken, "Pid": os.getpid(), "Test": True, "Addr": where}
        return {f"{registry}/{self._provider.address}": said for registry in REGISTRIES}

    def _shutdown(self, _request: Message, _context: Any) -> Message:
        self.stopped.set()
        return make("Empty")


def run_as_plugin(
    provider: Served, at_end: Callable[[], object] = lambda: None, lives: Callable[[], bool] = lambda: True
) -> int:
    """Serve Terraform, whose child this process is, until it says to stop or is gone, or while ``lives`` says so.

    Then ``at_end`` is called, and this process ends.
    """
    name, value = COOKIE
    if os.environ.get(name) != value:
        sys.stderr.write("This program is a Terraform provider: Terraform starts it, nobody else.\n")
        return 1
    # Ctrl-C reaches every process of the terminal; it is Terraform that says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    certificate, key = self_signed()
    server = Server(provider, grpc.ssl_server_credentials([(key, certificate)]))
    signal.signal(signal.SIGTERM, lambda *_: server.stopped.set())
    server.start()
    # go-plugin reads unpadded base64.
    trust = base64.b64encode(ssl.PEM_cert_to_DER_cert(certificate.decode())).decode().rstrip("=")
    sys.stdout.write(f"1|{provider.protocol}|tcp|{_LOOPBACK}:{server.port}|grpc|{trust}\n")
    sys.stdout.flush()
    parent = os.getppid()
    # A Terraform that was killed tells nobody; its orphan would serve for ever.
    while not server.stopped.wait(0.05) and os.getppid() == parent and lives():
        pass
    server.stop()
    at_end()
    # Terraform waits for the process to end, and threads of the pool would keep it for a while.
    sys.stdout.flush()
    os._exit(0)


def self_signed(name: str = "localhost") -> tuple[bytes, bytes]:
    """A certificate for ``localhost``, issued by ``name``, and its key, both in PEM; made anew, and valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer, issuer, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem), private


def _no_output(_request: Message, _context: Any) -> Iterator[Message]:
    # A stream that stays open would hold one thread for each run of Terraform, until none is left.
    return iter(())


def _unary(answer: Callable[[Message, Any], Message], request: str = "Empty") -> Any:
    return grpc.unary_unary_rpc_method_handler(answer, MESSAGES[request].FromString, _bytes)


def _stream(answer: Callable[[Message, Any], Iterator[Message]]) -> Any:
    return grpc.unary_stream_rpc_method_handler(answer, MESSAGES["Empty"].FromString, _bytes)


def _bytes(message: Message) -> bytes:
    data: bytes = message.SerializeToString()
    return data
