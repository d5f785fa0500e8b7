"""Official areas, drawn areas, search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import pytest
import shapely

from geointel import content

if TYPE_CHECKING:
    from typing import Any

SQUARE = [[-3.09, 53.78], [-3.02, 53.78], [-3.02, 53.86], [-3.09, 53.86], [-3.09, 53.78]]


def _inside(counts: Any, area: Any, window: str, category: str) -> tuple[int, int]:
    cells, totals, supported = counts.at(8, window, category)
    inside = [area.contains(shapely.Point(*h3.cell_to_latlng(cell)[::-1])) for cell in cells.tolist()]
    return int(sum(totals[place] for place, one in enumerate(inside) if one and supported[place])), sum(inside)


@pytest.mark.parametrize(("window", "category"), [("12m:2025-12", "drugs"), ("2025-11", "all")])
def test_a_drawn_area_sums_the_cells_whose_centre_is_inside(
    client: Any, counts: Any, window: str, category: str
) -> None:
    polygon = {"type": "Polygon", "coordinates": [SQUARE]}
    wanted = {"polygon": polygon, "layer": "incidents", "window": window, "category": category, "resolution": 8}
    found = client.request("POST", "/v1/areas/summary", json=wanted).json()
    value, cells = _inside(counts, shapely.Polygon(SQUARE), window, category)
    assert (found["value"], found["cells"]) == (value, cells)
    assert cells > 10
    assert found["cells_by_status"]["no-support"] == cells - found["cells_with_value"] > 0
    assert found["basis"] == content.caveat("area-sum").short
    assert (found["window"], found["category"], found["resolution"]) == (window, category, 8)


def test_a_list_of_cells_is_summed_once_each(client: Any, counts: Any) -> None:
    cells, totals, _ = counts.at(7, "12m:2025-12", "drugs")
    names = [f"{cell:x}" for cell in cells[:3].tolist()]
    stranger = "8719429a9ffffff"
    found = client.request("POST", "/v1/areas/summary", json={"cells": [*names, names[0], stranger]}).json()
    assert (found["value"], found["cells"], found["resolution"]) == (totals[:3].sum(), 3, 7)
    assert found["unknown_cells"] == [stranger]


def test_an_area_far_away_has_no_value(client: Any) -> None:
    polygon = {"type": "Polygon", "coordinates": [[[10, 10], [11, 10], [11, 11], [10, 10]]]}
    found = client.request("POST", "/v1/areas/summary", json={"polygon": polygon}).json()
    assert (found["value"], found["cells"]) == (None, 0)


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({}, 400),
        ({"polygon": {"type": "Point", "coordinates": [0, 0]}}, 400),
        ({"polygon": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}, 400),
        ({"polygon": {"type": "Polygon", "coordinates": "everywhere"}}, 400),
        ({"polygon": {"type": "Polygon", "coordinates": []}}, 400),
        ({"polygon": {"type": "Polygon", "coordinates": [SQUARE]}, "cells": []}, 400),
        ({"cells": ["nonsense"]}, 400),
        ({"cells": ["881951d49bfffff"], "layer": "drug-hotspot"}, 400),
        ({"cells": ["881951d49bfffff"], "layer": "nothing"}, 404),
        ({"cells": ["881951d49bfffff"], "weight": 2}, 400),
        (
            {"polygon": {"type": "Polygon", "coordinates": [[[n / 1e5, 0] for n in range(21_000)] + [[0, 1], [0, 0]]]}},
            413,
        ),
        ({"cells": ["881951d49bfffff"] * 50_001}, 413),
    ],
)
def test_areas_that_make_no_sense_are_refused(client: Any, wanted: dict[str, Any], status: int) -> None:
    answer = client.request("POST", "/v1/areas/summary", json=wanted)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_areas_have_outlines(client: Any) -> None:
    found = client.get("/v1/areas?level=lad&f=geojson").json()
    assert [one["properties"]["name"] for one in found["features"]] == ["Blackpool", "Fylde"]
    for feature in found["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        assert shape.exterior.is_ccw
        assert list(shape.bounds) == feature["bbox"]
    assert {one["level"] for one in client.get("/v1/areas").json()["areas"]} == {"lad", "cdp"}


def test_an_area_has_its_published_rows(client: Any, counts: Any) -> None:
    found = client.get("/v1/areas/lad/E06000009").json()
    rows = {(row["window"], row["category"]): row["value"] for row in found["rows"]}
    assert len(rows) == len(found["rows"]) == 12
    assert rows["2025-11", "all"] == counts.at(8, "2025-11", "all")[1].sum()
    assert found["series"]["values"] == counts.monthly["drugs"].sum(axis=0).tolist()
    assert found["cells"] == 61
    coast = client.get("/v1/areas/cdp/coast").json()
    assert 0 < coast["cells"] <= 61


def test_an_area_has_its_figures_each_with_its_own_period_and_caveat(client: Any) -> None:
    old, new = client.get("/v1/areas/lad/E06000009").json()["figures"]
    assert (new["label"], new["value"], new["period"]) == ("Deaths from drug misuse", 21.3, "2022 - 24")
    assert (new["lower"], new["upper"], new["count"], new["unit"]) == (16.9, 26.4, 83, "per 100,000")
    assert (old["period"], old["value"], old["status"]) == ("2013 - 15", None, "suppressed")
    assert {old["source"], new["source"]} == {"Published figures by area"}
    assert {old["caveat"], new["caveat"]} == {content.caveat("area-indicator").short}


def test_an_area_without_figures_has_an_empty_list(client: Any) -> None:
    assert client.get("/v1/areas/lad/E07000119").json()["figures"] == []


def test_places_are_found_by_name(client: Any, analyst: Any) -> None:
    assert [one["name"] for one in client.get("/v1/places?q=FYLDE").json()["places"]] == ["Fylde", "Fylde coast"]
    assert [one["name"] for one in client.get("/v1/places?q=coast").json()["places"]] == ["Fylde coast"]
    assert client.get("/v1/places?q=").json() == client.get("/v1/places?q=zzz").json() == {"places": []}
    assert client.get("/v1/places?q=talbot").json() == {"places": []}
    group = analyst.get("/v1/places?q=talb").json()["places"][0]
    assert (group["name"], group["kind"], group["district"]) == ("Talbot", "cell-group", "Blackpool")
    west, south, east, north = group["bbox"]
    assert west < group["centre"][0] < east
    assert south < group["centre"][1] < north
