"""One town's demonstration for all tests of its formats."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from geointel.demo import write_demo

if TYPE_CHECKING:
    from pathlib import Path

MONTHS = 14


@dataclass(frozen=True)
class Town:
    """A demonstration of 14 months to December 2025."""

    folder: Path
    truth: dict[str, Any]

    def lines(self, name: str, *, separator: str = ",", encoding: str = "utf-8") -> list[list[str]]:
        """Fields of a file whose fields hold no separators, header first."""
        text = (self.folder / name).read_bytes().decode(encoding)
        return [line.split(separator) for line in text.splitlines()]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    demo = write_demo(tmp_path_factory.mktemp("formats"), scale="town", seed=3, months=MONTHS)
    return Town(demo.directory, json.loads(demo.truth.read_text(encoding="utf-8")))
