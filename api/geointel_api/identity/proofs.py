"""What was proved a moment ago, so that not every request pays for a proof."""

from __future__ import annotations

import hmac
import secrets
import time
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

KEPT = 30.0
"""Seconds. What is revoked elsewhere can be used for so long."""
MOST = 5_000


class Proofs(Generic[T]):
    """Remembers credentials for a short while, by an HMAC under a key of this process: never the credentials themselves."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = Lock()
        self._found: dict[bytes, tuple[float, T]] = {}

    def find(self, value: str) -> T | None:
        """What a credential proved, if that is fresh."""
        found = self._found.get(self._mark(value))
        return found[1] if found is not None and self._clock() < found[0] else None

    def keep(self, value: str, proved: T) -> None:
        """Remember what a credential proved. The oldest are forgotten when there are too many."""
        with self._lock:
            self._found.pop(self._mark(value), None)
            self._found[self._mark(value)] = (self._clock() + KEPT, proved)
            while len(self._found) > MOST:
                del self._found[next(iter(self._found))]

    def forget(self, value: str) -> None:
        """Ask anew at the next request."""
        with self._lock:
            self._found.pop(self._mark(value), None)

    def _mark(self, value: str) -> bytes:
        return hmac.digest(self._key, value.encode("utf-8", "surrogatepass"), "sha256")
