"""From files to a published snapshot: everything adds up, nothing half done is ever published."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from typer.testing import CliRunner

from geointel import snapshot
from geointel.build import BuildReport, build
from geointel.build.workroom import workroom
from geointel.cli.main import app
from geointel.config import load
from geointel.content import notice
from geointel.errors import GeointelError, SchemaError
from geointel.grid import parents
from geointel.model import ALL, INCIDENTS
from geointel.snapshot import layout
from geointel_api.app import create_app
from geointel_api.settings import Settings

from ..street import geojson, gzipped, row, text, write
from .small_partnership import FEW_LAYERS, MONTHS, Written, write_partnership

if TYPE_CHECKING:
    from pathlib import Path

PUBLISH = (6, 7, 8, 9)
EDITIONS = ("open", "partner")


def run(*arguments: str | Path) -> Any:
    """The command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def made(written: Written, out: Path) -> BuildReport:
    return build(load(written.config), data=written.data, out=out)


def asked(snapshots: Path, address: str) -> httpx.Response:
    """What the service over a snapshots folder answers to the public."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(Settings(snapshots=snapshots)))
        async with httpx.AsyncClient(transport=transport, base_url="http://map.test") as client:
            return await client.get(address)

    return asyncio.run(ask())


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in layout.files_in(folder)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Written, Path, BuildReport]:
    """A partnership with every layer kind, built once."""
    folder = tmp_path_factory.mktemp("whole")
    written = write_partnership(folder, publish=PUBLISH)
    return written, folder / "snapshots", made(written, folder / "snapshots")


@pytest.fixture(scope="module")
def facts(whole: tuple[Written, Path, BuildReport]) -> list[dict[str, Any]]:
    return list(pq.read_table(whole[2].path / "open" / layout.FACTS).to_pylist())


@pytest.fixture(scope="module")
def area_facts(whole: tuple[Written, Path, BuildReport]) -> list[dict[str, Any]]:
    return list(pq.read_table(whole[2].path / "open" / layout.AREA_FACTS).to_pylist())


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A partnership with one quick layer, and a snapshot of it."""
    folder = tmp_path_factory.mktemp("published")
    made(write_partnership(folder, months=MONTHS[:2], layers=FEW_LAYERS), folder / "snapshots")
    return folder


@pytest.fixture
def small(published: Path, tmp_path: Path) -> tuple[Written, Path]:
    """The same, for one test to change: the partnership and its snapshots folder."""
    folder = shutil.copytree(published, tmp_path / "copy")
    return Written(config=folder / "partnership.toml", data=folder / "data", rows=0), folder / "snapshots"


def untouched(out: Path, before: dict[str, bytes]) -> bool:
    """Whether the published snapshot is the one before, whole, and nothing lies about."""
    work = out.parent / f"{out.name}.work"
    return (
        everything(out) == before
        and snapshot.verify(out / snapshot.current_id(out)) == ()
        and not (work / "scratch").exists()
    )


# --- a whole build -----------------------------------------------------------------------------


def test_every_row_has_one_fate(whole: tuple[Written, Path, BuildReport]) -> None:
    written, _, report = whole
    (police,) = report.sources
    assert police.read == police.mapped + sum(police.unmapped.values()) == written.rows
    assert police.files == len(MONTHS)
    assert set(police.unmapped) == {"bad-row", "no-location", "bad-coordinates", "superseded", "outside-area"}
    assert police.unmapped["bad-row"] == len(MONTHS)


def test_cells_of_every_resolution_add_up_to_the_mapped_rows(
    whole: tuple[Written, Path, BuildReport], facts: list[dict[str, Any]]
) -> None:
    total: Counter[tuple[int, bool]] = Counter()
    for fact in facts:
        if fact["measure"] == INCIDENTS and fact["window"] in MONTHS:
            total[fact["resolution"], fact["category"] == ALL] += fact["value"]
    assert total == {
        (resolution, every): whole[2].sources[0].mapped for resolution in PUBLISH for every in (True, False)
    }


