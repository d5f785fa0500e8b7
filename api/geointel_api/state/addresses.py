"""Where a webhook may go: to public addresses only, and to the very address that was looked at.

A name is resolved once, when the connection is made; every address that it has is checked, and the connection goes to the one
that was checked. So a name that points elsewhere a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import httpcore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Resolve = Callable[[str, int], Awaitable[list[str]]]

METADATA = frozenset({"168.63.129.16"})
"""Public by its number, but answered by the machine of a cloud. The others are link-local or private."""
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"),)
_LOCAL_TRANSLATED = ipaddress.ip_network("64:ff9b:1::/48")
"""Never public; where in such an address the other one stands, each network decides."""
LONGEST_NAME = 253


class RefusedAddressError(Exception):
    """A webhook may not go there, now or later."""


def check_url(url: str, *, loopback: bool) -> None:
    """Refuse an address that can never be one. Raises ``ValueError`` with the reason; names are resolved later."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        message = "The address has letters that an address cannot have."
        raise ValueError(message)
    parts = urlsplit(url)
    host = parts.hostname or ""
    wrong = {
        "It has a name or password in it.": "@" in parts.netloc,
        "It has no host.": not host or len(host) > LONGEST_NAME,
        "It has a fragment.": bool(parts.fragment),
        "Its port is not one.": parts.port == 0,  # .port itself raises ValueError above 65535
        "It does not begin with https://.": parts.scheme != "https" and not (loopback and parts.scheme == "http"),
    }
    reasons = [reason for reason, is_wrong in wrong.items() if is_wrong]
    if reasons:
        raise ValueError(reasons[0])
    number = _number(host)
    if number is not None and not allowed(number, loopback=loopback):
        message = f"{host} is not a public address."
        raise ValueError(message)


def _number(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def allowed(address: Address, *, loopback: bool) -> bool:
    """Whether a connection may go to an address: to public ones, and in tests to this machine."""
    if loopback and address.is_loopback:
        return True
    return all(_is_public(one) for one in _inside(address))


def _inside(address: Address) -> Iterable[Address]:
    """An address, and the IPv4 addresses that it stands for."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo or ()
        mapped = (address.ipv4_mapped, address.sixtofour, *teredo)
        yield from (one for one in mapped if one is not None)
        if any(address in network for network in _TRANSLATED):
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address.is_site_local or address in _LOCAL_TRANSLATED):
        return False
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_private
    translated = isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _TRANSLATED)
    mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None
    if translated or mapped:  # judged by the address inside
        return True
    return address.is_global and not odd and str(address) not in METADATA


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, as the system finds them."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class PublicOnly(httpcore.AsyncNetworkBackend):
    """Opens connections for ``httpcore``, to addresses that are allowed."""

    loopback: bool = False
    only_loopback: bool = False
    """For http, which only tests use."""
    resolve: Resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a name that answers. Raises ``RefusedAddressError`` when any of them is not allowed."""
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in await self.resolve(host, port)]
        for address in addresses:
            if not allowed(address, loopback=self.loopback) or (self.only_loopback and not address.is_loopback):
                message = f"{host} has an address that is not public."
                raise RefusedAddressError(message)
        failure = httpcore.ConnectError(f"{host} has no address.")
        for address in addresses:
            try:
                return await httpcore.AnyIOBackend().connect_tcp(
                    str(address), port, timeout=timeout, local_address=local_address, socket_options=socket_options
                )
            except httpcore.ConnectError as error:  # perhaps another of them answers: no IPv6 here, say
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(seconds)
