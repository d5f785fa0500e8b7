"""The page as the server writes it. What a browser makes of it is tested elsewhere."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from geointel import viewer

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import pytest


def _boot(text: str) -> dict[str, Any]:
    block = re.search(r'<script type="application/json" id="geointel-boot">(.*?)</script>', text, re.DOTALL)
    assert block
    return json.loads(block[1])


def test_every_placeholder_is_filled(client: Any, built_page: Path) -> None:
    assert built_page
    text = client.get("/map").text
    assert "<!--geointel:" not in text
    title = "Hotspots of recorded drug offences, 12 months to December 2025"
    assert f"<title>{title}</title>" in text
    assert f"<h1>{title}</h1>" in text
    assert "Fylde Coast &lt;Demo&gt; Partnership" in text
    assert "Demonstration data." in text
    assert "<dt>Data to</dt><dd>December 2025</dd>" in text


def test_the_table_has_the_strongest_cells(client: Any, built_page: Path) -> None:
    assert built_page
    for layer, down in (("incidents", "value"), ("drug-hotspot", "value")):
        text = client.get(f"/map?layer={layer}").text
        cells = re.findall(r'<span class="app-id">([0-9a-f]{15})</span>', text)
        answer = client.get(f"/v1/layers/{layer}/values").json()
        rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
        rank = [style["id"] for style in client.get(f"/v1/layers/{layer}").json()["classes"]]
        known = [row for row in rows if row["value"] is not None]
        if layer != "incidents":
            known.sort(key=lambda row: -rank.index(row["class"]), reverse=False)
        expected = sorted(
            known, key=lambda row: (-(rank.index(row["class"]) if layer != "incidents" else 0), -row[down], row["cell"])
        )
        assert cells == [row["cell"] for row in expected[:25]]
        assert len(cells) == 25
    assert '<th scope="col"' in text
    assert "<caption" in text


def test_the_boot_block_is_what_the_api_says(client: Any, built_page: Path) -> None:
    assert built_page
    text = client.get("/map?layer=drug-excess&window=2025-12").text
    boot = _boot(text)
    assert boot["snapshot"] == client.get("/v1/snapshot").json()
    assert boot["layers"] == client.get("/v1/layers").json()["layers"]
    view = {"edition": "open", "layer": "drug-excess", "window": "2025-12", "category": "drugs", "resolution": 8}
    assert boot["view"] == view
    assert "<Demo>" not in text


def test_a_wrong_address_is_mended(client: Any, built_page: Path) -> None:
    assert built_page
    view = _boot(client.get("/map?layer=x&window=y&category=z&utm_source=letter").text)["view"]
    assert (view["layer"], view["window"], view["category"]) == ("drug-hotspot", "12m:2025-12", "drugs")


def test_the_page_may_run_only_its_own_files(client: Any, built_page: Path) -> None:
    assert built_page
    policy = client.get("/map").headers["content-security-policy"]
    for rule in (
        "default-src 'none'",
        "script-src 'self';",
        "worker-src 'self';",
        "style-src-elem 'self';",
        "connect-src 'self'",
    ):
        assert rule in policy
    assert policy.endswith("frame-ancestors 'none'")
    embedded = client.get("/map?embed=1").headers["content-security-policy"]
    assert embedded == policy.replace("frame-ancestors 'none'", "frame-ancestors *")


def test_files_of_the_page_are_kept_for_ever(client: Any, built_page: Path) -> None:
    assert built_page
    answer = client.get("/map-assets/index-abc123.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.text == "export {};\n"


def test_only_files_of_the_page_are_given_out(client: Any, built_page: Path) -> None:
    (built_page / "secret.txt").write_text("secret", encoding="utf-8")
    for name in ("nothing.js", "../index.html", "%2e%2e/secret.txt", "..%2fsecret.txt", "", "/etc/passwd"):
        answer = client.get(f"/map-assets/{name}")
        assert answer.status_code == 404
        assert "secret" not in answer.text


def test_a_closing_slash_is_taken_away(client: Any) -> None:
    answer = client.get("/map/?layer=incidents")
    assert (answer.status_code, answer.headers["location"]) == (308, "http://map.test/map?layer=incidents")


def test_without_a_page_the_api_still_works(client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geointel_api.assets.page_folder", lambda: viewer.page_folder(tmp_path))
    answer = client.get("/map")
    assert answer.status_code == 503
    assert "make web" in answer.json()["remedy"]
    assert client.get("/map-assets/index.js").status_code == 503
    assert all(not link["href"].endswith("/map") for link in client.get("/").json()["links"])
    assert client.get("/v1/layers").status_code == 200


def test_a_worker_may_fetch_tiles(client: Any, built_page: Path) -> None:
    """A worker runs under the policy of its own script: without it the map stays empty."""
    scripts = sorted(path.name for path in (built_page / viewer.ASSETS).glob("*.js"))
    for name in scripts:
        answer = client.get(f"/{viewer.ASSETS}/{name}")
        assert "connect-src 'self'" in answer.headers["content-security-policy"], name
    assert scripts
