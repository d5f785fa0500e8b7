"""The real thing: uvicorn on a loopback port."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn

from geointel_api import serve
from geointel_api.app import create_app
from geointel_api.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

PATIENCE = 30.0


@pytest.fixture(scope="module")
def address(snapshots: Path) -> Iterator[str]:
    config = uvicorn.Config(create_app(Settings(snapshots=snapshots)), host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(PATIENCE)


def test_it_answers_over_a_socket(address: str, client: Any) -> None:
    with httpx.Client(base_url=address) as http:
        for path in ("/v1/layers/incidents/values", "/tiles/incidents/10/503/329.mvt", "/docs", "/health/ready"):
            answer = http.get(path)
            assert answer.status_code == 200
            assert answer.content == client.get(path).content
            again = http.get(path, headers={"If-None-Match": answer.headers["etag"]})
            assert again.status_code == 304
        assert http.head("/v1/layers").status_code == 200
        assert http.get("/tiles/incidents/10/1/1.mvt").status_code == 204
        assert http.get("/tiles/incidents.json").json()["tiles"][0].startswith(address)


def test_run_hands_the_service_to_uvicorn(snapshots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: handed.update(app=app, **options))
    serve.run(snapshots, host="127.0.0.1", port=8123)
    assert (handed["host"], handed["port"]) == ("127.0.0.1", 8123)
    assert callable(handed["app"])
