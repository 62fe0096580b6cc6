"""Answers Terraform's calls: the part that is the same for every provider.

A provider is a :class:`~emulate.plugin.schema.ProviderSchema`, and a :class:`Session` for each configuration of it.
Values are never logged and never part of an error that this module makes: some of them are keys.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from emulate.plugin import STAND_IN, checking
from emulate.plugin.messages import Message, error, make, path, schema
from emulate.plugin.planning import plan, replaced_by
from emulate.plugin.schema import Block, ProviderSchema
from emulate.plugin.values import UNKNOWN, Json, decode, encode

DETAIL: Final = f"Said by {STAND_IN}."


class RefusedError(Exception):
    """What the provider, or the cloud behind it, does not do; shown to the user as it is."""

    def __init__(self, text: str, *, attribute: str | None = None, note: str = "") -> None:
        super().__init__(text)
        self.attribute = attribute
        self.note = note


class Session(Protocol):
    """A configured provider."""

    def validate(self, type_: str, config: Json) -> Iterator[tuple[str, str]]:
        """What is wrong with a resource's configuration: attribute and text. Called without a configuration, too."""

    def check_plan(self, type_: str, prior: Json | None, planned: Json) -> None:
        """Refuse a plan (RefusedError), as a provider's CustomizeDiff does."""

    def create(self, type_: str, planned: Json) -> Json:
        """Make the resource and return its state, with nothing unknown."""

    def read(self, type_: str, state: Json) -> Json | None:
        """The resource as it is now; None when it is gone."""

    def update(self, type_: str, prior: Json, planned: Json) -> Json:
        """Change the resource and return its state."""

    def delete(self, type_: str, prior: Json) -> None:
        """Remove the resource; one that is gone already is no error."""

    def read_data(self, type_: str, config: Json) -> Json:
        """The state of a data source."""

    def import_state(self, type_: str, id_: str) -> Json:
        """The state to begin with; it is read again at once."""

    def stop(self) -> None:
        """Let whatever waits give up."""


