"""The real thing: uvicorn on a loopback port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from geointel.errors import SnapshotCorruptError
from geointel_api import serve
from geointel_api.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

PATIENCE = 30.0


@pytest.fixture(scope="module")
def address(snapshots: Path) -> Iterator[str]:
    server = serve.Server(serve.server_config(Settings(snapshots=snapshots, port=0)))
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


def test_the_command_serves_and_says_where(snapshots: Path) -> None:
    """What ``geointel serve`` runs, as a process of its own; the port is the system's choice."""
    code = f"from pathlib import Path; from geointel_api.serve import run; run(Path({str(snapshots)!r}), port=0)"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = next(line for line in process.stderr if "The map is at" in line)
        address = re.search(r"(http://127\.0\.0\.1:\d+)/map", said)[1]
        assert httpx.get(f"{address}/health/ready").json()["status"] == "ok"
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stderr.close()


def test_a_damaged_snapshot_is_refused_before_listening(fresh_snapshots: Path) -> None:
    name = (fresh_snapshots / "current").read_text().strip()
    (fresh_snapshots / name / "open" / "facts.parquet").write_bytes(b"broken")
    with pytest.raises(SnapshotCorruptError, match=r"open/facts\.parquet"):
        serve.run(fresh_snapshots, port=0)
