"""What every test begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def _surroundings() -> Iterator[None]:
    """A secret for demonstrations that a test builds by itself, and no limits: tests ask faster than anybody else.

    Tests of the limits give their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GEOINTEL_CELL_KEY", "a key for the records of tests alone")
        for rule in ("", "_TILES", "_HEAVY", "_CREDENTIALS"):
            patch.setenv(f"GEOINTEL_RATE_LIMIT{rule}", "off")
        yield
