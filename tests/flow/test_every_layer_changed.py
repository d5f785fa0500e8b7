"""Every kind of layer on counts that are changed: as if the police's own records were not public."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from geointel.build import build
from geointel.config import load
from geointel.demo import write_demo
from geointel.layers.base import kinds

if TYPE_CHECKING:
    from pathlib import Path

CLOSED = ("police", "collisions")
STATUS = {"shown", "suppressed", "coarsened", "no-support", "no-data", "insufficient"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    demo = write_demo(tmp_path_factory.mktemp("closed"), scale="town", seed=5, months=36)
    made = load(demo.config)
    sources = tuple(replace(source, public=source.public and source.id not in CLOSED) for source in made.sources)
    return build(replace(made, sources=sources), data=demo.directory, out=demo.directory / "out").path


@pytest.fixture(scope="module", params=["open", "partner"])
def edition(request: pytest.FixtureRequest, path: Path) -> Path:
    return path / str(request.param)


def manifest(edition: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_every_kind_is_there_but_those_of_hours_and_roads(edition: Path) -> None:
    found = manifest(edition)
    assert set(found["disclosure"]["sources"]) == {*CLOSED, "naloxone"}
    of_closed = {spec["kind"] for spec in found["layers"] if set(CLOSED) & set(spec["sources"])}
    expected = {"count", "hotspot", "excess", "change", "emerging", "moran", "rate", "density", "cluster", "collisions"}
    expected |= {"signals"} if edition.name == "partner" else set()
    assert of_closed == expected
    assert not [kind for kind in of_closed if kinds()[kind].timed or kinds()[kind].on_roads]


def test_every_row_has_a_known_status_and_no_number_where_it_is_not_shown(edition: Path) -> None:
    for spec in manifest(edition)["layers"]:
        for folder in ("layers", "areas"):
            file = edition / folder / f"{spec['id']}.parquet"
            if not file.is_file():
                continue
            table = pq.read_table(file)
            status = table["status"].cast("string")
            assert set(status.unique().to_pylist()) <= STATUS, spec["id"]
            hidden = table.filter(pc.is_in(status, value_set=pa.array(["suppressed", "coarsened"])))
            assert hidden["value"].null_count == hidden.num_rows, spec["id"]
            assert hidden["support"].null_count == hidden.num_rows, spec["id"]


def test_no_count_that_may_never_be_shown_is_a_count_of_a_layer(edition: Path) -> None:
    facts = pq.read_table(edition / "facts.parquet")
    own = facts.filter(pc.is_in(facts["source"].cast("string"), value_set=pa.array(CLOSED)))
    values = set(own["value"].unique().to_pylist())
    low = {1.0, 2.0} & values
    assert low == (set() if edition.name == "open" else {1.0, 2.0})
    count = pq.read_table(edition / "layers" / "incident-count.parquet")
    assert {1.0, 2.0} & set(count["value"].unique().to_pylist()) == low


def test_hours_and_roads_of_closed_sources_are_nowhere(edition: Path) -> None:
    profile = edition / "profile.parquet"
    if profile.is_file():
        assert not set(CLOSED) & set(pq.read_table(profile)["source"].to_pylist())
    assert "collision-corridors" not in {spec["id"] for spec in manifest(edition)["layers"]}


def test_no_place_has_two_rows_of_one_map(edition: Path) -> None:
    """What is hidden of a source beside those that a layer counts adds no row to it, and blanks none."""
    for spec in manifest(edition)["layers"]:
        for folder, place in (("layers", ["resolution", "cell"]), ("areas", ["level", "code"])):
            file = edition / folder / f"{spec['id']}.parquet"
            if file.is_file():
                table = pq.read_table(file, columns=[*place, "window", "category"])
                words = pa.table({name: table[name].cast("string") for name in table.column_names})
                assert words.group_by(words.column_names).aggregate([]).num_rows == table.num_rows, spec["id"]
