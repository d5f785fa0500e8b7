"""A server of a benchmark's own: a port for it, and when it answers."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request

PATIENCE = 120
"""Seconds in which a server has to answer."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait(url: str) -> None:
    """Wait until a server answers. Raises ``TimeoutError``."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    message = f"{url} did not answer in {PATIENCE} s"
    raise TimeoutError(message)
