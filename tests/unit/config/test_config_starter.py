"""The file that ``geointel init`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geointel.config import check, init, load, template
from geointel.config.defaults import open_policy
from geointel.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def test_it_loads_and_lacks_only_files(tmp_path: Path) -> None:
    written = init(tmp_path / "new")
    assert all(path.exists() for path in written)
    partnership = load(written[0])
    assert partnership.editions["open"].policy == open_policy()
    assert {fault.key for fault in check(partnership, written[0].parent)} == {"area.level[0].file", "source[0].files"}


def test_lines_that_are_commented_out_are_right_too(tmp_path: Path) -> None:
    """Taking away the comment sign in front of a table or key gives a file without fault."""
    text = template()
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        if line.startswith("# [") or (line.startswith("# ") and " = " in bare):
            text = text.replace(line, bare)
    path = tmp_path / "partnership.toml"
    path.write_text(text, encoding="utf-8")
    partnership = load(path)
    assert [level.id for level in partnership.area.levels] == ["district", "cdp"]
    assert partnership.period is not None
    assert [layer.id for layer in partnership.layers] == ["drug-hotspot"]


def test_it_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "partnership.toml").write_text("mine")
    with pytest.raises(ConfigError, match="already"):
        init(tmp_path)
    assert (tmp_path / "partnership.toml").read_text() == "mine"
