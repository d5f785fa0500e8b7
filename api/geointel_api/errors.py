"""From an error to an HTTP answer: one table, and RFC 9457 problem details.

::

    GeointelError
    ├─ CredentialError       401  a credential that nobody issued, or that no longer holds
    ├─ SignInError           400  signing in on the page did not work
    ├─ EditionRefusedError   403  an edition that the role may not open
    ├─ NoRoleError           403  somebody who is known, and has no role here
    ├─ CrossSiteError        403  another site's page used somebody's session
    ├─ WritingRefusedError   403  this server or this edition does not take reports
    ├─ RequestError          400  a request that makes no sense
    ├─ AlertNotFoundError    404  no such alert or subscription in one's edition
    ├─ ConflictError         409  somebody acted first, or the same was sent twice
    ├─ TooLargeError         413  a request above a stated limit
    ├─ UnavailableError      503  somebody whom we must ask does not answer, or too many ask at once
    ├─ KeyNotFoundError      404  no such API key (command line only)
    ├─ UnmarkedError         500  an answer of a closed edition that has no way to carry its marking
    └─ StateError            500  the service's own database cannot be used, or was tampered with
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from geointel import errors, viewer

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"


class CredentialError(errors.GeointelError):
    """A credential was sent that nobody issued, or that no longer holds."""


class SignInError(errors.GeointelError):
    """Signing in on the page did not work."""


class NoRoleError(errors.GeointelError):
    """Somebody is known, and none of their groups has a role here."""


class CrossSiteError(errors.GeointelError):
    """A page of another site tried to act in the name of somebody who is signed in."""


class UnavailableError(errors.GeointelError):
    """Somebody whom we must ask does not answer, or too many ask at once."""


class KeyNotFoundError(errors.GeointelError):
    """There is no API key with this id."""


class EditionRefusedError(errors.GeointelError):
    """The role may not open this edition, whether or not it exists."""


class WritingRefusedError(errors.GeointelError):
    """Reports are not taken by this server, or not in this edition."""


class RequestError(errors.GeointelError):
    """The request makes no sense."""


class AlertNotFoundError(errors.GeointelError):
    """There is no such alert or subscription, or it is not for this edition."""


class ConflictError(errors.GeointelError):
    """Somebody acted first, or the same was sent twice."""


class StateError(errors.GeointelError):
    """The service's own database cannot be used, or is not as it was written."""


class UnmarkedError(errors.GeointelError):
    """An answer of an edition that is not for everybody has no way to carry its marking."""


class TooLargeError(errors.GeointelError):
    """The request is above a stated limit."""


STATUS: Mapping[type[errors.GeointelError], HTTPStatus] = {
    CredentialError: HTTPStatus.UNAUTHORIZED,
    SignInError: HTTPStatus.BAD_REQUEST,
    NoRoleError: HTTPStatus.FORBIDDEN,
    CrossSiteError: HTTPStatus.FORBIDDEN,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    KeyNotFoundError: HTTPStatus.NOT_FOUND,
    EditionRefusedError: HTTPStatus.FORBIDDEN,
    WritingRefusedError: HTTPStatus.FORBIDDEN,
    RequestError: HTTPStatus.BAD_REQUEST,
    AlertNotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    StateError: HTTPStatus.INTERNAL_SERVER_ERROR,
    UnmarkedError: HTTPStatus.INTERNAL_SERVER_ERROR,
    TooLargeError: HTTPStatus.CONTENT_TOO_LARGE
    if hasattr(HTTPStatus, "CONTENT_TOO_LARGE")
    else HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    viewer.PageNotBuiltError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.GridError: HTTPStatus.BAD_REQUEST,
    errors.QuestionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SnapshotNotFoundError: HTTPStatus.NOT_FOUND,
    errors.NotInThisVersionError: HTTPStatus.NOT_IMPLEMENTED,
    errors.SnapshotCorruptError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.SnapshotError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ConfigError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.FetchError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.SchemaError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.SourceError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.EngineError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.MethodError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.DisclosureError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.GeointelError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_UNREAD = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.LENGTH_REQUIRED, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
"""After these, bytes of the request may still come, which nobody must take for the next one."""
_OURS = (HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True)
class Problem:
    """An error answer: status, what happened, what to do, and which part of a question is at fault."""

    status: int
    detail: str
    remedy: str = ""
    field: str = ""

    def body(self) -> bytes:
        """Problem details as JSON bytes."""
        document = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        document |= {name: text for name, text in (("remedy", self.remedy), ("field", self.field)) if text}
        return json.dumps(document, ensure_ascii=False).encode()

    def headers(self) -> dict[str, str]:
        """Headers that this problem needs besides its type."""
        if self.status in _UNREAD:
            return {"connection": "close"}
        return {"www-authenticate": "Bearer"} if self.status == HTTPStatus.UNAUTHORIZED else {}


def status_of(error: errors.GeointelError) -> HTTPStatus:
    """HTTP status of an error, by its nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: Exception) -> Problem:
    """What is said to the visitor. A fault of ours is logged and told without its details: they name our files."""
    if isinstance(error, errors.GeointelError):
        status = status_of(error)
        if status < HTTPStatus.INTERNAL_SERVER_ERROR or status in _OURS:
            return Problem(status, error.message, error.remedy, getattr(error, "field", ""))
    log.error("request failed", exc_info=error)
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The service could not answer.",
        "Try again. If it happens again, tell the people who run this service the time and the address you asked for.",
    )
