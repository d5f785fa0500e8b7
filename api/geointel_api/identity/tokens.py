"""Tokens that an issuer signed (JWT): the signature, who made it, for whom, and until when.

By RFC 8725 (best current practices): the algorithm is one of ours and not the token's wish, a key serves only the algorithms
of its type, nothing in the header leads to a key, and every claim that we rely on must be there.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from geointel_api.errors import NoRoleError
from geointel_api.identity.credentials import unknown
from geointel_api.identity.issuer import FITS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from joserfc._rfc7515.model import JWSAlgModel

    from geointel_api.identity.issuer import Issuer

    Claims = Mapping[str, Any]

LEEWAY = 60
"""Seconds by which clocks may differ."""
TYPES = ("jwt", "at+jwt", "application/at+jwt", "application/jwt")
"""What a token may call itself: not a logout token, say, which the same issuer signs with the same keys."""
MOST_TRIED = 4
"""Keys that are tried on a token that names none."""


class _Registry(JWSRegistry):
    """Our algorithms and no others. Headers that we do not know mean nothing, unless they say that they are critical."""

    def __init__(self) -> None:
        super().__init__(algorithms=tuple(FITS), strict_check_header=False)

    def get_alg(self, name: str) -> JWSAlgModel:
        """One of our algorithms. EdDSA is meant as Ed25519 here, so the library's warning of its other curve is not due."""
        if name not in FITS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


_REGISTRY = _Registry()


async def claims_of(token: str, issuer: Issuer, *, audience: str, nonce: str | None = None) -> Claims:
    """Claims of a token that holds now.

    Raises ``CredentialError`` in the same words for every token that does not, and ``UnavailableError`` when the issuer's
    keys are not known and cannot be asked for.
    """
    header = _header(token)
    algorithm, kind, kid = header.get("alg"), header.get("typ", "JWT"), header.get("kid")
    if not isinstance(algorithm, str) or not isinstance(kind, str) or not isinstance(kid, str | None):
        raise unknown()
    if algorithm not in FITS or kind.lower() not in TYPES:
        raise unknown()
    for key in (await issuer.keys(kid, algorithm))[:MOST_TRIED]:
        try:
            found = jwt.decode(token, key, registry=_REGISTRY).claims
            _check(found, issuer.name, audience=audience, nonce=nonce)
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
        return found
    raise unknown()


def _header(token: str) -> dict[str, Any]:
    """The header, to see which keys to look for: nothing is believed of it."""
    parts = token.split(".")
    try:
        found = json.loads(urlsafe_b64decode(parts[0].encode("ascii")))
    except (ValueError, RecursionError):
        raise unknown() from None
    if len(parts) != 3 or not isinstance(found, dict):
        raise unknown()
    return found


def _check(claims: Claims, issuer: str, *, audience: str, nonce: str | None) -> None:
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": audience},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }
    if nonce is not None:
        wanted["nonce"] = {"essential": True, "value": nonce}
    jwt.JWTClaimsRegistry(now=int(time.time()), leeway=LEEWAY, **wanted).validate(dict(claims))


def roles_of(claims: Claims, claim: str, groups: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Roles by the groups in a claim, in the order in which the map ``groups`` names roles first. Raises ``NoRoleError`` if they give none.

    ``claim`` is a name, or a path of names with dots between, such as ``realm_access.roles``.
    """
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for name in claim.split("."):
            found = found.get(name) if isinstance(found, dict) else None
    listed = found if isinstance(found, list) else [found]
    held = {one for one in listed if isinstance(one, str)}
    given = {role for group, role in groups if group in held}
    roles = tuple(dict.fromkeys(role for _, role in groups if role in given))
    if not roles:
        message = "You are known, but none of your groups has a role here."
        raise NoRoleError(message, remedy="Ask whoever runs this service which group you should be in.")
    return roles


def text_of(claims: Claims, *names: str) -> str:
    """The first of some claims that is a text; empty if none is."""
    found = (claims.get(name) for name in names)
    return next((one.strip()[:200] for one in found if isinstance(one, str) and one.strip()), "")