class Engine:
    """The provider service of the protocol. ``new_session`` makes a session of the provider's configuration."""

    def __init__(self, schemas: ProviderSchema, new_session: Callable[[Json], Session]) -> None:
        self.schemas = schemas
        self._new_session = new_session
        self._unconfigured = new_session({})
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def call(self, method: str, request: Message, caller: str) -> Message:
        """The answer to ``method``, one of :data:`METHODS`; ``caller`` tells Terraform's connections apart."""
        answer: Message = getattr(self, METHODS[method][1])(request, self._sessions.get(caller, self._unconfigured))
        if method == "ConfigureProvider" and not answer.diagnostics:
            made = self._new_session(_value(self.schemas.provider.block, request.config) or {})
            with self._lock:
                # A long-lived server has many callers, one after another; the oldest have long gone.
                while len(self._sessions) >= _MOST_SESSIONS:
                    self._sessions.pop(next(iter(self._sessions)))
                self._sessions[caller] = made
        return answer

    def get_schema(self, _request: Message, _session: Session) -> Message:
        description = f"{self.schemas.address} {self.schemas.version}: {STAND_IN}"
        return make(
            "GetProviderSchema",
            provider=schema(self.schemas.provider, description),
            resource_schemas=_entries(self.schemas.resources),
            data_source_schemas=_entries(self.schemas.data_sources),
            server_capabilities=make("Capabilities", get_provider_schema_optional=True),
        )

    def validate_provider(self, _request: Message, _session: Session) -> Message:
        return make("ValidateProviderConfig")

    def configure(self, _request: Message, _session: Session) -> Message:
        return make("Diagnostics")

    def validate_resource(self, request: Message, session: Session) -> Message:
        block = self.schemas.resources[request.type_name].block
        config = _value(block, request.config) or {}
        found = [*checking.problems(block, config), *session.validate(request.type_name, config)]
        return make("Diagnostics", diagnostics=[error(text, DETAIL, attribute) for attribute, text in found])

    def validate_data(self, _request: Message, _session: Session) -> Message:
        return make("Diagnostics")

    def upgrade(self, request: Message, _session: Session) -> Message:
        # A state of an older schema version loses what this version does not know; there are no migrations here.
        block = self.schemas.resources[request.type_name].block
        return make("UpgradeResourceState", upgraded_state=_wire(block.shape(json.loads(request.raw_state.json))))

    def read(self, request: Message, session: Session) -> Message:
        block = self.schemas.resources[request.type_name].block
        state = _value(block, request.current_state)
        try:
            now = None if state is None else session.read(request.type_name, state)
        except RefusedError as refused:
            return make("ReadResource", new_state=request.current_state, diagnostics=[_refusal(refused)])
        return make("ReadResource", new_state=_wire(now and block.shape(now)), private=request.private)

    def plan(self, request: Message, session: Session) -> Message:
        block = self.schemas.resources[request.type_name].block
        prior, config = _value(block, request.prior_state), _value(block, request.config)
        if config is None or decode(request.proposed_new_state.msgpack) is None:
            return make("PlanResourceChange", planned_state=request.proposed_new_state, legacy_type_system=True)
        planned = plan(block, prior, config)
        try:
            session.check_plan(request.type_name, prior, planned)
        except RefusedError as refused:
            return make("PlanResourceChange", planned_state=_wire(planned), diagnostics=[_refusal(refused)])
        return make(
            "PlanResourceChange",
            planned_state=_wire(planned),
            requires_replace=[path(name) for name in replaced_by(block, prior, planned)] if prior else [],
            # Terraform then bears with defaults and with null that equals zero, as it does with azurerm.
            legacy_type_system=True,
        )

    def apply(self, request: Message, session: Session) -> Message:
        type_ = request.type_name
        block = self.schemas.resources[type_].block
        prior, planned = _value(block, request.prior_state), _value(block, request.planned_state)
        now: Json | None = prior
        diagnostics = []
        try:
            if prior is None and planned is not None:
                now = session.create(type_, planned)
            elif prior is not None and planned is not None:
                now = session.update(type_, prior, planned)
            elif prior is not None:
                session.delete(type_, prior)
                now = None
        except RefusedError as refused:
            diagnostics = [_refusal(refused)]
        return make(
            "ApplyResourceChange",
            new_state=_wire(now and block.shape(now)),
            diagnostics=diagnostics,
            legacy_type_system=True,
        )

    def import_state(self, request: Message, session: Session) -> Message:
        block = self.schemas.resources[request.type_name].block
        try:
            state = session.import_state(request.type_name, request.id)
        except RefusedError as refused:
            return make("ImportResourceState", diagnostics=[_refusal(refused)])
        imported = make("Imported", type_name=request.type_name, state=_wire(block.shape(state)))
        return make("ImportResourceState", imported_resources=[imported])

    def read_data(self, request: Message, session: Session) -> Message:
        block = self.schemas.data_sources[request.type_name].block
        config = _value(block, request.config) or {}
        try:
            found = session.read_data(request.type_name, config)
        except RefusedError as refused:
            return make("ReadDataSource", state=request.config, diagnostics=[_refusal(refused)])
        return make("ReadDataSource", state=_wire(block.shape({**found, "timeouts": config.get("timeouts")})))

    def stop(self, _request: Message, session: Session) -> Message:
        session.stop()
        return make("StopProvider")


METHODS: Final = {
    "GetProviderSchema": ("Empty", "get_schema"),
    "ValidateProviderConfig": ("ConfigRequest", "validate_provider"),
    "ConfigureProvider": ("ConfigureRequest", "configure"),
    "ValidateResourceConfig": ("TypedConfigRequest", "validate_resource"),
    "ValidateDataResourceConfig": ("TypedConfigRequest", "validate_data"),
    "UpgradeResourceState": ("UpgradeRequest", "upgrade"),
    "ReadResource": ("ReadRequest", "read"),
    "PlanResourceChange": ("PlanRequest", "plan"),
    "ApplyResourceChange": ("ApplyRequest", "apply"),
    "ImportResourceState": ("ImportRequest", "import_state"),
    "ReadDataSource": ("TypedConfigRequest", "read_data"),
    "StopProvider": ("Empty", "stop"),
}
"""Calls of the protocol: the message they come with, and what answers them."""

_MOST_SESSIONS: Final = 256


def _value(block: Block, value: Message) -> Json | None:
    decoded: Any = json.loads(value.json) if value.json else decode(value.msgpack) if value.msgpack else None
    return None if decoded is None or decoded is UNKNOWN else block.shape(decoded)


def _wire(value: Json | None) -> Message:
    return make("Value", msgpack=encode(value))


def _refusal(refused: RefusedError) -> Message:
    return error(str(refused), f"{refused.note} {DETAIL}".strip(), refused.attribute)


def _entries(schemas: dict[str, Any]) -> list[Message]:
    return [make("SchemaEntry", key=name, value=schema(one)) for name, one in schemas.items()]
