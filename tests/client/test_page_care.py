"""The page's first table of layers that are there to find what is lacking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from geointel_api.app import create_app
from geointel_api.settings import Settings

from .care_page_snapshot import write_care_snapshot
from .conftest import Client

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("built_page")
def test_fewest_places_come_first_and_of_these_most_residents(tmp_path: Path) -> None:
    write_care_snapshot(tmp_path / "care")
    client = Client(create_app(Settings(snapshots=tmp_path / "care")))
    page = client.get("/map?layer=places").text
    assert "hexagons, fewest places first" in page
    rows = client.get("/v1/layers/places/values?resolution=8").json()
    value, support = (rows["columns"].index(name) for name in ("value", "support"))
    known = [row for row in rows["rows"] if row[value] is not None]
    least = min(known, key=lambda row: (row[value], -row[support], row[0]))
    assert re.search(r'class="app-id">([0-9a-f]+)<', page)[1] == least[0]  # type: ignore[index]
    assert "hexagons, largest gap first" in client.get("/map?layer=gap").text
