"""The drawn map: complete by itself, readable by a screen reader, honest about what is hidden."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pytest
import shapely

from geointel.content import status_label
from geointel.model import ClassStyle
from geointel.tiles import TileGeometry, bounds
from geointel.tiles.canvas import Canvas, Outline, outlines_from_table
from geointel.tiles.svg import Picture, draw_svg, drawn_classes

SVG = "{http://www.w3.org/2000/svg}"
STYLES = (
    ClassStyle("none", "Not clearly higher or lower", "#f3f2f1"),
    ClassStyle("hot-95", "Higher (95% level)", "#e0704a"),
    ClassStyle("hot-99", "Higher (99% level)", "#8a1020"),
)
STATUSES = ("suppressed", "coarsened", "no-support", "no-data", "insufficient")
CELLS = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, 8), 6)), dtype=np.int64)
PICTURE = Picture(
    title="Hotspots of recorded drug offences, 12 months to December 2025",
    description="3 hexagons are higher than this area's average.",
    key="Class",
    caveats=("Offences are shown at approximate police map points, not where they happened.",),
    credit="Source: police.uk, Open Government Licence v3.0",
    bbox=bounds(TileGeometry.of(CELLS)),
)


def draw(drawn: list[str], picture: Picture = PICTURE, cells: np.ndarray = CELLS) -> ET.Element:
    return ET.fromstring(draw_svg(cells, drawn, styles=STYLES, picture=picture))  # noqa: S314 - our own text


def paths(root: ET.Element) -> dict[str, ET.Element]:
    return {path.attrib["class"]: path for path in root.iter(f"{SVG}path") if "class" in path.attrib}


def texts(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_title_description_key_caveat_and_credit() -> None:
    root = draw(["none"] * CELLS.size)
    assert root.attrib["role"] == "img"
    ids = root.attrib["aria-labelledby"].split()
    named = {element.attrib["id"]: element.text for element in root if "id" in element.attrib}
    assert [named[name] for name in ids] == [PICTURE.title, PICTURE.description]
    words = " ".join(texts(root))
    for wanted in (PICTURE.title, PICTURE.key, PICTURE.credit, *PICTURE.caveats, *(style.label for style in STYLES)):
        assert wanted in words


def test_one_path_for_each_class_with_every_cell() -> None:
    drawn = ["hot-99", "none", "hot-95"] * 43
    root = draw(drawn[: CELLS.size])
    found = paths(root)
    for style in STYLES:
        assert found[style.id].attrib["fill"] == style.colour
        assert found[style.id].attrib["d"].count("M") == drawn[: CELLS.size].count(style.id)


def test_points_are_where_the_cells_are_to_a_tenth_of_a_pixel() -> None:
    root = draw(["none"] * CELLS.size)
    sheet = next(element for element in root if element.tag == f"{SVG}svg")
    canvas = Canvas.fit(PICTURE.bbox, (float(sheet.attrib["width"]), float(sheet.attrib["height"])))
    rings = paths(root)["none"].attrib["d"].split("z")[:-1]
    for ring, cell in zip(rings, CELLS.tolist(), strict=True):
        match = re.fullmatch(r"M(-?\d+),(-?\d+)l(.*)", ring)
        assert match is not None
        steps = [[int(number) for number in step.split(",")] for step in match[3].split()]
        points = np.cumsum([[int(match[1]), int(match[2])], *steps], axis=0)
        corners = canvas.place(np.array(h3.cell_to_boundary(cell))[:, ::-1])
        nearest = np.abs(points[:, None] - corners[None]).max(axis=2).min(axis=1)
        assert len(points) == 6
        assert nearest.max() <= 0.5 + 1e-6


def test_the_map_fills_its_sheet() -> None:
    root = draw(["none"] * CELLS.size)
    sheet = next(element for element in root if element.tag == f"{SVG}svg")
    size = np.array([float(sheet.attrib["width"]), float(sheet.attrib["height"])])
    canvas = Canvas.fit(PICTURE.bbox, (float(size[0]), float(size[1])))
    west, south, east, north = PICTURE.bbox
    corners = canvas.place(np.array([[west, north], [east, south]])) / 10
    assert (corners >= -1e-6).all()
    assert (corners <= size + 1e-6).all()
    assert np.isclose(corners[1] - corners[0], size).any()
    assert np.allclose(corners.sum(axis=0), size)  # in the middle


@pytest.mark.parametrize("status", STATUSES)
def test_what_is_not_shown_never_looks_like_a_class(status: str) -> None:
    root = draw(["none"] * 100 + [status] * (CELLS.size - 100))
    path = paths(root)[status]
    assert path.attrib["fill"] == f"url(#geointel-{status})"
    assert path.attrib["stroke"] == "#505a5f"
    patterns = {pattern.attrib["id"]: pattern for pattern in root.iter(f"{SVG}pattern")}
    pattern = patterns[f"geointel-{status}"]
    assert pattern[0].attrib["fill"] == "#ffffff"
    assert len(pattern) == 2
    assert pattern[0].attrib["fill"] not in {style.colour for style in STYLES}
    assert status_label(status) in " ".join(texts(root))


def test_every_status_has_a_mark_of_its_own() -> None:
    root = draw([*STATUSES, *["none"] * (CELLS.size - len(STATUSES))])
    marks = [ET.tostring(pattern[1]) for pattern in root.iter(f"{SVG}pattern")]
    assert len(set(marks)) == len(marks) == len(STATUSES)


def test_the_key_leaves_out_a_status_that_does_not_occur() -> None:
    assert status_label("suppressed") not in " ".join(texts(draw(["none"] * CELLS.size)))


def test_text_is_escaped_and_nothing_is_fetched_or_run() -> None:
    nasty = "<script>alert(1)</script> & \"quotes\" \x00 'x' ]]>"
    picture = replace(
        PICTURE, title=nasty, description=nasty, key=nasty, caveats=(nasty,), credit=nasty,
        outlines=(Outline("<b>&", shapely.box(-2.72, 53.75, -2.68, 53.77)),),
    )  # fmt: skip
    styles = (ClassStyle("none", nasty, '#fff" onload="x'),)
    text = draw_svg(CELLS, ["none"] * CELLS.size, styles=styles, picture=picture)
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert "<script" not in text
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    assert text.count("http") == 1  # the SVG name space
    assert root[0].text == nasty.replace("\x00", "")
    assert "<b>&" in texts(root)


def test_areas_are_outlined_and_named_once_each_without_overlap() -> None:
    outlines = (
        Outline("Preston", shapely.box(-2.75, 53.74, -2.66, 53.78)),
        Outline("Inside", shapely.box(-2.715, 53.755, -2.695, 53.765)),  # its name would lie over the other
        Outline("Far away", shapely.box(10, 10, 11, 11)),
        Outline("", shapely.MultiPolygon([shapely.box(-2.74, 53.745, -2.73, 53.75)])),
    )
    root = draw(["none"] * CELLS.size, replace(PICTURE, outlines=outlines))
    area = paths(root)["area"]
    assert area.attrib["fill"] == "none"
    assert area.attrib["d"].count("M") == 4
    assert texts(root).count("Preston") == 1
    assert "Inside" not in texts(root)
    assert "Far away" not in texts(root)


def test_outlines_of_one_level_come_from_the_table() -> None:
    box = shapely.box(0, 0, 1, 1)
    table = pa.table({"level": ["lad", "cdp"], "code": ["a", "b"], "name": ["A", "B"], "geometry": [box.wkb, box.wkb]})
    (outline,) = outlines_from_table(table, "cdp")
    assert outline.name == "B"
    assert outline.geometry.equals(box)


def test_cells_off_the_sheet_are_not_drawn() -> None:
    west, south, east, north = PICTURE.bbox
    part = replace(PICTURE, bbox=(west, south, west + (east - west) / 3, south + (north - south) / 3))
    drawn = paths(draw(["none"] * CELLS.size, part))["none"].attrib["d"].count("M")
    assert 5 < drawn < CELLS.size / 2
    away = replace(PICTURE, bbox=(10, 10, 11, 11))
    assert paths(draw(["none"] * CELLS.size, away)) == {}


def test_a_county_stays_small_and_has_no_outlines_that_hide_it() -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.8, -2.6, 8), 38)), dtype=np.int64)
    picture = replace(PICTURE, bbox=bounds(TileGeometry.of(cells)), size=(640, 480))
    text = draw_svg(cells, ["none", "hot-99", "no-support"] * 1482 + ["none"], styles=STYLES, picture=picture)
    assert cells.size == 4447
    assert len(text) < 300_000
    assert "stroke" not in paths(ET.fromstring(text))["none"].attrib  # noqa: S314 - our own text


def test_the_same_input_gives_the_same_text() -> None:
    drawn = (["hot-99", "none", "hot-95", "no-support", "suppressed"] * 26)[: CELLS.size]
    first = draw_svg(CELLS, drawn, styles=STYLES, picture=PICTURE)
    assert first == draw_svg(CELLS, drawn, styles=STYLES, picture=PICTURE)


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="'lukewarm'"):
        draw_svg(CELLS, ["lukewarm"] * CELLS.size, styles=STYLES, picture=PICTURE)


def test_no_cells_still_give_a_picture() -> None:
    root = draw([], cells=np.empty(0, dtype=np.int64))
    assert paths(root) == {}
    assert PICTURE.title in " ".join(texts(root))


def test_a_cell_without_a_class_is_drawn_by_its_status() -> None:
    classes = ["hot-99", None, None, None]
    assert drawn_classes(classes, ["shown", "no-support", "insufficient", "shown"]) == [
        "hot-99", "no-support", "insufficient", "no-data",
    ]  # fmt: skip


def test_a_long_title_stays_on_the_sheet() -> None:
    """Bold letters of a wide font (DejaVu Sans) were measured at 0.62 of their size in the mean; margins are 16."""
    title = "How hotspots of recorded drug offences come and go, 12 months to December 2025"
    bold = list(draw(["none"] * CELLS.size, replace(PICTURE, title=title)).iter(f"{SVG}text"))
    lines = [text for text in bold if text.attrib.get("font-weight") == "bold" and (text.text or "") in title]
    assert " ".join(text.text or "" for text in lines) == title
    widest = max(0.62 * float(text.attrib["font-size"]) * len(text.text or "") for text in lines)
    assert widest <= PICTURE.size[0] - 32
