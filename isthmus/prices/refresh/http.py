"""Gets JSON over HTTP, and takes no answer for whole that is not."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final

TRIES: Final = 4
LONGEST_WAIT_SECONDS: Final = 60.0
"""A server that asks for more is not waited for."""
MOST_BYTES: Final = 512 * 1024 * 1024
"""Several times the largest list of a region that is read here."""
_CHUNK: Final = 1 << 16
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})


class FetchError(Exception):
    """A source that did not give what it should, in a sentence."""


class _Again(Exception):  # noqa: N818  not an error yet
    """What went wrong may pass; ``after`` seconds are asked for, None leaves that to us."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Gets JSON. ``timeout`` in seconds is that of a whole answer, and of each wait for a part of it.

    Time-outs, broken answers and the codes 408, 429 and 5xx are tried again, four times in all, after the time
    that the server asks for (``Retry-After``) or after 1, 2 and 4 seconds.
    """

    timeout: float = 60.0
    say: Callable[[str], None] = field(default=lambda _: None)
    sleep: Callable[[float], None] = time.sleep

    def get(self, url: str) -> Any:
        """The JSON at ``url``.

        Raises:
            FetchError: with the address and what was wrong at the last try.
        """
        for number in range(TRIES):
            try:
                return self._once(url)
            except _Again as again:
                why, wait = str(again), again.after if again.after is not None else 2.0**number
                if number == TRIES - 1:
                    raise FetchError(f"{url}: {why} ({TRIES} tries)") from None
                if wait > LONGEST_WAIT_SECONDS:
                    raise FetchError(f"{url}: {why}, and asks for {wait:,.0f} s: try again later") from None
                self.say(f"  {why}; again in {wait:g} s")
                self.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _once(self, url: str) -> Any:
        # Schemes other than http are refused where the addresses come in.
        request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "isthmus"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                return _parsed(self._body(answer))
        except urllib.error.HTTPError as error:
            with error:
                if error.code in _AGAIN:
                    raise _Again(f"answers {error.code}", _retry_after(error.headers.get("Retry-After"))) from None
                raise FetchError(f"{url}: answers {error.code}") from None
        except (TimeoutError, urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise _Again(f"no whole answer in {self.timeout:g} s") from None
            raise _Again(str(reason) or type(reason).__name__) from None

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        expected = answer.headers.get("Content-Length")
        deadline = time.monotonic() + self.timeout
        parts: list[bytes] = []
        size = 0
        # read1 returns what is there: a server that sends a byte now and then does not outlive the deadline.
        while part := answer.read1(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise _Again(f"more than {MOST_BYTES:,} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError
        if expected is not None and expected.isdigit() and size != int(expected):
            raise _Again(f"cut off after {size:,} of {int(expected):,} bytes")
        return b"".join(parts)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise _Again("no whole JSON") from None


def _retry_after(value: str | None) -> float | None:
    """Seconds, from either form that the header has."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
