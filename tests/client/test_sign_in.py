"""Signing in on the page: state, nonce and verifier, cookies, sessions that end, and pages of other sites."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from geointel_api.access import Visitor
from geointel_api.app import create_app
from geointel_api.errors import CrossSiteError
from geointel_api.identity import proofs
from geointel_api.identity.same_origin import refuse_other_sites
from geointel_api.identity.sessions import Sessions
from geointel_api.identity.sign_in import read_attempt
from geointel_api.settings import Settings
from geointel_api.state import tables
from geointel_api.state.database import open_database, parse_url

from .conftest import Client, api_of
from .local_issuer import CLIENT, LocalIssuer, issuing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx import Response

    from geointel_api.state.database import Database

HERE = "https://map.test"
OURS = {"origin": HERE, "sec-fetch-site": "same-origin"}


class Browser(Client):
    """A client with a jar: it keeps what it is told to, and sends it."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.jar: dict[str, str] = {}
        self.said: list[str] = []

    def request(self, method: str, path: str, **options: Any) -> Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        headers = {**options.pop("headers", {}), **({"cookie": cookie} if cookie else {})}
        answer = super().request(method, path, headers=headers, **options)
        for line in answer.headers.get_list("set-cookie"):
            self.said.append(line)
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0].strip('"')
            self.jar.pop(name, None)
            if value and "max-age=0" not in line.lower():
                self.jar[name] = value
        return answer


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with issuing() as found:
        yield found


@pytest.fixture
def settings(snapshots: Path, issuer: LocalIssuer, tmp_path: Path) -> dict[str, Any]:
    return {
        "snapshots": snapshots,
        "state": f"sqlite:///{tmp_path}/state.sqlite",
        "public_url": f"{HERE}/",
        "oidc_issuer": issuer.name,
        "oidc_roles": "partners=analyst",
        "oidc_client_id": CLIENT,
        "oidc_client_secret": "s3 cret",
    }


@pytest.fixture
def browser(settings: dict[str, Any]) -> Iterator[Browser]:
    app = create_app(Settings(**settings))
    yield Browser(app)
    api_of(app).state.identity.close()


def begun(browser: Browser, wanted: str = "/map?layer=incidents") -> dict[str, str]:
    """What the browser takes to the issuer."""
    answer = browser.request("GET", "/auth/sign-in", params={"next": wanted})
    assert answer.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def back(browser: Browser, issuer: LocalIssuer, taken: dict[str, str], **changes: Any) -> Response:
    """The way back, with an ID token that has these changes."""
    token = issuer.token(**{"aud": CLIENT, "nonce": taken["nonce"], **changes})
    issuer.documents["/token"] = {"access_token": "x", "token_type": "Bearer", "id_token": token}
    return browser.request("GET", "/auth/callback", params={"code": "c-1", "state": taken["state"], "iss": issuer.name})


def signed_in(browser: Browser, issuer: LocalIssuer) -> Browser:
    assert back(browser, issuer, begun(browser)).status_code == 303
    return browser


def test_the_whole_way(browser: Browser, issuer: LocalIssuer) -> None:
    taken = begun(browser)
    assert (taken["response_type"], taken["code_challenge_method"]) == ("code", "S256")
    assert (taken["client_id"], taken["redirect_uri"]) == (CLIENT, f"{HERE}/auth/callback")
    assert taken["scope"] == "openid profile"
    answer = back(browser, issuer, taken)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/map?layer=incidents")
    ((form, user),) = issuer.forms
    assert (form["grant_type"], form["code"], form["redirect_uri"]) == (
        "authorization_code",
        "c-1",
        taken["redirect_uri"],
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert challenge == taken["code_challenge"]
    assert len(form["code_verifier"]) >= 43
    assert base64.b64decode(user.removeprefix("Basic ")) == f"{CLIENT}:s3+cret".encode()
    assert list(browser.jar) == ["__Host-geointel"]
    assert browser.get("/v1/snapshot").json()["editions"] == ["partner", "open"]
    me = browser.get("/auth/me")
    assert me.json() == {
        "how": "session", "person": "u-1", "name": "Ann Analyst", "roles": ["analyst"], "editions": ["partner", "open"],
    }  # fmt: skip
    assert me.headers["cache-control"] == "no-store"


def test_cookies_are_for_this_host_and_no_script(browser: Browser, issuer: LocalIssuer) -> None:
    signed_in(browser, issuer)
    assert len(browser.said) == 3
    for line in browser.said:
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)
        assert line.startswith("__Host-")


