"""A request's body, read whole before anybody works on it: limited in bytes and in time."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from geointel_api.delivery import LARGEST_REQUEST, header, send_problem, too_long
from geointel_api.errors import Problem, TooLargeError, problem_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Bodies:
    """Hands on requests whose body has arrived. A slow sender holds a connection, and nothing else."""

    def __init__(self, app: ASGIApp, *, seconds: float, largest: int = LARGEST_REQUEST) -> None:
        self.app = app
        self.seconds = seconds
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, if there is one, then let the application answer."""
        if scope["type"] != "http" or header(scope, b"content-length") in ("", "0"):
            refusal = too_long(scope) if scope["type"] == "http" else None
            await (self.app(scope, receive, send) if refusal is None else send_problem(refusal, scope, send))
            return
        refusal = too_long(scope)
        try:
            body = b"" if refusal else await asyncio.wait_for(self._whole(receive), self.seconds)
        except TooLargeError as error:
            refusal = problem_of(error)
        except TimeoutError:
            detail = f"The request did not arrive within {self.seconds:g} seconds."
            refusal = Problem(HTTPStatus.REQUEST_TIMEOUT, detail, "Send it again, by a faster connection.")
        if refusal is not None:
            await send_problem(refusal, scope, send)
        elif body is not None:
            await self.app(scope, _again(body, receive), send)

    async def _whole(self, receive: Receive) -> bytes | None:
        """The body; ``None`` when the visitor has left. Raises ``TooLargeError``."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size > self.largest:
                text = f"The request has more than {self.largest:,} bytes."
                raise TooLargeError(text, remedy="Ask in parts.")
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """What the application receives: the body in one piece, then whatever comes."""
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
