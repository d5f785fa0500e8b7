"""What every test begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def _no_rate_limits() -> Iterator[None]:
    """Tests ask faster than anybody else, all from one address. Those of the limits give their own."""
    with pytest.MonkeyPatch.context() as patch:
        for rule in ("", "_TILES", "_HEAVY", "_CREDENTIALS"):
            patch.setenv(f"GEOINTEL_RATE_LIMIT{rule}", "off")
        yield
