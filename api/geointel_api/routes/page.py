"""The map page and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from geointel import viewer
from geointel_api.access import OPEN
from geointel_api.assets import asset, page_template
from geointel_api.delivery import FOR_EVER
from geointel_api.errors import EditionRefusedError
from geointel_api.page import content_policy, fill
from geointel_api.parameters import Base, LooseVisiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.plain_pages import way_in

if TYPE_CHECKING:
    from geointel_api.door import Visit

router = APIRouter(tags=["page"])


Embed = Annotated[bool, Query(description="for a frame in another page (open edition only)")]


@router.get("/map", response_class=HTMLResponse, summary="The map")
def get_page(request: Request, visit: LooseVisiting, *, embed: Embed = False) -> Response:
    """Return the map of one view: `layer window category edition area cell lat lng z` as in the API."""
    if embed:
        _only_open(visit)
    headers = {"content-security-policy": content_policy(request.app.state.frame_ancestors if embed else ())}
    can_sign_in = request.app.state.identity.sign_in is not None and not embed
    sign_in = way_in(request.scope["query_string"]) if can_sign_in else ""
    return HTMLResponse(fill(page_template(), visit, sign_in=sign_in), headers=headers)


@router.get("/map/", include_in_schema=False)
async def get_page_elsewhere(request: Request, base: Base) -> Response:
    """Addresses in the page are relative to the folder that it stands in."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{base}/map{query}", status_code=308)


@router.get(f"/{viewer.ASSETS}/{{name:path}}", include_in_schema=False)
def get_asset(name: Annotated[str, Path()]) -> Response:
    """One file of the page; its name carries a hash of its content."""
    body, kind = asset(name)
    # A worker runs under the policy of its own script, and the map's worker fetches the tiles.
    headers = {"cache-control": FOR_EVER, "content-security-policy": content_policy()}
    return Response(body, media_type=kind, headers=headers)


def _only_open(visit: Visit) -> None:
    if visit.edition.name != OPEN:
        message = "Only the open edition may stand in another page."
        raise EditionRefusedError(message, remedy="Leave embed= out, or ask for edition=open.")
