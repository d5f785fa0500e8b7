"""The demonstration's files are in the real format, marked as synthetic, and the same for the same seed."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from geointel.config import check, load
from geointel.content import special_points
from geointel.demo import SCALES, DemoFiles, write_demo
from geointel.errors import GeointelError
from geointel.layers.base import kinds as layer_kinds
from geointel.sources.police_uk_street import CATEGORIES, SOURCE

if TYPE_CHECKING:
    from pathlib import Path

MONTHS = 14
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,"
    "LSOA code,LSOA name,Crime type,Last outcome category,Context"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo"), scale="town", seed=3, months=MONTHS)


@pytest.fixture(scope="module")
def rows(demo: DemoFiles) -> list[dict[str, str]]:
    return [row for path in _police(demo) for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]


def test_the_same_seed_writes_the_same_bytes(demo: DemoFiles, tmp_path: Path) -> None:
    again = write_demo(tmp_path, scale="town", seed=3, months=MONTHS)
    assert _digests(again.directory) == _digests(demo.directory)


def test_another_seed_writes_other_records(demo: DemoFiles, tmp_path: Path) -> None:
    other = write_demo(tmp_path, scale="town", seed=4, months=1)
    assert _police(other)[0].read_bytes() != _police(demo)[-1].read_bytes()


def test_one_file_a_month_named_as_the_police_name_them(demo: DemoFiles) -> None:
    names = [path.relative_to(demo.directory).as_posix() for path in _police(demo)]
    assert len(names) == demo.files == MONTHS
    assert names[-1] == "police/2025-12/2025-12-demo-lancashire-street.csv"
    assert [SOURCE.month_of(name) for name in names][:2] == ["2024-11", "2024-12"]


def test_lines_are_those_of_the_police_files(demo: DemoFiles) -> None:
    for path in _police(demo):
        text = path.read_bytes()
        assert text.startswith(HEADER.encode() + b"\n")
        assert text.endswith(b"\n")
        assert b"\r" not in text
        assert b'"' not in text
        assert {line.count(b",") for line in text.splitlines()} == {HEADER.count(",")}


def test_every_row_keeps_to_the_format(demo: DemoFiles, rows: list[dict[str, str]]) -> None:
    assert len(rows) == demo.rows > MONTHS * SCALES["town"].rows * 0.9
    words = set(CATEGORIES.values())
    for row in rows:
        assert row["Crime type"] in words
        anti_social = row["Crime type"] == "Anti-social behaviour"
        assert bool(row["Crime ID"]) is not anti_social
        assert bool(row["Last outcome category"]) is not anti_social
        assert anti_social or re.fullmatch(r"[0-9a-f]{64}", row["Crime ID"])
        assert row["Context"] == ""
        _check_place(row)


def _check_place(row: dict[str, str]) -> None:
    place = (row["Longitude"], row["Latitude"])
    if row["Location"] == "No Location":
        assert place == ("", "")
    elif row["Location"] == "On or near ":
        assert place == ("-6.890259", "54.460576")
    else:
        assert row["Location"].startswith("On or near ")
        assert all(re.fullmatch(r"-?\d+\.\d{6}", number) for number in place)
        assert re.fullmatch(r"DEMO\d{5}", row["LSOA code"])
        assert re.fullmatch(r".+ Demo \d{3}[A-E]", row["LSOA name"])
        return
    assert row["LSOA code"] == row["LSOA name"] == ""


def test_every_row_and_file_says_that_it_is_synthetic(demo: DemoFiles, rows: list[dict[str, str]]) -> None:
    assert {row["Reported by"] for row in rows} == {"Demonstration Constabulary (synthetic)"}
    assert {row["Falls within"] for row in rows} == {"Demonstration Constabulary (synthetic)"}
    assert (demo.directory / "README.md").read_text(encoding="utf-8").startswith("# SYNTHETIC DATA")
    document = tomllib.loads(demo.config.read_text(encoding="utf-8"))
    assert document["partnership"]["synthetic"] is True
    assert "synthetic" in document["partnership"]["name"]


def test_streets_are_invented_and_special_points_are_named_as_the_police_name_them(
    rows: list[dict[str, str]],
) -> None:
    places = {row["Location"].removeprefix("On or near ") for row in rows} - {"", "No Location"}
    streets = {place for place in places if place.startswith("Demonstration ")}
    assert len(streets) > 10
    assert {"Supermarket", "Parking Area"} <= places - streets
    assert len((places - streets) & set(special_points())) > 3


def test_quirks_of_the_real_files_are_there(rows: list[dict[str, str]]) -> None:
    count = len(rows)
    assert 0.02 < sum(row["Location"] == "No Location" for row in rows) / count < 0.05
    assert 0 < sum(row["LSOA name"].startswith("Outside Demo") for row in rows) / count < 0.01
    assert max(Counter(row["Crime ID"] for row in rows if row["Crime ID"]).values()) == 2
    points = Counter((row["Longitude"], row["Latitude"]) for row in rows if row["Longitude"])
    assert len(points) < 0.2 * count
    assert max(points.values()) > 10 * count / len(points)


def test_the_mix_is_like_that_of_a_county(rows: list[dict[str, str]]) -> None:
    kinds = Counter(row["Crime type"] for row in rows)
    assert kinds["Anti-social behaviour"] / len(rows) == pytest.approx(0.29, abs=0.02)
    assert kinds["Violence and sexual offences"] / len(rows) == pytest.approx(0.34, abs=0.02)
    assert 0.02 < kinds["Drugs"] / len(rows) < 0.04


def test_the_partnership_file_has_no_fault(demo: DemoFiles) -> None:
    partnership = load(demo.config)
    assert partnership.synthetic
    assert check(partnership, demo.directory) == ()


def test_every_small_area_has_its_district(demo: DemoFiles, rows: list[dict[str, str]]) -> None:
    with (demo.directory / "lookups" / "demo-areas.csv").open(encoding="utf-8") as file:
        district = {row["demo_code"]: row["district_code"] for row in csv.DictReader(file)}
    names = {"E06000009": "Blackpool", "E07000119": "Fylde", "E07000128": "Wyre"}
    inside = {(row["LSOA code"], row["LSOA name"]) for row in rows if row["LSOA code"] in district}
    assert len(inside) > 50
    assert all(name.startswith(names[district[code]]) for code, name in inside)
    outside = {row["LSOA name"] for row in rows if row["LSOA code"] and row["LSOA code"] not in district}
    assert outside == {"Outside Demo 001A"}


def test_an_earlier_demonstration_is_replaced_whole(tmp_path: Path) -> None:
    write_demo(tmp_path, scale="town", seed=1, months=3)
    after = write_demo(tmp_path, scale="town", seed=1, months=2)
    assert [path.parent.name for path in _police(after)] == ["2025-11", "2025-12"]


def test_an_unfinished_demonstration_can_be_written_again(tmp_path: Path) -> None:
    def stop(done: int, _: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_demo(tmp_path, scale="town", months=2, progress=stop)
    assert (tmp_path / "README.md").read_text(encoding="utf-8").startswith("# SYNTHETIC DATA")
    assert write_demo(tmp_path, scale="town", months=2).files == 2


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours", encoding="utf-8")
    with pytest.raises(GeointelError, match="nothing was written") as caught:
        write_demo(tmp_path, scale="town", months=1)
    assert "empty folder" in caught.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


@pytest.mark.parametrize("wrong", [{"scale": "galaxy"}, {"seed": -1}, {"months": 0}, {"months": 1000}])
def test_values_out_of_range_are_refused_before_anything_is_written(tmp_path: Path, wrong: dict[str, object]) -> None:
    target = tmp_path / "demo"
    with pytest.raises(GeointelError):
        write_demo(target, **wrong)  # type: ignore[arg-type]
    assert not target.exists()


def test_progress_is_told_for_each_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_demo(tmp_path, scale="town", months=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def _police(demo: DemoFiles) -> list[Path]:
    return sorted(demo.directory.glob("police/*/*-street.csv"))


def _digests(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_a_year_has_a_layer_of_every_kind_and_less_the_usual_ones(demo: DemoFiles, tmp_path: Path) -> None:
    assert {layer.kind for layer in load(demo.config).layers} == set(layer_kinds())
    short = write_demo(tmp_path, scale="town", seed=3, months=2)
    assert "[[layer]]" not in short.config.read_text(encoding="utf-8")
