"""Gets JSON over HTTP with urllib3. An answer that is cut off, too large, too slow or from elsewhere is an error."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import (
    HTTPError,
    IncompleteRead,
    InvalidHeader,
    LocationValueError,
    NewConnectionError,
    SSLError,
)

TRIES: Final = 4
LONGEST_WAIT_SECONDS: Final = 60.0
"""A server that asks for more is not waited for."""
MOST_SECONDS: Final = 1800.0
"""For everything that one :class:`Fetcher` gets: a refresh of a few regions takes minutes at most."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one answer, uncompressed. The lists of one region are a few MB, a page of Azure's is less than one."""
MOST_REDIRECTS: Final = 3
_CHUNK: Final = 1 << 16
_RETRY: Final = urllib3.Retry(
    total=TRIES - 1, status_forcelist={408, 429, 500, 502, 503, 504}, backoff_factor=1, retry_after_max=10**9
)
_HEADERS: Final = {"Accept": "application/json", "User-Agent": "isthmus"}


class FetchError(Exception):
    """A source that did not give what it should, in a sentence."""


class _AgainError(Exception):
    """What went wrong may pass; ``after`` seconds are asked for, None leaves that to us."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Gets JSON. ``timeout`` in seconds is that of a whole answer, from the connection to the last byte; ``total`` is
    that of all answers, tries and waits together.

    Time-outs, broken answers and the codes 408, 429, 500 and 502 to 504 are tried again, four times in all, after the
    time that the server asks for (``Retry-After``) or after 1, 2 and 4 seconds. Redirects are followed on the same
    server only. The proxies of the environment are used.
    """

    timeout: float = 60.0
    total: float = MOST_SECONDS
    say: Callable[[str], None] = field(default=lambda _: None)
    sleep: Callable[[float], None] = time.sleep
    _began: float = field(default_factory=time.monotonic, init=False)

    def get(self, url: str) -> Any:
        """The JSON at ``url``.

        Raises:
            FetchError: with the address and what was wrong at the last try.
        """
        for number in range(TRIES):
            try:
                return self._within(url, min(self.timeout, self._left(url)))
            except _AgainError as again:
                why, wait = str(again), again.after if again.after is not None else 2.0**number
                if number == TRIES - 1:
                    raise FetchError(f"{url}: {why} ({TRIES} tries)") from None
                if wait > LONGEST_WAIT_SECONDS:
                    raise FetchError(f"{url}: {why}, and asks for {wait:,.0f} s: try again later") from None
                self.say(f"  {why}; again in {wait:g} s")
                self.sleep(min(wait, self._left(url)))
        raise AssertionError("the last try returns or raises")

    def _left(self, url: str) -> float:
        left = self._began + self.total - time.monotonic()
        if left <= 0:
            raise FetchError(f"{url}: not read: the whole refresh took more than {self.total:g} s: try again later")
        return left

    def _within(self, url: str, seconds: float) -> Any:
        """The JSON at ``url``, or an error after ``seconds``, whatever the server does meanwhile."""
        # urllib3's time-outs are those of each wait on the socket: a byte now and then outlives them. So the request
        # has a thread, which is left alone when its time is over and ends when its socket next times out.
        answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        deadline = time.monotonic() + seconds

        def work() -> None:
            try:
                answers.put((_parsed(_body(url, deadline)), None))
            except BaseException as error:
                answers.put((None, error))

        threading.Thread(target=work, daemon=True).start()
        try:
            value, error = answers.get(timeout=seconds)
        except queue.Empty:
            error = TimeoutError()
        if isinstance(error, TimeoutError):
            raise _AgainError(f"no whole answer in {seconds:g} s") from None
        if error is not None:
            raise error
        return value


def _body(url: str, deadline: float) -> bytes:
    """The body at ``url``, through redirects on the same server."""
    asked = url
    for _ in range(MOST_REDIRECTS + 1):
        try:
            with _manager(asked) as manager:
                answer = manager.request(
                    "GET",
                    asked,
                    headers=_HEADERS,
                    timeout=urllib3.Timeout(total=max(0.01, deadline - time.monotonic())),
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                with answer:
                    where = answer.get_redirect_location()
                    if not where:
                        _must_be_good(url, answer)
                        return _read(answer, deadline)
        except SSLError as error:
            raise FetchError(f"{url}: no trusted connection ({_reason(error)})") from None
        except (LocationValueError, UnicodeError) as error:
            raise FetchError(f"{url}: no address that can be asked ({error})") from None
        except (HTTPError, OSError) as error:
            slow = isinstance(error, (TimeoutError, urllib3.exceptions.TimeoutError))
            # urllib3 has a refused connection among its time-outs.
            if slow and not isinstance(error, NewConnectionError):
                raise TimeoutError from None
            raise _AgainError(_reason(error)) from None
        asked = _redirected(url, asked, where)
    raise FetchError(f"{url}: redirects more than {MOST_REDIRECTS} times")


def _manager(url: str) -> urllib3.PoolManager:
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return urllib3.PoolManager()
    known = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if known.username is None:
        return urllib3.ProxyManager(known.geturl())
    host = known.netloc.rpartition("@")[2]
    basic = f"{unquote(known.username)}:{unquote(known.password or '')}"
    return urllib3.ProxyManager(f"{known.scheme}://{host}", proxy_headers=urllib3.make_headers(proxy_basic_auth=basic))


def _redirected(url: str, asked: str, where: str) -> str:
    """The address ``where`` that ``asked`` redirects to, if it is on the same server."""
    try:
        target = urljoin(asked, where)
        same = _origin(target) == _origin(asked)
    except ValueError:
        same, target = False, where
    if not same:
        raise FetchError(f"{url}: redirects to {target[:200]!a}, which is another server: that is not followed")
    return target


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _must_be_good(url: str, answer: urllib3.BaseHTTPResponse) -> None:
    if _RETRY.is_retry("GET", answer.status):
        try:
            after = _RETRY.get_retry_after(answer)
        except (InvalidHeader, ValueError, OverflowError):
            after = None
        raise _AgainError(f"answers {answer.status}", after)
    if answer.status != 200:
        raise FetchError(f"{url}: answers {answer.status}")


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        while part := answer.read1(_CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise FetchError(f"{answer.url}: more than {MOST_BYTES:,} bytes: no list is so large")
            if time.monotonic() > deadline:
                raise TimeoutError
    except IncompleteRead as error:
        raise _AgainError(_cut(error)) from None
    except urllib3.exceptions.ProtocolError as error:
        if isinstance(inner := error.args[-1], IncompleteRead):
            raise _AgainError(_cut(inner)) from None
        raise
    return b"".join(parts)


def _cut(error: IncompleteRead) -> str:
    had, more = int(error.partial or 0), int(error.expected or 0)
    return f"cut off after {had:,} of {had + more:,} bytes"


def _reason(error: BaseException) -> str:
    """What is at the bottom of one of urllib3's errors, in the words of the system."""
    while inner := getattr(error, "reason", None) or error.__cause__ or error.__context__:
        if not isinstance(inner, BaseException):
            break
        error = inner
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _parsed(body: bytes) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    try:
        # Infinity and NaN are no JSON, though Python takes them.
        return json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise _AgainError("no whole JSON") from None
