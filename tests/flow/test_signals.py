"""Signals through a whole build: in the edition for partners, and nowhere in one that the public may open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geointel.build import build
from geointel.config import load
from geointel.errors import ConfigError
from geointel.snapshot import open_snapshot

from .small_partnership import FEW_LAYERS, write_partnership

if TYPE_CHECKING:
    from pathlib import Path

LAYERS = f"""
[[layer]]
id = "watched"
kind = "signals"
categories = ["drugs", "all"]
simulated_years = 10
{FEW_LAYERS}"""
ROLES = """
[role]
public = ["open"]
commissioner = ["partner", "open"]
"""


def written(folder: Path, roles: str) -> Path:
    config = write_partnership(folder, layers=LAYERS).config
    config.write_text(config.read_text(encoding="utf-8") + roles, encoding="utf-8")
    return config


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watched")
    build(load(written(folder, ROLES)), data=folder / "data", out=folder / "snapshots")
    return folder / "snapshots"


def test_the_edition_for_partners_has_them_and_the_open_one_has_not(snapshots: Path) -> None:
    found = open_snapshot(snapshots)
    partner, public = found.edition("partner"), found.edition("open")
    assert list(partner.layers) == ["watched", "incident-count"]
    assert list(public.layers) == ["incident-count"]
    assert partner.spec("watched")["notes"]["budget"]["accepted"] == 12
    assert set(partner.inputs("watched")) == {"signals", "spread"}
    assert partner.tiles("watched").is_file()


def test_no_file_of_the_open_edition_names_them(snapshots: Path) -> None:
    folder = open_snapshot(snapshots).edition("open").path
    assert [path for path in folder.rglob("*") if "watched" in path.name or "signals" in path.name] == []
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    assert "watched" not in manifest
    assert "signal" not in manifest


def test_the_layer_that_both_have_is_the_same(snapshots: Path) -> None:
    found = open_snapshot(snapshots)
    names = ("layers/incident-count.parquet", "tiles/incident-count.pmtiles")
    assert all(
        (found.edition("open").path / name).read_bytes() == (found.edition("partner").path / name).read_bytes()
        for name in names
    )


@pytest.mark.parametrize(
    "roles", ['\n[role]\npublic = ["partner", "open"]\n', '\n[role]\npublic = ["open", "partner"]\n']
)
def test_a_partnership_whose_editions_are_all_public_is_refused(tmp_path: Path, roles: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, roles))
    (fault,) = refused.value.faults
    assert fault.key == "layer[0].kind"
    assert "role 'public' may not open" in fault.message
    assert "[edition.partner]" in fault.remedy
