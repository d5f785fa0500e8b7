"""Signals over HTTP: those of an edition, by category, area and month; none where the public may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from geointel_api.app import create_app
from geointel_api.errors import PROBLEM
from geointel_api.settings import Settings
from geointel_api.signal_documents import SignalsDocument, SpreadDocument

from ..unit.layers.watch.county import RISE
from .conftest import Client
from .http_desk import SENT, close_all, post, report, serving
from .signals_snapshot import layers_of, write_county

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county") / "snapshots"
    write_county(folder)
    return folder


@pytest.fixture(scope="module")
def partner(folder: Path) -> Client:
    return Client(create_app(Settings(snapshots=folder, anonymous_role="analyst")))


@pytest.fixture(scope="module")
def public(folder: Path) -> Client:
    return Client(create_app(Settings(snapshots=folder)))


def listed(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/v1/signals{query}")
    assert answer.status_code == 200, answer.text
    return SignalsDocument.model_validate(answer.json()).model_dump()["signals"]


def published() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = layers_of("partner")[1].inputs["signals"].to_pylist()
    return rows


def test_every_signal_is_listed_as_it_was_published(partner: Client) -> None:
    found, own = listed(partner), published()
    assert [one["id"] for one in found] == [row["id"] for row in own]
    assert len(found) > 1
    for one, row in zip(found, own, strict=True):
        assert {key: one[key] for key in ("observed", "expected", "upper", "p", "method", "latency", "window")} == {
            key: row[key] for key in ("observed", "expected", "upper", "p", "method", "latency", "window")
        }


def test_a_signal_has_names_a_caveat_and_what_is_next_door(partner: Client) -> None:
    (one,) = [
        s for s in listed(partner) if (s["category"], s["place"]["code"], s["window"]) == ("robbery", "W", "2025-12")
    ]
    assert one["place"] == {
        "kind": "area",
        "level": "lad",
        "code": "W",
        "name": "West",
        "areas": [{"level": "lad", "code": "W", "name": "West"}],
    }
    assert "a person looks at it" in one["caveat"]
    assert one["beyond"]["observed"] == 2 * one["beyond"]["cells"]
    assert one["label"] == "Month 2025-12"


def test_a_cluster_lies_in_areas_and_has_an_outline(partner: Client) -> None:
    found = listed(partner, "?level=cluster")
    assert found
    assert all({"level": "lad", "code": "W", "name": "West"} in one["place"]["areas"] for one in found)
    item = partner.get(f"/collections/signals/items/{found[0]['place']['code']}")
    assert item.status_code == 200
    assert item.json()["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("?category=robbery", lambda s: s["category"] == "robbery"),
        ("?level=lad", lambda s: s["place"]["level"] == "lad"),
        ("?level=cell", lambda s: s["place"]["kind"] == "cell"),
        ("?window=2025-12", lambda s: s["window"] == "2025-12"),
        ("?area=W", lambda s: "W" in {a["code"] for a in s["place"]["areas"]}),
        ("?area=W&category=robbery&window=2025-12", lambda s: s["category"] == "robbery" and s["window"] == "2025-12" and "W" in {a["code"] for a in s["place"]["areas"]}),
        ("?layer=signals", lambda _: True),
    ],
)  # fmt: skip
def test_filters_keep_what_they_name(partner: Client, query: str, keeps: Any) -> None:
    assert [s["id"] for s in listed(partner, query)] == [s["id"] for s in listed(partner) if keeps(s)]
    assert listed(partner, query)


@pytest.mark.parametrize("query", ["category=x", "level=msoa", "window=2020-01", "area=Z", "layer=counts"])
def test_what_does_not_exist_is_404_with_what_does(partner: Client, query: str) -> None:
    answer = partner.get(f"/v1/signals?{query}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["remedy"]


def test_a_parameter_that_is_not_there_is_refused(partner: Client) -> None:
    assert partner.get("/v1/signals?categories=drugs").status_code == 400


def test_the_budget_and_the_latency_are_told(partner: Client) -> None:
    told = partner.get("/v1/signals").json()
    assert told["budget"]["accepted"] == 12
    assert told["budget"]["expected"] <= 12
    assert told["latency"] == {"data_through": "2025-12", "months_behind": 0, "delay_days": None}
    assert "The partnership accepts 12 false signals a year." in told["statements"]


def test_the_order_in_which_areas_rose(partner: Client) -> None:
    answer = partner.get("/v1/signals/spread")
    assert answer.status_code == 200
    told = SpreadDocument.model_validate(answer.json()).model_dump()
    assert told["needs"] == 15
    own = layers_of("partner")[1].inputs["spread"].to_pylist()
    assert ("drugs", "E", "2025-08", 1) in {(r["category"], r["code"], r["window"], r["order"]) for r in own}
    assert [(r["category"], r["code"], r["window"], r["order"]) for r in told["spread"]] == [
        (r["category"], r["code"], r["window"], r["order"]) for r in own
    ]
    assert partner.get("/v1/signals/spread?level=cell").status_code == 404
    assert partner.get("/v1/signals/spread?category=drugs").json()["spread"] == [
        r for r in answer.json()["spread"] if r["category"] == "drugs"
    ]


@pytest.mark.parametrize("path", ["/v1/signals", "/v1/signals/spread", "/v1/layers/signals", "/collections/signals"])
def test_the_public_has_no_signals(public: Client, partner: Client, path: str) -> None:
    assert public.get(path).status_code == 404
    assert public.get(f"{path}?edition=partner").status_code == 403
    assert partner.get(f"{path}?edition=open").status_code == 404


def test_the_county_s_rise_is_among_them(partner: Client) -> None:
    found = {(s["window"], s["category"], s["place"]["level"], s["place"]["code"]) for s in listed(partner)}
    assert (RISE["window"], RISE["category"], RISE["level"], RISE["code"]) in found


def test_a_report_from_a_signal_names_one_that_the_edition_has(folder: Path, tmp_path: Path) -> None:
    desk = serving(folder, f"sqlite:///{tmp_path}/state.sqlite", anonymous_role="analyst", alerts=True)
    try:
        signal = listed(desk)[0]
        area = signal["place"]["areas"][0]
        said = {"place": {"level": area["level"], "code": area["code"]}, "category": "opioid"}
        alert = report(desk, **said, source={"kind": "signal", "id": signal["id"]})
        assert alert["source"] == {"kind": "signal", "id": signal["id"]}
        refused = post(desk, "/v1/alerts", {**SENT, **said, "source": {"kind": "signal", "id": "no-such-signal"}})
        assert refused.status_code == 422
        assert refused.json()["field"] == "source.signal.id"
        assert len(desk.get("/v1/alerts").json()["alerts"]) == 1
    finally:
        close_all()
