"""Gets JSON over HTTP, and takes no answer for whole that is not."""

from __future__ import annotations

import http.client
import io
import json
import socket
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


class _Until(io.RawIOBase):
    """What a socket receives until its time-out, counted from now on for all of it and not for each part."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw
        self._deadline = time.monotonic() + (sock.gettimeout() or LONGEST_WAIT_SECONDS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        # A server that closes sooner than its answer ends leaves no descriptor to set.
        if self._sock.fileno() >= 0:
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer whose header counts for its time-out too: a byte now and then does not outlive it."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self.fp = io.BufferedReader(_Until(sock, self.fp.detach()))


class _Plain(http.client.HTTPConnection):
    response_class = _Answer


class _Secure(http.client.HTTPSConnection):
    response_class = _Answer


class _PlainHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Plain, req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Secure, req)


class FetchError(Exception):
    """A source that did not give what it should, in a sentence."""


class _Again(Exception):  # noqa: N818  not an error yet
    """What went wrong may pass; ``after`` seconds are asked for, None leaves that to us."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Gets JSON. ``timeout`` in seconds is that of a whole answer, header and body, once there is a connection.

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
        opener = urllib.request.build_opener(_PlainHandler, _SecureHandler)
        try:
            # Schemes other than http are refused where the addresses come in.
            request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "isthmus"})  # noqa: S310
            with opener.open(request, timeout=self.timeout) as answer:
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
        except ValueError as error:
            raise FetchError(f"{url}: no address that can be asked ({error})") from None

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        expected = answer.headers.get("Content-Length")
        parts: list[bytes] = []
        size = 0
        while part := answer.read1(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise _Again(f"more than {MOST_BYTES:,} bytes")
        if expected is not None and expected.isdigit() and size != int(expected):
            raise _Again(f"cut off after {size:,} of {int(expected):,} bytes")
        return b"".join(parts)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
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
