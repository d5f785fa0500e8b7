"""A partner's own file through a whole build: ids stay nowhere, agreements hold, editions keep apart."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from geointel import snapshot
from geointel.build import BuildReport, build
from geointel.cli.main import app
from geointel.config import load
from geointel.errors import ConfigError, GeointelError
from geointel.ingest import door
from geointel.snapshot import layout

from ..partner import EXPECTED, FORMATS, HEADER, SECRET_IDS
from .small_partnership import FEW_LAYERS, MONTHS, write_partnership

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geointel.ingest.door import Admitted

SECRET = "not a secret of anybody's"  # noqa: S105 - it is none
MORE = """
[edition.police]
policy = { method = "none" }

[secrets]
cell_key = "env:SMALL_CELL_KEY"

[[agreement]]
id = "ambulance"
title = "Call-outs with naloxone"
purpose = "To place naloxone where it is needed"
controller = "Ambulance Trust"
legal_basis = "UK GDPR article 6(1)(e)"
expires = "2099-12-31"
contact = "somebody@example.org"

[[source]]
id = "calls"
kind = "incidents"
files = "calls/*"
editions = ["police"]
agreement = "ambulance"
columns = { id = "Call ID", date = "Call time", lat = "Latitude", lng = "Longitude", category = "Kind", area = "LSOA" }
categories = { "Naloxone given" = "naloxone-callout", "Overdose" = "overdose" }
labels = { naloxone-callout = "Call-outs with naloxone" }
months = { from = "2025-01", to = "2025-04" }

[[layer]]
id = "calls"
kind = "count"
source = "calls"
windows = ["month", "quarter"]
"""


def written(folder: Path, name: str = "calls.csv", header: Sequence[str] = HEADER) -> Path:
    """A small partnership with a partner's file; returns its partnership file."""
    found = write_partnership(folder, months=MONTHS[:3], layers=FEW_LAYERS)
    with found.config.open("a", encoding="utf-8") as stream:
        stream.write(MORE)
    (found.data / "calls").mkdir()
    FORMATS[name](found.data / "calls" / name, header)
    return found.config


