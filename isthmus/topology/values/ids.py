"""Names, ids and addresses of people and hosts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from isthmus.printable import looks_secret
from isthmus.topology.values.kinds import Checked, any_case, shaped
from isthmus.topology.values.words import quoted, refuse, text_of


def _matching(pattern: str, what: str) -> Callable[[Any], str]:
    regex = re.compile(pattern)

    def check(value: Any) -> str:
        text = text_of(value, what)
        if regex.fullmatch(text):
            return text
        fitting = re.sub(r"[^a-z0-9-]", "-", text.lower()).strip("-")
        fits = text.isascii() and regex.fullmatch(fitting) and not looks_secret(text)
        hint = f"write {fitting}" if fits else "choose another"
        raise refuse(f"{quoted(text)} is not a valid name: {what}; {hint}")

    return check


def resource_id(kind: str, what: str) -> Checked:
    """The resource id of an Azure resource of type ``kind`` (``Microsoft.Network/virtualNetworkGateways``).

    Azure does not care about capitals and the portal writes some ids in lower case; the provider takes the
    fixed parts in one spelling only, so that they are brought to it.
    """
    uuid = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    parts = (rf"({uuid})", r"([\w().-]{1,90})", r"([\w.-]{1,80})")
    fixed = ("/subscriptions/", "/resourceGroups/", f"/providers/{kind}/")
    form = "".join(any_case(re.escape(text)) + part for text, part in zip(fixed, parts, strict=True))
    text = shaped(form, what, f"/subscriptions/…/resourceGroups/…/providers/{kind}/…")

    def check(value: Any) -> str:
        found = re.fullmatch(form, text.check(value))
        assert found is not None, "that is what was checked"
        subscription, _, group, name = found.groups()
        return f"/subscriptions/{subscription.lower()}/resourceGroups/{group}/providers/{kind}/{name}"

    return Checked(check, text.schema)


RESOURCE_GROUP: Final = r"[\w().-]{0,89}[\w()-]"
"""Azure takes letters of every script; the provider takes these."""
_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ARN: Final = r"arn:aws(-[a-z]{2,10}){0,3}"
ROLE: Final = rf"{_ARN}:iam::\d{{12}}:role/(?=.{{1,576}}$)([\w+=,.@-]+/)*[\w+=,.@-]{{1,64}}"
ROLE_EXAMPLE: Final = "arn:aws:iam::111122223333:role/network"
FLOW_LOG_DESTINATION: Final = (
    rf"{_ARN}:(s3:::[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9](/[\w.-]{{1,64}}){{0,8}}/?"
    r"|logs:[a-z0-9-]{5,30}:\d{12}:log-group:[\w./#-]{1,512})"
)
"""A bucket with or without a prefix, or a log group, as VPC flow logs take them."""
HOST: Final = rf"(?=.{{4,253}}$)({_LABEL}\.)+[A-Za-z]([A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
EMAIL: Final = rf"(?=.{{6,254}}$)(?=[^@]{{1,64}}@)[\w+-]+(\.[\w+-]+)*@{HOST[len('(?=.{4,253}$)') :]}"
NAME_PATTERN: Final = r"[a-z][a-z0-9-]{0,21}"
SITE_PATTERN: Final = r"[a-z][a-z0-9-]{0,14}"
# The checks say of a hyphen at the end what is wrong with it; a schema has the pattern only.
_NAME_SCHEMA: Final = r"^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$"
_SITE_SCHEMA: Final = r"^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$"
Name = Annotated[
    str,
    BeforeValidator(_matching(NAME_PATTERN, "up to 22 lower-case letters, digits and hyphens, a letter first")),
    WithJsonSchema({"type": "string", "pattern": _NAME_SCHEMA}),
]
SiteName = Annotated[
    str,
    BeforeValidator(_matching(SITE_PATTERN, "up to 15 lower-case letters, digits and hyphens, a letter first")),
    WithJsonSchema({"type": "string", "pattern": _SITE_SCHEMA}),
]
Uuid = Annotated[
    str,
    shaped(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID", "00000000-0000-0000-0000-000000000000"),
]
