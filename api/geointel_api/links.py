"""Addresses and links of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from starlette.requests import Request

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
SCHEMA = "application/schema+json"


def base_of(request: Request) -> str:
    """Where the service stands, without a closing slash."""
    return str(request.base_url).rstrip("/")


def address(base: str, path: str, **parameters: Any) -> str:
    """Whole address of a path; parameters that are ``None`` are left out."""
    query = urlencode({name: value for name, value in parameters.items() if value is not None}, safe=":,")
    return f"{base}{path}?{query}" if query else f"{base}{path}"


def link(href: str, rel: str, media_type: str, title: str = "", *, templated: bool = False) -> dict[str, Any]:
    """One link object."""
    found: dict[str, Any] = {"href": href, "rel": rel, "type": media_type}
    if title:
        found["title"] = title
    if templated:
        found["templated"] = True
    return found


def prefers_html(accept: str) -> bool:
    """Whether a visitor would rather read HTML than JSON."""
    html, json = accept.find(HTML), accept.find(JSON)
    return html >= 0 and (json < 0 or html < json)
