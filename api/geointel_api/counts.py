"""What this process did, in numbers that say nothing of any visitor or edition: for Prometheus."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

EVENTS: Mapping[str, str] = {
    "answers_2xx": "Answers with a status of 200 to 299.",
    "answers_3xx": "Answers with a status of 300 to 399.",
    "answers_4xx": "Answers with a status of 400 to 499.",
    "answers_5xx": "Answers with a status of 500 to 599.",
    "limited": "Requests refused because their visitor asked too often.",
    "limits_unknown": "Requests let in because the store of the rate limits did not answer.",
    "timed_out": "Answers given up because they took too long.",
    "audit_written": "Rows written to the log of accesses.",
    "audit_lost": "Accesses that could not be written to the log of accesses.",
    "audit_failed": "Failed attempts to write to the log of accesses.",
}
"""Everything that is counted, and what it is."""


class Counts:
    """Counters of one process, from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, event: str, number: int = 1) -> None:
        """Count something of ``EVENTS``."""
        with self._lock:
            self._counts[event] += number

    def of(self, event: str) -> int:
        """How often it happened."""
        return self._counts[event]

    def text(self, gauges: Mapping[str, float]) -> str:
        """All of it, and some values of this moment, in Prometheus' text format 0.0.4."""
        lines = []
        for event, what in EVENTS.items():
            name = f"geointel_{event}_total"
            lines += [f"# HELP {name} {what}", f"# TYPE {name} counter", f"{name} {self._counts[event]}"]
        for name, value in gauges.items():
            lines += [f"# TYPE geointel_{name} gauge", f"geointel_{name} {value:g}"]
        return "\n".join([*lines, ""])
