"""Webhooks: signed, never redirected, to public addresses only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
import httpcore

import geointel
from geointel_api.state.addresses import PublicOnly, RefusedAddressError, resolve
from geointel_api.state.outbox import FAILED, SENT, Result
from geointel_api.state.subscriptions import SECRET

if TYPE_CHECKING:
    import ssl

    from geointel_api.state.addresses import Resolve

GONE = 410
LONGEST = 20.0
"""Seconds that one attempt may take, all in all."""
EACH = 10.0
"""Seconds that each of its parts may take."""
AGAIN = ""


@dataclass(frozen=True)
class Posting:
    """How webhooks are sent. ``loopback`` is for tests: it lets them go to this machine, also by http."""

    loopback: bool = False
    resolve: Resolve = resolve
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    longest: float = LONGEST


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """Sign a body as Standard Webhooks does: HMAC-SHA256 over key, timestamp and body, with full stops between."""
    signed = b".".join((key.encode(), str(timestamp).encode(), body))
    digest = hmac.new(base64.b64decode(secret.removeprefix(SECRET)), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def headers_of(secret: str, key: str, timestamp: int, body: bytes) -> list[tuple[bytes, bytes]]:
    """Headers of a webhook. The key is the same at every attempt, timestamp and signature are the attempt's own."""
    found = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "user-agent": f"geointel/{geointel.__version__}",
        "idempotency-key": key,
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, key, timestamp, body),
    }
    return [(name.encode(), text.encode()) for name, text in found.items()]


def body_of(key: str, text: str) -> bytes:
    """The body as it is sent: what is told, and the key."""
    return json.dumps({"id": key, **json.loads(text)}, ensure_ascii=False, separators=(",", ":")).encode()


async def send(url: str, headers: list[tuple[bytes, bytes]], body: bytes, *, posting: Posting) -> Result:
    """Make one attempt. ``Result.state`` is ``SENT``, ``FAILED`` for good, or ``AGAIN``. Only the status of the answer is read."""
    backend = PublicOnly(posting.loopback, url.startswith("http:"), posting.resolve)
    waits = dict.fromkeys(("connect", "read", "write", "pool"), EACH)
    try:
        with anyio.fail_after(posting.longest):
            async with (
                httpcore.AsyncConnectionPool(ssl_context=posting.tls, network_backend=backend) as pool,
                pool.stream("POST", url, headers=headers, content=body, extensions={"timeout": waits}) as answer,
            ):
                return result_of(answer.status)
    except RefusedAddressError as error:
        return Result(FAILED, str(error))
    except TimeoutError:
        return Result(AGAIN, f"No answer within {posting.longest:g} seconds.")
    except Exception as error:  # noqa: BLE001 - whatever a foreign server does, the delivery is tried again
        return Result(AGAIN, f"{type(error).__name__}: {error}".strip(": "))


def result_of(status: int) -> Result:
    """What a status means: done, for good not, or to be tried again."""
    if 200 <= status < 300:
        return Result(SENT)
    if 300 <= status < 400:
        return Result(
            FAILED, f"It answered {status}, a redirect, which is not followed. Subscribe the address it leads to."
        )
    if status == GONE:
        return Result(FAILED, f"It answered {status}: nobody wants this there any more.")
    return Result(AGAIN, f"It answered {status}.")