def made(config: Path, **options: Any) -> BuildReport:
    return build(load(config), data=config.parent / "data", out=config.parent / "snapshots", **options)


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def holds(folder: Path, words: Sequence[str]) -> list[str]:
    """Files of a folder in which any of the words stands, packed or not."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            if path.suffix == ".parquet":
                text += str(pq.read_table(path).to_pylist()).encode()
            if any(word.encode() in text for word in words):
                found.append(path.name)
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildReport, list[str]]:
    """A build, with the files of the work folder that held what must stay outside, at any time."""
    config = written(tmp_path_factory.mktemp("partner"))
    room = config.parent / "snapshots.work"
    seen: list[str] = []
    admit = door.admit

    def look(_: str) -> None:
        seen.extend(holds(room, (*SECRET_IDS, "friend", SECRET)))

    def admit_and_look(*args: Any) -> list[Admitted]:
        found = admit(*args)
        assert all(room in each.raw.path.parents and each.raw.path.stat().st_size for each in found)
        look("")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMALL_CELL_KEY", SECRET)
        patch.setattr(door, "admit", admit_and_look)
        report = made(config, announce=look)
    return config, report, seen


def manifest(report: BuildReport, edition: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((report.path / edition / layout.MANIFEST).read_text(encoding="utf-8"))
    return found


def test_every_row_has_a_fate(whole: tuple[Path, BuildReport, list[str]]) -> None:
    calls = whole[1].sources[1]
    assert (calls.id, calls.read, calls.mapped) == ("calls", 6, EXPECTED[None])
    assert calls.unmapped == {reason: n for reason, n in EXPECTED.items() if reason}


def test_ids_and_notes_stand_nowhere(whole: tuple[Path, BuildReport, list[str]]) -> None:
    config, report, seen = whole
    assert seen == []
    assert holds(config.parent / "snapshots", (*SECRET_IDS, "friend", SECRET)) == []
    assert holds(config.parent / "snapshots.work", (*SECRET_IDS, "friend", SECRET)) == []
    assert report.path.is_dir()


def test_the_edition_that_admits_the_source_says_on_what_terms(whole: tuple[Path, BuildReport, list[str]]) -> None:
    found = manifest(whole[1], "police")
    (calls,) = (source for source in found["sources"] if source["id"] == "calls")
    assert calls["agreement"] == {
        "id": "ambulance",
        "purpose": "To place naloxone where it is needed",
        "controller": "Ambulance Trust",
    }
    assert not {"read", "mapped", "unmapped", "files"} & set(calls)
    labels = {category["id"]: category["label"] for category in found["categories"]}
    assert labels["naloxone-callout"] == "Call-outs with naloxone"
    assert labels["overdose"] == "Overdose"


def test_the_contact_is_published_nowhere(whole: tuple[Path, BuildReport, list[str]]) -> None:
    assert holds(whole[0].parent / "snapshots", ["somebody@example.org"]) == []


def test_other_editions_know_nothing_of_it(whole: tuple[Path, BuildReport, list[str]]) -> None:
    for edition in ("open", "partner"):
        assert holds(whole[1].path / edition, ["naloxone", "ambulance", "Ambulance", "overdose"]) == []


def test_a_month_without_a_row_is_a_zero_where_the_file_stands_for_it(tmp_path: Path) -> None:
    config = written(tmp_path)
    path = tmp_path / "data" / "calls" / "calls.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if "2025-02" not in line), encoding="utf-8")
    rows = pq.read_table(made(config).path / "police" / "layers" / "calls.parquet").to_pylist()
    assert {row["value"] for row in rows if row["window"] == "2025-02"} == {0.0}


def test_the_secret_changes_nothing_that_is_published(
    whole: tuple[Path, BuildReport, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMALL_CELL_KEY", raising=False)
    said: list[str] = []
    again = made(written(tmp_path), announce=said.append)
    assert "SMALL_CELL_KEY is not set: ids are keyed for this build alone" in said
    assert {name: data for name, data in everything(again.path).items() if not name.endswith(".json")} == {
        name: data for name, data in everything(whole[1].path).items() if not name.endswith(".json")
    }


@pytest.mark.parametrize("name", ["calls.xlsx", "calls.parquet"])
def test_every_format_gives_the_same_snapshot(
    whole: tuple[Path, BuildReport, list[str]], tmp_path: Path, name: str
) -> None:
    again = made(written(tmp_path, name))
    table = "police/layers/calls.parquet"
    assert (again.path / table).read_bytes() == (whole[1].path / table).read_bytes()


def test_a_file_that_identifies_people_leaves_nothing_behind(tmp_path: Path) -> None:
    config = written(tmp_path, header=(*HEADER[:-1], "Date of birth"))
    with pytest.raises(GeointelError, match="Date of birth"):
        made(config)
    assert not (tmp_path / "snapshots" / "current").exists()
    assert holds(tmp_path / "snapshots.work", SECRET_IDS) == []


@pytest.mark.parametrize("damage", [b"", b"\x00" * 50, b"PK\x03\x04", b"Call ID,Call time\n"])
def test_a_damaged_file_leaves_the_published_snapshot(tmp_path: Path, damage: bytes) -> None:
    config = written(tmp_path)
    first = made(config)
    before = everything(first.path)
    (tmp_path / "data" / "calls" / "calls.csv").write_bytes(damage)
    with pytest.raises(GeointelError):
        made(config)
    assert snapshot.current_id(tmp_path / "snapshots") == first.snapshot
    assert everything(first.path) == before


def test_an_expired_agreement_stops_a_build(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'ambulance' .* expired on 2099-12-31"):
        made(written(tmp_path), today=date(2100, 1, 1))
    assert not (tmp_path / "snapshots").exists()


@pytest.mark.parametrize("verb", ["check", "build"])
def test_an_expired_agreement_is_a_fault_of_the_command_line(tmp_path: Path, verb: str) -> None:
    config = written(tmp_path)
    config.write_text(config.read_text(encoding="utf-8").replace("2099-12-31", "2020-12-31"), encoding="utf-8")
    done = CliRunner().invoke(app, [verb, str(config), "--data", str(tmp_path / "data")])
    assert done.exit_code == 2
    assert "source[1].agreement" in done.stderr
    assert "expired on 2020-12-31" in done.stderr
    assert not (tmp_path / "snapshots").exists()


def test_check_says_when_no_agreement_is_named(tmp_path: Path) -> None:
    config = written(tmp_path)
    arguments = ["check", str(config), "--data", str(tmp_path / "data")]
    assert "no agreement is named" not in CliRunner().invoke(app, arguments).stderr
    config.write_text(config.read_text(encoding="utf-8").replace('agreement = "ambulance"', ""), encoding="utf-8")
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, "'calls' is not public, and no agreement is named" in done.stderr) == (0, True)
