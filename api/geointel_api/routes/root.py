"""Where to begin: landing page, conformance, reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from geointel_api.answers import json_answer
from geointel_api.assets import page_is_built
from geointel_api.conformance import IMPLEMENTED
from geointel_api.links import HTML, JSON, OPENAPI, address, link, prefers_html
from geointel_api.ogc_documents import Conformance, LandingDocument
from geointel_api.parameters import Base, Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.plain_pages import landing_page, reference_page
from geointel_api.tilejson import attribution

if TYPE_CHECKING:
    from geointel_api.door import Visit

router = APIRouter(tags=["start"])

_HTML: dict[int | str, dict[str, Any]] = {200: {"content": {HTML: {"schema": {"type": "string"}}}}}
_REL = "http://www.opengis.net/def/rel/ogc/1.0"

Format = Annotated[Literal["json", "html"] | None, Query(description="json or html; default: what the visitor prefers")]


@router.get("/", response_model=LandingDocument, responses=_HTML, summary="Landing page")
async def get_landing(request: Request, visit: Visiting, base: Base, f: Format = None) -> Response:
    """Links to everything, as JSON for programs and HTML for people."""
    landing = landing_document(visit, base)
    if f == "html" or (f is None and prefers_html(request.headers.get("accept", ""))):
        return HTMLResponse(landing_page(landing))
    return json_answer(landing)


@router.get("/conformance", response_model=Conformance, summary="Conformance")
async def get_conformance(visit: Visiting) -> Response:  # noqa: ARG001 - asked for its checks
    """Return the classes of the OGC API standards that this version implements."""
    return json_answer({"conformsTo": list(IMPLEMENTED)})


@router.get("/openapi.json", response_class=Response, responses={200: {"content": {OPENAPI: {}}}}, summary="OpenAPI")
async def get_description(request: Request, visit: Visiting) -> Response:  # noqa: ARG001
    """Return this description."""
    return json_answer(request.app.openapi(), OPENAPI)


@router.get("/docs", response_class=HTMLResponse, summary="Reference for people")
async def get_reference(request: Request, visit: Visiting) -> Response:  # noqa: ARG001
    """Every address with its parameters, on one page."""
    return HTMLResponse(reference_page(request.app.openapi()))


def landing_document(visit: Visit, base: str) -> dict[str, Any]:
    """Title, description, links."""
    manifest = visit.edition.manifest
    edition = visit.parameter("edition")
    name = manifest["partnership"]["name"]
    links = [
        link(address(base, "/", f="json"), "self", JSON),
        link(address(base, "/", f="html"), "alternate", HTML, "This page"),
        link(address(base, "/openapi.json"), "service-desc", OPENAPI, "Description for programs"),
        link(address(base, "/docs"), "service-doc", HTML, "Addresses and parameters"),
        link(address(base, "/conformance"), "conformance", JSON, "Standards"),
        link(address(base, "/collections", edition=edition), "data", JSON, "Layers as feature collections"),
        link(address(base, "/v1/snapshot", edition=edition), "describedby", JSON, "Snapshot, period and sources"),
        link(address(base, "/v1/layers", edition=edition), "related", JSON, "Layers"),
        link(address(base, "/v1/areas", edition=edition), "related", JSON, "Areas"),
    ]
    if page_is_built():
        links.append(link(address(base, "/map", edition=edition), "preview", HTML, "The map"))
    synthetic = "Demonstration data. " if manifest["synthetic"] else ""
    through = manifest["period"]["data_through"]
    return {
        "title": name,
        "description": f"{synthetic}Hexagon maps of {name}{f', data to {through}' if through else ''}.",
        "attribution": attribution(visit.edition),
        "links": links,
    }
