"""Finding the built page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geointel import viewer

if TYPE_CHECKING:
    from pathlib import Path


def test_a_missing_page_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(viewer.PageNotBuiltError, match="make web"):
        viewer.page_folder(tmp_path)


def test_a_built_page_is_found_and_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / viewer.INDEX).write_text("<title><!--geointel:title--></title>…", encoding="utf-8")
    assert viewer.page_folder(tmp_path) == tmp_path
    assert viewer.page_html(tmp_path) == "<title><!--geointel:title--></title>…"
