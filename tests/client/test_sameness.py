"""Nobody can tell by the form of an answer whether a value is absent or hidden, nor what another edition has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest

from geointel.model import Layer
from geointel_api.app import create_app
from geointel_api.settings import Settings

from . import small_snapshot
from .conftest import as_client

if TYPE_CHECKING:
    from collections.abc import Callable

STUDY = [f"{cell:x}" for cell in small_snapshot.Counts.draw(1).leaves.tolist()]
HIDDEN = STUDY[10:16]
"""Cells that an edition does not show: three of them have nothing, three have counts that are hidden."""
STATUS = "coarsened"
WINDOWS = [*small_snapshot.WINDOWS]
NAMES = ("value", "class", "support")


def hide(table: pa.Table, cells: list[str]) -> pa.Table:
    """What the gate does to a layer: the rows stay, and say nothing but that they are not shown."""
    chosen = np.isin(table["cell"].to_numpy(), [int(cell, 16) for cell in cells])
    columns = {}
    for name in table.column_names:
        values = table[name].to_pylist()
        if name == "status":
            values = [STATUS if here else value for value, here in zip(values, chosen, strict=True)]
        elif name not in ("resolution", "cell", "window", "category"):
            values = [None if here else value for value, here in zip(values, chosen, strict=True)]
        kind = table[name].type
        array = (
            pa.array(values, pa.string()).dictionary_encode()
            if pa.types.is_dictionary(kind)
            else pa.array(values, kind)
        )
        columns[name] = array.cast(kind) if not pa.types.is_dictionary(kind) else array
    return pa.table(columns)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two services of the same released figures: behind one the hidden cells have nothing, behind the other they have counts."""
    clients = {}
    real_layer, real_facts = small_snapshot._layer, small_snapshot._released
    hidden = [int(cell, 16) for cell in HIDDEN]
    for name in ("absent", "hidden"):
        folder = tmp_path_factory.mktemp(name) / "snapshots"

        def layer(edition: str, kind: str, counts: Any) -> Layer:
            made = real_layer(edition, kind, counts)
            return Layer(made.edition, made.spec, hide(made.cells, HIDDEN), made.areas)

        def facts(edition: str, counts: Any) -> Any:
            from dataclasses import replace

            made = real_facts(edition, counts)
            keep = ~np.isin(made.cells["cell"].to_numpy(), hidden)
            return replace(made, cells=made.cells.filter(pa.array(keep)))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(small_snapshot, "_layer", layer)
            patch.setattr(small_snapshot, "_released", facts)
            if name == "absent":
                patch.setattr(small_snapshot.Counts, "draw", classmethod(_without(hidden)))
            small_snapshot.write_snapshot(folder)
        clients[name] = as_client(create_app(Settings(snapshots=folder)))
    return clients


def _without(cells: list[int]) -> Callable[..., Any]:
    draw = small_snapshot.Counts.draw.__func__

    def drawn(kind: Any, seed: int) -> Any:
        made = draw(kind, seed)
        chosen = np.isin(made.leaves, cells)
        # Sums of larger cells and areas stay as they were released: their incidents move to a cell that is shown.
        for counts in made.monthly.values():
            counts[0] += counts[chosen].sum(axis=0)
            counts[chosen] = 0
        return made

    return drawn


SHOWN_ALIKE = [
    *(f"/v1/cells/{cell}" for cell in HIDDEN),
    *(f"/v1/cells/{cell}?window=2025-12&category=all" for cell in HIDDEN[:2]),
    *(f"/collections/incidents/items/{cell}" for cell in HIDDEN),
    *(f"/collections/drug-hotspot/items/{cell}" for cell in HIDDEN),
    "/collections/incidents/items?status=coarsened",
    "/collections/incidents/items?status=suppressed",
    "/v1/snapshot",
    "/v1/areas",
]


def form_of(answer: Any) -> tuple[Any, ...]:
    """What can be seen of an answer without reading it, and its bytes; the snapshot's own name is that of its files."""
    headers = {name: value for name, value in answer.headers.items() if name != "geointel-snapshot"}
    name = answer.headers["geointel-snapshot"]
    return (
        answer.status_code,
        headers if name not in answer.text else len(answer.content),
        answer.text.replace(name, ""),
    )


@pytest.mark.parametrize("path", SHOWN_ALIKE)
def test_a_hidden_cell_answers_as_one_with_nothing(served: dict[str, Any], path: str) -> None:
    absent, hidden = (served[name].get(path, accept_encoding="identity") for name in ("absent", "hidden"))
    assert absent.status_code == 200
    assert form_of(absent) == form_of(hidden)


def test_what_is_not_shown_is_never_zero(served: dict[str, Any]) -> None:
    """Facts hold no row of such a cell, and a month without a row is 0 elsewhere."""
    for client in served.values():
        for cell in HIDDEN:
            told = client.get(f"/v1/cells/{cell}").json()
            assert set(told["series"]["values"]) == {None}
            assert {one["row"]["value"] for one in told["layers"]} == {None}
            assert told["special_share"] is None


@pytest.mark.parametrize("layer", ["incidents", "drug-hotspot", "drug-excess"])
def test_hidden_cells_are_rows_like_any_other(served: dict[str, Any], layer: str) -> None:
    """Every study cell is in every answer; those that are not shown have nothing in any column, the same in all of them."""
    for client in served.values():
        answer = client.get(f"/v1/layers/{layer}/values").json()
        rows = {row[0]: dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]}
        assert sorted(rows) == sorted(STUDY)
        said = {tuple(value for name, value in rows[cell].items() if name not in ("cell", "place")) for cell in HIDDEN}
        assert len(said) == 1
        row = rows[HIDDEN[0]]
        known = {name for name, value in row.items() if value is not None}
        assert known == {"cell", "status", "district"}
        assert row["status"] == STATUS
        sizes = {len(client.get(f"/collections/{layer}/items/{cell}").text) for cell in HIDDEN}
        assert max(sizes) - min(sizes) <= 10, "only the digits of the outline differ"


