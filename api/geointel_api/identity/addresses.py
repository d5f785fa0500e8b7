"""Addresses of an issuer and of ourselves: https, and http only on this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_safe(url: str) -> bool:
    """Whether what is sent to an address can be read on the way by nobody."""
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return known and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as a browser writes them in ``Origin``."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def is_local_path(path: str) -> bool:
    """Whether a path leads to a page of ours, and nowhere else."""
    plain = path.isascii() and path.isprintable() and "\\" not in path and len(path) <= 4_000
    return plain and path.startswith("/") and not path.startswith("//")
