"""The provider azurerm over the cloud file: what each call does to it, the same for every type of resource."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from emulate.azure import arm, rules
from emulate.azure.cloud import Cloud, Resource, World
from emulate.azure.faults import Verdict, verdict
from emulate.plugin.engine import RefusedError
from emulate.plugin.schema import ProviderSchema
from emulate.plugin.values import Json

NOBODY: Final = "00000000-0000-0000-0000-000000000000"
_GUESSED: Final = "That Azure refuses this is documented; the error's code and words are not, and are made up."
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0}


class AzureSession:
    """A configured provider. Resources live in the subscription that it names, or ARM_SUBSCRIPTION_ID."""

    def __init__(self, cloud: Cloud, schemas: ProviderSchema, config: Json) -> None:
        self._cloud = cloud
        self._schemas = schemas
        self.subscription = str(config.get("subscription_id") or os.environ.get("ARM_SUBSCRIPTION_ID") or NOBODY)
        self.tenant = str(config.get("tenant_id") or os.environ.get("ARM_TENANT_ID") or NOBODY)
        # On unless the features block says otherwise.
        groups = [g for f in config.get("features") or [] for g in f.get("resource_group") or []]
        self._keeps_full_groups = all(g.get("prevent_deletion_if_contains_resources") is not False for g in groups)
        self._stop = threading.Event()

    def validate(self, type_: str, config: Json) -> Iterator[tuple[str, str]]:
        return rules.of(type_).validate(config)

    def check_plan(self, type_: str, prior: Json | None, planned: Json) -> None:
        try:
            rules.of(type_).check_plan(prior, planned)
        except arm.ProviderError as refused:
            raise RefusedError(str(refused)) from None

    def create(self, type_: str, planned: Json) -> Json:
        attributes = {**planned, "id": arm.resource_id(type_, planned, self.subscription)}
        resource = Resource(id=attributes["id"], type=type_, attributes=attributes)
        with self._cloud.open() as world, self._refusing("creating", resource):
            if world.get(resource.id, type_):
                # The words of tf.ImportAsExistsError in azurerm.
                raise arm.ProviderError(
                    f'A resource with the ID "{resource.id}" already exists - to be managed via Terraform this '
                    "resource needs to be imported into the State. Please see the resource documentation for "
                    f'"{type_}" for more information.'
                )
            found = self._verdict(world, resource, "create")
            rules.check(world, resource, None)
            rules.fill_in(world, resource)
            self._begin(world, resource, "create", found)
        self._wait(resource, "create", found, planned)
        return resource.attributes

    def read(self, type_: str, state: Json) -> Json | None:
        with self._cloud.open() as world:
            resource = world.get(str(state["id"]), type_)
            if resource is None:
                return None
            with self._refusing("retrieving", resource):
                self._verdict(world, resource, "read")
            return {**resource.attributes, "timeouts": state.get("timeouts")}

    def update(self, type_: str, prior: Json, planned: Json) -> Json:
        with self._cloud.open() as world:
            before = world.get(str(prior["id"]), type_)
            resource = Resource(id=str(prior["id"]), type=type_, attributes={**planned, "id": prior["id"]})
            with self._refusing("updating", resource):
                if before is None:
                    raise arm.not_found(resource.id)
                found = self._verdict(world, resource, "update")
                rules.check(world, resource, before)
                rules.fill_in(world, resource)
                self._begin(world, resource, "update", found)
        self._wait(resource, "update", found, planned)
        return resource.attributes

    def delete(self, type_: str, prior: Json) -> None:
        with self._cloud.open() as world:
            resource = world.get(str(prior["id"]), type_)
            if resource is None:
                return
            with self._refusing("deleting", resource):
                found = self._verdict(world, resource, "delete")
                rules.check_deletion(world, resource, keep_full_groups=self._keeps_full_groups)
                self._begin(world, resource, "delete", found)
        self._wait(resource, "delete", found, prior)

    def read_data(self, type_: str, config: Json) -> Json:
        if type_ == "azurerm_client_config":
            ids = {"subscription_id": self.subscription, "tenant_id": self.tenant, "client_id": NOBODY}
            return {**ids, "object_id": NOBODY, "id": f"clientConfigs/{NOBODY}"}
        id_ = arm.resource_id(type_, config, self.subscription)
        with self._cloud.open() as world:
            resource = world.get(id_, type_)
            if resource is None or resource.type != type_:
                raise RefusedError(f"{arm.described(type_, id_)} was not found")
            return resource.attributes

    def import_state(self, type_: str, id_: str) -> Json:
        # Terraform reads it next, and says so when it does not exist.
        if type_ in self._schemas.resources and not id_.startswith(("/", "https://")):
            raise RefusedError(f"parsing {id_!r}: it is not the id of a resource: those begin with /subscriptions/")
        return {"id": id_}

    def stop(self) -> None:
        self._stop.set()

    def _verdict(self, world: World, resource: Resource, operation: str) -> Verdict:
        found = verdict(self._cloud.control, world, type_=resource.type, operation=operation, name=resource.name)
        if found.effect == "refuse" and found.error:
            raise found.error
        return found

    def _begin(self, world: World, resource: Resource, operation: str, found: Verdict) -> None:
        resource.doing, resource.until, resource.held = operation, time.time() + found.delay, found.hold
        resource.holds = rules.busy_with(resource)
        resource.state = "Failing" if found.effect == "fail" else f"{operation.removesuffix('e')}ing".capitalize()
        if operation == "delete" and found.effect == "fail":
            resource.doing = "update"
        world.add(resource)
        # What takes no time is done at once, so that nobody sees it under way.
        world.settle()
        self._cloud.note(operation, resource.type, resource.id, found.effect or "accepted")

    def _wait(self, resource: Resource, operation: str, found: Verdict, given: Json) -> None:
        """Wait as the provider does: until it is done, its patience ends, or Terraform says to stop."""
        patience = self._patience(resource.type, operation, given)
        late = found.effect == "timeout" or found.delay > patience
        stopped = self._stop.wait(0 if found.effect == "timeout" else min(found.delay, patience))
        if found.hold and not late and not stopped:
            stopped, late = self._held(resource, patience)
        with self._refusing({"create": "creating", "update": "updating", "delete": "deleting"}[operation], resource):
            method = "Delete" if operation == "delete" else "CreateOrUpdate"
            if stopped:
                raise arm.ProviderError(f"polling after {method}: context canceled")
            if late:
                raise arm.ProviderError(f"polling after {method}: context deadline exceeded")
            if found.effect == "fail" and found.error:
                raise arm.ProviderError(
                    f"polling after {method}: polling failed: the Azure API returned the following error:\n\n"
                    f'Status: "{found.error.code}"\nCode: ""\nMessage: "{found.error.message}"'
                )

    def _held(self, resource: Resource, patience: float) -> tuple[bool, bool]:
        """Wait until ``resource`` is not held any more; whether Terraform said to stop, and whether patience ended."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            with self._cloud.open() as world:
                now = world.get(resource.id, resource.type)
            if now is None or not now.held:
                return False, False
            if self._stop.wait(0.05):
                return True, False
        return False, True

    def _patience(self, type_: str, operation: str, given: Json) -> float:
        said = (given.get("timeouts") or {}).get(operation)
        if not isinstance(said, str):
            return self._schemas.resources[type_].timeouts.get(operation, 1800.0)
        return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)([hms])", said))

    @contextmanager
    def _refusing(self, doing: str, resource: Resource) -> Iterator[None]:
        """Turn what the service says into what the provider says."""
        try:
            yield
        except arm.AzureError as refused:
            self._cloud.note(doing, resource.type, resource.id, refused.code)
            said = f"{doing} {arm.described(resource.type, resource.id)}: {refused}"
            raise RefusedError(said, note="" if refused.known else _GUESSED) from None
        except arm.ProviderError as refused:
            self._cloud.note(doing, resource.type, resource.id, "refused by the provider")
            exists = str(refused).startswith("A resource with the ID")
            prefix = "" if exists else f"{doing} {arm.described(resource.type, resource.id)}: "
            raise RefusedError(f"{prefix}{refused}") from None
