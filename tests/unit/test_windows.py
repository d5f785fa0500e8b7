"""The page of windows for enforcement: collisions are read as they are written, and the page says what was measured."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
HEADER = "collision_index,collision_severity,date,time,local_authority_ons_district"


@pytest.fixture(scope="module")
def script() -> Any:
    sys.path.insert(0, str(SCRIPTS))
    import windows

    yield windows
    sys.path.remove(str(SCRIPTS))


def test_weekday_hour_district_and_severity_are_those_of_the_file(script: Any, tmp_path: Path) -> None:
    lines = [
        HEADER,
        "a,3,05/01/2024,23:59,E08000035",
        "b,1,06/01/2024,00:10,E08000032",
        "c,2,06/01/2024,25:61,E08000032",
    ]
    path = tmp_path / "collisions.csv"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    found = script.read(path)
    assert found.weekday.tolist() == [4, 5, 5]
    assert found.hour.tolist() == [23, 0, -1]
    assert found.severe.tolist() == [False, True, True]
    week = found.week(found.district == "E08000032")
    assert (week.sum(), week[5, 0]) == (1, 1)


def test_counts_that_come_one_by_one_have_a_dispersion_of_one_and_bursts_more(script: Any) -> None:
    random = np.random.default_rng(1)
    weeks, hours = random.integers(0, 53, 8000), random.integers(0, 168, 8000)
    assert script._dispersion(weeks, hours) == pytest.approx(1, abs=0.05)
    assert script._dispersion(np.repeat(weeks, 3), np.repeat(hours, 3)) == pytest.approx(3, abs=0.15)


def test_the_page_has_a_row_for_every_place_and_whole_tables(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    days = random.integers(0, 364, 3000) + 738_886  # from Monday 1 January 2024 on
    hours = np.where(random.random(3000) < 0.5, random.integers(15, 19, 3000), random.integers(0, 24, 3000))
    district = np.array(list(script.DISTRICTS))[random.integers(0, 5, 3000)]
    made = script.Collisions(days, (days - 738_886) % 7, hours, district, random.random(3000) < 0.3)
    noise = script.windows_noise
    for name, value in (("FLAT_WEEKS", 40), ("WEEKS", 20), ("RECORDS", (50,)), ("FANO", (1.0, 2.0))):
        monkeypatch.setattr(noise, name, value)
    whole = made.week(np.ones(3000, dtype=bool))
    page = script.windows_page.page(script.measure(made, {"nowhere": (9, 1.25)}), noise.simulate(whole), "any.csv")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert sum(line.startswith(("| West Yorkshire", "| Leeds")) for line in rows) == 5
    assert "| nowhere | 9 | 1.25 |" in rows
    assert any("Monday 15:00 to 19:00" in line for line in rows)
    assert "{" not in page
    assert "nan" not in page
    for table in page.split("\n\n"):
        widths = {line.count("|") for line in table.splitlines() if line.startswith("|")}
        assert len(widths) <= 1
