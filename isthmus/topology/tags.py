"""Tags that both clouds take, and that give nothing away."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from isthmus.printable import looks_secret
from isthmus.topology.values.kinds import any_case
from isthmus.topology.values.words import quoted, refuse, show


def _tag_count(value: Any) -> Any:
    if not isinstance(value, dict):
        raise refuse(f"expected tags, got {show(value)}: names and values; for example {{owner: platform}}")
    if len(value) > 40:
        raise refuse(f"{len(value)} tags are too many: both clouds take 50 and Isthmus adds its own; keep 40")
    seen: dict[str, str] = {}
    for name in value:
        # Azure does not tell names apart that differ only in case.
        other = seen.setdefault(str(name).lower(), str(name))
        if other != name:
            hidden = looks_secret(str(name)) or looks_secret(other)
            both = "two names" if hidden else f"{quoted(name)} and {quoted(other)}"
            raise refuse(f"{both} are the same tag on Azure: names must differ in more than case; keep one")
    return value


_SECRET_TAG: Final = re.compile(
    r"psk|passw(?:or)?d|passphrase|pre[ _.-]?shared|secret(?!ar)|credential|token(?!i[sz])"
    r"|(?:^|api|access|account|private|shared|signing|encryption|ipsec|vpn|ssh)[ _.:-]?keys?$",
    re.IGNORECASE,
)
"""How tags are named that would hold a secret: `psk`, `db-password`, `ApiKey`, `key`; not `secretary`, `cost-key`."""


# AWS: 128 and 256 characters, 50 tags, no "aws:". Azure: 512 and 256, 50 tags, none of <>%&\?/ in names.
def _tag_name(name: str) -> str:
    if not re.fullmatch(r"[\w .:=+@-]{1,128}", name) or name.lower().startswith(_VENDORS_TAGS):
        raise refuse(
            f"{quoted(name)} does not fit both clouds: 1 to 128 letters, digits, spaces and _.:=+@-, "
            "not starting with aws:, azure, microsoft or windows; choose another name"
        )
    if _SECRET_TAG.search(name):
        raise refuse(
            f"{quoted(name)} looks like the name of a secret: everyone who can read a resource can read its tags; "
            "remove it, and keep secrets out of this file"
        )
    if name.lower() in _OWN_TAGS:
        raise refuse(f"{name!r} is reserved: Isthmus sets this tag itself; choose another name")
    return name


def _tag_value(value: Any) -> str:
    if not isinstance(value, str):
        if isinstance(value, (dict, list)) or value is None:
            raise refuse(f"expected text, got {show(value)}: a tag has one value; write it")
        raise refuse(f"{show(value)} is not text: tags have text for values; put it in quotes")
    if len(value) > 256 or re.search(r"[^\w .:/=+@-]", value):
        raise refuse(
            f"{quoted(value)} does not fit both clouds: up to 256 letters, digits, spaces and _.:/=+@- are allowed; "
            "correct it"
        )
    return value


_OWN_TAGS: Final = ("name", "isthmus")
_VENDORS_TAGS: Final = ("aws:", "azure", "microsoft", "windows")
# Letters of every script are allowed, which patterns cannot say alike everywhere: they list what is not.
_NO_TAG: Final = r"\x00-\x1f\x7f!\"#$%&'()*,;<>?\[\\\]^`{|}~"
_TAGS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "maxProperties": 40,
    "propertyNames": {
        "pattern": f"^[^{_NO_TAG}/]{{1,128}}$",
        "not": {
            "anyOf": [
                {"pattern": any_case(f"^({'|'.join(_VENDORS_TAGS)})")},
                {"pattern": any_case(f"^({'|'.join(_OWN_TAGS)})$")},
                {"pattern": any_case(_SECRET_TAG.pattern)},
            ]
        },
    },
    "additionalProperties": {"type": "string", "pattern": f"^[^{_NO_TAG}]{{0,256}}$"},
}
Tags = Annotated[
    dict[Annotated[str, BeforeValidator(_tag_name)], Annotated[str, BeforeValidator(_tag_value)]],
    BeforeValidator(_tag_count),
    WithJsonSchema(_TAGS_SCHEMA),
]
