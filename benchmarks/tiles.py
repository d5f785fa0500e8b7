"""How fast tiles are: encoder against a peer, whole pyramids, and a running service against its ceiling.

::

    python benchmarks/tiles.py encode             # one tile at z8, z10, z12 and z13 against mapbox-vector-tile
    python benchmarks/tiles.py pyramid            # a whole archive, z5 to z13
    python benchmarks/tiles.py http URL           # a tile of a running service against bare ASGI with the same bytes

Figures to compare are ratios taken in the same run, peers interleaved; CPU time where only one process
works. ``http`` sends a bounded number of requests, to this machine only.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import h3.api.basic_int as h3
import mapbox_vector_tile
import numpy as np

from geointel.grid import parents
from geointel.tiles import (
    Columns,
    Frame,
    Tile,
    TileGeometry,
    Words,
    compress,
    encode_tile,
    prepare_tile,
    resolution_for_zoom,
    tiles_of,
    write_archive,
)
from geointel.tiles.mvt import encode_layers

if TYPE_CHECKING:
    from collections.abc import Callable

PLACE = (53.8, -2.6)
RINGS = 38
"""Rings round the middle: 4,447 cells at resolution 8, an English county's worth."""
PUBLISH = (6, 7, 8)
DEPTH = 16
"""Requests sent before the first answer is read: the client then costs next to nothing."""


