"""The serving process does without the libraries of the build."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("pandas", "geopandas", "pyogrio", "rasterio", "duckdb", "ibis", "scipy.stats", "pydeck", "numba")

SCRIPT = """
import asyncio, sys
from pathlib import Path
from geointel_api.app import create_app
from geointel_api.settings import Settings

HEAVY = {heavy!r}

def heavy():
    return [name for name in HEAVY if name in sys.modules]

print("import", 0, *heavy())
app = create_app(Settings(snapshots=Path(sys.argv[1])))

async def ask(method, address, body):
    path, _, query = address.partition("?")
    sent = []
    async def receive():
        return {{"type": "http.request", "body": body, "more_body": False}}
    async def send(message):
        sent.append(message)
    headers = [(b"host", b"map.test"), (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {{"type": "http", "asgi": {{"version": "3.0"}}, "http_version": "1.1", "method": method, "scheme": "http",
             "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
             "headers": headers, "server": ("map.test", 80), "client": ("127.0.0.1", 1)}}
    await app(scope, receive, send)
    return sent[0]["status"]

for line in sys.stdin.read().splitlines():
    method, address, body = line.split(" ", 2)
    status = asyncio.run(ask(method, address, body.encode()))
    print(address, status, *heavy())
"""

REQUESTS = [
    "GET / ",
    "GET /docs ",
    "GET /openapi.json ",
    "GET /v1/snapshot ",
    "GET /v1/layers ",
    "GET /v1/layers/drug-hotspot/values ",
    "GET /v1/layers/drug-hotspot/values?f=csv ",
    "GET /v1/layers/drug-hotspot/values?f=arrow ",
    "GET /v1/layers/incidents/map.svg ",
    "GET /v1/areas?f=geojson ",
    "GET /v1/places?q=black ",
    "GET /collections/incidents/items?bbox=-3.1,53.7,-3,53.9&class=1 ",
    "GET /tiles/incidents.json ",
    "GET /tiles/incidents/10/503/329.mvt ",
    "GET /tiles/incidents/10/503/329.mvt?window=2025-11 ",
    'POST /v1/areas/summary {"cells": ["881951d49bfffff"]}',
    "GET /v1/cells/881951d49bfffff ",
    "GET /v1/areas/lad/E06000009 ",
    "GET /v1/alerts ",
    "GET /v1/alerts.atom ",
    "GET /health/ready ",
]


def test_serving_stays_lean(snapshots: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(heavy=HEAVY), str(snapshots)],
        input="\n".join(REQUESTS),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert len(lines) == len(REQUESTS) + 1
    for line in lines:
        address, status, *heavy = line.split()
        assert int(status) in (0, 200), line
        assert heavy == [], f"{address} brought in {heavy}"
