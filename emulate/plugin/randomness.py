"""The provider random: passwords that really are random, kept in the state alone."""

# ruff: noqa: ARG002 - what a type does not need of its interface

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from typing import Final

from emulate.plugin.engine import RefusedError
from emulate.plugin.values import Json

# internal/random/string.go of hashicorp/terraform-provider-random
_SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"
_KINDS: Final = {
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "numeric": string.digits,
    "special": _SPECIAL,
}


class RandomSession:
    """random_password and random_string. The bcrypt hash is left null: nothing here can make one."""

    def validate(self, type_: str, config: Json) -> Iterator[tuple[str, str]]:
        length = config.get("length")
        if isinstance(length, int) and length < 1:
            yield "length", f"Attribute length value must be at least 1, got: {length}"

    def check_plan(self, type_: str, prior: Json | None, planned: Json) -> None:
        """Nothing is refused."""

    def create(self, type_: str, planned: Json) -> Json:
        result = _result(planned)
        return {
            **planned,
            "id": "none" if type_ == "random_password" else result,
            "result": result,
            "bcrypt_hash": None,
        }

    def read(self, type_: str, state: Json) -> Json | None:
        return state

    def update(self, type_: str, prior: Json, planned: Json) -> Json:
        return planned

    def delete(self, type_: str, prior: Json) -> None:
        """It is only in the state."""

    def read_data(self, type_: str, config: Json) -> Json:
        raise RefusedError(f"{type_} is not served by the stand-in")

    def import_state(self, type_: str, id_: str) -> Json:
        return {"id": "none", "result": id_, "length": len(id_)} | dict.fromkeys(_KINDS, True)

    def stop(self) -> None:
        """Nothing waits."""


def _result(planned: Json) -> str:
    kinds = {kind: characters for kind, characters in _KINDS.items() if planned.get(kind)}
    if planned.get("override_special") and "special" in kinds:
        kinds["special"] = str(planned["override_special"])
    least = {kind: int(planned.get(f"min_{kind}") or 0) for kind in _KINDS}
    length = int(planned["length"])
    if sum(least.values()) > length:
        raise RefusedError("The length must be at least the sum of min_upper, min_lower, min_numeric and min_special.")
    everything = "".join(kinds.values())
    if not everything:
        raise RefusedError("The character set specified is empty: one of upper, lower, numeric, special must be true.")
    alphabets = [kinds.get(kind) or _KINDS[kind] for kind, number in least.items() for _ in range(number)]
    alphabets += [everything] * (length - len(alphabets))
    characters = [secrets.choice(alphabet) for alphabet in alphabets]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)
