"""Webhooks go to public addresses and to nothing else, whatever a name says a moment later."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from geointel_api.state.addresses import PublicOnly, RefusedAddressError, allowed, check_url
from geointel_api.state.outbox import FAILED, SENT
from geointel_api.state.webhook import AGAIN, Posting, headers_of, send, signature
from geointel_api.state.worker import Sending, work_once

from .desk import Clock, approved, graded, open_desk, subscribe
from .receivers import receiving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from geointel_api.state.outbox import Result

PRIVATE = [
    "fec0::1",
    "64:ff9b:1:7f00:0:1:808:808",
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104 - refused
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.7",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2002:0a00:1::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not allowed(ipaddress.ip_address(address), loopback=False)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(ValueError, match="not a public address"):
        check_url(f"https://{host}/hook", loopback=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public_is_let_pass(address: str) -> None:
    assert allowed(ipaddress.ip_address(address), loopback=False)


def test_in_tests_only_this_machine_is_let_pass_too() -> None:
    assert allowed(ipaddress.ip_address("127.0.0.1"), loopback=True)
    assert not allowed(ipaddress.ip_address("10.0.0.1"), loopback=True)


@pytest.mark.parametrize("url", [
    "http://example.org/hook", "ftp://example.org/", "https://", "https:///hook", "example.org", "", "https://a:b@example.org/",
    "https://@127.0.0.1/", "https://example.org:0/", "https://example.org:99999/", "https://example.org/#x", "https://exa mple.org/",
    "https://example.org/\r\nX: y", "https://ex\u00e4mple.org/", "https://example.org\\@10.0.0.1/", "javascript:alert(1)",
    "https://[::1/", f"https://{'a' * 300}.org/", "file:///etc/passwd",
])  # fmt: skip
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        check_url(url, loopback=False)


@pytest.mark.parametrize("url", ["https://example.org/hook?key=1", "https://example.org:8443/", "https://8.8.8.8/"])
def test_an_https_address_is_taken(url: str) -> None:
    check_url(url, loopback=False)


def answering(*addresses: str) -> Any:
    async def resolve(_host: str, _port: int) -> list[str]:
        return list(addresses)

    return resolve


def attempt(url: str, posting: Posting) -> Result:
    async def run() -> Result:
        return await send(url, headers_of("whsec_AAAA", "key", 1, b"{}"), b"{}", posting=posting)

    return anyio.run(run)


@pytest.mark.parametrize(
    "addresses", [("10.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8"), ("169.254.169.254",)]
)
def test_a_name_with_any_private_address_is_refused_for_good(addresses: tuple[str, ...]) -> None:
    result = attempt("https://example.org/hook", Posting(resolve=answering(*addresses)))
    assert result.state == FAILED
    assert "not public" in result.error


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "localhost", "017700000001"])
def test_other_spellings_of_this_machine_are_refused_when_they_are_looked_up(host: str) -> None:
    async def look_up(host: str, port: int) -> list[str]:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

    check_url(f"https://{host}/hook", loopback=False)  # a name, as far as anybody can tell
    result = attempt(f"https://{host}/hook", Posting(resolve=look_up))
    assert result.state in (FAILED, AGAIN)
    assert "not public" in result.error or "gaierror" in result.error


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    """A name is asked for once. What it says the second time does not matter, as nobody asks."""
    asked = []

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.example.org")
        assert attempt(url, Posting(loopback=True, resolve=rebinding)).state == SENT
        ((headers, _),) = receiver.requests
    assert asked == ["hooks.example.org"]
    assert headers["host"].startswith("hooks.example.org:")


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.example.org")
        assert attempt(url, Posting(loopback=True, resolve=answering("::1", "127.0.0.1"))).state == SENT
        assert len(receiver.requests) == 1


def test_http_is_for_this_machine_only() -> None:
    result = attempt("http://example.org/", Posting(loopback=True, resolve=answering("8.8.8.8")))
    assert result.state == FAILED


def test_a_name_without_addresses_is_tried_again() -> None:
    assert attempt("https://example.org/", Posting(resolve=answering())).state == AGAIN


def test_a_certificate_that_nobody_vouches_for_is_not_trusted() -> None:
    """The receiver speaks no TLS at all: nothing is sent in the clear instead."""
    with receiving() as receiver:
        result = attempt(
            receiver.url.replace("http:", "https:"), Posting(loopback=True, tls=ssl.create_default_context())
        )
        assert receiver.requests == []
    assert result.state == AGAIN
    assert result.error


@pytest.mark.parametrize("drip", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nx: y\r\n"])
def test_a_receiver_that_never_ends_is_left_in_time(drip: bytes) -> None:
    with silent(drip) as port:
        result = attempt(f"http://127.0.0.1:{port}/", Posting(loopback=True, longest=0.4))
    assert result.state == AGAIN
    assert "within 0.4 seconds" in result.error


def test_a_long_answer_is_not_read() -> None:
    with silent(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n" + b"x" * 10_000) as port:
        assert attempt(f"http://127.0.0.1:{port}/", Posting(loopback=True, longest=5)).state == SENT


def test_endless_headers_are_not_read() -> None:
    with silent(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200_000) as port:
        assert attempt(f"http://127.0.0.1:{port}/", Posting(loopback=True, longest=5)).state == AGAIN


class silent:  # noqa: N801 - reads as a verb
    """A server that says something and then nothing more."""

    def __init__(self, words: bytes) -> None:
        self.words = words

    def __enter__(self) -> int:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.held: list[socket.socket] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return int(self.socket.getsockname()[1])

    def _serve(self) -> None:
        connection, _ = self.socket.accept()
        self.held.append(connection)
        try:
            connection.sendall(self.words)
        except OSError:
            return

    def __exit__(self, *_: object) -> None:
        self.thread.join(5)
        for one in (*self.held, self.socket):
            one.close()


def test_a_connection_to_a_socket_of_this_machine_cannot_be_made() -> None:
    async def run() -> None:
        await PublicOnly().connect_unix_socket("/run/some.sock")

    with pytest.raises((NotImplementedError, RefusedAddressError)):
        anyio.run(run)


def test_a_webhook_that_leads_inside_is_counted_and_said(tmp_path: Path) -> None:
    from geointel_api.state import outbox

    desk = open_desk(f"sqlite:///{tmp_path}/state.sqlite", tmp_path / "snapshots", Clock())
    team = subscribe(desk, "https://inside.example.org/hook")
    approved(desk, graded(desk))
    work_once(desk, Sending(posting=Posting(resolve=answering("192.168.0.10"))))
    with desk.database.reading() as connection:
        (row,) = outbox.listed(connection, team.id)
        assert outbox.counts(connection)[team.id] == {"waiting": 0, "sent": 0, "failed": 1, "cancelled": 0}
    assert (row.state, row.error) == ("failed", "inside.example.org has an address that is not public.")
    desk.database.close()


def test_a_signature_is_that_of_the_published_example() -> None:
    """The example that Standard Webhooks gives: secret, id, timestamp and body."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - it is published
    body = b'{"test": 2432232314}'
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_the_check_that_the_guide_gives_holds() -> None:
    import re
    from pathlib import Path

    guide = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
    names: dict[str, Callable[..., bool]] = {}
    exec(re.search(r"```python\n(.*?)```", guide, re.DOTALL)[1], names)  # type: ignore[index]  # noqa: S102 - our own page
    import time

    body, secret = b'{"a":1}', "whsec_" + "A" * 43 + "="
    now = int(time.time())
    headers = {name.decode(): text.decode() for name, text in headers_of(secret, "key", now, body)}
    assert names["is_ours"](secret, headers, body)
    assert not names["is_ours"](secret, headers, body + b" ")
    assert not names["is_ours"](secret, {**headers, "webhook-id": "other"}, body)
    old = {name.decode(): text.decode() for name, text in headers_of(secret, "key", now - 600, body)}
    assert not names["is_ours"](secret, old, body)
