"""Following the pointer: a switch without a mixed answer, and without a fault."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from geointel.errors import SnapshotCorruptError, SnapshotNotFoundError
from geointel.snapshot import approve, rollback, take_out, withdraw
from geointel_api.app import create_app
from geointel_api.current import Current
from geointel_api.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

PATIENCE = 20.0
PATHS = (
    "/v1/snapshot",
    "/v1/layers/incidents/values?category=all",
    "/v1/layers/drug-hotspot/values?window=2025-11",
    "/tiles/incidents/10/503/329.mvt",
    "/tiles/incidents/10/503/329.mvt?window=2025-12&category=all",
)


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing changed in time"
        time.sleep(0.02)


def test_requests_never_mix_two_snapshots(fresh_snapshots: Path, publish: Any, client: Any) -> None:
    first = (fresh_snapshots / "current").read_text().strip()
    second = publish(fresh_snapshots, seed=2)
    alone = {
        name: {
            path: type(client)(create_app(Settings(snapshots=fresh_snapshots / name))).get(path).content
            for path in PATHS
        }
        for name in (first, second)
    }
    assert all(alone[first][path] != alone[second][path] for path in PATHS)
    app = create_app(Settings(snapshots=fresh_snapshots))
    seen = asyncio.run(_hammer(app, fresh_snapshots, (first, second), alone))
    assert seen == {first, second}


async def _hammer(app: Any, folder: Path, names: tuple[str, str], alone: dict[str, dict[str, bytes]]) -> set[str]:
    """Ask on while the pointer goes back and forth; every answer must be wholly of one snapshot."""
    seen: set[str] = set()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://map.test") as client:
        for swap in range(6):
            rollback(folder, names[swap % 2])
            for _ in range(8):
                answers = await asyncio.gather(*(client.get(path) for path in PATHS * 2))
                for path, answer in zip(PATHS * 2, answers, strict=True):
                    assert answer.status_code == 200
                    name = answer.headers["geointel-snapshot"]
                    assert answer.content == alone[name][path]
                    seen.add(name)
                await asyncio.sleep(0.02)
    return seen


def test_a_new_snapshot_is_served_without_a_restart(fresh_snapshots: Path, publish: Any, client: Any) -> None:
    service = type(client)(create_app(Settings(snapshots=fresh_snapshots)))
    first = service.get("/v1/snapshot").json()["snapshot"]
    second = publish(fresh_snapshots, seed=2)
    _wait(lambda: service.get("/v1/snapshot").json()["snapshot"] == second)
    old = service.get(f"/tiles/incidents/10/503/329.mvt?snapshot={first}")
    assert (old.status_code, old.headers["geointel-snapshot"]) == (200, first)
    third = publish(fresh_snapshots, seed=3)
    _wait(lambda: service.get("/v1/snapshot").json()["snapshot"] == third)
    assert service.get(f"/tiles/incidents/10/503/329.mvt?snapshot={first}").status_code == 404
    assert service.get(f"/v1/layers?snapshot={second}").headers["geointel-snapshot"] == second


def test_a_snapshot_that_was_taken_away_is_not_served_by_its_name(
    fresh_snapshots: Path, publish: Any, client: Any
) -> None:
    service = type(client)(create_app(Settings(snapshots=fresh_snapshots)))
    first = service.get("/v1/snapshot").json()["snapshot"]
    second = publish(fresh_snapshots, seed=2)
    _wait(lambda: service.get("/v1/snapshot").json()["snapshot"] == second)
    (fresh_snapshots / first).rename(fresh_snapshots / "gone")
    assert service.get(f"/tiles/incidents/10/503/329.mvt?snapshot={first}").status_code == 404


def test_a_damaged_snapshot_is_not_served(fresh_snapshots: Path) -> None:
    name = (fresh_snapshots / "current").read_text().strip()
    layer = fresh_snapshots / name / "partner" / "layers" / "incidents.parquet"
    layer.write_bytes(layer.read_bytes()[:-1] + b"x")
    with pytest.raises(SnapshotCorruptError, match=r"partner/layers/incidents\.parquet"):
        create_app(Settings(snapshots=fresh_snapshots))


def test_nothing_to_serve_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SnapshotNotFoundError):
        create_app(Settings(snapshots=tmp_path))


@pytest.mark.parametrize("damage", ["file", "pointer", "missing"])
def test_a_damaged_successor_leaves_the_old_one(fresh_snapshots: Path, publish: Any, client: Any, damage: str) -> None:
    service = type(client)(create_app(Settings(snapshots=fresh_snapshots)))
    first = service.get("/v1/snapshot").json()["snapshot"]
    assert service.get("/health/ready").status_code == 200
    pointer = fresh_snapshots / "current"
    if damage == "file":
        kept = pointer.read_text()
        second = publish(fresh_snapshots, seed=2)
        pointer.write_text(kept)
        (fresh_snapshots / second / "open" / "facts.parquet").write_bytes(b"broken")
        pointer.write_text(f"{second}\n")
    elif damage == "pointer":
        pointer.write_text("../../etc\n")
    else:
        pointer.unlink()
    _wait(lambda: service.get("/health/ready").status_code == 503)
    ready = service.get("/health/ready").json()
    assert (ready["status"], ready["snapshot"]) == ("not ready", first)
    assert ready["trouble"]
    assert str(fresh_snapshots) not in ready["trouble"]
    assert service.get("/health/live").status_code == 200
    assert service.get("/v1/snapshot").json()["snapshot"] == first
    pointer.write_text(f"{first}\n")
    _wait(lambda: service.get("/health/ready").status_code == 200)


def test_an_approval_and_a_withdrawal_hold_from_the_next_request_on(
    fresh_snapshots: Path, publish: Any, client: Any
) -> None:
    name = publish(fresh_snapshots, seed=2, approval=("open", "partner"))
    service = type(client)(create_app(Settings(snapshots=fresh_snapshots, anonymous_role="analyst")))
    unknown = service.get("/v1/layers?edition=nobody").json()["detail"]
    hidden = service.get("/v1/layers?edition=partner")
    assert (hidden.status_code, hidden.json()["detail"].replace("partner", "nobody")) == (403, unknown)
    assert service.get("/health/ready").status_code == 200
    approve(fresh_snapshots, "partner", by="A. Person", at=datetime.now(UTC))
    assert service.get("/v1/snapshot").json()["editions"] == ["partner"]
    assert service.get("/v1/layers?edition=open").status_code == 403
    withdraw(fresh_snapshots, "health", by="B. Person", at=datetime.now(UTC))
    for query in ("", "?edition=partner", f"?snapshot={name}"):
        assert service.get(f"/v1/layers{query}").status_code == 403
    assert service.get(f"/tiles/incidents/10/503/329.mvt?snapshot={name}").status_code == 403
    take_out(fresh_snapshots, at=datetime.now(UTC))
    approve(fresh_snapshots, "partner", by="A. Person", at=datetime.now(UTC))
    _wait(lambda: service.get("/v1/snapshot").status_code == 200)
    assert service.get("/v1/snapshot").json()["snapshot"] != name
    assert [one["id"] for one in service.get("/v1/snapshot").json()["sources"]] == ["police"]
    assert service.get(f"/v1/layers?snapshot={name}").status_code == 404


def test_one_snapshot_can_be_served_by_its_folder(fresh_snapshots: Path) -> None:
    name = (fresh_snapshots / "current").read_text().strip()
    current = Current(fresh_snapshots / name)
    (fresh_snapshots / "current").unlink()
    assert current.pin().id == name
    assert current.trouble == ""