def test_on_this_machine_cookies_go_without_tls(settings: dict[str, Any], issuer: LocalIssuer) -> None:
    app = create_app(Settings(**{**settings, "public_url": "http://127.0.0.1:8000"}))
    browser = signed_in(Browser(app), issuer)
    assert list(browser.jar) == ["geointel"]
    assert all("secure" not in line.lower() for line in browser.said)
    api_of(app).state.identity.close()


def test_a_public_client_sends_no_secret(settings: dict[str, Any], issuer: LocalIssuer) -> None:
    app = create_app(Settings(**{**settings, "oidc_client_secret": ""}))
    signed_in(Browser(app), issuer)
    ((form, user),) = issuer.forms
    assert (form["client_id"], user) == (CLIENT, "")
    api_of(app).state.identity.close()


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", ""]
)
def test_nobody_is_sent_elsewhere(browser: Browser, issuer: LocalIssuer, wanted: str) -> None:
    taken = begun(browser, wanted)
    assert read_attempt(browser.jar["__Host-geointel-sign-in"]).next == "/map"
    assert back(browser, issuer, taken).headers["location"] == f"{HERE}/map"
    forged = base64.urlsafe_b64encode(json.dumps([wanted or "x", "s", "n", "v"]).encode()).decode()
    browser.jar["__Host-geointel-sign-in"] = forged
    answer = back(browser, issuer, {"state": "s", "nonce": "n"})
    assert answer.headers["location"] == f"{HERE}/map"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"nonce": "other"}, 401),
        ({"nonce": None}, 401),
        ({"aud": "other"}, 401),
        ({"iss": "https://issuer.example"}, 401),
        ({"exp": 1}, 401),
        ({"azp": "other"}, 400),
        ({"groups": ["strangers"]}, 403),
        ({"groups": None}, 403),
    ],
)
def test_an_id_token_that_is_not_for_this_attempt(
    browser: Browser, issuer: LocalIssuer, changes: dict[str, Any], status: int
) -> None:
    answer = back(browser, issuer, begun(browser), **changes)
    assert answer.status_code == status
    assert "You are not signed in" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert browser.jar == {}
    assert browser.get("/v1/snapshot").json()["editions"] == ["open"]


def test_an_answer_that_belongs_to_no_attempt(browser: Browser, issuer: LocalIssuer) -> None:
    taken = begun(browser)
    flow = dict(browser.jar)
    for query in (
        {"code": "c", "state": "other"},
        {"code": "c"},
        {"state": taken["state"]},
        {"state": taken["state"], "error": "access_denied", "error_description": "<script>"},
        {"code": "c", "state": taken["state"], "iss": "https://issuer.example"},
    ):
        browser.jar = dict(flow)
        answer = browser.request("GET", "/auth/callback", params=query)
        assert answer.status_code == 400
        assert "<script>" not in answer.text
    for cookie in ("", "x", "e30", base64.urlsafe_b64encode(b'["/map", 1, 2, 3]').decode(), "ä"):
        browser.jar = {"__Host-geointel-sign-in": cookie} if cookie.isascii() and cookie else {}
        assert browser.get(f"/auth/callback?code=c&state={taken['state']}").status_code == 400
    assert issuer.forms == []


@pytest.mark.parametrize("answer", [(400, {"error": "invalid_grant"}), {"access_token": "x"}, {"id_token": 7}, b"no"])
def test_an_issuer_that_gives_nothing(browser: Browser, issuer: LocalIssuer, answer: Any) -> None:
    taken = begun(browser)
    issuer.documents["/token"] = answer
    found = browser.get(f"/auth/callback?code=c&state={taken['state']}")
    assert found.status_code in (400, 503)
    assert "s3 cret" not in found.text
    assert browser.jar == {}


