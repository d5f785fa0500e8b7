"""A snapshot in a notebook: tables, frames and maps say what was published, and ask for nothing outside."""

from __future__ import annotations

import html
import json
import re
import shutil
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import h3.api.basic_str as h3
import numpy as np
import pydeck
import pytest
import rasterio
import shapely

import geointel
from geointel import content
from geointel.errors import GeointelError, SnapshotNotFoundError
from geointel.notebook import standalone_html
from geointel.notebook.colours import rgb
from geointel.notebook.page import POLICY

if TYPE_CHECKING:
    from pathlib import Path

    from geointel import SnapshotEdition

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)
YEAR = "12m:2025-12"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    written = geointel.write_demo(folder / "demo", scale="town", months=12, street_only=True)
    partnership = geointel.load_partnership(written.config)
    geointel.build_snapshot(partnership, data=written.directory, out=folder / "snapshots")
    return folder / "snapshots"


@pytest.fixture(scope="module")
def edition(snapshots: Path) -> SnapshotEdition:
    return geointel.open_snapshot(snapshots)


def hexagons(deck: pydeck.Deck) -> list[dict[str, Any]]:
    """The rows of a map's hexagons, as the browser gets them."""
    layers = {layer["id"]: layer for layer in json.loads(deck.to_json())["layers"]}
    assert layers["hexagons"]["@@type"] == "H3HexagonLayer"
    rows: list[dict[str, Any]] = layers["hexagons"]["data"]
    return rows


def test_the_door_gives_an_edition(snapshots: Path, edition: SnapshotEdition) -> None:
    assert list(edition.layers) == ["incident-count", "hotspot", "excess"]
    assert edition.name == "open"
    assert edition.synthetic
    assert edition.snapshot == (snapshots / "current").read_text().strip()
    assert edition.manifest["period"]["data_through"] == "2025-12"
    assert edition.layer("hotspot").spec["kind"] == "hotspot"
    assert "Town centres" in edition.layer("hotspot").caveats[0]
    assert geointel.open_snapshot(str(snapshots), "partner").name == "partner"


def test_an_edition_that_is_not_there_is_refused(snapshots: Path) -> None:
    with pytest.raises(SnapshotNotFoundError, match="no edition 'police'") as refused:
        geointel.open_snapshot(snapshots, "police")
    assert "open, partner" in refused.value.remedy


def test_a_layer_that_is_not_there_is_refused(edition: SnapshotEdition) -> None:
    with pytest.raises(SnapshotNotFoundError, match="no layer 'no-such-layer'"):
        edition.layer("no-such-layer")


@pytest.mark.parametrize("what", [{"window": "2024-01"}, {"category": "tax"}, {"resolution": 3}])
def test_a_map_that_is_not_there_is_refused(edition: SnapshotEdition, what: dict[str, Any]) -> None:
    with pytest.raises(SnapshotNotFoundError, match="is not among"):
        edition.layer("hotspot").to_arrow(**what)


def test_a_table_is_what_was_published(edition: SnapshotEdition) -> None:
    table = edition.layer("hotspot").to_arrow()
    assert set(table["window"].to_pylist()) == {YEAR}
    assert set(table["category"].to_pylist()) == {"drugs"}
    assert set(table["resolution"].to_pylist()) == {8}
    assert table.num_rows == edition.manifest["grid"]["cells"]["8"]
    other = edition.layer("hotspot").to_arrow(window="2025-07", category="all", resolution=7)
    assert set(other["window"].to_pylist()) == {"2025-07"}
    assert other.num_rows == edition.manifest["grid"]["cells"]["7"]


def test_counts_are_the_same_in_every_shape(edition: SnapshotEdition) -> None:
    layer = edition.layer("incident-count")
    drugs = {r: layer.to_geodataframe(category="drugs", window=YEAR, resolution=r)["value"].sum() for r in (6, 7, 8)}
    assert len(set(drugs.values())) == 1
    assert drugs[8] > 100


