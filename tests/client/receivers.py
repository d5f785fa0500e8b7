"""Servers on the loopback for tests: one that takes webhooks as it is told to, and one that takes mail."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Receiver:
    """What a program that takes webhooks saw. ``answers`` says how to answer each request, by its number from 0."""

    def __init__(self, answers: Callable[[int], int] = lambda _: 204) -> None:
        self.answers = answers
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.lock = threading.Lock()
        self.url = ""

    def take(self, headers: dict[str, str], body: bytes) -> int:
        with self.lock:
            self.requests.append((headers, body))
            return self.answers(len(self.requests) - 1)

    @property
    def keys(self) -> list[str]:
        with self.lock:
            return [headers["idempotency-key"] for headers, _ in self.requests]

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]


@contextmanager
def receiving(answers: Callable[[int], int] = lambda _: 204) -> Iterator[Receiver]:
    """A receiver at an http address of this machine."""
    receiver = Receiver(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.take({name.lower(): text for name, text in self.headers.items()}, body)
            if status == 0:  # hang up without a word
                self.close_connection = True
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", f"{receiver.url}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Mailbox:
    """What a mail server took. ``refusals`` is how many messages it refuses first."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.messages: list[Any] = []
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the name is aiosmtpd's
        if self.refusals:
            self.refusals -= 1
            return "451 Try again later"
        self.messages.append(envelope)
        return "250 OK"


@contextmanager
def taking_mail(refusals: int = 0) -> Iterator[Mailbox]:
    """A mail server on a loopback port."""
    mailbox = Mailbox(refusals)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mailbox.port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