def test_hidden_cells_are_in_tiles_and_boxes(served: dict[str, Any]) -> None:
    for client in served.values():
        everywhere = client.get("/collections/incidents/items?limit=10000").json()
        assert {feature["id"] for feature in everywhere["features"]} == set(STUDY)
        assert everywhere["numberMatched"] == len(STUDY)
        for cell in HIDDEN:
            ring = np.array(client.get(f"/collections/incidents/items/{cell}").json()["geometry"]["coordinates"][0])
            west, south, east, north = *ring.mean(axis=0) - 1e-4, *ring.mean(axis=0) + 1e-4
            found = client.get(f"/collections/incidents/items?bbox={west},{south},{east},{north}").json()["features"]
            assert [feature["id"] for feature in found] == [cell]
            assert [found[0]["properties"][name] for name in NAMES] == [None] * 3
        tile = client.get("/tiles/incidents/9/251/164.mvt?window=2025-12")
        assert tile.status_code == 200


def test_tiles_show_a_hidden_cell_as_one_without_a_value(served: dict[str, Any]) -> None:
    from geointel.tiles import TileGeometry, tiles_of

    cells = np.array([int(cell, 16) for cell in HIDDEN], dtype=np.int64)
    for place in tiles_of(TileGeometry.of(cells), 12).tiles:
        for client in served.values():
            answer = client.get(f"/tiles/incidents/12/{place.x}/{place.y}.mvt?window=2025-12")
            assert answer.status_code == 200
            features = next(iter(mapbox_vector_tile.decode(answer.content).values()))["features"]
            told = {one["properties"]["cell"]: one["properties"] for one in features}
            for cell in set(told) & set(HIDDEN):
                assert told[cell] == {"cell": cell, "status": STATUS}


def test_a_sum_does_not_tell_hidden_from_absent(served: dict[str, Any]) -> None:
    question = {"cells": HIDDEN, "layer": "incidents", "category": "drugs", "window": "12m:2025-12"}
    answers = [client.request("POST", "/v1/areas/summary", json=question).json() for client in served.values()]
    for answer in answers:
        assert answer["cells_with_value"] == 0
        answer.pop("snapshot", None)
    assert answers[0] == answers[1]


ELSEWHERE = [
    ("/v1/layers/{}", "drug-hotspot", "drug-hotspo2"),
    ("/v1/layers/{}/values", "drug-hotspot", "drug-hotspo2"),
    ("/tiles/{}/10/503/329.mvt", "drug-hotspot", "drug-hotspo2"),
    ("/tiles/{}.json", "drug-hotspot", "drug-hotspo2"),
    ("/collections/{}", "drug-hotspot", "drug-hotspo2"),
    ("/collections/{}/items", "drug-hotspot", "drug-hotspo2"),
    ("/collections/{}/queryables", "drug-hotspot", "drug-hotspo2"),
    ("/v1/layers/incidents/values?category={}", "burglary", "burglarx"),
    ("/v1/layers/incidents/values?window={}", "2025-11", "2035-11"),
    ("/v1/layers/incidents/values?edition={}", "partner", "partnex"),
    ("/v1/areas/{}", "lad/E07000119", "lad/E07000118"),
]
"""Addresses of something that only the partner edition has, and of something that nobody has."""


@pytest.mark.parametrize(("path", "theirs", "nobodys"), ELSEWHERE)
def test_what_only_another_edition_has_is_as_nothing(lean_edition: Any, path: str, theirs: str, nobodys: str) -> None:
    public, partner = lean_edition
    found, unheard = public.get(path.format(theirs)), public.get(path.format(nobodys))
    assert partner.get(path.format(theirs)).status_code == 200
    assert found.status_code == unheard.status_code
    assert found.status_code in (403, 404)
    said, unsaid = (
        answer.text.replace(name.rpartition("/")[2], "·") for answer, name in ((found, theirs), (unheard, nobodys))
    )
    assert said == unsaid
    assert len(found.content) == len(unheard.content)
    assert dict(found.headers) == dict(unheard.headers)


@pytest.fixture(scope="module")
def lean_edition(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """A snapshot whose open edition has one layer, one category and two windows, and one district less."""
    folder = tmp_path_factory.mktemp("lean") / "snapshots"
    real_manifest, real_areas = small_snapshot._manifest, small_snapshot._areas
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            small_snapshot, "_manifest", lambda edition, counts, layers: _lean(real_manifest(edition, counts, layers))
        )
        # the open edition is written first
        calls = iter([real_areas().filter(pa.array([True, False, True])), real_areas()])
        patch.setattr(small_snapshot, "_areas", lambda: next(calls))
        small_snapshot.write_snapshot(folder)
    public, partner = (
        as_client(create_app(Settings(snapshots=folder, anonymous_role=role, audit="off")))
        for role in ("public", "analyst")
    )
    return public, partner


def _lean(manifest: dict[str, Any]) -> dict[str, Any]:
    if manifest["edition"] != "open":
        return manifest
    layer = next(one for one in manifest["layers"] if one["id"] == "incidents")
    kept = {"windows": ["2025-12", "12m:2025-12"], "categories": ["drugs", "all"]}
    return {**manifest, "layers": [{**layer, **kept}]}
