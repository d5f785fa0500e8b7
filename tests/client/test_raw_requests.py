"""Bytes on a socket that no client library would send, to the real server."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from geointel_api import serve
from geointel_api.settings import Settings
from geointel_api.state.database import open_database, parse_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 30.0
GET = b"GET /v1/layers HTTP/1.1\r\nHost: map.test\r\n"
POST = b"POST /v1/areas/summary HTTP/1.1\r\nHost: map.test\r\nContent-Type: application/json\r\n"


class Running:
    """A server on a loopback port, in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.server = serve.Server(serve.server_config(settings))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        end = time.monotonic() + PATIENCE
        while not self.server.started:
            assert time.monotonic() < end
            time.sleep(0.01)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    def say(self, *parts: bytes, pause: float = 0) -> bytes:
        """Send some bytes, and read until the server closes or says no more."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            for part in parts:
                try:
                    line.sendall(part)
                except OSError:
                    break  # the server has closed its end
                time.sleep(pause)
            line.settimeout(2)
            said = b""
            try:
                while more := line.recv(65_536):
                    said += more
            except (TimeoutError, ConnectionResetError):
                pass
            return said

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE)


@pytest.fixture(scope="module")
def running(snapshots: Path) -> Iterator[Running]:
    started = Running(Settings(snapshots=snapshots, port=0, time_limit=2, audit="off"))
    end = time.monotonic() + PATIENCE
    while b" 200 " not in started.say(GET + b"Connection: close\r\n\r\n")[:20]:  # the first answer takes longest
        assert time.monotonic() < end
    yield started
    started.stop()


ODD = [
    b"\x00\r\n\r\n",
    b"GET /v1/layers\r\n\r\n",
    GET + b"X: a\x00b\r\n\r\n",
    GET + b"X : a\r\n\r\n",
    GET + b"Host: other.test\r\n\r\n",
    GET + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/layers?x=\r\nX: y HTTP/1.1\r\nHost: a\r\n\r\n",
    POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ",
    POST + b"Content-Length: -1\r\n\r\n{}",
    POST + b"Content-Length: 1e3\r\n\r\n{}",
    POST + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /v1/snapshot HTTP/1.1\r\nHost: a\r\n\r\n",
    POST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2a\r\nGET /v1/snapshot HTTP/1.1\r\nHost: a\r\n\r\n0\r\n\r\n",
    POST + b"Content-Length: 9999999\r\n\r\nGET /v1/snapshot HTTP/1.1\r\nHost: a\r\n\r\n",
    POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"CONNECT map.test:80 HTTP/1.1\r\nHost: map.test\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET http://evil.example/v1/layers HTTP/1.1\r\nHost: map.test\r\n\r\n",
]


@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_bytes_are_refused_and_the_server_goes_on(running: Running, number: int) -> None:
    said = running.say(ODD[number])
    status = said.partition(b" ")[2][:3]
    assert not said or status in {b"400", b"404", b"405", b"411", b"413", b"414", b"431"}, said[:200]
    assert said.count(b"HTTP/1.1 2") == 0, "nothing was smuggled past"
    assert not any(word in said for word in (b"Traceback", b"h11", b"uvicorn", b"python", b"evil"))
    assert b" 200 " in running.say(GET + b"Connection: close\r\n\r\n")[:20]


def test_a_slow_body_is_given_up(running: Running) -> None:
    began = time.monotonic()
    said = running.say(POST + b"Content-Length: 1000\r\n\r\n", *[b"{"] * 20, pause=0.2)
    assert b" 408 " in said[:20]
    assert time.monotonic() - began < PATIENCE / 2


def test_nothing_says_what_runs_it(running: Running) -> None:
    said = running.say(GET + b"Connection: close\r\n\r\n")
    head = said.partition(b"\r\n\r\n")[0].lower()
    assert b"server:" not in head
    assert b"x-powered-by" not in head


def test_what_was_seen_is_written_before_the_end(snapshots: Path, tmp_path: Path) -> None:
    state = f"sqlite:///{tmp_path}/state.sqlite"
    started = Running(Settings(snapshots=snapshots, port=0, anonymous_role="analyst", state=state))
    for _ in range(3):
        assert b" 200 " in started.say(GET + b"Connection: close\r\n\r\n")[:20]
    started.stop()
    opened = open_database(parse_url(state, snapshots))
    with opened.reading() as connection:
        assert connection.execute(text("SELECT sum(number) FROM access_log")).scalar() == 3
    opened.close()
