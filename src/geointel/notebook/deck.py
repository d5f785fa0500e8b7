"""One view as a pydeck map: hexagons, outlines of the first area level, names, a tooltip."""

from __future__ import annotations

import json
from html import escape
from math import log2
from typing import TYPE_CHECKING, Any

import pydeck

from geointel.grid import format_cells
from geointel.notebook.colours import OUTLINED, faint, fill, outlined, rgb
from geointel.notebook.frame import area_frame, place_names
from geointel.notebook.page import standalone_html
from geointel.notebook.words import describe

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

    from geointel.notebook.view import View

BORDER = [80, 90, 95]
THIN, STRONG = 0.5, 3.0
"""Widths of a hexagon's outline, in pixels: any, and one with a class."""
OPAQUE, FAINT = 255, 77
"""How much a hexagon covers, of 255: any, and one whose value is unsteady."""
LINE = [177, 180, 182]
HIGHLIGHT = [255, 221, 0, 200]
HEIGHT = 600
"""Height of a map in a notebook, in pixels."""
ROOM = (700, 520)
"""Width and height in pixels for which the first view is chosen."""
ROUGHLY = 0.001
"""Tolerance of the outlines, in degrees: they are for orientation, and creeks would hide the hexagons."""
STRETCH = 1.7
"""Degrees of longitude that are as long on the map as one of latitude, in England."""
TOOLTIP = {
    "html": "{text}",
    "style": {"font": "14px/1.35 arial, sans-serif", "maxWidth": "24em", "background": "#0b0c0c", "color": "#ffffff"},
}


class OfflineDeck(pydeck.Deck):  # type: ignore[misc]  # pydeck has no types
    """A pydeck map that a notebook shows without a network, from the page that ``write_html`` writes."""

    def __repr__(self) -> str:
        return "OfflineDeck"

    def _repr_html_(self) -> str:
        page = escape(standalone_html(self))
        return f'<iframe srcdoc="{page}" title="Map" width="100%" height="{HEIGHT}" style="border:0"></iframe>'


def make_deck(view: View) -> OfflineDeck:
    """A map of the view that needs no base map and no network."""
    rows = view.rows()
    colours, key = fill(view, rows)
    strong, pale = outlined(view, rows), faint(view, rows)
    hexagons = [
        {
            "cell": cell,
            "fill": [*rgb(colour), FAINT if unsteady else OPAQUE],
            "line": rgb(OUTLINED) if classed else LINE,
            "width": STRONG if classed else THIN,
            "text": text,
        }
        for cell, colour, classed, unsteady, text in zip(
            format_cells(rows["cell"].to_pylist()),
            colours,
            strong.tolist(),
            pale.tolist(),
            _texts(view, rows),
            strict=True,
        )
    ]
    areas = area_frame(view.edition, view.edition.manifest["area"]["levels"][0]["id"])
    return OfflineDeck(
        layers=[_hexagon_layer(hexagons), *_orientation(areas)],
        initial_view_state=_first_view(areas),
        map_provider=None,
        map_style=None,
        tooltip=TOOLTIP,
        description=describe(view, key, outlined=bool(strong.any()), faint=bool(pale.any())),
        height=HEIGHT,
    )


def _hexagon_layer(hexagons: list[dict[str, Any]]) -> pydeck.Layer:
    """Hexagons with the colours and widths that they carry."""
    return pydeck.Layer(
        "H3HexagonLayer",
        hexagons,
        id="hexagons",
        get_hexagon="cell",
        get_fill_color="fill",
        get_line_color="line",
        get_line_width="width",
        line_width_units="'pixels'",
        high_precision=True,
        extruded=False,
        stroked=True,
        pickable=True,
        auto_highlight=True,
        highlight_color=HIGHLIGHT,
    )


def _texts(view: View, rows: pa.Table) -> list[str]:
    """Tooltip of each hexagon: name and sentence, escaped, because a tooltip is HTML."""
    names, districts = place_names(view.edition, rows["cell"])
    titles = [
        f"{name}, {district}" if name != district else name for name, district in zip(names, districts, strict=True)
    ]
    return [
        f"<strong>{escape(title)}</strong><br>{escape(view.sentence(row))}"
        for title, row in zip(titles, rows.to_pylist(), strict=True)
    ]


def _orientation(areas: gpd.GeoDataFrame) -> list[pydeck.Layer]:
    """Outlines and names, in place of a base map."""
    points = areas.geometry.representative_point()
    names: list[dict[str, Any]] = [
        {"name": name, "position": [point.x, point.y]} for name, point in zip(areas["name"], points, strict=True)
    ]
    outlines = pydeck.Layer(
        "GeoJsonLayer",
        json.loads(areas[["name", "geometry"]].simplify_coverage(ROUGHLY).to_json()),
        id="areas",
        stroked=True,
        filled=False,
        get_line_color=BORDER,
        line_width_units="'pixels'",
        get_line_width=1,
    )
    labels = pydeck.Layer(
        "TextLayer",
        names,
        id="names",
        get_position="position",
        get_text="name",
        get_size=13,
        get_color=rgb(OUTLINED),
        font_family="'arial, sans-serif'",
        outline_width=8,
        outline_color=[255, 255, 255],
        font_settings={"sdf": True},
    )
    return [outlines, labels]


def _first_view(areas: gpd.GeoDataFrame) -> pydeck.ViewState:
    """The whole area, as large as it fits."""
    west, south, east, north = areas.total_bounds.tolist()
    across = log2(ROOM[0] * 360 / (512 * (east - west)))
    upright = log2(ROOM[1] * 360 / (512 * (north - south) * STRETCH))
    return pydeck.ViewState(
        longitude=(west + east) / 2, latitude=(south + north) / 2, zoom=round(min(across, upright), 2)
    )
