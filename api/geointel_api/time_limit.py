"""No answer is worked on for ever: after a time the visitor is told, and the work is given up where that can be done.

A thread cannot be stopped. What runs in one goes on to its end, without a reader; what only waits for one is taken back.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from geointel_api.delivery import send_problem
from geointel_api.errors import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from geointel_api.counts import Counts

READS = ("GET", "HEAD")


class TimeLimit:
    """Answers 503 when an application has not begun to answer within ``seconds``."""

    def __init__(self, app: ASGIApp, *, seconds: float, counts: Counts) -> None:
        self.app = app
        self.seconds = seconds
        self.counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, for a time."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        outlet = _Outlet(send)
        task = asyncio.ensure_future(self.app(scope, receive, outlet.send))
        try:
            await asyncio.wait({task}, timeout=self.seconds)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done() or outlet.begun:
            await task  # a visitor who reads slowly is not the application's fault
            return
        outlet.closed = True
        task.cancel()
        task.add_done_callback(_forget)
        self.counts.add("timed_out")
        await send_problem(self._problem(scope["method"]), scope, send)

    def _problem(self, method: str) -> Problem:
        detail = f"The answer took longer than {self.seconds:g} seconds."
        remedy = "Ask for less, or try again in a minute."
        if method not in READS:
            remedy = "It may have been done all the same: look before you send it again."
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, remedy)


class _Outlet:
    """The way out of an application, which can be closed before it says anything."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.closed = False

    async def send(self, message: Message) -> None:
        if not self.closed:
            self.begun = True
            await self._send(message)


def _forget(task: asyncio.Future[None]) -> None:
    """Take note of how it ended, so that nobody complains that nobody did."""
    if not task.cancelled():
        task.exception()
