"""How fast is a scenario of one service? A county over HTTP on this machine, and a nation in memory.

::

    python benchmarks/scenario.py county SNAPSHOTS   # a snapshots folder with a layer of access or gaps, served by uvicorn
    python benchmarks/scenario.py nation             # a made-up nation: 230,000 cells, 5,000 services, 200 draws

Each prints the median and the slowest of its questions and fails where the median misses its bar. Figures of a busy machine are too high:
run it with nothing else at work.
"""

from __future__ import annotations

import argparse
import http.client
import json
import resource
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
from loopback import free_port, wait
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geointel.answers.actions import ScenarioRequest
from geointel.answers.opening import KINDS
from geointel.answers.scenario import scenario
from geointel.answers.world import Areas, World
from geointel.snapshot import open_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

COUNTY_BAR, NATION_BAR = 0.050, 1.0
QUESTIONS, OF_THE_NATION = 41, 11
CELLS, SERVICES, DRAWS, AREAS = 230_000, 5_000, 200, 300
KMH, DETOUR, LONGEST = 40.0, 1.3, 60.0
KM_OF_A_DEGREE = 111.2


def main() -> int:
    """Run the part that the first argument names; 1 where its bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True)
    county = parts.add_parser("county")
    county.add_argument("snapshots", type=Path, help="snapshots folder")
    county.set_defaults(run=lambda given: run_county(given.snapshots))
    parts.add_parser("nation").set_defaults(run=lambda _: run_nation())
    given = parser.parse_args()
    return int(not given.run(given))


def run_county(snapshots: Path) -> bool:
    """Ask a running service about one service, at a place each time another, of every layer of the first edition."""
    edition = next(iter(open_snapshot(snapshots).editions.values()))
    port = free_port()
    environment = [sys.executable, "-m", "geointel.cli", "serve", str(snapshots), "--port", str(port)]
    serve = subprocess.Popen(environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(f"http://127.0.0.1:{port}/health/ready")
        able = [spec["id"] for spec in edition.layers.values() if spec["kind"] in KINDS]
        held = [_county_layer(edition, layer, port) for layer in able]
        return all(held)
    finally:
        serve.terminate()
        serve.wait()


def _county_layer(edition: Any, layer: str, port: int) -> bool:
    cells = edition.inputs(layer)["cells"]["cell"].to_numpy()
    places = [h3.cell_to_latlng(int(cell)) for cell in np.random.default_rng(1).choice(cells, QUESTIONS)]
    line = http.client.HTTPConnection("127.0.0.1", port)

    def ask(question: int) -> int:
        lat, lng = places[question]
        body = {"layer": layer, "actions": [{"do": "open", "lat": lat, "lng": lng, "capacity": 50}]}
        line.request("POST", "/v1/scenarios", json.dumps(body), {"content-type": "application/json"})
        answer = line.getresponse()
        text = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(text.decode())
        return len(text)

    return measured(f"{layer}, {len(cells):,} cells, over HTTP", ask, COUNTY_BAR)


def run_nation() -> bool:
    """Open one service at a time in a made-up nation, and move, resize and close one."""
    start = time.perf_counter()
    world = nation()
    print(
        f"{len(world.cells):,} cells, {len(world.ids):,} services, {world.minutes.nnz:,} journeys, made in {time.perf_counter() - start:.0f} s"
    )
    random = np.random.default_rng(2)
    spots = [
        {"lat": float(world.spots[0][at]), "lng": float(world.spots[1][at])}
        for at in random.integers(0, len(world.cells), OF_THE_NATION)
    ]
    names = [world.ids[number] for number in random.integers(0, len(world.ids), OF_THE_NATION)]
    kinds: dict[str, Callable[[int], dict[str, Any]]] = {
        "open": lambda at: {"do": "open", **spots[at], "capacity": 50.0},
        "move": lambda at: {"do": "move", "service": names[at], **spots[at]},
        "resize": lambda at: {"do": "resize", "service": names[at], "capacity": 500.0},
        "close": lambda at: {"do": "close", "service": names[at]},
    }
    held = []
    for verb, action in kinds.items():

        def ask(question: int, action: Callable[[int], dict[str, Any]] = action) -> int:
            request = ScenarioRequest.model_validate({"actions": [action(question)]})
            return len(json.dumps(scenario(world, request, edition="partner", today=date(2026, 1, 1))))

        held.append(measured(f"nation, {verb}", ask, NATION_BAR, questions=OF_THE_NATION))
    print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
    return all(held)


def measured(what: str, ask: Callable[[int], int], bar: float, *, questions: int = QUESTIONS) -> bool:
    """The first question apart: it opens the world. Whether the median of the others is within the bar."""
    seconds = []
    for question in range(questions):
        start = time.perf_counter()
        size = ask(question)
        seconds.append(time.perf_counter() - start)
    first, *others = seconds
    median = statistics.median(others)
    print(
        f"{what}: first {first * 1e3:.0f} ms, then median {median * 1e3:.1f} ms, slowest {max(others) * 1e3:.1f} ms of {len(others)}, {size:,} bytes; bar {bar * 1e3:.0f} ms"
    )
    return median <= bar


def nation() -> World:
    """Cells round the middle of England; people and services crowd in towns."""
    random = np.random.default_rng(1)
    cells = np.sort(np.array(h3.grid_disk(h3.latlng_to_cell(52.6, -1.5, 8), 277), dtype=np.int64))[:CELLS]
    lat, lng = np.array([h3.cell_to_latlng(cell) for cell in cells.tolist()]).T
    flat = np.column_stack([lat, lng * np.cos(np.radians(52.6))]) * KM_OF_A_DEGREE
    towns = flat[random.choice(CELLS, 200, replace=False)]
    near = cKDTree(towns).query(flat)[0]
    residents = np.floor(random.pareto(1.5, CELLS) * 100 * np.exp(-near / 12) + 1)
    own = random.choice(CELLS, SERVICES, p=residents / residents.sum())
    deciles = np.zeros((CELLS, 10))
    deciles[np.arange(CELLS), random.integers(0, 10, CELLS)] = residents
    need = np.asfortranarray(
        (residents * 0.01 * random.gamma(20, 0.05, (DRAWS, CELLS)).astype(np.float32)).astype(np.float32)
    )
    services = pa.table(
        {
            "source": ["list"] * SERVICES, "id": [str(n) for n in range(SERVICES)], "name": [f"Service {n}" for n in range(SERVICES)],
            "category": ["drug-treatment"] * SERVICES, "lat": lat[own], "lng": lng[own],
            "capacity": np.round(random.gamma(2, 100, SERVICES) + 1), "hours": ["mo 09:00-20:00"] * SERVICES,
            "eligible_areas": pa.nulls(SERVICES, pa.list_(pa.string())),
        }
    )  # fmt: skip
    area = cKDTree(towns[:AREAS]).query(flat)[1]
    share = csr_array((np.ones(CELLS), (area, np.arange(CELLS))), shape=(len(towns), CELLS))
    codes = tuple(f"A{number:03d}" for number in range(len(towns)))
    options = {
        "measure": "places", "sharing": "e2sfca", "within": 30.0, "standard": 30.0, "longest": LONGEST, "times": "straight-line",
        "kmh": None, "usual_kmh": KMH, "detour": DETOUR, "borders": "as-commissioned", "open": "any",
    }  # fmt: skip
    spec = {"id": "gap", "kind": "gap", "parameters": options, "notes": {}, "caveats": []}
    return World(
        spec=spec, help="drug-treatment", group="opiate", cells=cells, residents=residents, deciles=deciles, need=need,
        services=services, others=services, minutes=_minutes(flat, flat[own]), areas={"lad": Areas(codes, codes, share)}, network=None,
    )  # fmt: skip


def _minutes(cells: NDArray[np.float64], services: NDArray[np.float64]) -> csr_array:
    """Minutes of the pairs within the longest journey."""
    reach = LONGEST / 60 * KMH / DETOUR
    pairs = cKDTree(cells).sparse_distance_matrix(cKDTree(services), reach, output_type="coo_matrix")
    found = csr_array((pairs.data / KMH * 60 * DETOUR, (pairs.row, pairs.col)), shape=pairs.shape)
    found.sort_indices()
    return found


if __name__ == "__main__":
    sys.exit(main())
