"""Signing in and out on the page, and who is signed in."""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from geointel import content
from geointel.errors import GeointelError, SnapshotNotFoundError
from geointel_api.access import editions_of
from geointel_api.answers import json_answer
from geointel_api.documents import MeDocument
from geointel_api.errors import problem_of
from geointel_api.identity.addresses import is_local_path
from geointel_api.identity.credentials import cookie_of
from geointel_api.identity.identity import MINUTE
from geointel_api.identity.sign_in import HOME, MINUTES, read_attempt
from geointel_api.plain_pages import document

if TYPE_CHECKING:
    from geointel_api.access import Visitor
    from geointel_api.identity.identity import Identity
    from geointel_api.identity.sign_in import SignIn

router = APIRouter(prefix="/auth", tags=["sign in"])

PRIVATE = {"cache-control": "no-store"}
_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}

Next = Annotated[str | None, Query(max_length=4_000, description="path to come back to")]


@router.get("/me", response_model=MeDocument, summary="Who is signed in")
async def get_me(request: Request) -> Response:
    """How the visitor is known, by which name, with which roles and editions. Nobody without a credential."""
    visitor: Visitor = request.state.visitor
    answer = json_answer(
        {
            "how": visitor.how,
            "person": visitor.person,
            "name": visitor.name,
            "roles": list(visitor.roles),
            "editions": list(editions_of(request.state.held.snapshot, visitor.roles)),
        }
    )
    answer.headers.update(PRIVATE)
    return answer


@router.get("/sign-in", include_in_schema=False)
def get_sign_in(
    request: Request, wanted: Annotated[str | None, Query(alias="next", max_length=4_000)] = None
) -> Response:
    """Send the browser to the issuer."""
    identity: Identity = request.app.state.identity
    url, attempt = _way_in(identity).begin(wanted)
    answer = RedirectResponse(url, HTTPStatus.SEE_OTHER, headers=PRIVATE)
    identity.flow_cookie.set(answer, attempt.spelt(), MINUTES * MINUTE)
    return answer


@router.get("/callback", include_in_schema=False)
async def get_callback(request: Request) -> Response:
    """Come back from the issuer: a new session, then on to where the person wanted to go; or a page that says why not."""
    identity: Identity = request.app.state.identity
    way = _way_in(identity)
    headers = request.headers.raw
    try:
        attempt = read_attempt(cookie_of(headers, identity.flow_cookie.name))
        token = await to_thread.run_sync(way.exchange, request.query_params, attempt)
        visitor = await way.visitor(token, attempt)
        before = cookie_of(headers, identity.session_cookie.name)
        session = await to_thread.run_sync(identity.sessions.begin, visitor, before)
    except GeointelError as error:
        return _not_signed_in(identity, error)
    wanted = attempt.next if is_local_path(attempt.next) else HOME
    answer = RedirectResponse(f"{identity.settings.public_url}{wanted}", HTTPStatus.SEE_OTHER, headers=PRIVATE)
    identity.session_cookie.set(answer, session, identity.sessions.longest)
    identity.flow_cookie.clear(answer)
    return answer


@router.post("/sign-out", response_class=HTMLResponse, responses=_PAGE, summary="Sign out")
def post_sign_out(request: Request) -> Response:
    """End the session of this browser. The page says how to sign out of the organisation too."""
    identity: Identity = request.app.state.identity
    way = _way_in(identity)
    token = cookie_of(request.headers.raw, identity.session_cookie.name)
    if token:
        identity.sessions.end(token)
    links = [f'<p><a href="{escape(identity.settings.public_url + HOME)}">{content.notice("back_to_map")}</a></p>']
    elsewhere = _end_session(way)
    if elsewhere:
        words = escape(content.notice("still_signed_in"))
        links.append(f'<p>{words} <a href="{escape(elsewhere)}">{escape(content.notice("sign_out_there"))}</a></p>')
    answer = HTMLResponse(document(content.notice("signed_out"), links), headers=PRIVATE)
    identity.session_cookie.clear(answer)
    return answer


def _way_in(identity: Identity) -> SignIn:
    if identity.sign_in is None:
        message = "People cannot sign in on this server."
        raise SnapshotNotFoundError(message, remedy="Use an API key, if you have one.")
    return identity.sign_in


def _end_session(way: SignIn) -> str:
    try:
        return way.end_session()
    except GeointelError:
        return ""  # the issuer is down: the session here is over all the same


def _not_signed_in(identity: Identity, error: GeointelError) -> Response:
    """A page for people, with the words of the error and a way back."""
    problem = problem_of(error)
    back = f'<p><a href="{escape(identity.settings.public_url + HOME)}">{content.notice("back_to_map")}</a></p>'
    body = [f"<p>{escape(problem.detail)}</p><p>{escape(problem.remedy)}</p>", back]
    answer = HTMLResponse(document(content.notice("not_signed_in"), body), problem.status, headers=PRIVATE)
    identity.flow_cookie.clear(answer)
    return answer