def test_areas_of_every_level_add_up_to_the_cells(
    facts: list[dict[str, Any]], area_facts: list[dict[str, Any]]
) -> None:
    by_cell: Counter[tuple[str, ...]] = Counter()
    for fact in facts:
        if fact["resolution"] == 6:
            by_cell[fact["window"], fact["measure"], fact["category"]] += fact["value"]
    for level in ("lad", "cdp"):
        by_area: Counter[tuple[str, ...]] = Counter()
        for fact in area_facts:
            if fact["level"] == level:
                by_area[fact["window"], fact["measure"], fact["category"]] += fact["value"]
        assert by_area == by_cell


def test_children_add_up_to_their_parent(facts: list[dict[str, Any]]) -> None:
    chosen = [fact for fact in facts if (fact["window"], fact["measure"]) == ("12m:2025-12", INCIDENTS)]
    value = {(fact["resolution"], fact["cell"], fact["category"]): fact["value"] for fact in chosen}
    for resolution in PUBLISH[:-1]:
        above: Counter[tuple[int, str]] = Counter()
        for (own, cell, category), n in value.items():
            if own == resolution + 1:
                above[int(parents(np.array([cell]), resolution)[0]), category] += n
        assert above == {(cell, category): n for (own, cell, category), n in value.items() if own == resolution}


def test_longer_windows_are_the_sums_of_their_months(area_facts: list[dict[str, Any]]) -> None:
    key = ("level", "code", "measure", "category")
    value: Counter[tuple[str, ...]] = Counter()
    for fact in area_facts:
        value[(fact["window"], *(fact[name] for name in key))] = fact["value"]
    for (window, *rest), n in list(value.items()):
        months = {"12m:2025-12": MONTHS, **{f"2025-Q{q + 1}": MONTHS[q * 3 : q * 3 + 3] for q in range(4)}}.get(window)
        if months:
            assert n == sum(value[(month, *rest)] for month in months)


def test_the_maps_show_the_facts(whole: tuple[Written, Path, BuildReport], facts: list[dict[str, Any]]) -> None:
    edition = snapshot.open_snapshot(whole[2].path).edition("open")
    for resolution in PUBLISH:
        rows = edition.rows("incident-count", resolution=resolution, window="12m:2025-12", category="drugs")
        key = (resolution, "12m:2025-12", INCIDENTS, "drugs")
        names = ("resolution", "window", "measure", "category")
        expected = {fact["cell"]: fact["value"] for fact in facts if tuple(fact[name] for name in names) == key}
        assert {row["cell"]: row["value"] for row in rows.to_pylist() if row["value"]} == expected


def test_unmapped_rows_are_published_by_month_category_and_reason(whole: tuple[Written, Path, BuildReport]) -> None:
    rows = pq.read_table(whole[2].path / "open" / layout.UNMAPPED).to_pylist()
    found: Counter[str] = Counter()
    for unmapped in rows:
        if unmapped["window"] in MONTHS and unmapped["category"] == ALL:
            found[unmapped["reason"]] += unmapped["value"]
    expected = {reason: n for reason, n in whole[2].sources[0].unmapped.items() if reason != "bad-row"}
    assert found == expected


def test_every_file_of_the_contract_is_there(whole: tuple[Written, Path, BuildReport]) -> None:
    layers = ("incident-count", "drug-hotspot", "drug-excess")
    expected = {
        *("manifest.json", "facts.parquet", "unmapped.parquet", "areas.parquet", "places.parquet"),
        *("areas/facts.parquet", "areas/incident-count.parquet"),
        *(f"layers/{layer}.parquet" for layer in layers),
        *(f"tiles/{layer}.pmtiles" for layer in layers),
    }
    for edition in EDITIONS:
        assert set(everything(whole[2].path / edition)) == expected
    assert sorted(path.name for path in whole[2].path.iterdir()) == list(EDITIONS)


