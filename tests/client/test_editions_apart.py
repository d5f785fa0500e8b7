"""Several editions from one process, and one edition's folder alone on another machine: the same answers."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from geointel.errors import SnapshotCorruptError
from geointel.snapshot import open_snapshot
from geointel_api.app import create_app
from geointel_api.settings import Settings
from geointel_api.state.database import default_url

from .conftest import api_of, as_client

if TYPE_CHECKING:
    from pathlib import Path

PATHS = [
    "/v1/layers",
    "/v1/layers/incidents/values",
    "/v1/layers/drug-hotspot/values?window=2025-12&f=csv",
    "/v1/cells/881951d49bfffff",
    "/v1/areas/lad/E06000009",
    "/tiles/incidents/10/503/329.mvt",
    "/tiles/drug-hotspot/11/1006/658.mvt?window=2025-Q4",
    "/collections/incidents/items?limit=5",
    "/health/ready",
]


@pytest.fixture(params=["open", "partner"])
def alone(request: pytest.FixtureRequest, snapshots: Path, tmp_path: Path) -> Path:
    """One edition's folder, copied to where nothing else is."""
    name = (snapshots / "current").read_text().strip()
    shutil.copytree(snapshots / name / request.param, tmp_path / request.param)
    return tmp_path / request.param


def test_an_edition_alone_answers_as_it_does_beside_others(alone: Path, client: Any, analyst: Any) -> None:
    beside = client if alone.name == "open" else analyst
    served = as_client(create_app(Settings(snapshots=alone, anonymous_role="analyst", audit="off")))
    for path in PATHS:
        here, there = served.get(path), beside.get(path)
        assert here.status_code in (200, 204)
        for name in ("etag", "geointel-snapshot", "cache-control", "content-length", "content-type"):
            assert here.headers.get(name) == there.headers.get(name), (path, name)
        assert here.content == there.content
    assert served.get("/v1/snapshot").json()["editions"] == [alone.name]


def test_an_edition_alone_says_nothing_of_the_others(alone: Path) -> None:
    other = ({"open", "partner"} - {alone.name}).pop()
    served = as_client(create_app(Settings(snapshots=alone, anonymous_role="analyst", audit="off")))
    unheard = served.get("/v1/layers?edition=" + "x" * len(other))
    refused = served.get(f"/v1/layers?edition={other}")
    assert (refused.status_code, unheard.status_code) == (403, 403)
    assert refused.text.replace(f"'{other}'", f"'{'x' * len(other)}'") == unheard.text
    if alone.name == "open":
        assert not any(b"edition=partner" in file.read_bytes() for file in alone.rglob("*") if file.is_file())


def test_the_role_still_decides(alone: Path) -> None:
    served = as_client(create_app(Settings(snapshots=alone)))
    assert served.get("/v1/layers").status_code == (200 if alone.name == "open" else 403)


def test_an_edition_alone_is_verified(alone: Path) -> None:
    facts = alone / "facts.parquet"
    facts.write_bytes(facts.read_bytes()[:-1] + b"x")
    with pytest.raises(SnapshotCorruptError, match=r"facts\.parquet"):
        open_snapshot(alone)


@pytest.mark.parametrize("change", ["added", "removed", "manifest"])
def test_nothing_is_added_to_it_or_taken_away(alone: Path, change: str) -> None:
    if change == "added":
        (alone / "more.parquet").write_bytes(b"")
    elif change == "removed":
        (alone / "areas.parquet").unlink()
    else:
        manifest = json.loads((alone / "manifest.json").read_text())
        manifest["roles"] = {"public": 0}
        (alone / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(SnapshotCorruptError):
        open_snapshot(alone)


def test_its_state_lies_beside_it_and_never_in_a_snapshot(alone: Path, snapshots: Path) -> None:
    assert default_url(alone).database == f"{alone}.state.sqlite"
    name = (snapshots / "current").read_text().strip()
    for inside in (snapshots, snapshots / name, snapshots / name / "open"):
        assert default_url(inside).database == f"{snapshots}.state.sqlite"


def test_a_folder_with_one_edition_under_its_snapshot_is_served(snapshots: Path, tmp_path: Path) -> None:
    """Copied with its snapshot's folder but without its siblings, the id is not that of all its files: it is refused by name."""
    name = (snapshots / "current").read_text().strip()
    shutil.copytree(snapshots / name / "open", tmp_path / name / "open")
    with pytest.raises(SnapshotCorruptError, match="not those that the id was made from"):
        open_snapshot(tmp_path / name)
    assert open_snapshot(tmp_path / name / "open").id == name


def test_one_process_serves_every_edition_of_a_role(snapshots: Path) -> None:
    both = as_client(create_app(Settings(snapshots=snapshots, anonymous_role="analyst", audit="off")))
    only = {
        name: as_client(
            create_app(
                Settings(
                    snapshots=snapshots / both.get("/v1/snapshot").json()["snapshot"] / name,
                    anonymous_role="analyst",
                    audit="off",
                )
            )
        )
        for name in ("open", "partner")
    }
    for path in PATHS[:-1]:
        mark = "&" if "?" in path else "?"
        for name, one in only.items():
            asked = f"{path}{mark}edition={name}"
            assert both.get(asked).content == one.get(asked).content
            assert both.get(asked).headers["etag"] == one.get(asked).headers["etag"]
    assert api_of(both.app).state.current.trouble == ""
