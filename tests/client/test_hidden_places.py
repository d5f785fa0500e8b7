"""Places that an edition does not show, as the service tells of them: not as zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import pytest

from geointel_api.app import create_app
from geointel_api.settings import Settings

from ..flow.small_partnership import PLACES
from ..flow.test_protected_build import MONTHS, calls, made, written
from .conftest import Client

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder: Path = tmp_path_factory.mktemp("hidden")
    made(written(folder, calls()))
    return Client(create_app(Settings(snapshots=folder / "out" / "snapshots")))


def cell_at(number: int, resolution: int = 8) -> str:
    lng, lat = PLACES[number]
    return f"{h3.latlng_to_cell(float(lat), float(lng), resolution):x}"


def row_of(client: Client, cell: str, **more: str) -> dict[str, Any]:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    found = client.get(f"/v1/layers/calls/values?resolution=8{query}").json()
    rows = [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
    (row,) = [row for row in rows if row["cell"] == cell]
    return row


def test_a_hidden_cell_has_a_series_without_numbers(served: Client) -> None:
    """Twelve call-outs of one person are there; the cell says that it is not shown, for all of the year."""
    cell = cell_at(0)
    found = served.get(f"/v1/cells/{cell}?category=naloxone-callout&window=2025-05").json()
    months = found["series"]["months"]
    assert set(MONTHS) <= set(months)
    of_year = [value for month, value in zip(months, found["series"]["values"], strict=True) if month in MONTHS]
    assert of_year == [None] * len(MONTHS)
    row = row_of(served, cell, window="2025-05", category="naloxone-callout")
    assert (row["value"], row["class"], row["support"]) == (None, None, None)
    assert row["status"] in {"coarsened", "suppressed"}
    (entry,) = [entry for entry in found["layers"] if entry["layer"] == "calls"]
    assert "0" not in entry["sentence"]


def test_a_hidden_cell_is_the_same_whatever_it_holds(served: Client) -> None:
    """The family of the person of twelve: its members without a record answer as the one with them does."""
    home = int(cell_at(0), 16)
    family = [f"{cell:x}" for cell in h3.cell_to_children(h3.cell_to_parent(home, 7), 8)]
    answers = []
    for cell in family:
        answer = served.get(f"/v1/cells/{cell}?category=naloxone-callout&window=2025-05")
        if answer.status_code == 200:
            body = answer.json()
            answers.append(
                [entry["row"]["status"] for entry in body["layers"] if entry["layer"] == "calls"]
                + body["series"]["values"]
            )
    assert len(answers) >= 6
    assert all(answer == answers[0] for answer in answers)


def test_a_shown_cell_has_its_changed_numbers(served: Client) -> None:
    cell = cell_at(2)
    series = served.get(f"/v1/cells/{cell}?category=naloxone-callout&window=2025-05").json()["series"]
    of_year = dict(zip(series["months"], series["values"], strict=True))
    for month in MONTHS:
        row = row_of(served, cell, window=month, category="naloxone-callout")
        assert row["value"] == of_year[month]
    assert any(of_year[month] for month in MONTHS)
