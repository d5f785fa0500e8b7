"""Subscriptions over HTTP: who is told, what is refused, and a running server that sends at once."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from geointel_api import serve
from geointel_api.alert_documents import NewSubscriptionDocument, OneSubscriptionDocument, SubscriptionsDocument
from geointel_api.alerts import Alerts, sending_of
from geointel_api.current import Current
from geointel_api.errors import PROBLEM
from geointel_api.settings import Settings
from geointel_api.state.worker import work_once

from .http_desk import close_all, published, serving, subscribe
from .receivers import receiving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from .conftest import Client


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield f"sqlite:///{tmp_path_factory.mktemp('state')}/state.sqlite"
    close_all()


@pytest.fixture(scope="module")
def desk(snapshots: Path, state: str) -> Client:
    return serving(snapshots, state, anonymous_role="analyst", alerts=True, webhook_loopback=True)


@pytest.fixture(scope="module")
def reader(snapshots: Path, state: str, desk: Client) -> Client:
    return serving(snapshots, state)


@pytest.fixture(autouse=True)
def _in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is made here be in force, whatever the date is."""
    from datetime import timedelta

    monkeypatch.setattr("geointel_api.state.steps.LONGEST", timedelta(days=40_000))


def test_a_subscription_shows_its_secret_once(desk: Client) -> None:
    made = subscribe(
        desk, {"kind": "webhook", "url": "https://example.org/hook?token=hush"}, categories=["psychedelic"]
    )
    assert made.status_code == 201
    NewSubscriptionDocument.model_validate(made.json())
    secret, name = made.json()["secret"], made.json()["id"]
    assert made.headers["location"] == f"http://map.test/v1/subscriptions/{name}"
    assert secret.startswith("whsec_")
    listed, one = desk.get("/v1/subscriptions"), desk.get(f"/v1/subscriptions/{name}")
    SubscriptionsDocument.model_validate(listed.json())
    OneSubscriptionDocument.model_validate(one.json())
    assert secret not in listed.text + one.text
    assert "hush" not in listed.text + one.text + made.text
    assert one.json()["target"] == "https://example.org/hook"
    published(desk, category="psychedelic")
    (delivery,) = desk.get(f"/v1/subscriptions/{name}").json()["newest"]
    assert (delivery["state"], delivery["attempts"], len(delivery["events"])) == ("waiting", 0, 1)
    OneSubscriptionDocument.model_validate(desk.get(f"/v1/subscriptions/{name}").json())
    gone = desk.request("DELETE", f"/v1/subscriptions/{name}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert desk.get(f"/v1/subscriptions/{name}").status_code == 404
    assert desk.request("DELETE", f"/v1/subscriptions/{name}").status_code == 404


@pytest.mark.parametrize(("channel", "other", "field"), [
    ({"kind": "webhook", "url": "http://example.org/"}, {}, None), ({"kind": "webhook", "url": "https://10.0.0.1/"}, {}, "channel.url"),
    ({"kind": "webhook", "url": "https://169.254.169.254/latest"}, {}, "channel.url"),
    ({"kind": "webhook", "url": "ftp://example.org/"}, {}, "channel.url"), ({"kind": "webhook", "url": "https://[::1"}, {}, "channel.url"),
    ({"kind": "mail", "address": "team@example.org"}, {}, "channel"), ({"kind": "pigeon"}, {}, "channel"),
    ({"kind": "webhook", "url": "https://example.org/"}, {"categories": ["opioid", "weather"]}, "categories.1"),
    ({"kind": "webhook", "url": "https://example.org/"}, {"areas": [{"level": "lad", "code": "E0"}]}, "areas.0"),
])  # fmt: skip
def test_a_subscription_with_a_fault_is_refused(
    snapshots: Path, tmp_path: Path, channel: Any, other: Any, field: str | None
) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    desk = serving(snapshots, url, anonymous_role="analyst", alerts=True)
    answer = subscribe(desk, channel, **other)
    assert (answer.status_code in (400, 422), answer.headers["content-type"]) == (True, PROBLEM)
    assert answer.json()["field"] == (field or "channel.url")
    assert desk.get("/v1/subscriptions").json()["subscriptions"] == []


def test_subscriptions_are_not_for_the_open_edition(reader: Client, desk: Client) -> None:
    for client, path in (
        (reader, "/v1/subscriptions"),
        (reader, "/v1/subscriptions/x"),
        (desk, "/v1/subscriptions?edition=open"),
    ):
        assert client.get(path).status_code == 403


def test_a_district_s_alert_reaches_who_subscribed_to_the_county(snapshots: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.sqlite"
    settings = Settings(snapshots=snapshots, state=url, anonymous_role="analyst", alerts=True, webhook_loopback=True)
    desk = serving(snapshots, url, anonymous_role="analyst", alerts=True, webhook_loopback=True)
    alerts = Alerts(settings, Current(snapshots))
    with receiving() as receiver:
        channel = {"kind": "webhook", "url": receiver.url}
        wide = subscribe(desk, channel, areas=[{"level": "cdp", "code": "coast"}]).json()["id"]
        other = subscribe(desk, channel, areas=[{"level": "lad", "code": "E07000119"}]).json()["id"]
        alert = published(desk)
        opened = alerts.desk()
        assert opened is not None
        work_once(opened, sending_of(settings, alerts._about))
        (said,) = receiver.bodies()
    alerts.stop()
    assert said["alert"] == alert["published"]
    assert desk.get(f"/v1/subscriptions/{wide}").json()["deliveries"]["sent"] == 1
    assert desk.get(f"/v1/subscriptions/{other}").json()["newest"] == []


def test_a_running_server_sends_at_once_and_ends_when_it_is_told(snapshots: Path, tmp_path: Path) -> None:
    settings = Settings(
        snapshots=snapshots,
        port=0,
        state=f"sqlite:///{tmp_path}/state.sqlite",
        anonymous_role="analyst",
        alerts=True,
        webhook_loopback=True,
    )
    server = serve.Server(serve.server_config(settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with receiving() as receiver, httpx.Client(base_url=address, timeout=20) as http:
        subscribe(http, {"kind": "webhook", "url": receiver.url})  # type: ignore[arg-type]
        began = time.monotonic()
        alert = published(http)  # type: ignore[arg-type]
        wait_until(lambda: len(receiver.requests) == 1)
        assert time.monotonic() - began < 10
        assert receiver.bodies()[0]["alert"]["id"] == alert["id"]
        wait_until(lambda: http.get("/v1/subscriptions").json()["subscriptions"][0]["deliveries"]["sent"] == 1)
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()
    assert "geointel-alerts" not in {one.name for one in threading.enumerate()}


def wait_until(done: Any, patience: float = 20.0) -> None:
    end = time.monotonic() + patience
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
