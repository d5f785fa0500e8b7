"""The table of the strongest hexagons: no street leaves the files, and rows do not stand in the order of strength."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import pandas as pd
import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPTS = Path(__file__).parents[2] / "scripts"
CENTRE = h3.latlng_to_cell(53.8, -3.0, 8)
BESIDE = min(set(h3.grid_disk(CENTRE, 1)) - {CENTRE})
FAR = min(set(h3.grid_disk(CENTRE, 4)) - set(h3.grid_disk(CENTRE, 3)))


@pytest.fixture(scope="module")
def script() -> Any:
    sys.path.insert(0, str(SCRIPTS))
    import strongest

    yield strongest
    sys.path.remove(str(SCRIPTS))


def line(cell: int, location: str, month: str = "2025-01", crime: str = "Drugs") -> str:
    lat, lng = h3.cell_to_latlng(cell)
    return f"{month},{lng},{lat},On or near {location},{crime}"


@pytest.fixture
def records(script: ModuleType, tmp_path: Path) -> pd.DataFrame:
    months: dict[str, list[str]] = {}
    months["2025-01"] = [
        line(CENTRE, "Rose Lane"),
        line(CENTRE, "Police Station"),
        line(CENTRE, "Rose Lane", crime="Robbery"),
    ]
    months["2025-02"] = [line(CENTRE, "Rose Lane", "2025-02"), line(BESIDE, "Oak Court", "2025-02")]
    months["2025-02"] += [
        line(BESIDE, "Rose Hill (station)", "2025-02"),
        line(FAR, "Hospital", "2025-02"),
        "2025-02,,,No location,Drugs",
    ]
    months["2024-12"] = [line(CENTRE, "Nightclub", "2024-12")]
    for month, lines in months.items():
        text = "\n".join(["Month,Longitude,Latitude,Location,Crime type", *lines])
        (tmp_path / f"{month}-some-street.csv").write_text(text, encoding="utf-8")
    source = SimpleNamespace(kind="police-uk-street", files=("*-street.csv", "2025-01*"))
    other = SimpleNamespace(kind="postcodes", files=("*",))
    partnership = SimpleNamespace(sources=(source, other), grid=SimpleNamespace(leaf=9))
    return script.records_of(partnership, tmp_path, ("2025-01", "2025-02"))


def test_what_leaves_the_files_is_a_kind_of_place_and_never_a_name(records: pd.DataFrame) -> None:
    """A file that two patterns name counts once; other crimes, months and rows without a place do not."""
    assert sorted(records["type"]) == [
        "Hospital",
        "Police Station",
        "railway stations",
        "streets",
        "streets",
        "streets",
    ]


def test_records_of_a_hexagon_and_its_ring_are_counted_by_kind(script: ModuleType, records: pd.DataFrame) -> None:
    cell = f"{CENTRE:x}"
    found = script.driving(records, cell, special=True)
    assert found["types"] == {"streets": 3, "Police Station": 1, "railway stations": 1}
    assert found["busiest"] == pytest.approx(2 / 3)
    without = script.driving(records, cell, special=False)
    assert without["types"] == {"streets": 3, "railway stations": 1}
    assert without["busiest"] == pytest.approx(1 / 2)
    assert script.driving(records, f"{FAR:x}", special=False) == {"types": {}, "busiest": None}


def test_the_strongest_class_comes_first_and_faint_ratios_do_not_count(script: ModuleType) -> None:
    rows = [("a", "hot-90", 9.0, 6.0), ("b", "hot-99", 2.0, 6.0), ("c", "none", 30.0, 6.0), ("d", "hot-99", 90.0, 4.9)]
    frame = pd.DataFrame(rows, columns=["cell", "class", "value", "expected"]).assign(status="shown")
    spec: dict[str, Any] = {"notes": {"fill": {"faint_below": 5}}}
    assert script.strongest(frame, spec)["cell"].tolist() == ["b", "a", "c"]
    assert script.strongest(frame, {"notes": {}})["cell"].tolist() == ["d", "b", "a", "c"]


def test_hexagons_that_leave_and_enter_are_named(script: ModuleType) -> None:
    before, after = ([{"cell": cell, "name": f"Ward {cell}"} for cell in cells] for cells in ("abc", "bcd"))
    told = script.strongest_page._moves(before, after)
    assert told == "Without special points 2 of the ten stay. Leave: Ward a. Enter: Ward d."
