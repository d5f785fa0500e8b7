"""The OpenAPI description: what FastAPI writes, with our errors in place of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

import geointel
from geointel_api.documents import ProblemDocument
from geointel_api.errors import PROBLEM
from geointel_api.tile_app import MVT

if TYPE_CHECKING:
    from fastapi import FastAPI

TITLE = "geointel"
SUMMARY = (
    "Hexagon maps of recorded incidents, as published in one snapshot. Every answer names its snapshot in the header "
    "Geointel-Snapshot. Cells are 15-character H3 indexes. Null means that there is no value; status says why."
)
_SCHEMES = {
    "Bearer": {"type": "http", "scheme": "bearer", "description": "an API key, or a token of the service's issuer"},
    "Key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "an API key"},
}
_SECURITY: list[dict[str, list[str]]] = [{}, {"Bearer": []}, {"Key": []}]
"""None is needed for what is open to everybody."""
_COMMON = {
    "NoSense": ("400", "The request makes no sense"),
    "UnknownCredential": ("401", "The credential is not known, or no longer holds"),
    "EditionRefused": ("403", "The edition is not open to you"),
    "NotHere": ("404", "There is no such thing in your edition"),
    "TooOften": ("429", "You have asked too often: Retry-After says how long to wait"),
    "TooLong": ("503", "The answer took too long, or cannot be given now"),
}
_OF_QUESTIONS = {"Unanswerable": ("422", "The question cannot be answered as asked; field says which part of it")}
_OF_BODIES = {
    "TooSlow": ("408", "The request did not arrive in time"),
    "NoLength": ("411", "The request does not say how long it is"),
    "TooLarge": ("413", "The request is above a stated limit"),
}


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description, made once."""
    if app.openapi_schema is None:
        found = get_openapi(title=TITLE, version=geointel.__version__, description=SUMMARY, routes=app.routes, tags=[])
        components = found.setdefault("components", {})
        components["securitySchemes"] = _SCHEMES
        every = {**_COMMON, **_OF_QUESTIONS, **_OF_BODIES}
        components["responses"] = {name: _problem(text) for name, (_, text) in every.items()}
        schemas = components.setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["ProblemDocument"] = ProblemDocument.model_json_schema()
        found["paths"] |= _tile_paths()
        for methods in found["paths"].values():
            for operation in methods.values():
                _describe_errors(operation)
                operation["security"] = _SECURITY
        found["paths"] = dict(sorted(found["paths"].items()))
        app.openapi_schema = found
    return app.openapi_schema


def _describe_errors(operation: dict[str, Any]) -> None:
    """Put our errors in the place of FastAPI's."""
    responses = operation["responses"]
    asked = responses.pop("422", None) is not None
    ours = {**_COMMON, **(_OF_QUESTIONS if asked else {}), **(_OF_BODIES if "requestBody" in operation else {})}
    for name, (status, _) in ours.items():
        responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}}


def _tile_paths() -> dict[str, Any]:
    """Tiles are answered beside FastAPI, so it does not know them."""
    xyz, ogc = "/tiles/{layer}/{z}/{x}/{y}.mvt", "/collections/{layer}/tiles/WebMercatorQuad/{z}/{y}/{x}"
    return {
        xyz: {"get": _tile("get_tile", "A map tile")},
        ogc: {"get": _tile("get_ogc_tile", "A map tile (OGC API Tiles)")},
    }


def _tile(operation: str, summary: str) -> dict[str, Any]:
    path = [_parameter(name, "path", "integer", text) for name, text in _PLACE.items()]
    query = [_parameter(name, "query", "string", text) for name, text in _QUERY.items()]
    tile = {
        "description": "Mapbox Vector Tile 2.1",
        "content": {MVT: {"schema": {"type": "string", "format": "binary"}}},
    }
    return {
        "tags": ["tiles"],
        "summary": summary,
        "description": "Zooms 5 to 13. One layer, named by the category; features have cell, value, class, support, "
        "status. With snapshot= the answer may be kept for ever. 204 for a tile without hexagons.",
        "operationId": operation,
        "parameters": [_parameter("layer", "path", "string", "id of the layer"), *path, *query],
        "responses": {"200": tile, "204": {"description": "No hexagon here"}},
    }


_PLACE = {"z": "zoom", "x": "column", "y": "row"}
_QUERY = {
    "window": "default: the layer's",
    "category": "default: the layer's",
    "edition": "one of the editions that your role may open",
    "snapshot": "id of the snapshot; 404 when it is not served",
}


def _parameter(name: str, place: str, kind: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "description": text, "schema": {"type": kind}}
