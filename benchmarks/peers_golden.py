"""Largest difference from the expected values of other software, read off the golden tests: a plugin for pytest.

    PEERS_GOLDEN=differences.json python -m pytest -p peers_golden tests/golden/hotspots

Every comparison of these tests goes through ``numpy.testing.assert_allclose``; here it is listened to.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

SIMULATED = re.compile(r"p_sim|knox|scan_poisson|scan_stp")
"""Cases whose expected values come from draws, or are rounded by their program."""

_found: dict[str, dict[str, Any]] = {}
_compare = np.testing.assert_allclose


def _listening(actual: Any, desired: Any, *given: Any, **options: Any) -> None:
    __tracebackhide__ = True
    test = os.environ.get("PYTEST_CURRENT_TEST", "").split("::")[-1].removesuffix(" (call)")
    case = test[test.find("[") + 1 :].split("-")[0].rstrip("]") if "[" in test else test
    if SIMULATED.search(test):
        case += " (by simulation)"
    both = np.broadcast_arrays(np.asarray(actual, dtype=np.float64), np.asarray(desired, dtype=np.float64))
    known = np.isfinite(both[0]) & np.isfinite(both[1])
    apart = np.abs(both[0][known] - both[1][known]) / np.maximum(1.0, np.abs(both[1][known]))
    entry = _found.setdefault(case, {"comparisons": 0, "numbers": 0, "difference": 0.0})
    entry["comparisons"] += 1
    entry["numbers"] += int(known.sum())
    entry["difference"] = max(entry["difference"], float(apart.max(initial=0.0)))
    _compare(actual, desired, *given, **options)


np.testing.assert_allclose = _listening


def pytest_sessionfinish() -> None:
    """Write what was heard."""
    Path(os.environ["PEERS_GOLDEN"]).write_text(json.dumps(_found), encoding="utf-8")
