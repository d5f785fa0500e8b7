"""Shapes of the OGC API and TileJSON answers, for the OpenAPI description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from geointel_api.documents import Answer, DefaultView, Document


class Link(Document):
    """A link."""

    href: str
    rel: str
    type: str
    title: str = ""
    templated: bool = False


class LandingDocument(Answer):
    """Where to begin."""

    title: str
    description: str
    attribution: str
    links: list[Link]


class Conformance(Answer):
    """Classes of standards that this service implements."""

    conforms_to: list[str] = Field(alias="conformsTo")


class Collection(Answer):
    """A layer as a collection of features."""

    id: str
    title: str
    description: str
    attribution: str
    extent: dict[str, Any]
    item_type: Literal["feature"] = Field(alias="itemType")
    crs: list[str]
    windows: list[str]
    categories: list[str]
    resolutions: list[int]
    default: DefaultView
    caveats: list[str]
    links: list[Link]


class Collections(Answer):
    """All layers as collections."""

    collections: list[Collection]
    links: list[Link]


class Polygon(Document):
    """Outline of a cell: one closed ring."""

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


class Point(Document):
    """A place in degrees."""

    type: Literal["Point"]
    coordinates: list[float]


class MultiPolygon(Document):
    """Outline of several cells together, such as a cluster."""

    type: Literal["MultiPolygon"]
    coordinates: list[list[list[list[float]]]]


class Feature(Answer):
    """A cell, or a feature of a layer's own such as a service or a cluster, as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: Polygon | MultiPolygon | Point
    properties: dict[str, str | float | bool | list[str] | None]
    links: list[Link] = Field(default_factory=list)


class Features(Answer):
    """One page of features."""

    type: Literal["FeatureCollection"]
    number_matched: int = Field(alias="numberMatched")
    number_returned: int = Field(alias="numberReturned")
    caveats: list[str]
    links: list[Link]
    features: list[Feature]


class Queryables(Answer):
    """JSON Schema of what items can be filtered by."""

    model_config = ConfigDict(extra="allow")

    type: Literal["object"]
    title: str
    properties: dict[str, Any]


class TilesetItem(Document):
    """One tileset in the list."""

    title: str
    data_type: Literal["vector"] = Field(alias="dataType")
    crs: str
    tile_matrix_set_uri: str = Field(alias="tileMatrixSetURI")
    links: list[Link]


class TilesetsDocument(Answer):
    """Tilesets of a layer."""

    tilesets: list[TilesetItem]
    links: list[Link]


class TilesetDocument(TilesetItem, Answer):
    """Metadata of one tileset."""

    tile_matrix_set_limits: list[dict[str, str | int]] = Field(alias="tileMatrixSetLimits")
    bounding_box: dict[str, list[float]] = Field(alias="boundingBox")
    layers: list[dict[str, Any]]
    attribution: str
    resolutions: dict[str, int]


class VectorLayer(Document):
    """What the features of a tile have."""

    id: str
    description: str
    minzoom: int
    maxzoom: int
    fields: dict[str, str]
    null_means: dict[str, str]
    null_counts: dict[str, int]


class TileJson(Answer):
    """TileJSON 3."""

    tilejson: Literal["3.0.0"]
    name: str
    description: str
    attribution: str
    scheme: Literal["xyz"]
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: list[float]
    center: list[float]
    vector_layers: list[VectorLayer]
    resolutions: dict[str, int]
    cells: dict[str, int]
    snapshot: str
    edition: str
    layer: str
    window: str
    category: str
    caveats: list[str]
