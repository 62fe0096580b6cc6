"""Faults: what is to go wrong, in which call, how often.

A fault is a JSON object; it, or a list of them, is a body for ``POST /_emulate/faults``:

    {"call": "CreateVpnConnection", "code": "InternalError"}                        once
    {"call": "CreateVpnConnection", "code": "UnauthorizedOperation", "times": 3}    three times
    {"call": "CreateVpnConnection", "code": "Throttling", "times": "always"}
    {"call": "CreateVpnConnection", "code": "InternalError", "after": 1}            the second one
    {"call": "CreateVpnConnection", "code": "InternalError", "delay": 20}           after 20 seconds
    {"call": "CreateVpnConnection", "delay": 20}                                    slow, and then done
    {"call": "CreateVpnConnection", "code": "InternalError", "done": true}          done, but its answer is lost
    {"call": "CreateVpnConnection", "hold": true}                                   waits until it is released
    {"call": "CreateVpnConnection", "hold": true, "done": true}                     done; its answer waits

``GET /_emulate/held`` lists the calls that wait; ``DELETE /_emulate/held`` releases them, and so does clearing the
faults. A call that is held shows a moment of a deployment for as long as somebody wants to look at it.

terraform's provider asks again by itself, many times, after a status of 500 or more and after codes of throttling;
other codes end its apply.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

_STATUS = {
    "InternalError": 500,
    "InternalFailure": 500,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "Throttling": 503,
    "Unavailable": 503,
}


@dataclass(kw_only=True, slots=True)
class Fault:
    """What goes wrong when ``call`` is made: it waits, it fails, or both.

    ``code`` None lets it succeed after ``delay`` seconds, or with ``hold`` once it is released. ``after`` calls pass
    before the first that fails, and ``times`` fail. ``done`` has the call carried out before it is held or its error is
    told. ``status`` 0 is that of the code.
    """

    call: str
    code: str | None = None
    message: str = "A fault that was asked for."
    status: int = 0
    times: int | Literal["always"] = 1
    after: int = 0
    delay: float = 0.0
    hold: bool = False
    done: bool = False

    def __post_init__(self) -> None:
        if not self.call or not (self.code or self.delay or self.hold):
            raise ValueError(f"a fault has a call, and a code, a delay or a hold: {asdict(self)}")
        if self.times != "always" and (not isinstance(self.times, int) or self.times < 1):
            raise ValueError(f'times of {self.call} must be a whole number above 0 or "always", not {self.times!r}')
        self.status = self.status or _STATUS.get(self.code or "", 400)


def parse(text: Any) -> list[Fault]:
    """Faults out of decoded JSON: one, or a list of them.

    Raises:
        ValueError: it is not that; the text says why.
    """
    try:
        return [Fault(**entry) for entry in (text if isinstance(text, list) else [text])]
    except TypeError as error:
        raise ValueError(f"not a fault: {error}") from None


class Faults:
    """The faults of a server, and how often each call came."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._held: list[str] = []
        self._releases = 0
        self.calls: Counter[str] = Counter()

    def add(self, faults: Sequence[Fault]) -> None:
        """Add ``faults`` after those there are."""
        with self._lock:
            self._faults += faults

    def clear(self) -> None:
        """Forget all faults and all counts, and release what is held."""
        with self._lock:
            self._faults.clear()
            self.calls.clear()
        self.release()

    def hold(self, call: str) -> None:
        """Wait until what is held is released."""
        with self._changed:
            self._held.append(call)
            before = self._releases
            self._changed.wait_for(lambda: self._releases > before)
            self._held.remove(call)

    def release(self) -> None:
        """Let every call that is held go on."""
        with self._changed:
            self._releases += 1
            self._changed.notify_all()

    def held(self) -> list[str]:
        """The calls that are held now."""
        with self._lock:
            return list(self._held)

    def told(self) -> list[dict[str, Any]]:
        """What is still to come, as JSON."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def next(self, call: str) -> Fault | None:
        """Count ``call``, and return what is to go wrong with it: the first fault for it that is due."""
        with self._lock:
            self.calls[call] += 1
            for fault in self._faults:
                if fault.call != call:
                    continue
                if fault.after:
                    fault.after -= 1
                    continue
                if fault.times != "always":
                    fault.times -= 1
                    if not fault.times:
                        self._faults.remove(fault)
                return fault
        return None
