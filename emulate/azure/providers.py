"""Which providers there are, and all of them at once as one long-lived server."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from emulate.azure.azurerm import AzureSession
from emulate.azure.cloud import Cloud
from emulate.plugin.engine import Engine
from emulate.plugin.randomness import RandomSession
from emulate.plugin.schema import load
from emulate.plugin.serving import Server, served


def engine(name: str, cloud: Path) -> Engine:
    """The engine of the provider ``name``; what it makes is kept in the file ``cloud``."""
    schemas = load(name)
    if name == "random":
        return Engine(schemas, lambda _config: RandomSession())
    kept = Cloud(cloud)
    return Engine(schemas, lambda config: AzureSession(kept, schemas, config))


class Emulator:
    """Every provider, served from this process while the ``with`` block runs.

    ``reattach`` is the value of TF_REATTACH_PROVIDERS (as JSON); Terraform then neither looks for these providers nor
    starts them, whatever version a configuration pins.
    """

    def __init__(self, cloud: Path, names: tuple[str, ...] = ("azurerm", "random")) -> None:
        self._servers = [Server(served(engine(name, cloud))) for name in names]

    def __enter__(self) -> Self:
        for server in self._servers:
            server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.stop()

    @property
    def reattach(self) -> dict[str, Any]:
        """Provider addresses, and where each is served."""
        return {address: said for server in self._servers for address, said in server.reattach.items()}
