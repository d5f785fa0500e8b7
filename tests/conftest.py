"""What holds for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def demonstration_key() -> Iterator[None]:
    """The secret of demonstrations that a test builds by itself: their records are made up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GEOINTEL_CELL_KEY", "a key for the records of tests alone")
        yield