def test_building_twice_gives_the_same_bytes(whole: tuple[Written, Path, BuildReport], tmp_path: Path) -> None:
    """Another place, another time, another order of rows on the engine: only the manifest's time and id differ."""
    written, _, report = whole
    again = made(written, tmp_path / "elsewhere" / "snapshots")
    first, second = everything(report.path), everything(again.path)
    assert set(first) == set(second)
    for name, content in first.items():
        if name.endswith(layout.MANIFEST):
            one, other = json.loads(content), json.loads(second[name])
            for document in (one, other):
                for key in ("created", "snapshot", "digest"):
                    document.pop(key)
            assert one == other
        else:
            assert second[name] == content, name
    assert report.snapshot.rpartition("-")[2] == again.snapshot.rpartition("-")[2]


def test_no_scratch_and_no_raw_count_is_left_among_the_snapshots(whole: tuple[Written, Path, BuildReport]) -> None:
    _, out, report = whole
    assert sorted(path.name for path in out.iterdir()) == sorted([report.snapshot, "current"])
    work = out.parent / "snapshots.work"
    assert {path.name for path in work.iterdir()} == {"builds.jsonl", "lock"}
    assert json.loads((work / "builds.jsonl").read_text())["snapshot"] == report.snapshot


def test_no_id_and_no_coordinate_of_a_row_is_published(whole: tuple[Written, Path, BuildReport]) -> None:
    for path in layout.files_in(whole[2].path):
        content = path.read_bytes()
        assert b"2025-03-7" not in content
        if path.suffix == ".parquet":
            names = set(pq.read_schema(path).names)
            assert not names & {"id", "key", "x", "y", "Longitude", "Latitude", "path", "row"}


# --- months ------------------------------------------------------------------------------------


def test_a_missing_month_takes_its_windows_with_it(tmp_path: Path) -> None:
    months = tuple(month for month in MONTHS if month != "2025-05")
    report = made(write_partnership(tmp_path, months=months, layers=FEW_LAYERS), tmp_path / "snapshots")
    manifest = snapshot.open_snapshot(report.path).edition("open").manifest
    windows = {window["id"] for window in manifest["windows"]}
    assert windows == {*months, "2025-Q1", "2025-Q3", "2025-Q4"}
    assert manifest["period"]["missing"] == ["2025-05"]
    assert "missing-months" in manifest["caveats"]
    facts = pq.read_table(report.path / "open" / layout.FACTS)
    assert set(facts["window"].to_pylist()) <= windows


def test_a_month_whose_file_has_no_rows_is_a_month_of_zeros(tmp_path: Path) -> None:
    written = write_partnership(tmp_path, layers=FEW_LAYERS)
    write(written.data, {"street/2025-05/2025-05-square-street.csv": text()})
    report = made(written, tmp_path / "snapshots")
    manifest = snapshot.open_snapshot(report.path).edition("open").manifest
    assert {"2025-05", "2025-Q2", "12m:2025-12"} <= {window["id"] for window in manifest["windows"]}
    assert manifest["period"]["missing"] == []


# --- editions ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_sources(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """The partner edition knows the partners' own records too; the open one does not."""
    folder = tmp_path_factory.mktemp("two")
    return made(write_partnership(folder, months=MONTHS[:4], layers=FEW_LAYERS, own=True), folder / "snapshots")


def total(report: BuildReport, edition: str) -> float:
    rows = snapshot.open_snapshot(report.path).edition(edition).area_rows("incident-count", level="cdp", category=ALL)
    return float(pc.sum(rows["value"]).as_py())


def test_an_edition_has_only_the_sources_that_may_be_in_it(two_sources: BuildReport) -> None:
    sources = {
        edition: set(pq.read_table(two_sources.path / edition / layout.FACTS)["source"].to_pylist())
        for edition in EDITIONS
    }
    assert sources == {"open": {"police"}, "partner": {"police", "own-records"}}
    police, own = two_sources.sources
    assert (total(two_sources, "open"), total(two_sources, "partner")) == (police.mapped, police.mapped + own.mapped)


