"""Keys and passwords: comparable, and never shown.

Keys stand in clear in many places of what Terraform prints (arguments, variables, constants of the configuration, the
XML of ``customer_gateway_configuration``, outputs, tags). They are hidden by what an attribute means, and wherever the
same text occurs again, because Terraform's own marks of what is sensitive are neither complete nor in every document.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NoReturn

_PROCESS_KEY: Final = secrets.token_bytes(32)
_SENSITIVE: Final = re.compile(
    r"(?:^|_)(?:preshared_key|shared_key|password|passphrase|secret|secret_string|secret_binary|secret_value|client_secret"
    r"|private_key(?:_pem)?|private_key_openssh|secret_key|access_key|token|authorization_key|connection_string"
    r"|sas_url|bcrypt_hash|customer_gateway_configuration|psk)s?\d*$",
    re.IGNORECASE,
)
_IN_XML: Final = re.compile(r"<pre_shared_key>([^<]*)</pre_shared_key>")
_HOLDERS: Final = ("constant_value", "default", "value")
_GENERATED: Final = frozenset({"random_password", "random_string"})
_WORD: Final = re.compile(r"[A-Za-z0-9._]+")
_INTERPOLATION: Final = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
_QUOTED: Final = re.compile(r'(?<!\[)"(?:[^"\\]|\\.)*"')
_SHORTEST: Final = 8
"""Characters from which on a key is looked for elsewhere: the shortest that AWS takes. A shorter text is a word."""

REDACTED: Final = "REDACTED"
"""What AWS tells in place of a key that it keeps in Secrets Manager."""


class Secret:
    """A key or password that can be compared with another of the same process, and be seen by nobody.

    The text itself is not kept: only a digest under a key of this process, its length in characters, and whether AWS
    takes it as a pre-shared key. It can be neither printed, nor pickled, nor written as JSON.
    """

    __slots__ = ("_digest", "is_preshared_key", "length")

    length: int
    is_preshared_key: bool
    """8 to 64 letters, digits, periods and underscores, not starting with a zero."""

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_digest", hmac.digest(_PROCESS_KEY, text.encode(), hashlib.sha256))
        object.__setattr__(self, "length", len(text))
        object.__setattr__(
            self, "is_preshared_key", re.fullmatch(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}", text) is not None
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret cannot be changed")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._digest, other._digest)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._digest)  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        return "(secret)"

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not written out")


def digest(text: str) -> str:
    """Twelve hexadecimal digits that stand for ``text`` in this process."""
    return hmac.digest(_PROCESS_KEY, text.encode(), hashlib.sha256).hex()[:12]


def texts(*documents: object) -> frozenset[str]:
    """The keys and passwords in ``documents``, in clear: to hide them wherever they stand, and to be let go of then."""
    found = (text for document in documents for text in _secrets(document, "", generated=False))
    return frozenset(text for text in found if len(text) >= _SHORTEST) - {REDACTED}


def frozen(document: object, clear: frozenset[str]) -> Any:
    """``document`` in read-only mappings and tuples, with a :class:`Secret` in place of each key and password.

    ``clear`` has the :func:`texts` of all documents that are read together: one may tell a key where another hides it.

    An expression (``${...}``) stays one, for it has to be followed; literal text beside it or quoted in it does not.
    """
    odd = tuple(text for text in clear if not _WORD.fullmatch(text))
    return _Freezer(clear, odd).value(document, secret=False, generated=False)


class _Freezer:
    def __init__(self, found: frozenset[str], odd: tuple[str, ...]) -> None:
        self._found = found
        self._odd = odd

    def value(self, value: object, *, secret: bool, generated: bool) -> object:
        if isinstance(value, str):
            return self._text(value, secret=secret)
        if isinstance(value, dict):
            generated = generated or str(value.get("type")) in _GENERATED
            hides = secret or value.get("sensitive") is True
            whole = secret and all(isinstance(inner, str) for inner in value.values())
            return MappingProxyType(
                {
                    key: self.value(
                        inner,
                        secret=whole or (hides and key in _HOLDERS) or _is_sensitive(key, generated),
                        generated=generated or key in _GENERATED,
                    )
                    for key, inner in value.items()
                }
            )
        if isinstance(value, list):
            return tuple(self.value(inner, secret=secret, generated=generated) for inner in value)
        return value

    def _text(self, text: str, *, secret: bool) -> object:
        if text == REDACTED or not text:
            return text
        if "${" in text:
            return _template(text) if secret else text
        if secret or text in self._found:
            return Secret(text)
        return Secret(text) if self._has_one(text) else text

    def _has_one(self, text: str) -> bool:
        """Whether a key is a part of ``text``: a word of it, or, with other characters in the key, any part."""
        if not self._found or len(text) <= _SHORTEST:
            return False
        return not self._found.isdisjoint(_WORD.findall(text)) or any(part in text for part in self._odd)


def _template(text: str) -> str:
    """``text`` with a digest in place of what is no expression, and of what is quoted in one."""
    pieces, end = [], 0
    for part in _INTERPOLATION.finditer(text):
        pieces.append(_hidden(text[end : part.start()]))
        pieces.append(_QUOTED.sub(lambda quoted: f'"{digest(quoted[0])}"', part[0]))
        end = part.end()
    return "".join([*pieces, _hidden(text[end:])])


def _hidden(text: str) -> str:
    return f"<{digest(text)}>" if text else ""


def _secrets(value: object, key: str, *, generated: bool) -> Iterator[str]:
    if isinstance(value, str):
        if _is_sensitive(key, generated) and "${" not in value:
            yield from _IN_XML.findall(value) if "<" in value else (value,)
    elif isinstance(value, dict):
        generated = generated or str(value.get("type")) in _GENERATED
        whole = _is_sensitive(key, generated) and all(isinstance(inner, str) for inner in value.values())
        for name, inner in value.items():
            inherits = key if whole or name in _HOLDERS else name
            yield from _secrets(inner, inherits, generated=generated or name in _GENERATED)
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(inner, key, generated=generated)


@lru_cache(maxsize=100_000)
def _is_sensitive(key: str, generated: bool) -> bool:  # noqa: FBT001 - private
    return _SENSITIVE.search(key) is not None or (generated and key == "result")


def plain(value: object) -> Any:
    """``value`` in dictionaries and lists that ``json.dumps`` takes; a secret becomes the text ``(secret)``."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(inner) for inner in value]
    return repr(value) if isinstance(value, Secret) else value
