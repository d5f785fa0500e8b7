"""A partner's file in every format that is read: the same rows, the same fates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ...partner import EXPECTED, FORMATS, canonical, fates, kind_of, options_for

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_rows(folder: Path, scratch: Path, name: str) -> None:
    FORMATS[name](folder / name)
    rows = canonical(folder, scratch, kind=kind_of(**options_for(name)))
    assert fates(rows) == EXPECTED