def test_an_edition_does_not_give_another_s_sources_away(two_sources: BuildReport) -> None:
    for path in layout.files_in(two_sources.path / "open"):
        assert b"own-records" not in path.read_bytes(), path
    manifest = snapshot.open_snapshot(two_sources.path).edition("open").manifest
    assert [source["id"] for source in manifest["sources"]] == ["police"]
    partner = snapshot.open_snapshot(two_sources.path).edition("partner").manifest
    own = next(source for source in partner["sources"] if source["id"] == "own-records")
    assert not {"read", "mapped", "unmapped", "files"} & set(own)


@pytest.fixture(scope="module")
def unknowing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshots folder whose open edition may know none of the sources."""
    folder = tmp_path_factory.mktemp("unknowing")
    written = write_partnership(folder, months=MONTHS[:2], layers=FEW_LAYERS)
    config = written.config.read_text().replace('covers = "small"', 'covers = "small"\neditions = ["partner"]')
    written.config.write_text(config)
    made(written, folder / "snapshots")
    return folder / "snapshots"


def test_an_edition_does_not_name_what_it_may_not_know(unknowing: Path) -> None:
    opened = snapshot.open_snapshot(unknowing / snapshot.current_id(unknowing))
    manifest = opened.edition("open").manifest
    assert (manifest["layers"], manifest["sources"], manifest["windows"]) == ([], [], [])
    assert manifest["period"] == {"months": [], "missing": [], "data_through": None}
    assert list(opened.edition("partner").layers) == ["incident-count"]
    assert not (opened.path / "open" / "tiles").exists()
    for path in layout.files_in(opened.path / "open"):
        assert not {b"police-uk-street", b"incident-count", b"2025-01"} & {*re.findall(rb"[\w-]+", path.read_bytes())}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *((path, 200) for path in ("/", "/v1/snapshot", "/v1/layers", "/v1/areas", "/v1/places?q=E", "/collections")),
        *((path, 404) for path in ("/v1/layers/incident-count", "/v1/areas/lad/E", "/collections/incident-count")),
        *((path, 404) for path in ("/tiles/incident-count.json", "/v1/cells/88195d2b41fffff")),
    ],
)
def test_an_edition_without_layers_is_served(unknowing: Path, address: str, status: int) -> None:
    answer = asked(unknowing, address)
    assert answer.status_code == status
    if address == "/v1/layers":
        assert answer.json() == {"layers": []}


def test_the_page_of_an_edition_without_layers_says_that_there_is_nothing_to_show(
    unknowing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "<title><!--geointel:title--></title><!--geointel:caveat--><!--geointel:facts--><!--geointel:boot-->"
    write(tmp_path, {"index.html": page})
    monkeypatch.setattr("geointel_api.assets.page_folder", lambda: tmp_path)
    answer = asked(unknowing, "/map")
    assert answer.status_code == 200
    assert notice("no-layers") in answer.text
    assert "geointel:" not in answer.text


# --- what cannot be built ----------------------------------------------------------------------

STREET = "street/2025-02/2025-02-square-street.csv"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({STREET: b"\x89PNG\r\n\x1a\n\xff\xff"}, "not a text file in UTF-8"),
        ({STREET + ".gz": gzipped(text(*[row(f"{n}") for n in range(999)]))[:-20]}, "breaks off or is damaged"),
        ({"street/2025-02-x-street.csv.zip": b"PK\x03\x04"}, "the archive cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_build(
    small: tuple[Written, Path], files: dict[str, bytes], said: str
) -> None:
    written, out = small
    before = everything(out)
    write(written.data, files)
    with pytest.raises(SchemaError, match=said) as caught:
        made(written, out)
    assert next(iter(files)) in caught.value.message
    assert caught.value.remedy
    assert untouched(out, before)


def test_a_file_that_cannot_be_read_ends_the_command_with_1(small: tuple[Written, Path]) -> None:
    written, out = small
    before = everything(out)
    write(written.data, {STREET + ".gz": gzipped(text(*[row(f"{n}") for n in range(999)]))[:-20]})
    done = run("build", written.config, "--data", written.data, "--out", out, "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"{STREET}.gz" in done.stderr
    assert "Download it again." in done.stderr
    assert untouched(out, before)


def test_a_boundary_that_does_not_contain_the_data(small: tuple[Written, Path]) -> None:
    written, out = small
    before = everything(out)
    far = shapely.box(-1.0, 51.0, -0.9, 51.1)
    write(
        written.data,
        {"area.geojson": geojson({"E": ("East", far), "W": ("West", shapely.box(-1.1, 51.0, -1.0, 51.1))})},
    )
    done = run("build", written.config, "--data", written.data, "--out", out)
    assert done.exit_code == 1
    assert "can be mapped" in done.stderr
    assert "outside-area" in done.stderr
    assert "Check that the boundary contains the data" in done.stderr
    assert untouched(out, before)


def test_a_period_without_a_file(small: tuple[Written, Path]) -> None:
    written, out = small
    before = everything(out)
    written.config.write_text(written.config.read_text() + '\n[period]\nfrom = "2020-01"\nto = "2021-01"\n')
    with pytest.raises(GeointelError) as caught:
        made(written, out)
    assert "period" in caught.value.remedy
    assert untouched(out, before)


@pytest.mark.parametrize("where", ["file/snapshots", "file"])
def test_a_snapshots_folder_that_cannot_be_made(tmp_path: Path, where: str) -> None:
    written = write_partnership(tmp_path, months=MONTHS[:1], layers=FEW_LAYERS)
    (tmp_path / "file").write_text("in the way")
    done = run("build", written.config, "--data", written.data, "--out", tmp_path / where)
    assert done.exit_code == 1
    assert "--out" in done.stderr or "system refused" in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_snapshots_folder_that_is_read_only(small: tuple[Written, Path]) -> None:
    written, out = small
    before = everything(out)
    out.chmod(0o500)
    try:
        assert run("build", written.config, "--data", written.data, "--out", out).exit_code == 1
    finally:
        out.chmod(0o700)
    assert untouched(out, before)


@pytest.mark.parametrize("call", ["geointel.build.workroom.shutil.rmtree", "geointel.snapshot.write.os.fsync"])
def test_a_system_that_refuses_in_the_middle(
    small: tuple[Written, Path], monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    written, out = small
    before = everything(out)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(call, refuse)
        done = run("build", written.config, "--data", written.data, "--out", out)
    assert done.exit_code == 1
    assert "No space left on device" in done.stderr
    assert everything(out) == before or call.endswith("rmtree")
    assert snapshot.verify(out / snapshot.current_id(out)) == ()


FULL = """
import resource, sys
from geointel.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.argv[1:] = sys.argv[2:]
main()
"""


@pytest.mark.parametrize("largest", [500, 6_000, 30_000])
def test_a_full_disk(small: tuple[Written, Path], largest: int) -> None:
    """No file may grow beyond so many bytes: while reading, while writing layers, while writing tiles."""
    written, out = small
    before = everything(out)
    command = [sys.executable, "-c", FULL, str(largest)]
    command += ["build", str(written.config), "--data", str(written.data), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "space" in done.stderr
    assert untouched(out, before)


def test_two_builds_at_once_do_not_mix(small: tuple[Written, Path]) -> None:
    written, out = small
    before = everything(out)
    with workroom(out):
        done = run("build", written.config, "--data", written.data, "--out", out)
    assert done.exit_code == 1
    assert "Another build is writing" in done.stderr
    assert untouched(out, before)


def test_a_gap_in_a_source_of_another_edition_is_not_a_gap(tmp_path: Path) -> None:
    """The open edition does not know the partner's own records, so it must not know where they are missing."""
    written = write_partnership(tmp_path, layers=FEW_LAYERS, own=True)
    for path in (written.data / "own").glob("2025-02*"):
        path.unlink()
    report = made(written, tmp_path / "snapshots")
    editions = snapshot.open_snapshot(report.path).editions
    assert editions["open"].manifest["period"]["missing"] == []
    assert "2025-02" in editions["open"].spec("incident-count")["windows"]
    assert editions["partner"].manifest["period"]["missing"] == ["2025-02"]
    assert "2025-02" not in editions["partner"].spec("incident-count")["windows"]
    assert "own-records" not in json.dumps(editions["open"].manifest)
