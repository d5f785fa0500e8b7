"""What an OpenID issuer says of itself: its addresses, and the keys that it signs with.

Keys are kept for an hour. A token with a key that is not among them makes us look again, because issuers change keys, but
not more often than twice a minute, because anybody can write tokens. When the issuer is down, its last keys hold for a day.
"""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from anyio import CapacityLimiter, to_thread
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from geointel_api.errors import UnavailableError
from geointel_api.identity.addresses import is_safe
from geointel_api.identity.fetching import ask_json, unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Key = RSAKey | ECKey | OKPKey

log = logging.getLogger(__name__)

FRESH, STALE, PAUSE = 3_600.0, 86_400.0, 30.0
"""Seconds: keys are taken to be as they were; they hold while the issuer is down; between two looks."""
MOST_KEYS = 50
SMALLEST = {"RSA": 2_048, "EC": 0, "OKP": 0}
"""Bits of a key, where its curve does not say them (NIST SP 800-131A)."""
FITS = {"RS256": ("RSA", None), "PS256": ("RSA", None), "ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519")}
"""Algorithms that we take, with the type and curve of their keys. No secret is shared with the issuer, so no HS256."""


class About(NamedTuple):
    """What the issuer's discovery document says."""

    jwks: str
    authorization: str
    token: str
    end_session: str


class Issuer:
    """One issuer; ``jwks`` replaces the address of the keys that it names itself."""

    def __init__(
        self,
        name: str,
        jwks: str = "",
        *,
        ask: Callable[[str], dict[str, Any]] = ask_json,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._jwks = jwks
        self._ask = ask
        self._clock = clock
        self._about: About | None = None
        self._keys: Sequence[Key] = ()
        self._got: float | None = None
        self._tried: float | None = None
        self._lock = Lock()
        self._turn = CapacityLimiter(4)

    def about(self) -> About:
        """Its addresses, asked for once. Blocks. Raises ``UnavailableError``."""
        if self._about is None:
            said = self._ask(f"{self.name.rstrip('/')}/.well-known/openid-configuration")
            if said.get("issuer") != self.name:
                raise unavailable("it calls itself by another name than GEOINTEL_OIDC_ISSUER")
            names = ("jwks_uri", "authorization_endpoint", "token_endpoint", "end_session_endpoint")
            found = [said.get(name) if isinstance(said.get(name), str) else "" for name in names]
            if not all(is_safe(str(url)) for url in found[:3]):
                raise unavailable("an address that it names is not https")
            end_session = str(found[3]) if is_safe(str(found[3])) else ""
            self._about = About(str(found[0]), str(found[1]), str(found[2]), end_session)
        return self._about

    async def keys(self, kid: str | None, algorithm: str) -> Sequence[Key]:
        """Keys that a token of this header may be signed with; none if there are none. Raises ``UnavailableError``."""
        found = self._fitting(kid, algorithm)
        now = self._clock()
        fresh = self._got is not None and now - self._got < FRESH
        if (not found or not fresh) and not self._tried_lately(now):
            await to_thread.run_sync(self._look, bool(found), limiter=self._turn)
            found = self._fitting(kid, algorithm)
        if self._got is None or self._clock() - self._got > STALE:
            raise unavailable("it has given no keys")
        return found

    def _tried_lately(self, now: float) -> bool:
        return self._tried is not None and now - self._tried < PAUSE

    def _look(self, able: bool) -> None:  # noqa: FBT001 - handed over to a thread
        """Fetch the keys. Who can go on with old ones does not wait for somebody else who fetches them."""
        if not self._lock.acquire(blocking=not able):
            return
        try:
            if self._tried_lately(self._clock()):
                return
            try:
                self._keys = read_keys(self._ask(self._jwks or self.about().jwks))
                self._got = self._clock()
            except UnavailableError as error:
                log.warning("the keys of the issuer cannot be fetched: %s", " ".join(getattr(error, "__notes__", ())))
            self._tried = self._clock()
        finally:
            self._lock.release()

    def _fitting(self, kid: str | None, algorithm: str) -> Sequence[Key]:
        return [key for key in self._keys if (kid is None or key.kid == kid) and fits(key, algorithm)]


def read_keys(document: dict[str, Any]) -> Sequence[Key]:
    """Keys of a JWKS that can check signatures; those that we cannot use are left out. Raises ``UnavailableError``."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise unavailable("it gives no list of keys")
    return list(_usable(listed[:MOST_KEYS]))


def _usable(listed: Iterable[Any]) -> Iterable[Key]:
    for one in listed:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        try:
            key = import_key(one)
            raw = key.public_key
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey) and getattr(raw, "key_size", 0) >= SMALLEST[one["kty"]]:
            yield key


def fits(key: Key, algorithm: str) -> bool:
    """Whether a key is one for an algorithm: of its type and curve, and not meant for another."""
    kind, curve = FITS.get(algorithm, ("", None))
    said = key.as_dict(private=False)
    verifies = "key_ops" not in said or "verify" in said["key_ops"]
    return (
        key.key_type == kind
        and curve in (None, said.get("crv"))
        and said.get("alg", algorithm) == algorithm
        and verifies
    )