def main() -> None:
    """Run the benchmark that the first argument names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    encode = commands.add_parser("encode")
    encode.set_defaults(run=lambda _: run_encode())
    pyramid = commands.add_parser("pyramid")
    pyramid.add_argument("--categories", type=int, default=3)
    pyramid.set_defaults(run=lambda given: run_pyramid(given.categories))
    http = commands.add_parser("http")
    http.add_argument("url", help="a tile, such as http://127.0.0.1:8000/tiles/drug-hotspot/10/504/330.mvt")
    http.add_argument("--requests", type=int, default=3200)
    http.set_defaults(run=lambda given: run_http(given.url, given.requests))
    given = parser.parse_args()
    given.run(given)


def frame(resolution: int, categories: int = 1) -> Frame:
    """Make cells of a county with the columns of a hotspot layer, a tenth of them null."""
    fine = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(*PLACE, 8), RINGS)), dtype=np.int64)
    cells = np.unique(parents(fine, resolution))
    random = np.random.default_rng(resolution)
    return Frame(cells, {f"category-{number}": _columns(cells.size, random) for number in range(categories)})


def _columns(size: int, random: np.random.Generator) -> dict[str, Any]:
    value = random.normal(size=size)
    null = random.random(size) < 0.1
    value[null] = np.nan
    classes = np.where(null, -1, np.digitize(value, [-2.5, -2, -1.6, 1.6, 2, 2.5]))
    names = ("cold-99", "cold-95", "cold-90", "none", "hot-90", "hot-95", "hot-99")
    return {
        "value": value,
        "class": Words(classes, names),
        "support": random.poisson(20, size),
        "status": Words(null.astype(np.int64), ("shown", "no-support")),
        "count": random.poisson(3, size).astype(float),
        "q": np.where(null, np.nan, random.random(size)),
    }


def run_encode() -> None:
    """Compare one tile by this encoder and by mapbox-vector-tile."""
    print("zoom  cells  bytes   gzip    CPU ms: tile  shapes kept  gzip  mapbox-vector-tile  times")
    for zoom in (8, 10, 12, 13):
        data = frame(resolution_for_zoom(zoom, PUBLISH))
        geometry = TileGeometry.of(data.cells)
        coded = Columns.of(data.categories["category-0"], data.cells.size)
        cover = tiles_of(geometry, zoom)
        tile = cover.tiles[int(np.argmax(cover.counts))]
        _print_encode(geometry, tile, coded)


def _print_encode(geometry: TileGeometry, tile: Tile, coded: Columns) -> None:
    raw = encode_tile(geometry, tile, coded, name="drugs")
    shapes = prepare_tile(geometry, tile)
    layer = mapbox_vector_tile.decode(raw, default_options={"y_coord_down": True})["drugs"]
    layer = {"name": "drugs", "features": layer["features"]}
    ours, kept, packed, peer = interleaved(
        lambda: encode_tile(geometry, tile, coded, name="drugs"),
        lambda: encode_layers(shapes, coded, name="drugs"),
        lambda: compress(raw),
        lambda: mapbox_vector_tile.encode(layer, default_options={"y_coord_down": True}),
    )
    cells = shapes.cover.rows.size
    sizes = f"{tile.z:4} {cells:6} {len(raw):7} {len(compress(raw)):6}"
    print(f"{sizes} {ours:18.2f} {kept:12.2f} {packed:5.2f} {peer:19.2f} {peer / ours:6.0f}")


def interleaved(*peers: Callable[[], object], rounds: int = 7) -> list[float]:
    """Median CPU milliseconds of one call of each peer, in turns."""
    spent: list[list[float]] = [[] for _ in peers]
    for _ in range(rounds):
        for peer, times in zip(peers, spent, strict=True):
            start = time.process_time()
            calls = 0
            while calls == 0 or time.process_time() - start < 0.02:
                peer()
                calls += 1
            times.append((time.process_time() - start) / calls * 1e3)
    return [statistics.median(times) for times in spent]


def run_pyramid(categories: int) -> None:
    """Write a whole archive and say what a category costs."""
    frames = {resolution: frame(resolution, categories) for resolution in PUBLISH}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiles.pmtiles"
        start = time.process_time()
        tiles = write_archive(path, frames, metadata={"name": "benchmark"})
        spent = time.process_time() - start
        print(f"{frames[8].cells.size} cells, {categories} categories, {tiles} tiles, {path.stat().st_size:,} bytes")
        print(f"CPU {spent:.2f} s, {spent / categories:.2f} s for each category")


class Answer(NamedTuple):
    """The first answer of a server: its length on the wire, its body and the headers that matter."""

    length: int
    status: int
    headers: dict[str, str]
    body: bytes


def run_http(url: str, requests: int) -> None:
    """Compare a tile of a running service with bare ASGI on uvicorn that returns the same bytes."""
    address = urlsplit(url)
    if address.hostname not in {"127.0.0.1", "localhost"}:
        sys.exit("only a service on this machine")
    target = f"{address.path}?{address.query}" if address.query else address.path
    service = Client(address.hostname, address.port or 80, target)
    print(
        f"{service.first.status}, {len(service.first.body)} bytes, {service.first.headers.get('content-encoding', '')}"
    )
    conditional = Client(address.hostname, address.port or 80, target, etag=service.first.headers.get("etag", "none"))
    with BareServer(service.first) as bare:
        clients = {"service": service, f"service, {conditional.first.status}": conditional, "bare ASGI": bare}
        rates: dict[str, list[float]] = {name: [] for name in clients}
        for _ in range(max(1, requests // (DEPTH * 20))):
            for name, client in clients.items():
                rates[name].append(client.rate(DEPTH * 20))
    ceiling = statistics.median(rates["bare ASGI"])
    for name, found in rates.items():
        rate = statistics.median(found)
        print(f"{name:14} {rate:8.0f} requests a second, {rate / ceiling:6.1%} of the ceiling")


class Client:
    """One kept connection that sends the same request many times, ``DEPTH`` at once."""

    def __init__(self, host: str, port: int, target: str, etag: str | None = None) -> None:
        lines = [f"GET {target} HTTP/1.1", f"Host: {host}:{port}", "Accept-Encoding: gzip"]
        lines += [f"If-None-Match: {etag}"] if etag else []
        self.request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.socket = socket.create_connection((host, port), timeout=30)
        self.first = self._ask()

    def rate(self, requests: int) -> float:
        """Requests a second over a bounded number of requests."""
        start = time.perf_counter()
        for _ in range(requests // DEPTH):
            self.socket.sendall(self.request * DEPTH)
            self._receive(self.first.length * DEPTH)
        return requests / (time.perf_counter() - start)

    def _ask(self) -> Answer:
        self.socket.sendall(self.request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(65536)
        head, body = data.split(b"\r\n\r\n", 1)
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        code = int(status.split()[1])
        body += self._receive(int(headers.get("content-length", 0)) * (code not in {204, 304}) - len(body))
        return Answer(len(head) + 4 + len(body), code, headers, body)

    def _receive(self, length: int) -> bytes:
        parts = []
        while length > 0:
            part = self.socket.recv(min(length, 1 << 20))
            if not part:
                sys.exit("the server closed the connection")
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


class BareServer:
    """uvicorn with an application of ten lines that returns given bytes, in a process of its own."""

    APP = """
        import sys
        import uvicorn
        body = open(sys.argv[1], "rb").read()
        headers = [(b"content-type", sys.argv[2].encode()), (b"content-length", str(len(body)).encode())]
        async def app(scope, receive, send):
            if scope["type"] == "http":
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": body})
        uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[3]), log_level="error", access_log=False, lifespan="off")
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Client:
        body = Path(self.folder.name) / "body"
        body.write_bytes(self.answer.body)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        kind = self.answer.headers.get("content-type", "application/octet-stream")
        script = textwrap.dedent(self.APP)
        self.process = subprocess.Popen([sys.executable, "-c", script, str(body), kind, str(port)])
        for _ in range(100):
            try:
                return Client("127.0.0.1", port, "/")
            except ConnectionRefusedError:
                time.sleep(0.1)
        sys.exit("the bare server did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()


if __name__ == "__main__":
    main()