def test_a_frame_has_outlines_and_names(edition: SnapshotEdition) -> None:
    frame = edition.layer("hotspot").to_geodataframe()
    assert frame.crs.to_epsg() == 4326
    assert frame["cell"].str.len().eq(15).all()
    for cell, outline in zip(frame["cell"].head(20), frame.geometry.head(20), strict=True):
        lat, lng = h3.cell_to_latlng(cell)
        assert outline.contains(shapely.Point(lng, lat))
        assert len(outline.exterior.coords) == len(h3.cell_to_boundary(cell)) + 1
    assert set(frame["district"]) >= {"Blackpool", "Fylde", "Wyre"}
    assert (frame["place"] == frame["district"]).all()
    assert frame.attrs["title"] == "Hotspots of recorded drug offences, 12 months to December 2025"
    assert frame.attrs["caveats"]
    assert frame.attrs["attribution"]


def test_the_partner_edition_names_places(snapshots: Path) -> None:
    frame = geointel.open_snapshot(snapshots, "partner").layer("hotspot").to_geodataframe()
    assert (frame["place"] != frame["district"]).any()


def test_what_is_missing_is_not_zero(edition: SnapshotEdition) -> None:
    frame = edition.layer("incident-count").to_geodataframe(category="drugs")
    missing = frame["status"].eq("no-support")
    assert missing.any()
    assert frame.loc[missing, "value"].isna().all()
    assert frame.loc[~missing, "value"].notna().all()


def test_areas_have_outlines(edition: SnapshotEdition) -> None:
    assert set(edition.areas("lad")["name"]) == {"Blackpool", "Fylde", "Wyre"}
    assert set(edition.areas()["level"]) == {"lad", "cdp"}
    assert edition.areas("lad").geometry.is_valid.all()


@pytest.mark.parametrize("category", ["drugs", "all"])
def test_a_hotspot_has_the_colour_of_its_class(edition: SnapshotEdition, category: str) -> None:
    layer = edition.layer("hotspot")
    rows = layer.to_geodataframe(category=category)
    colour = {style["id"]: rgb(style["colour"]) for style in layer.spec["classes"]}
    blank = rgb(content.blank_colours()[0])
    drawn = hexagons(layer.deck(category=category))
    assert [row["cell"] for row in drawn] == rows["cell"].tolist()
    assert [row["fill"] for row in drawn] == [[*colour.get(slug, blank), 255] for slug in rows["class"]]
    assert {row["width"] for row in drawn} == {0.5}


def test_excess_is_drawn_by_its_ratio_and_outlined_by_its_class(edition: SnapshotEdition) -> None:
    layer = edition.layer("excess")
    rows = layer.to_geodataframe(resolution=7)
    steps = [rgb(style.colour) for style in content.ratio_classes()]
    bounds = content.ratio_bounds()
    drawn = hexagons(layer.deck(resolution=7))
    least = layer.spec["notes"]["fill"]["faint_below"]
    for row, value, expected, slug in zip(drawn, rows["value"], rows["expected"], rows["class"], strict=True):
        step = sum(value > bound for bound in bounds)
        assert row["fill"][:3] == (rgb(content.blank_colours()[0]) if np.isnan(value) else steps[step])
        assert (row["fill"][3] < 255) == (expected < least)
        assert (row["width"] == 3.0) == (isinstance(slug, str) and slug != "none")
    assert any(row["fill"][3] < 255 for row in drawn)
    assert f"Faint: fewer than {least} expected" in layer.deck(resolution=7).description
    assert any(row["width"] == 3.0 for row in drawn) == ("Strong outline" in layer.deck(resolution=7).description)


def test_the_key_of_a_count_has_its_numbers(edition: SnapshotEdition) -> None:
    layer = edition.layer("incident-count")
    breaks = layer.spec["breaks"]["8"]["drugs"]["year"]
    labels = [style.label for style in content.count_classes(breaks)]
    description = layer.deck(category="drugs").description
    assert all(label in description for label in labels)
    assert content.status_label("no-support") in description