def test_each_sign_in_has_a_new_session_and_ends_the_one_before(browser: Browser, issuer: LocalIssuer) -> None:
    browser.jar["__Host-geointel"] = "chosen-by-somebody-else"
    first = signed_in(browser, issuer).jar["__Host-geointel"]
    assert first != "chosen-by-somebody-else"
    second = signed_in(browser, issuer).jar["__Host-geointel"]
    assert second != first
    assert len(second) >= 43
    browser.jar["__Host-geointel"] = first
    assert browser.get("/v1/snapshot").json()["editions"] == ["open"]


def test_the_database_has_no_id_of_a_session(browser: Browser, issuer: LocalIssuer, tmp_path: Path) -> None:
    token = signed_in(browser, issuer).jar["__Host-geointel"]
    kept = b"".join(one.read_bytes() for one in tmp_path.glob("state.sqlite*"))
    assert hashlib.sha256(token.encode()).hexdigest().encode() in kept
    assert token.encode() not in kept


def test_signing_out_ends_it_at_once_and_for_everybody_who_has_the_cookie(
    browser: Browser, issuer: LocalIssuer
) -> None:
    token = signed_in(browser, issuer).jar["__Host-geointel"]
    assert browser.get("/v1/snapshot").json()["edition"] == "partner"
    answer = browser.request("POST", "/auth/sign-out", headers=OURS)
    assert answer.status_code == 200
    assert "You are signed out" in answer.text
    assert f'href="{issuer.name}/end?client_id={CLIENT}"' in answer.text
    assert browser.jar == {}
    browser.jar["__Host-geointel"] = token
    assert browser.get("/v1/snapshot").json()["edition"] == "open"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://map.test"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site", "origin": HERE},
        {"referer": f"{HERE}/map"},
    ],
)
def test_other_sites_cannot_act_by_a_session(browser: Browser, issuer: LocalIssuer, headers: dict[str, str]) -> None:
    signed_in(browser, issuer)
    for method, path in (
        ("POST", "/auth/sign-out"),
        ("POST", "/v1/alerts"),
        ("DELETE", "/v1/subscriptions/x"),
        ("PUT", "/map"),
    ):
        answer = browser.request(method, path, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["detail"] == "This request does not come from a page of this service."
    assert browser.get("/v1/snapshot").json()["edition"] == "partner"


@pytest.mark.parametrize("headers", [OURS, {"origin": HERE}, {"sec-fetch-site": "same-origin"}])
def test_our_own_pages_can(browser: Browser, issuer: LocalIssuer, headers: dict[str, str]) -> None:
    signed_in(browser, issuer)
    answer = browser.request(
        "POST", "/v1/areas/summary", headers=headers, json={"cells": ["881951d49bfffff"], "layer": "incidents"}
    )
    assert answer.status_code == 200


def test_a_method_that_changes_nothing_needs_no_origin() -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        refuse_other_sites(method, [(b"sec-fetch-site", b"cross-site")], HERE)
    with pytest.raises(CrossSiteError):
        refuse_other_sites("PATCH", [], HERE)


def test_where_nobody_can_sign_in_there_is_no_way_in(client: Client, built_page: Path) -> None:
    assert built_page
    for path in ("/auth/sign-in", "/auth/callback?code=x&state=y"):
        assert client.get(path).status_code == 404
    assert client.request("POST", "/auth/sign-out").status_code == 404
    assert "Sign in" not in client.get("/map").text
    assert client.get("/v1/snapshot", cookie="geointel=x; __Host-geointel=x").json()["edition"] == "open"


def test_the_page_says_who_is_signed_in(browser: Browser, issuer: LocalIssuer, built_page: Path) -> None:
    assert built_page
    before = browser.get("/map?layer=incidents&category=drugs").text
    assert 'href="./auth/sign-in?next=%2Fmap%3Flayer%3Dincidents%26category%3Ddrugs"' in before
    assert back(browser, issuer, begun(browser), name="<b>Ann & Bob</b>").status_code == 303
    page = browser.get("/map")
    assert "Signed in as &lt;b&gt;Ann &amp; Bob&lt;/b&gt;" in page.text
    assert '<form method="post" action="./auth/sign-out">' in page.text
    assert "Cookie" in page.headers["vary"]
    assert browser.get("/map?embed=1&edition=open").text.count("Signed in") == 0


@pytest.mark.parametrize("edition", ["partner", "nothing"])
def test_a_person_whose_session_is_over_finds_the_way_in(
    browser: Browser, issuer: LocalIssuer, built_page: Path, edition: str
) -> None:
    """Of an edition that is there and of one that is not, in the same words."""
    assert built_page
    path, html = f"/map?edition={edition}", {"accept": "text/html,application/xhtml+xml"}
    page = browser.request("GET", path, headers=html)
    assert (page.status_code, page.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert f"Your role may not open the edition &#x27;{edition}&#x27;" in page.text
    assert f'href="./auth/sign-in?next=%2Fmap%3Fedition%3D{edition}"' in page.text
    assert (page.headers["cache-control"], page.headers["vary"].count("Cookie")) == ("no-store", 1)
    assert browser.get(path).headers["content-type"] == "application/problem+json"
    assert (
        browser.request("GET", f"/docs?edition={edition}", headers=html)
        .headers["content-type"]
        .endswith("problem+json")
    )
    signed_in(browser, issuer)
    again = browser.request("GET", path, headers=html)
    assert (again.status_code, "Sign in" in again.text) == ((200, False) if edition == "partner" else (403, False))


# --- how long a session lasts, on both databases ---


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(state_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(parse_url(state_url, tmp_path / "snapshots"))
    yield opened
    opened.close()


ANN = Visitor(("analyst", "police"), "ann@police.example", "session", "person:u-1", "Ann")


def test_a_session_ends_when_nobody_uses_it_and_in_any_case(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "KEPT", 0.0)
    clock = Clock()
    held = Sessions(lambda: database, ("police", "analyst"), idle=600, longest=3_000, clock=clock)

    def seen(token: str) -> Visitor | None:
        return asyncio.run(held.visitor(token))

    token, idle = held.begin(ANN), held.begin(ANN)
    assert seen(token) == Visitor(("police", "analyst"), "ann@police.example", "session", "person:u-1", "Ann")
    for _ in range(5):
        clock.now += 599
        assert seen(token) is not None
    assert seen(idle) is None
    clock.now += 5
    assert seen(token) is None
    held.begin(ANN)
    with database.reading() as connection:
        assert len(connection.execute(select(tables.sessions.c.id)).all()) == 1  # those that are over are forgotten


def test_a_role_that_nobody_is_given_any_more_is_lost_by_who_is_signed_in(database: Database) -> None:
    token = Sessions(lambda: database, ("analyst", "police"), idle=600, longest=3_000).begin(ANN)
    less = Sessions(lambda: database, ("police",), idle=600, longest=3_000)
    none = Sessions(lambda: database, ("other",), idle=600, longest=3_000)
    found = asyncio.run(less.visitor(token))
    assert found is not None
    assert found.roles == ("police",)
    assert asyncio.run(none.visitor(token)) is None


def test_use_is_written_at_most_once_a_minute(database: Database) -> None:
    held = Sessions(lambda: database, ("analyst",), idle=600, longest=3_000)
    token = held.begin(ANN)
    before = time.time() - 61

    def seen() -> float:
        held._proved.forget(token)
        assert asyncio.run(held.visitor(token)) is not None
        with database.reading() as connection:
            return float(connection.execute(select(tables.sessions.c.seen)).scalar_one())

    first = seen()
    assert seen() == first
    with database.writing() as connection:
        connection.execute(update(tables.sessions).values(seen=before))
    assert seen() > before + 60
