"""What a wrong partnership file is told: every fault, where it is, and what to do."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from geointel.config import load
from geointel.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from geointel.config import Kinds, Partnership
    from geointel.errors import Fault

    Faults = Callable[[str], dict[str, Fault]]
    Load = Callable[[str], Partnership]

MANY = """
titel = 1
[partnership]
id = "Our Borough"
nme = "x"
[area]
edge_km = "20"
[[area.level]]
id = "lad"
file = "lad.geojson"
[[area.level]]
id = "cdp"
members_of = "ladd"
members = { a = ["x"] }
[grid]
publish = [8, 7]
[period]
from = 2025-01-01
to = "2025-13"
[[source]]
id = "police"
kind = "police-uk-stret"
files = []
public = "yes"
editions = ["opn"]
[[source]]
id = "police"
kind = "stats19"
files = "x"
[[layer]]
id = "h"
kind = "hotspots"
default_resolution = 9
[edition.open]
policy = { method = "celkey" }
approval = "required"
[edition.partner]
policy = { method = "hiding" }
[edition.partner.source]
polise = { method = "none" }
[role]
public = ["opne"]
[secrets]
cell_key = "hunter2"
[engine]
name = "spark://cluster"
"""


def test_all_faults_come_at_once(faults: Faults) -> None:
    assert set(faults(MANY)) == {
        "titel",
        "partnership.id",
        "partnership.nme",
        "partnership.name",
        "area.edge_km",
        "area.level[0]",
        "area.level[1].members_of",
        "grid.publish",
        "period.from",
        "period.to",
        "source[0].kind",
        "source[0].files",
        "source[0].public",
        "source[0].editions[0]",
        "source[1].id",
        "source[1].kind",
        "layer[0].kind",
        "layer[0].default_resolution",
        "edition.open.policy.method",
        "edition.partner.policy.method",
        "edition.partner.source.polise",
        "role.public[0]",
        "secrets.cell_key",
        "engine.name",
    }


def test_a_secret_is_never_repeated(faults: Faults) -> None:
    assert not any("hunter2" in str(fault) for fault in faults(MANY).values())


LAYER = '[[layer]]\nid = "x"\nkind = "hotspot"\n'
SOURCE = '[[source]]\nid = "more"\nkind = "police-uk-street"\nfiles = "x"\n'
LEVEL = '[[area.level]]\nid = "cdp"\n'
NONE = 'policy = { method = "none" }\n'
OPEN = f"[edition.open]\n{NONE}"

ADDED = {
    "unknown key": ("[grid]\nleef = 9\n", "grid.leef", "no key", "'leaf'"),
    "unknown key of a layer": (
        LAYER + "default_resoluton = 8\n",
        "layer[0].default_resoluton",
        "no key",
        "'default_resolution'",
    ),
    "unknown key of a kind": (
        '[[layer]]\nid = "x"\nkind = "rate"\ndenominater = "residents"\n',
        "layer[0].denominater",
        "no key",
        "'denominator'",
    ),
    "wrong value of a kind's key": (
        '[[layer]]\nid = "x"\nkind = "rate"\nper = "many"\n',
        "layer[0].per",
        "whole number",
        "Write",
    ),
    "unknown kind of layer": (LAYER.replace("hotspot", "hotspots"), "layer[0].kind", "no kind", "'hotspot'"),
    "kind of layer to come": (LAYER.replace("hotspot", "density"), "layer[0].kind", "not in this version", "hotspot"),
    "kind of source to come": (
        SOURCE.replace("police-uk-street", "stats19"),
        "source[1].kind",
        "not in this version",
        "police-uk-street",
    ),
    "repeated source": (SOURCE.replace("more", "police"), "source[1].id", "source[0].id", "own id"),
    "repeated layer": (LAYER + LAYER, "layer[1].id", "layer[0].id", "own id"),
    "repeated level": (
        LEVEL.replace("cdp", "lad") + 'file = "f"\ncode = "c"\nname = "n"\n',
        "area.level[1].id",
        "taken",
        "own id",
    ),
    "unknown category": (LAYER + 'categories = ["all", "drug"]\n', "layer[0].categories[1]", "'drug'", "'drugs'"),
    "category twice": (LAYER + 'categories = ["all", "all"]\n', "layer[0].categories[1]", "twice", "once"),
    "category without meaning": (
        '[[layer]]\nid = "x"\nkind = "excess"\ncategories = ["all"]\n',
        "layer[0].categories[0]",
        "no excess of everything",
        "'all'",
    ),
    "resolution not published": (LAYER + "default_resolution = 5\n", "layer[0].default_resolution", "5", "6, 7, 8"),
    "a layer of no source": (LAYER + 'source = "polize"\n', "layer[0].source[0]", "'polize'", "'police'"),
    "no such window": (LAYER + 'windows = ["week"]\n', "layer[0].windows[0]", "'month', 'quarter' or 'year'", "month"),
    "empty list": (LAYER + "categories = []\n", "layer[0].categories", "empty", "leave the key out"),
    "publish finer than leaf": ("[grid]\nleaf = 7\n", "grid", "finer than the leaf", "Publish"),
    "publish not ascending": ("[grid]\npublish = [7, 6, 7]\n", "grid.publish", "ascending", "[6, 7]"),
    "no such resolution": ("[grid]\nleaf = 16\n", "grid.leaf", "15 or less", "15"),
    "text for a number": ('[grid]\nleaf = "9"\n', "grid.leaf", "whole number", "without quotes"),
    "fraction": ("[grid]\nleaf = 9.5\n", "grid.leaf", "whole number", "Write"),
    "list for a table": ("grid = []\n", "grid", "table", "[grid]"),
    "period backwards": ('[period]\nfrom = "2025-02"\nto = "2025-02"\n', "period", "ends before", "later"),
    "bad month": ('[period]\nfrom = "2025-13"\nto = "2026-01"\n', "period.from", "2025-13", "2025-01"),
    "date for a month": ('[period]\nfrom = 2025-01-01\nto = "2026-01"\n', "period.from", "quotes", "2025-01"),
    "half a period": ('[period]\nfrom = "2025-01"\n', "period.to", "missing", "month after"),
    "role to nowhere": ('[role]\npublic = ["opne"]\n', "role.public[0]", "'opne'", "'open'"),
    "role without edition": ("[role]\npublic = []\n", "role.public", "no edition", "Name one"),
    "role with a bad name": ('[role]\n"the public" = ["open"]\n', "role.the public", "name", "small letters"),
    "edition with a bad name": (f"[edition.Open]\n{NONE}", "edition.Open", "name", "small letters"),
    "edition without policy": ("[edition.open]\n", "edition.open.policy", "missing", "policy"),
    "policy for no source": (
        f"{OPEN}[edition.open.source.polise]\nmethod = 'none'\n",
        "edition.open.source.polise",
        "no source",
        "'police'",
    ),
    "source for no edition": (SOURCE + 'editions = ["opne"]\n', "source[1].editions[0]", "'opne'", "'open'"),
    "unknown method": (
        '[edition.open]\npolicy = { method = "celkey" }\n',
        "edition.open.policy.method",
        "must be",
        "'cell-key'",
    ),
    "dp without epsilon": (
        '[edition.open]\npolicy = { method = "dp" }\n',
        "edition.open.policy",
        "needs `epsilon`",
        "epsilon = 1",
    ),
    "key of another method": (
        '[edition.open]\npolicy = { method = "rounding", base = 3, epsilon = 1, max_noise = 2 }\n',
        "edition.open.policy",
        "`epsilon`, `max_noise` would do nothing",
        "Remove it",
    ),
    "suppression that coarsens": (
        '[edition.open]\npolicy = { method = "suppress", coarsen_below = 10 }\n',
        "edition.open.policy",
        "`coarsen_below` would do nothing",
        "Remove it",
    ),
    "persons that dp does not look at": (
        '[edition.open]\npolicy = { method = "dp", epsilon = 1, min_persons = 5 }\n',
        "edition.open.policy",
        "`min_persons` would do nothing",
        "Remove it",
    ),
    "cell key without noise": (
        '[edition.open]\npolicy = { method = "cell-key" }\n',
        "edition.open.policy",
        "max_noise",
        "variance",
    ),
    "impossible variance": (
        '[edition.open]\npolicy = { method = "cell-key", max_noise = 2, variance = 5 }\n',
        "edition.open.policy",
        "variance of 5",
        "at most 4",
    ),
    "noise that would do nothing": (
        '[edition.open]\npolicy = { method = "none", max_noise = 5 }\n',
        "edition.open.policy",
        "`max_noise`",
        "Remove",
    ),
    "approval": (f'{OPEN}approval = "always"\n', "edition.open.approval", "", "required"),
    "marking": (f'{OPEN}marking = "SECRET"\n', "edition.open.marking", "", "OFFICIAL"),
    "sensitive, for everybody": (
        f'{OPEN}marking = "OFFICIAL-SENSITIVE"\n',
        "edition.open.marking",
        "everybody may open it",
        "OFFICIAL",
    ),
    "handling": (f'{OPEN}handling = " "\n', "edition.open.handling", "empty", "Write something"),
    "secret in the file": ('[secrets]\ncell_key = "abc"\n', "secrets.cell_key", "secret", "env:NAME"),
    "unknown secret": ('[secrets]\ncell_kee = "env:A"\n', "secrets.cell_kee", "no key", "'cell_key'"),
    "spark": ('[engine]\nname = "spark://host:7077"\n', "engine.name", "not in this version", "duckdb"),
    "unknown engine": ('[engine]\nname = "duckdbb"\n', "engine.name", "no engine", "duckdb"),
    "level from nowhere": (LEVEL, "area.level[1]", "neither", "members_of"),
    "level from both": (
        LEVEL + 'file = "f"\ncode = "c"\nname = "n"\nmembers_of = "lad"\n',
        "area.level[1]",
        "both",
        "Keep one",
    ),
    "level without code": (LEVEL + 'file = "f"\nname = "n"\n', "area.level[1]", "code and name", "`code`"),
    "group with a code": (
        LEVEL + 'members_of = "lad"\nmembers = { a = ["x"] }\ncode = "c"\n',
        "area.level[1]",
        "no file",
        "Remove",
    ),
    "group of nothing": (
        LEVEL + 'members_of = "lad"\nmembers = { a = [] }\n',
        "area.level[1]",
        "without areas",
        "members",
    ),
    "group of no level": (
        LEVEL + 'members_of = "lda"\nmembers = { a = ["x"] }\n',
        "area.level[1].members_of",
        "'lda'",
        "'lad'",
    ),
    "area in two groups": (
        LEVEL + 'members_of = "lad"\nmembers = { a = ["x"], b = ["x"] }\n',
        "area.level[1]",
        "x twice",
        "once",
    ),
    "not public under cell key": (
        '[[source]]\nid = "litter"\nkind = "incidents"\nfiles = "x"\n',
        "secrets.cell_key",
        "does not say where",
        "env:",
    ),
    "not public by choice": (SOURCE + "public = false\n", "secrets.cell_key", "does not say where", "env:"),
    "not public and nothing to count": (
        '[[source]]\nid = "own"\nkind = "figures"\nfiles = "x"\n',
        "source[1]",
        "no records",
        "`editions`",
    ),
    "text that is not a truth": (SOURCE + 'public = "no"\n', "source[1].public", "true or false", "without quotes"),
    "no file pattern": (SOURCE.replace('"x"', "[]"), "source[1].files", "empty", "Name"),
}


@pytest.mark.parametrize("case", ADDED)
def test_one_wrong_thing_is_one_fault(faults: Faults, base: str, case: str) -> None:
    added, key, message, remedy = ADDED[case]
    # a key at the top of the file must stand before the first table
    text = added + base if not added.startswith("[") else base + added
    found = faults(text)
    assert set(found) == {key}
    assert message in found[key].message
    assert remedy in found[key].remedy


def test_the_contracts_example_has_only_what_this_version_lacks(faults: Faults, read: Load) -> None:
    text = (Path(__file__).parent / "contract.toml").read_text(encoding="utf-8")
    found = faults(text)
    assert set(found) == {"edition.police.source.police-records"}
    text = text.replace("police-records", "police")
    assert read(text).editions["partner"].policy.max_noise == 2
    assert read(text).editions["open"].approval == "required"


def test_first_level_must_have_outlines(faults: Faults, base: str) -> None:
    group = '[[area.level]]\nid = "cdp"\nmembers_of = "lad"\nmembers = { a = ["x"] }\n'
    found = faults(group + base)
    assert set(found) == {"area.level[0].members_of"}
    assert "study area" in found["area.level[0].members_of"].message


def test_a_group_of_groups_is_refused(faults: Faults, base: str) -> None:
    first = '[[area.level]]\nid = "a"\nmembers_of = "lad"\nmembers = { g = ["x"] }\n'
    second = '[[area.level]]\nid = "b"\nmembers_of = "a"\nmembers = { h = ["g"] }\n'
    assert set(faults(base + first + second)) == {"area.level[2].members_of"}


def test_a_group_comes_after_what_it_groups(faults: Faults, base: str) -> None:
    group = '[[area.level]]\nid = "a"\nmembers_of = "msoa"\nmembers = { g = ["x"] }\n'
    late = '[[area.level]]\nid = "msoa"\nfile = "f"\ncode = "c"\nname = "n"\n'
    assert set(faults(base + group + late)) == {"area.level[1].members_of"}


def test_one_bracket_too_few_is_explained(faults: Faults, base: str) -> None:
    found = faults(base.replace("[[source]]", "[source]"))
    assert "[[source]]" in found["source"].remedy


@pytest.mark.parametrize("table", ["partnership", "area", "source"])
def test_what_must_be_there(faults: Faults, table: str) -> None:
    assert table in faults("")


def test_a_closed_source_whose_counts_are_changed_needs_a_secret(faults: Faults, base: str) -> None:
    closed = '[[source]]\nid = "litter"\nkind = "incidents"\nfiles = "x"\neditions = ["open", "police"]\n'
    cell_key = 'policy = { method = "cell-key", max_noise = 2, variance = 1 }\n'
    text = f"{base}{closed}[edition.open]\n{cell_key}[edition.police]\n{NONE}[edition.partner]\n{cell_key}"
    found = faults(text)
    assert set(found) == {"secrets.cell_key"}
    assert "'open'" in found["secrets.cell_key"].message


HIDING = 'policy = { method = "suppress" }\n'


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (NONE, set()),
        (HIDING, set()),
        ('policy = { method = "suppress", min_width = 6 }\n', {"edition.partner.policy"}),
        ('policy = { method = "rounding" }\n', {"edition.partner.policy"}),
        ('policy = { method = "dp", epsilon = 1 }\n', {"edition.partner.policy"}),
    ],
)
def test_what_is_hidden_in_one_edition_is_not_changed_in_another(
    faults: Faults, read: Load, base: str, other: str, found: set[str]
) -> None:
    """Editions in which the source does not stand, or is true, do not count."""
    where = '[secrets]\ncell_key = "env:A"\n'
    closed = '[[source]]\nid = "calls"\nkind = "police-uk-street"\nfiles = "x"\npublic = false\neditions = ["open", "partner"]\n'
    elsewhere = '[edition.police]\npolicy = { method = "cell-key", max_noise = 2, variance = 1 }\n'
    text = f"{base}{closed}[edition.open]\n{HIDING}[edition.partner]\n{other}{elsewhere}{where}"
    if not found:
        assert read(text).editions["open"].policy.method == "suppress"
        return
    assert set(faults(text)) == found
    assert "could work them out" in faults(text)["edition.partner.policy"].message


def test_an_extract_of_public_rows_is_not_suppressed(faults: Faults, base: str) -> None:
    closed = '[[source]]\nid = "own"\nkind = "police-uk-street"\nfiles = "x"\npublic = false\neditions = ["open"]\ntwin_of = "police"\n'
    where = '[secrets]\ncell_key = "env:A"\n'
    found = faults(f"{base}{closed}[edition.open]\n{HIDING}{where}")
    assert set(found) == {"edition.open.policy"}
    assert "repeats public rows" in found["edition.open.policy"].message


WRONG: tuple[object, ...] = (None, 1, -1, 1.5, True, "x", "", [], {}, [1], ["a"], [{}], {"a": 1}, [[1]], {"": {}})


@pytest.mark.parametrize("seed", range(200))
def test_whatever_is_written_the_answer_is_a_list_of_faults(tmp_path: Path, kinds: Kinds, seed: int) -> None:
    """Replace random parts of the example: nothing but ``ConfigError`` comes out, and every fault has a remedy."""
    chance = random.Random(seed)  # noqa: S311
    raw = tomllib.loads((Path(__file__).parent / "contract.toml").read_text(encoding="utf-8"))
    for _ in range(3):
        *way, last = chance.choice([place for place in _places(raw) if place])
        part: Any = raw
        for step in way:
            part = part[step]
        part[last] = chance.choice(WRONG)
    path = tmp_path / "partnership.toml"
    path.write_text("\n".join(f"{_key(key)} = {_toml(value)}" for key, value in raw.items()), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, kinds=kinds)
    assert all(fault.key and fault.message and fault.remedy for fault in caught.value.faults)
    assert caught.value.faults[0].key != "(file)"


def _places(part: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a document."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [way, *(place for step, value in inside for place in _places(value, (*way, step)))]


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_toml(part)}" for key, part in value.items() if part is not None) + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return json.dumps("" if value is None else value)


def _key(key: str) -> str:
    return json.dumps(key)
