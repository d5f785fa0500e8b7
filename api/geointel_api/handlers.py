"""Errors inside FastAPI, as problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geointel_api.errors import PROBLEM, Problem, problem_of

if TYPE_CHECKING:
    from starlette.requests import Request

REMEDY = "GET /docs lists the addresses and their parameters."


async def answer_error(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the shape of a handler
    """Answer an error with its problem details."""
    problem = problem_of_any(error)
    headers = {**problem.headers(), **(getattr(error, "headers", None) or {})}
    return Response(problem.body(), status_code=problem.status, media_type=PROBLEM, headers=headers)


def problem_of_any(error: Exception) -> Problem:
    """Problem of our errors, of FastAPI's validation (400, all faults in one line) and of unknown addresses."""
    if isinstance(error, RequestValidationError):
        faults = [f"{_place(fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        return Problem(HTTPStatus.BAD_REQUEST, "; ".join(faults), REMEDY)
    if isinstance(error, HTTPException):
        return Problem(error.status_code, str(error.detail), REMEDY)
    return problem_of(error)


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
