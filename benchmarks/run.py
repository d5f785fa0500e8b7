"""Every benchmark as ratios against a named peer, measured in the same run: ``make bench``.

Peers live in ``.bench-venv``, installed from ``requirements/bench.lock`` by version and hash. Machines are shared
and noisy, so both sides take turns, and ratios count, not seconds. The exit code is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

import ingest
from loopback import free_port, wait

HERE = Path(__file__).parent
ROOT = HERE.parent
PEERS = ROOT / ".bench-venv"
LOCK = ROOT / "requirements" / "bench.lock"
PARTS = ("ingest", "gi_star", "peers", "tiles", "scenario")
WITHOUT_PEERS = {"tiles", "scenario"}
NATION = 10_000_000
"""From so many rows on, the targets of the large run hold."""
TARGETS = {False: (1.5, 2.0), True: (3.0, 5.0)}
"""Wall time and memory of ingest, peer divided by ours: small run, large run."""
ESDA_TARGET = 10.0
SPOPT_TARGET = 15.0
TILE = "/tiles/hotspot/10/504/330.mvt"


@dataclass(frozen=True)
class Line:
    """One ratio: what, how many times less we take, and how many times less we mean to."""

    what: str
    ratio: float
    target: float


def main() -> int:
    """Run what was asked for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the ingest benchmark")
    parser.add_argument("--repeats", type=int, default=3, help="turns of the ingest benchmark")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given again")
    options = parser.parse_args()
    wanted = options.only or PARTS
    peer = peers() if set(wanted) - WITHOUT_PEERS else PEERS
    lines: list[Line] = []
    if "ingest" in wanted:
        lines += ingest_lines(options.rows, options.repeats, peer)
    if "gi_star" in wanted:
        lines += gi_star_lines(peer)
    if "siting" in wanted:
        lines += siting_lines(peer)
    if "catchment" in wanted:
        lines += catchment_lines(peer)
    missed = "peers" in wanted and not peers_targets(peer)
    if "tiles" in wanted:
        tiles_tables()
    if "scenario" in wanted:
        missed |= not scenario_bars()
    print(f"\n{'peer divided by ours':<58}{'ratio':>8}{'target':>8}")
    for line in lines:
        print(
            f"{line.what:<58}{line.ratio:>8.1f}{line.target:>8.1f}  {'ok' if line.ratio >= line.target else 'MISSED'}"
        )
    return int(missed or any(line.ratio < line.target for line in lines))


def peers() -> Path:
    """The Python that has the peers; installed from the lock the first time."""
    python = PEERS / "bin" / "python"
    marker = PEERS / "installed"
    if not marker.is_file() or marker.stat().st_mtime < LOCK.stat().st_mtime:
        venv.create(PEERS, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(LOCK)], check=True)
        marker.touch()
    return python


def ingest_lines(rows: int, repeats: int, peer: Path) -> list[Line]:
    """Ingest against pandas with h3pandas."""
    counted, pairs = ingest.run(rows, repeats=repeats, peer=peer)
    wall, memory = TARGETS[counted >= NATION]
    print(f"ingest of {counted:,} rows, medians of {len(pairs)}: ours, peer, ratio")
    for what in ("wall", "cpu", "memory"):
        ours, theirs, ratio = ingest.median(pairs, what)
        print(f"  {what:<8}{ours:>12,.2f}{theirs:>12,.2f}{ratio:>8.2f}")
    return [
        Line(f"ingest, {counted:,} rows, wall time", ingest.median(pairs, "wall")[2], wall),
        Line(f"ingest, {counted:,} rows, peak memory", ingest.median(pairs, "memory")[2], memory),
    ]


def gi_star_lines(peer: Path) -> list[Line]:
    """Gi* with the randomisation p and the adjustment against esda's analytic Gi* alone."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "gi_star.json"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        command = [str(peer), str(HERE / "gi_star.py"), "--sizes", "100000", "--out", str(out)]
        subprocess.run(command, env=environment, check=False)
        row = json.loads(out.read_text(encoding="utf-8"))["rows"][-1]
    return [Line(f"Gi* + p + BH, {row['cells']:,} cells, esda's Gi* alone", row["times_faster"]["graph"], ESDA_TARGET)]


def siting_lines(peer: Path) -> list[Line]:
    """Proven siting against spopt with HiGHS; the target is that of the largest covering model."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "siting.json"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        command = [str(peer), str(HERE / "siting.py"), "--turns", "1", "--out", str(out)]
        subprocess.run(command, env=environment, check=False)
        found = json.loads(out.read_text(encoding="utf-8"))
    row = max((row for row in found["rows"] if row["what"] == "cover"), key=lambda row: row["cells"])
    what = f"most people covered, proven, {row['cells']:,} × {row['candidates']}, spopt"
    return [
        Line(what, row["times_faster"], SPOPT_TARGET),
        Line("greedy, five sites of a county, 0.3 s over ours", found["greedy_target"] / found["greedy_seconds"], 1.0),
    ]


def catchment_lines(peer: Path) -> list[Line]:
    """The enhanced two-step floating catchment against pysal's ``access``."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "catchment.json"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        command = [str(peer), str(HERE / "catchment.py"), "--out", str(out)]
        subprocess.run(command, env=environment, check=False)
        found = json.loads(out.read_text(encoding="utf-8"))
    largest = found["rows"][-1]
    return [
        Line(
            f"E2SFCA, {row['origins']:,} × {row['services']:,}, access",
            row["times_faster"],
            found["largest_target" if row is largest else "target"],
        )
        for row in found["rows"]
    ]


def peers_targets(peer: Path) -> bool:
    """Single methods against their peers, whose table it prints; whether every target is reached."""
    return subprocess.run([sys.executable, str(HERE / "peers.py"), "--python", str(peer)], check=False).returncode == 0


def tiles_tables() -> None:
    """The tile encoder against its peer, and tiles over HTTP against a bare ASGI application."""
    subprocess.run([sys.executable, str(HERE / "tiles.py"), "encode"], check=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        cli = [sys.executable, "-m", "geointel.cli"]
        subprocess.run([*cli, "demo", str(folder), "--scale", "town", "--no-serve"], check=True, capture_output=True)
        port = free_port()
        serve = subprocess.Popen(
            [*cli, "serve", str(folder / "snapshots"), "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait(f"http://127.0.0.1:{port}/health/ready")
            subprocess.run(
                [sys.executable, str(HERE / "tiles.py"), "http", f"http://127.0.0.1:{port}{TILE}"], check=True
            )
        finally:
            serve.terminate()
            serve.wait()


def scenario_bars() -> bool:
    """A scenario of one service, for a county over HTTP and for a made-up nation; whether both keep their bars."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        demo = [sys.executable, "-m", "geointel.cli", "demo", str(folder), "--scale", "county", "--no-serve"]
        subprocess.run(demo, check=True, capture_output=True)
        parts = (("county", str(folder / "snapshots")), ("nation",))
        command = [sys.executable, str(HERE / "scenario.py")]
        return all([subprocess.run([*command, *part], check=False).returncode == 0 for part in parts])  # noqa: C419 - both run


if __name__ == "__main__":
    sys.exit(main())
