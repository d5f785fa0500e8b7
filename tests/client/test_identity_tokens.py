"""Bearer tokens: what is believed of them, and the keys of their issuer."""

from __future__ import annotations

import asyncio
import json
import math
import time
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwk
from pydantic import ValidationError

from geointel_api.access import Visitor, editions_of
from geointel_api.app import create_app
from geointel_api.errors import CredentialError, NoRoleError, SignInError, UnavailableError
from geointel_api.identity import issuer as issuer_module
from geointel_api.identity.addresses import is_local_path, is_safe, origin_of
from geointel_api.identity.credentials import LONGEST, credential_of, unknown
from geointel_api.identity.fetching import LARGEST, ask_json
from geointel_api.identity.issuer import FRESH, PAUSE, STALE, Issuer
from geointel_api.identity.sign_in import visitor_of
from geointel_api.identity.tokens import claims_of, roles_of
from geointel_api.settings import Settings

from .conftest import Client
from .local_issuer import AUDIENCE, Drip, LocalIssuer, coded, issuing, signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def local() -> Iterator[LocalIssuer]:
    with issuing() as found:
        yield found


def holds(local: LocalIssuer, token: str, **options: Any) -> bool:
    """Whether a token is taken. What is refused is refused in the same words."""
    issuer = options.pop("issuer", None) or Issuer(local.name)
    try:
        asyncio.run(claims_of(token, issuer, **{"audience": AUDIENCE, **options}))
    except CredentialError as error:
        return str(error) != str(unknown())
    return True


@pytest.mark.parametrize(("alg", "kind"), [("RS256", "RSA"), ("PS256", "RSA"), ("ES256", "EC"), ("EdDSA", "OKP")])
def test_tokens_of_our_algorithms_are_taken(local: LocalIssuer, alg: str, kind: str) -> None:
    local.make_key("two", kind)
    assert holds(local, local.token(alg=alg, kid="two"))
    assert holds(local, local.token(alg=alg, kid=None, key=local.keys["two"]))
    assert not holds(local, local.token(alg=alg, kid="two", key=local.make_key("two", kind, publish=False)))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["https://other.example", AUDIENCE]},
        {"exp": -45},
        {"nbf": 45},
        {"iat": 45},
        {"nbf": None},
    ],
)
def test_claims_that_hold(local: LocalIssuer, claims: dict[str, Any]) -> None:
    assert holds(local, local.token(**at_now(claims)))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://issuer.example"},
        {"iss": None},
        {"iss": ["x"]},
        {"aud": "https://other.example"},
        {"aud": None},
        {"aud": []},
        {"aud": AUDIENCE + "/"},
        {"aud": {AUDIENCE: 1}},
        {"exp": -120},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": math.inf},
        {"exp": math.nan},
        {"exp": [9_999_999_999]},
        {"nbf": 120},
        {"iat": 120},
        {"iat": None},
        {"sub": None},
        {"sub": 7},
    ],
)
def test_claims_that_do_not_hold(local: LocalIssuer, claims: dict[str, Any]) -> None:
    assert not holds(local, local.token(**at_now(claims)))


def at_now(claims: dict[str, Any]) -> dict[str, Any]:
    """Seconds from now, for small whole numbers of the three moments."""
    now = int(time.time())
    return {
        name: now + one if name in ("exp", "nbf", "iat") and type(one) is int and abs(one) < 1_000 else one
        for name, one in claims.items()
    }