def test_a_map_says_what_must_be_said(edition: SnapshotEdition) -> None:
    description = edition.layer("hotspot").deck().description
    assert "Hotspots of recorded drug offences, 12 months to December 2025" in description
    assert content.notice("synthetic").replace("'", "&#x27;") in description
    assert content.caveat("hotspot").short in description
    assert all(source["attribution"].replace("'", "&#x27;") in description for source in edition.manifest["sources"])
    assert edition.snapshot in description
    assert "Lower (99% level)" not in description


def test_words_from_files_are_escaped(edition: SnapshotEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "<img src=x onerror=alert(1)>"
    monkeypatch.setattr("geointel.notebook.deck.place_names", lambda _, cells: ([evil] * len(cells), [""] * len(cells)))
    monkeypatch.setitem(edition.manifest["partnership"], "name", evil)  # type: ignore[arg-type]
    deck = edition.layer("hotspot").deck()
    assert "<img" not in deck.description
    assert all("<img" not in row["text"] for row in hexagons(deck))
    assert "&lt;img" in hexagons(deck)[0]["text"]


class Outside(HTMLParser):
    """Addresses that a page names in its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {value}" for name, value in attrs if name in {"src", "href", "data", "action"} and value]


def test_the_page_names_no_address(edition: SnapshotEdition, tmp_path: Path) -> None:
    path = geointel.write_html(edition.layer("hotspot").deck(resolution=6), tmp_path / "map.html")
    text = path.read_text(encoding="utf-8")
    parser = Outside()
    parser.feed(text)
    assert parser.found == []
    assert f'content="{POLICY}"' in text
    assert "connect-src" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    assert "<title>Hotspots of recorded drug offences, 12 months to December 2025</title>" in text
    assert re.search(r'<html lang="en-GB">', text)


def test_a_base_map_from_outside_is_refused() -> None:
    with pytest.raises(GeointelError, match="base map"):
        standalone_html(pydeck.Deck(layers=[], map_provider="carto"))


def test_a_map_without_a_description_has_a_page() -> None:
    page = standalone_html(pydeck.Deck(layers=[], map_provider=None, map_style=None))
    assert "<title>Map</title>" in page


def test_a_notebook_shows_the_same_page(edition: SnapshotEdition) -> None:
    deck = edition.layer("hotspot").deck(resolution=6)
    shown = deck._repr_html_()
    parser = Outside()
    parser.feed(shown)
    assert parser.found == []
    assert html.unescape(re.search(r'srcdoc="(.*?)"', shown, re.DOTALL)[1]) == standalone_html(deck)


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
@pytest.mark.parametrize("layer", ["incident-count", "excess"])
def test_the_page_draws_hexagons_and_asks_for_nothing(edition: SnapshotEdition, tmp_path: Path, layer: str) -> None:
    from playwright.sync_api import sync_playwright

    deck = edition.layer(layer).deck(category="drugs")
    path = geointel.write_html(deck, tmp_path / "map.html")
    asked: list[str] = []
    faults: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1000, "height": 700})
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(path.as_uri(), timeout=60_000)
        loaded = "deckInstance.layerManager?.getLayers({layerIds: ['hexagons']})[0]?.isLoaded"
        page.wait_for_function(loaded, timeout=60_000)
        shown = page.locator(".deck-json-description-box").inner_text()
        page.wait_for_timeout(500)
        page.screenshot(path=tmp_path / "map.png")
        browser.close()
    assert asked == [path.as_uri()]
    assert faults == []
    assert "Demonstration data." in shown
    with rasterio.open(tmp_path / "map.png") as picture:
        pixels = picture.read()[:3].reshape(3, -1).T
    colours, counts = np.unique(pixels[pixels.min(axis=1) < 255], axis=0, return_counts=True)
    area = {tuple(colour): count for colour, count in zip(colours.tolist(), counts.tolist(), strict=True)}
    wanted = {tuple(row["fill"][:3]) for row in hexagons(deck) if row["fill"][3] == 255} - {(255, 255, 255)}
    assert len(wanted) >= 5
    assert all(area.get(colour, 0) > 200 for colour in wanted)
