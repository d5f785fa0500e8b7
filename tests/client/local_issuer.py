"""An OpenID issuer on loopback whose every answer a test can change, and tokens that it signs, rightly or wrongly."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from joserfc import jwk, jws
from joserfc.jws import JWSRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY = JWSRegistry(algorithms=("RS256", "PS256", "ES256", "EdDSA", "RS384", "HS256"), strict_check_header=False)
AUDIENCE, CLIENT = "https://geointel.example", "geointel-page"


def coded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


@dataclass
class Drip:
    """An answer of many bytes, one after another; whether it was cut off."""

    bytes: int
    seconds: float
    cut: bool = False


@dataclass
class LocalIssuer:
    """Its name is its address. ``documents`` is what it answers by path; ``asked`` counts the questions."""

    name: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    forms: list[tuple[dict[str, str], str]] = field(default_factory=list)
    down: bool = False

    def make_key(self, kid: str = "one", kind: str = "RSA", *, publish: bool = True) -> Any:
        made = _made(kid, kind, publish)
        if publish:
            self.keys[kid] = made
            self.documents["/jwks"] = {"keys": [key.as_dict(private=False) for key in self.keys.values()]}
        return made

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Claims of a token that holds; a change to ``None`` takes one away."""
        now = int(time.time())
        usual = {"iss": self.name, "aud": AUDIENCE, "sub": "u-1", "iat": now, "exp": now + 600, "groups": ["partners"]}
        return {name: one for name, one in {**usual, "name": "Ann Analyst", **changes}.items() if one is not None}

    def token(self, *, alg: str = "RS256", kid: str | None = "one", key: Any = None, **changes: Any) -> str:
        header = {"alg": alg, "typ": "JWT", **({"kid": kid} if kid else {})}
        return signed(header, self.claims(**changes), key or self.keys[kid or "one"])

    def unsigned(self) -> str:
        """``alg`` none, without a signature."""
        header = coded(json.dumps({"alg": "none", "kid": "one"}).encode())
        return f"{header}.{coded(json.dumps(self.claims()).encode())}."

    def confused(self) -> str:
        """HS256 with the public key of the issuer, as PEM, for a secret: what the attack on RS256 does."""
        header = coded(json.dumps({"alg": "HS256", "kid": "one"}).encode())
        text = f"{header}.{coded(json.dumps(self.claims()).encode())}"
        secret = self.keys["one"].as_pem(private=False)
        return f"{text}.{coded(hmac.digest(secret, text.encode(), hashlib.sha256))}"


@cache
def _made(kid: str, kind: str, publish: bool) -> Any:
    """A key; for equal wishes the same, because making one takes long."""
    assert publish in (True, False)
    return jwk.generate_key(kind, {"RSA": 2048, "EC": "P-256", "OKP": "Ed25519"}[kind], parameters={"kid": kid})


def signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of EdDSA, whose other curve is not used here
        return str(jws.serialize_compact(header, json.dumps(claims).encode(), key, registry=ANY))


class Handler(BaseHTTPRequestHandler):
    """Answers for the issuer of its server."""

    @property
    def issuer(self) -> LocalIssuer:
        return self.server.issuer  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:
        issuer = self.issuer
        issuer.asked[self.path] = issuer.asked.get(self.path, 0) + 1
        found = issuer.documents.get(self.path)
        if issuer.down or found is None:
            self.send_error(503 if issuer.down else 404)
            return
        status, body = found if isinstance(found, tuple) else (200, found)
        if isinstance(body, Drip):
            self._drip(body)
            return
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        if status == 302:
            self.send_header("location", f"{issuer.name}/elsewhere")
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        fields = {name: values[0] for name, values in form.items()}
        self.issuer.forms.append((fields, self.headers.get("authorization", "")))
        self.do_GET()

    def _drip(self, drip: Drip) -> None:
        self.send_response(200)
        self.send_header("content-length", str(drip.bytes))
        self.end_headers()
        try:
            for _ in range(drip.bytes):
                self.wfile.write(b" ")
                time.sleep(drip.seconds)
        except OSError:
            drip.cut = True

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def issuing() -> Iterator[LocalIssuer]:
    issuer = LocalIssuer()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.issuer = issuer  # type: ignore[attr-defined]
    issuer.name = f"http://127.0.0.1:{server.server_address[1]}"
    issuer.documents["/.well-known/openid-configuration"] = {
        "issuer": issuer.name,
        "jwks_uri": f"{issuer.name}/jwks",
        "authorization_endpoint": f"{issuer.name}/authorize",
        "token_endpoint": f"{issuer.name}/token",
        "end_session_endpoint": f"{issuer.name}/end",
    }
    issuer.make_key()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield issuer
    server.shutdown()
    server.server_close()
    thread.join()