def test_forged_tokens(local: LocalIssuer) -> None:
    right = local.token()
    header, payload, signature = right.split(".")
    mine = local.make_key(publish=False)
    claims = local.claims()
    forged = {
        "none": local.unsigned(),
        "hs256 with the public key": local.confused(),
        "another key of the same name": local.token(key=mine),
        "key in the header": signed({"alg": "RS256", "kid": "one", "jwk": mine.as_dict(private=False)}, claims, mine),
        "key by an address": signed({"alg": "RS256", "kid": "one", "jku": f"{local.name}/evil"}, claims, mine),
        "an algorithm that is not ours": signed({"alg": "RS384", "kid": "one"}, claims, local.keys["one"]),
        "changed claims": f"{header}.{coded(json.dumps({**claims, 'sub': 'u-2'}).encode())}.{signature}",
        "no signature": f"{header}.{payload}.",
        "cut": right[:-8],
        "five parts": f"{right}.a.b",
        "two parts": f"{header}.{payload}",
        "nothing": "..",
        "no JSON": f"{coded(b'no')}.{payload}.{signature}",
        "a list": f"{coded(b'[]')}.{payload}.{signature}",
        "deep": f"{coded(b'[' * 9_000)}.{payload}.{signature}",
        "not ascii": f"ä{right}",
        "kid no text": f"{coded(json.dumps({'alg': 'RS256', 'kid': 7}).encode())}.{payload}.{signature}",
        "alg a list": f"{coded(json.dumps({'alg': ['RS256'], 'kid': 'one'}).encode())}.{payload}.{signature}",
        "logout token": signed({"alg": "RS256", "kid": "one", "typ": "logout+jwt"}, claims, local.keys["one"]),
        "critical": f"{coded(json.dumps({'alg': 'RS256', 'kid': 'one', 'crit': ['x'], 'x': 1}).encode())}.{payload}.{signature}",
        "payload no object": signed({"alg": "RS256", "kid": "one"}, [1], local.keys["one"]),  # type: ignore[arg-type]
    }
    assert holds(local, right)
    assert {name for name, token in forged.items() if holds(local, token)} == set()
    assert "/evil" not in local.asked


@pytest.mark.parametrize(
    ("alg", "kind", "change"),
    [
        ("RS256", "RSA", {"use": "enc"}),
        ("RS256", "RSA", {"alg": "PS256"}),
        ("RS256", "RSA", {"key_ops": ["sign"]}),
        ("RS256", "RSA", {"kty": "oct", "k": "c2VjcmV0"}),
    ],
)
def test_a_key_serves_only_what_it_is_for(local: LocalIssuer, alg: str, kind: str, change: dict[str, Any]) -> None:
    local.make_key("two", kind)
    token = local.token(alg=alg, kid="two")
    assert holds(local, token)
    local.documents["/jwks"] = {"keys": [{**local.keys["two"].as_dict(private=False), **change}]}
    assert not holds(local, token)


def test_keys_that_are_too_small_or_broken_are_left_out(local: LocalIssuer) -> None:
    with pytest.warns(Warning, match="2048"):
        small = jwk.RSAKey.generate_key(1024, {"kid": "small"})
    one = local.keys["one"].as_dict(private=False)
    broken = [7, None, {}, {"kty": "RSA"}, {"kty": "EC", "crv": "P-256", "x": "!", "y": "!"}, {"kty": "new"}]
    local.documents["/jwks"] = {"keys": [*broken, small.as_dict(private=False), one]}
    with pytest.warns(Warning, match="2048"):
        assert not holds(local, local.token(kid="small", key=small))
    with pytest.warns(Warning, match="2048"):
        assert holds(local, local.token())


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_keys_are_kept_changed_and_hold_while_the_issuer_is_down(local: LocalIssuer) -> None:
    clock = Clock()
    issuer = Issuer(local.name, clock=clock)
    old = local.token()
    for _ in range(3):
        assert holds(local, old, issuer=issuer)
    assert local.asked["/jwks"] == 1
    new = local.token(kid="two", key=local.make_key("two"))
    for _ in range(3):
        assert not holds(local, new, issuer=issuer)  # unknown, and we looked half a minute ago
    assert local.asked["/jwks"] == 1
    clock.now += PAUSE
    assert holds(local, new, issuer=issuer)
    assert local.asked["/jwks"] == 2
    for _ in range(5):
        assert not holds(local, local.token(kid="three", key=local.keys["one"]), issuer=issuer)
    assert local.asked["/jwks"] == 2
    local.down = True
    clock.now += FRESH
    assert holds(local, old, issuer=issuer)
    assert holds(local, new, issuer=issuer)
    assert local.asked["/jwks"] == 3
    clock.now += STALE
    with pytest.raises(UnavailableError):
        holds(local, old, issuer=issuer)
    local.down = False
    clock.now += PAUSE
    assert holds(local, old, issuer=issuer)
    del local.keys["one"]
    local.make_key("three")
    clock.now += FRESH
    assert not holds(local, old, issuer=issuer)


def test_many_at_once_ask_the_issuer_once(local: LocalIssuer) -> None:
    issuer = Issuer(local.name)

    async def many() -> list[Any]:
        return await asyncio.gather(*(claims_of(local.token(), issuer, audience=AUDIENCE) for _ in range(20)))

    assert len(asyncio.run(many())) == 20
    assert local.asked == {"/.well-known/openid-configuration": 1, "/jwks": 1}


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://issuer.example"},
        {"jwks_uri": "http://issuer.example/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 7},
        {"token_endpoint": None},
    ],
)
def test_a_wrong_description_of_the_issuer_is_not_used(local: LocalIssuer, said: dict[str, Any]) -> None:
    local.documents["/.well-known/openid-configuration"] |= said
    with pytest.raises(UnavailableError):
        holds(local, local.token())


