"""Faults that only the files show."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from geointel.config import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from geointel.config import Kinds, Partnership
    from geointel.errors import Fault

    Load = Callable[[str], Partnership]
    Checked = Callable[..., dict[str, Fault]]

HEADER = "Crime ID,Month,Longitude,Latitude\n"
GROUP = '[[area.level]]\nid = "cdp"\nmembers_of = "lad"\nmembers = { "North" = ["E1"], "South" = ["E2"] }\n'


def outlines(*codes: str) -> str:
    square = [[[0, 0], [0, 1], [1, 1], [0, 0]]]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"Area {code}"},
            "geometry": {"type": "Polygon", "coordinates": square},
        }
        for code in codes
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    (root / "police").mkdir(parents=True)
    (root / "lad.geojson").write_text(outlines("E1", "E2"))
    (root / "police" / "2025-01-street.csv").write_text(HEADER)
    return root


@pytest.fixture
def checked(read: Load, data: Path, kinds: Kinds, base: str) -> Checked:
    def _checked(added: str = "", **swaps: str) -> dict[str, Fault]:
        text = base + added
        for old, new in swaps.items():
            assert old in text
            text = text.replace(old, new)
        faults = check(read(text), data, kinds=kinds)
        assert all(fault.remedy for fault in faults)
        return {fault.key: fault for fault in faults}

    return _checked


def test_files_that_are_right_have_no_fault(checked: Checked) -> None:
    assert (
        checked(GROUP + '[[source]]\nid = "b"\nkind = "police-uk-street"\nfiles = "police/*"\ncovers = "North"\n') == {}
    )


def test_gzipped_outlines_are_read(checked: Checked, data: Path) -> None:
    (data / "lad.geojson.gz").write_bytes(gzip.compress(outlines("E1", "E2").encode()))
    assert checked(GROUP, **{"lad.geojson": "lad.geojson.gz"}) == {}


def test_topojson_is_in_degrees_though_it_cannot_say_so(checked: Checked, data: Path) -> None:
    squares = [{"type": "Polygon", "arcs": [[0]], "properties": {"code": c, "name": c}} for c in ("E1", "E2")]
    areas = {"type": "GeometryCollection", "geometries": squares}
    arcs = [[[0, 0], [0, 1], [1, 1], [0, 0]]]
    text = json.dumps({"type": "Topology", "objects": {"areas": areas}, "arcs": arcs})
    (data / "lad-topo.json").write_text(text)
    assert checked(GROUP, **{"lad.geojson": "lad-topo.json"}) == {}
    (data / "lad-topo.json").write_text(text.replace("[1, 1]", "[300000, 400000]"))
    fault = checked(GROUP, **{"lad.geojson": "lad-topo.json"})["area.level[0].file"]
    assert "does not say its coordinate system" in fault.message


def test_missing_outlines(checked: Checked) -> None:
    found = checked(GROUP, **{"lad.geojson": "lda.geojson"})
    assert set(found) == {"area.level[0].file"}
    assert "--data" in found["area.level[0].file"].remedy


def test_outlines_that_cannot_be_read(checked: Checked, data: Path) -> None:
    (data / "lad.geojson").write_text("<html>not found</html>")
    assert "cannot be read" in checked()["area.level[0].file"].message


def test_a_property_that_the_file_does_not_have(checked: Checked) -> None:
    found = checked(**{'"code"': '"cod"', '"name"': '"title"'})
    assert set(found) == {"area.level[0].code", "area.level[0].name"}
    assert "'code'" in found["area.level[0].code"].remedy


def test_a_table_is_not_outlines(checked: Checked, data: Path) -> None:
    (data / "lad.csv").write_text("code,name\nE1,North\n")
    assert "no outlines" in checked(**{"lad.geojson": "lad.csv"})["area.level[0].file"].message


def test_a_member_that_the_level_does_not_have(checked: Checked) -> None:
    found = checked(GROUP.replace("E2", "E3"))
    assert set(found) == {"area.level[1].members.South[0]"}
    assert "E3" in found["area.level[1].members.South[0]"].message


def test_only_codes_that_the_file_has_and_members_within_them(checked: Checked) -> None:
    found = checked(GROUP, **{'name = "name"': 'name = "name"\nonly = ["E1", "E9"]'})
    assert set(found) == {"area.level[0].only[1]", "area.level[1].members.South[0]"}


def test_a_pattern_that_matches_nothing(checked: Checked) -> None:
    added = '[[source]]\nid = "b"\nkind = "police-uk-street"\nfiles = ["police/*", "nowhere/*"]\n'
    assert set(checked(added)) == {"source[1].files[1]"}


def test_a_file_without_the_columns_of_its_kind(checked: Checked, data: Path) -> None:
    (data / "police" / "2025-02-street.csv").write_text("Crime ID,Month,Latitude\n")
    found = checked()
    assert set(found) == {"source[0].files"}
    assert "Longitude or Easting" in found["source[0].files"].message
    assert "2025-02-street.csv" in found["source[0].files"].message


def test_covers_must_be_an_area_or_the_partnership(checked: Checked) -> None:
    line = 'files = "police/*.csv"'
    assert checked(**{line: f'{line}\ncovers = "borough"'}) == {}
    assert checked(**{line: f'{line}\ncovers = "E2"'}) == {}
    assert set(checked(**{line: f'{line}\ncovers = "E9"'})) == {"source[0].covers"}


def test_an_extent_must_be_a_file_of_outlines(checked: Checked, data: Path) -> None:
    line = 'files = "police/*.csv"'
    assert checked(**{line: f'{line}\nextent = "lad.geojson"'}) == {}
    missing = checked(**{line: f'{line}\nextent = "force.geojson"'})
    assert "There is no file" in missing["source[0].extent"].message
    (data / "force.geojson").write_text("no outlines")
    assert "cannot be read" in checked(**{line: f'{line}\nextent = "force.geojson"'})["source[0].extent"].message


LOOKUP = '\nlookup = [{ file = "lookup.csv", from = "lsoa", to = "lad" }]'


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("lsoa,lad\n", set()),
        (None, {"area.level[0].lookup[0].file"}),
        ("lsoa21,lad22\n", {"area.level[0].lookup[0].from", "area.level[0].lookup[0].to"}),
    ],
)
def test_lookup_tables(checked: Checked, data: Path, text: str | None, keys: set[str]) -> None:
    if text is not None:
        (data / "lookup.csv").write_text(text)
    assert set(checked(**{'name = "name"': f'name = "name"{LOOKUP}'})) == keys


def test_real_outlines_and_files(read: Load) -> None:
    root = Path(os.environ.get("GEOINTEL_DATA", Path(__file__).parents[4] / "shared" / "data"))
    boundary = "boundaries/lancashire-lad22-ons.geojson"
    if not (root / boundary).is_file():
        pytest.skip(f"no real data under {root}; set GEOINTEL_DATA")
    text = (Path(__file__).parent / "contract.toml").read_text(encoding="utf-8")
    for old, new in (
        ("boundaries/districts.geojson", boundary),
        ("police-records", "police"),
        ("E07000118", "E07999999"),
    ):
        text = text.replace(old, new)
    assert [fault.key for fault in check(read(text), root)] == ["area.level[1].members.Lancashire[1]"]
