"""What a right partnership file means."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pydantic
import pytest

from geointel.config import load
from geointel.errors import ConfigError
from geointel.model import parse_month

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geointel.config import Kinds, Partnership

    Load = Callable[[str], Partnership]

FULL = """
[partnership]
id = "borough"
name = "Borough"
synthetic = true
[area]
edge_km = 20
[[area.level]]
id = "lad"
title = "District"
file = "lad.geojson"
code = "code"
name = "name"
only = ["E1", "E2"]
lookup = [{ file = "lookup.csv", from = "lsoa21_code", to = "lad" }]
[[area.level]]
id = "cdp"
members_of = "lad"
members = { "North" = ["E1"], "South" = ["E2"] }
[grid]
leaf = 10
publish = [7, 9]
[period]
from = "2025-01"
to = "2026-01"
[[source]]
id = "police"
kind = "police-uk-street"
files = ["a/*.csv", "b/*.csv"]
covers = "E1"
extent = "boundaries/force.geojson"
editions = ["open"]
[[layer]]
id = "drug-hotspot"
kind = "hotspot"
title = "Drug hotspots"
categories = ["drugs"]
default_resolution = 7
windows = ["year", "month"]
[[layer]]
id = "rates"
kind = "rate"
per = 100
[edition.open]
policy = { method = "cell-key", max_noise = 5, variance = 3, never_show = 2, stay = 0.5 }
names = "district"
[edition.police]
policy = { method = "none" }
[edition.police.source]
police = { method = "none" }
[role]
public = ["open"]
analyst = ["police", "open"]
[secrets]
cell_key = "env:GEOINTEL_CELL_KEY"
[engine]
name = "duckdb"
"""


def test_every_key_arrives(read: Load) -> None:
    found = read(FULL)
    assert (found.id, found.name, found.synthetic) == ("borough", "Borough", True)
    assert found.area.edge_km == 20
    lad, cdp = found.area.levels
    assert (lad.title, lad.file, lad.code, lad.name, lad.only) == (
        "District",
        "lad.geojson",
        "code",
        "name",
        ("E1", "E2"),
    )
    assert (lad.lookup[0].file, lad.lookup[0].source_code, lad.lookup[0].level_code) == (
        "lookup.csv",
        "lsoa21_code",
        "lad",
    )
    assert (cdp.members_of, cdp.members) == ("lad", {"North": ("E1",), "South": ("E2",)})
    assert (found.grid.leaf, found.grid.publish) == (10, (7, 9))
    assert found.period is not None
    assert (found.period.start, found.period.stop) == (parse_month("2025-01"), parse_month("2026-01"))
    police = found.sources[0]
    assert (police.files, police.covers, police.editions) == (("a/*.csv", "b/*.csv"), "E1", ("open",))
    assert police.extent == "boundaries/force.geojson"
    hotspot, rate = found.layers
    assert (hotspot.title, hotspot.categories, hotspot.default_resolution) == ("Drug hotspots", ("drugs",), 7)
    assert hotspot.windows == ("year", "month")
    assert rate.options.model_dump()["per"] == 100
    assert found.editions["open"].policy.stay == 0.5
    assert found.editions["open"].names == "district"
    assert found.editions["police"].policy_for("police").method == "none"
    assert found.roles == {"public": ("open",), "analyst": ("police", "open")}
    assert found.secrets == {"cell_key": "env:GEOINTEL_CELL_KEY"}
    assert found.engine.name == "duckdb"


def test_silence_has_a_meaning(read: Load, base: str) -> None:
    found = read(base)
    assert (found.grid.leaf, found.grid.publish, found.period, found.area.edge_km) == (9, (6, 7, 8), None, 0)
    assert found.sources[0].files == ("police/*.csv",)
    assert found.sources[0].public
    policy = found.editions["open"].policy
    assert (policy.method, policy.max_noise, policy.variance, policy.never_show) == ("cell-key", 8, 3, 2)
    assert (policy.stay, policy.coarsen_below, policy.coarsen_population, policy.floor) == (0.5, 10, 500, "none")
    assert found.roles == {"public": ("open",)}
    assert not found.synthetic
    asked = {layer.id: (layer.kind, layer.categories, layer.default_resolution) for layer in found.layers}
    assert asked == {
        "incident-count": ("count", ("drugs", "burglary", "all"), 8),
        "hotspot": ("hotspot", ("drugs", "all"), 8),
        "excess": ("excess", ("drugs",), 8),
    }


def test_a_layer_without_categories_has_all_that_have_a_meaning(read: Load, base: str) -> None:
    found = read(base + '[[layer]]\nid = "x"\nkind = "excess"\n[[layer]]\nid = "n"\nkind = "count"\n')
    assert found.layers[0].categories == ("drugs", "burglary")
    assert found.layers[1].categories == ("drugs", "burglary", "all")


@pytest.mark.parametrize(("publish", "expected"), [("[5, 6, 7]", 6), ("[8, 9]", 8), ("[7]", 7), ("[6, 7]", 7)])
def test_default_resolution_is_8_or_the_middle(read: Load, base: str, publish: str, expected: int) -> None:
    found = read(f"{base}[grid]\npublish = {publish}\n")
    assert {layer.default_resolution for layer in found.layers} == {expected}


def test_without_roles_the_public_opens_the_open_edition_else_the_first(read: Load, base: str) -> None:
    none = '\npolicy = { method = "none" }\n'
    assert read(f"{base}[edition.police]{none}[edition.open]{none}").roles == {"public": ("open",)}
    assert read(f"{base}[edition.police]{none}[edition.partner]{none}").roles == {"public": ("police",)}


def test_a_source_that_is_not_public_passes_where_counts_stay_true(read: Load, base: str) -> None:
    closed = '[[source]]\nid = "litter"\nkind = "incidents"\nfiles = "x.csv"\neditions = ["police"]\n'
    found = read(f'{base}{closed}[edition.police]\npolicy = {{ method = "none" }}\n')
    assert not found.sources[1].public
    assert [(layer.id, layer.sources) for layer in found.layers] == [
        ("incident-count", ("police",)), ("hotspot", ("police",)), ("excess", ("police",)), ("litter-count", ("litter",)),
    ]  # fmt: skip
    assert found.layers[3].categories == ("needles", "all")


def test_digest_is_of_the_content_not_the_spelling(read: Load, base: str) -> None:
    again = read("# a comment\r\n" + base.replace("\n", "\r\n"))
    assert again.digest == read(base).digest
    assert len(again.digest) == 64
    assert read(base.replace("Borough", "Town")).digest != again.digest


def test_byte_order_mark_is_read(tmp_path: Path, kinds: Kinds, base: str) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b"\xef\xbb\xbf" + base.encode())
    assert load(path, kinds=kinds).path == path


def test_nothing_can_be_changed_afterwards(read: Load, base: str) -> None:
    found = read(base)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "other"  # type: ignore[misc]
    with pytest.raises(pydantic.ValidationError):
        found.grid.leaf = 7  # type: ignore[misc]


def test_a_missing_file_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.toml")
    assert caught.value.faults[0].key == "(file)"
    assert "init" in caught.value.faults[0].remedy


def test_bytes_that_are_not_text_are_one_fault_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b'[partnership]\nname = "caf\xe9"\n')
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert [fault.key for fault in caught.value.faults] == ["line 2"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[partnership]\nid = borough\n", "line 2, column 6"),
        ("[a]\n[a]\n", "line 2, column 3"),
        ("x = ", "end of file"),
    ],
)
def test_a_syntax_error_is_one_fault_with_its_place(read: Load, text: str, where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert [fault.key for fault in caught.value.faults] == [where]


FORCES = """
[[source]]
id = "second"
kind = "police-uk-street"
files = "second/*.csv"
[[source]]
id = "litter"
kind = "incidents"
files = "x.csv"
public = true
"""


def test_sources_of_one_kind_are_one_series(read: Load, base: str) -> None:
    found = read(base + FORCES)
    assert found.series == {"police": ("police", "second"), "second": ("police", "second"), "litter": ("litter",)}
    assert [layer.sources for layer in found.layers] == [("police", "second")] * 3 + [("litter",)]


def test_a_layer_is_computed_from_the_sources_that_it_names(read: Load, base: str) -> None:
    own = '[[layer]]\nid = "second"\nkind = "count"\nsource = "second"\n'
    needles = '[[layer]]\nid = "needles"\nkind = "count"\ncategories = ["needles"]\n'
    first, second = read(base + FORCES + own + needles).layers
    assert (first.sources, first.categories) == (("second",), ("drugs", "burglary", "all"))
    assert (second.sources, second.categories) == (("litter",), ("needles",))