@pytest.mark.parametrize("answer", [b"no JSON", b"[]", b"x" * (LARGEST + 1), (302, {}), (500, {}), b"[" * 100_000])
def test_answers_that_are_no_answers(local: LocalIssuer, answer: Any) -> None:
    local.documents["/jwks"] = answer
    with pytest.raises(UnavailableError) as error:
        ask_json(f"{local.name}/jwks")
    assert local.name not in str(error.value)
    with pytest.raises(UnavailableError):
        holds(local, local.token())
    assert "/elsewhere" not in local.asked


def test_an_answer_that_takes_too_long_is_given_up(local: LocalIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time; all of them would not."""
    monkeypatch.setattr("geointel_api.identity.fetching.LONGEST", 0.3)
    slow = Drip(1_000, 0.02)
    local.documents["/jwks"] = slow
    with pytest.raises(UnavailableError):
        ask_json(f"{local.name}/jwks")
    end = time.monotonic() + 10
    while not slow.cut:
        assert time.monotonic() < end, "it was read to its end"
        time.sleep(0.01)


def test_while_the_issuer_was_never_there_the_answer_is_503(snapshots: Path, local: LocalIssuer) -> None:
    local.down = True
    settings = Settings(
        snapshots=snapshots, oidc_issuer=local.name, oidc_audience=AUDIENCE, oidc_roles="partners=analyst"
    )
    client = Client(create_app(settings))
    answer = client.get("/v1/snapshot", authorization=f"Bearer {local.token()}")
    assert answer.status_code == 503
    assert local.name not in answer.text
    assert client.get("/v1/snapshot").status_code == 200


# --- from groups to roles to editions ---

GROUPS = (("g-1", "analyst"), ("/police", "police"), ("g-2", "analyst"))


@pytest.mark.parametrize(
    ("claims", "claim", "roles"),
    [
        ({"groups": ["g-1"]}, "groups", ("analyst",)),
        ({"groups": ["/police", "g-2", "other"]}, "groups", ("analyst", "police")),
        ({"groups": "/police"}, "groups", ("police",)),
        ({"realm_access": {"roles": ["g-1"]}}, "realm_access.roles", ("analyst",)),
        ({"https://a.example/groups": ["g-1"]}, "https://a.example/groups", ("analyst",)),
    ],
)
def test_roles_come_in_the_order_of_the_map(claims: dict[str, Any], claim: str, roles: tuple[str, ...]) -> None:
    assert roles_of(claims, claim, GROUPS) == roles


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"groups": []},
        {"groups": ["G-1"]},
        {"groups": {"g-1": 1}},
        {"groups": [["g-1"]]},
        {"groups": None},
        {"groups": 7},
    ],
)
def test_no_group_gives_no_role(claims: dict[str, Any]) -> None:
    with pytest.raises(NoRoleError):
        roles_of(claims, "groups", GROUPS)


def test_editions_are_those_of_all_roles_the_first_decides_the_default() -> None:
    manifests = {
        "open": {"public": 0, "police": 1},
        "health": {"analyst": 1},
        "partner": {"analyst": 0, "police": 2},
        "force": {"police": 0},
    }
    snapshot: Any = type("S", (), {"editions": {
        name: type("E", (), {"manifest": {"roles": roles}}) for name, roles in manifests.items()
    }})  # fmt: skip
    assert editions_of(snapshot, ["analyst"]) == ("partner", "health")
    assert editions_of(snapshot, ["police"]) == ("force", "open", "partner")
    assert editions_of(snapshot, ["analyst", "police"]) == ("partner", "health", "force", "open")
    assert editions_of(snapshot, ["police", "analyst"]) == ("force", "open", "partner", "health")
    assert editions_of(snapshot, ["nobody"]) == ()


def test_who_acts_is_what_people_cannot_change_themselves(snapshots: Path, local: LocalIssuer) -> None:
    given = {"snapshots": snapshots, "oidc_issuer": local.name, "oidc_roles": "partners=analyst"}
    settings = Settings(**given)
    claims = local.claims(name="Another Name", email="ann@police.example")
    assert visitor_of(claims, settings, "token") == Visitor(("analyst",), "u-1", "token", "person:u-1", "Another Name")
    assert visitor_of(claims, Settings(**given, oidc_person_claim="email"), "token").person == "ann@police.example"
    with pytest.raises(SignInError):
        visitor_of(claims, Settings(**given, oidc_person_claim="upn"), "token")


# --- what a request brings, and addresses ---


@pytest.mark.parametrize(
    "headers",
    [
        [(b"authorization", b"Basic eDp5")],
        [(b"authorization", b"Bearer")],
        [(b"authorization", b"")],
        [(b"authorization", b"Bearer a.b.c"), (b"authorization", b"Bearer a.b.c")],
        [(b"authorization", b"Bearer a.b.c"), (b"x-api-key", b"gi_x")],
        [(b"authorization", b"Bearer " + b"a" * LONGEST)],
    ],
)
def test_headers_that_are_no_credential_are_refused(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(CredentialError):
        credential_of(headers, "geointel")


def test_a_key_or_token_goes_before_a_cookie() -> None:
    cookie = (b"cookie", b"a=1; geointel=s; geointel2=t")
    assert credential_of([cookie]) is None
    session, key, token = (
        credential_of([cookie, *more], "geointel")
        for more in ([], [(b"authorization", b"bearer  gi_x")], [(b"authorization", b"BEARER a.b.c")])
    )
    assert session is not None
    assert key is not None
    assert token is not None
    assert [(one.kind, one.value) for one in (session, key, token)] == [
        ("session", "s"),
        ("key", "gi_x"),
        ("token", "a.b.c"),
    ]
    assert "a.b.c" not in repr(token)


@pytest.mark.parametrize("url", ["https://a.example", "http://127.0.0.1:9", "http://localhost/x", "http://[::1]:8"])
def test_safe_addresses(url: str) -> None:
    assert is_safe(url)


@pytest.mark.parametrize(
    "url",
    ["", "http://a.example", "ftp://a.example", "https://", "https://u@a.example", "https://a:b", "http://127.0.0.1.example",
     "//a.example", "http://[::1", "http://localhost.example"],
)  # fmt: skip
def test_addresses_that_are_not(url: str) -> None:
    assert not is_safe(url)


@pytest.mark.parametrize("path", ["/map", "/map?layer=x&a=1#b", "/v1/cells/88", "/map?next=https://evil.example"])
def test_local_paths(path: str) -> None:
    assert is_local_path(path)


@pytest.mark.parametrize(
    "path",
    ["", "map", "//evil.example", "/\\evil.example", "\\\\evil", "https://evil.example", "javascript:alert(1)", "/a\r\nb",
     "/\tevil", "/ä", "/" + "a" * 4_000],
)  # fmt: skip
def test_paths_that_lead_elsewhere(path: str) -> None:
    assert not is_local_path(path)


def test_origins_are_spelt_as_browsers_do() -> None:
    assert origin_of("https://map.example:443/a") == "https://map.example"
    assert origin_of("http://127.0.0.1:8000/a") == "http://127.0.0.1:8000"
    assert origin_of("http://[::1]:8/a") == "http://[::1]:8"


@pytest.mark.parametrize(
    "given",
    [
        {"oidc_issuer": "http://issuer.example", "oidc_roles": "a=b"},
        {"oidc_issuer": "https://issuer.example"},
        {"oidc_audience": "x"},
        {"oidc_issuer": "https://issuer.example", "oidc_roles": "a"},
        {"oidc_issuer": "https://issuer.example", "oidc_roles": "a=,b=c"},
        {"oidc_issuer": "https://issuer.example", "oidc_roles": "a=b", "oidc_client_id": "x"},
        {"public_url": "http://map.example"},
        {"oidc_issuer": "https://issuer.example", "oidc_roles": "a=b", "oidc_jwks": "http://issuer.example"},
    ],
)
def test_half_a_configuration_is_refused_and_tells_no_secret(given: dict[str, str], snapshots: Path) -> None:
    with pytest.raises(ValidationError) as error:
        Settings(snapshots=snapshots, **{"oidc_client_secret": "s3cret-value", **given})
    assert "s3cret-value" not in str(error.value)


def test_groups_may_have_signs_of_equality(snapshots: Path) -> None:
    settings = Settings(snapshots=snapshots, oidc_roles="cn=police,x=y=police , g-1=analyst")
    assert settings.oidc_roles == (("cn", "police"), ("x=y", "police"), ("g-1", "analyst"))
    assert issuer_module.FITS.keys() == {"RS256", "PS256", "ES256", "EdDSA"}
