"""Errors inside FastAPI, as problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geointel.answers.actions import field_of
from geointel_api.errors import PROBLEM, Problem, problem_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

BODY = "body"
MOST_FAULTS, LONGEST = 20, 300
REMEDY = "GET /docs lists the addresses and their parameters."


async def answer_error(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the shape of a handler
    """Answer an error with its problem details."""
    problem = problem_of_any(error)
    headers = {**problem.headers(), **(getattr(error, "headers", None) or {})}
    return Response(problem.body(), status_code=problem.status, media_type=PROBLEM, headers=headers)


def problem_of_any(error: Exception) -> Problem:
    """Problem of our errors, of FastAPI's validation (400, all faults in one line) and of unknown addresses."""
    if isinstance(error, RequestValidationError):
        return _problem_of_faults(error)
    if isinstance(error, HTTPException):
        return Problem(error.status_code, str(error.detail), REMEDY)
    return problem_of(error)


def _problem_of_faults(error: RequestValidationError) -> Problem:
    """Every fault, as far as anybody reads; of a question in a body the first is its ``field``."""
    faults = error.errors()
    told = [f"{_place(fault['loc'])}: {fault['msg']}"[:LONGEST] for fault in faults[:MOST_FAULTS]]
    told += [f"and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
    first = faults[0]["loc"]
    if first[0] != BODY:
        return Problem(HTTPStatus.BAD_REQUEST, "; ".join(told), REMEDY)
    if isinstance(error.body, bytes):
        told = [f"{BODY}: it is not JSON by its Content-Type"]
        return Problem(HTTPStatus.BAD_REQUEST, told[0], "Send JSON with Content-Type: application/json.", BODY)
    return Problem(HTTPStatus.BAD_REQUEST, "; ".join(told), REMEDY, _place(first)[:LONGEST])


def _place(location: Sequence[int | str]) -> str:
    """Name of the part at fault: ``query.resolution``, or the part of a question in a body."""
    if location[0] != BODY:
        return ".".join(str(part) for part in location)
    # where JSON breaks off, the second part is a number of letters
    inside = location[1:] if len(location) > 1 and isinstance(location[1], str) else ()
    return field_of(inside) or BODY
