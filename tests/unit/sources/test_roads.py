"""What the tags of OpenStreetMap mean for a road network."""

from __future__ import annotations

import pydantic
import pytest

from geointel.content import category
from geointel.sources import roads
from geointel.sources.base import NoRoad, Road

MPH = 1.609344


def road(**tags: str) -> Road:
    found = roads.read({key.replace("__", ":"): value for key, value in tags.items()})
    assert isinstance(found, Road)
    return found


def users(**tags: str) -> str:
    found = road(**tags)
    return "".join(letter for letter, may in zip("wcd", (found.walk, found.cycle, found.drive), strict=True) if may)


@pytest.mark.parametrize(
    ("value", "road_class", "may"),
    [
        ("motorway", "motorway", "d"),
        ("motorway_link", "motorway", "d"),
        ("trunk", "trunk", "wcd"),
        ("trunk_link", "trunk", "wcd"),
        ("residential", "residential", "wcd"),
        ("living_street", "living-street", "wcd"),
        ("service", "service", "wcd"),
        ("track", "track", "wc"),
        ("bridleway", "bridleway", "wc"),
        ("cycleway", "cycleway", "wc"),
        ("pedestrian", "pedestrian", "w"),
        ("footway", "footway", "w"),
        ("path", "path", "w"),
        ("steps", "steps", "w"),
        ("busway", "busway", ""),
        ("bus_guideway", "busway", ""),
    ],
)
def test_a_class_says_who_may_use_it(value: str, road_class: str, may: str) -> None:
    assert (road(highway=value).road_class, users(highway=value)) == (road_class, may)


@pytest.mark.parametrize(
    ("tags", "may"),
    [
        ({"highway": "residential", "access": "private"}, ""),
        ({"highway": "residential", "access": "no"}, ""),
        ({"highway": "residential", "access": "permissive"}, "wcd"),
        ({"highway": "service", "access": "private", "foot": "yes"}, "w"),
        ({"highway": "residential", "motor_vehicle": "no"}, "wc"),
        ({"highway": "residential", "vehicle": "no"}, "w"),
        ({"highway": "residential", "vehicle": "no", "bicycle": "yes"}, "wc"),
        ({"highway": "residential", "motor_vehicle": "destination"}, "wcd"),
        ({"highway": "track", "motor_vehicle": "yes"}, "wcd"),
        ({"highway": "footway", "bicycle": "designated"}, "wc"),
        ({"highway": "footway", "access": "yes"}, "w"),
        ({"highway": "cycleway", "foot": "no"}, "c"),
        ({"highway": "pedestrian", "bicycle": "dismount"}, "w"),
        ({"highway": "trunk", "motorroad": "yes"}, "d"),
        ({"highway": "trunk", "bicycle": "use_sidepath"}, "wd"),
    ],
)
def test_a_particular_tag_stands_above_a_general_one(tags: dict[str, str], may: str) -> None:
    assert users(**tags) == may


@pytest.mark.parametrize(
    ("tags", "directions"),
    [
        ({"highway": "primary"}, (True, True)),
        ({"highway": "primary", "oneway": "no"}, (True, True)),
        ({"highway": "primary", "oneway": "yes"}, (True, False)),
        ({"highway": "primary", "oneway": "1"}, (True, False)),
        ({"highway": "primary", "oneway": "-1"}, (False, True)),
        ({"highway": "primary", "oneway": "reverse"}, (False, True)),
        ({"highway": "primary", "oneway": "reversible"}, (True, True)),
        ({"highway": "primary", "junction": "roundabout"}, (True, False)),
        ({"highway": "primary", "junction": "circular"}, (True, False)),
        ({"highway": "primary", "junction": "roundabout", "oneway": "no"}, (True, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway", "oneway": "-1"}, (False, True)),
        ({"highway": "motorway_link"}, (True, True)),
        ({"highway": "footway"}, (False, False)),
        ({"highway": "primary", "access": "private"}, (False, False)),
    ],
)
def test_directions_are_those_in_which_one_may_drive(tags: dict[str, str], directions: tuple[bool, bool]) -> None:
    found = road(**tags)
    assert (found.forward, found.backward) == directions


@pytest.mark.parametrize(
    ("word", "kmh"),
    [
        ("30 mph", 30 * MPH),
        ("30mph", 30 * MPH),
        (" 20 MPH ", 20 * MPH),
        ("2.5 mph", 2.5 * MPH),
        ("50", 50),
        ("50 km/h", 50),
        ("national", 60 * MPH),
        ("GB:nsl_single", 60 * MPH),
        ("GB:nsl_dual", 70 * MPH),
        ("GB:motorway", 70 * MPH),
        ("none", None),
        ("signals", None),
        ("", None),
    ],
)
def test_a_speed_limit_is_in_km_per_hour(word: str, kmh: float | None) -> None:
    found = road(highway="primary", maxspeed=word)
    assert found.speed == (None if kmh is None else pytest.approx(kmh))
    assert found.unread is None


@pytest.mark.parametrize("more", [{"dual_carriageway": "yes"}, {"highway": "motorway"}])
def test_the_national_limit_of_a_dual_carriageway_is_70(more: dict[str, str]) -> None:
    assert road(**{"highway": "trunk", "maxspeed": "national", **more}).speed == pytest.approx(70 * MPH)


@pytest.mark.parametrize("word", ["fast", "30;40", "30 mph;40 mph", "-30", "0", "900", "30 knots"])
def test_a_limit_that_cannot_be_read_is_named(word: str) -> None:
    found = road(highway="primary", maxspeed=word)
    assert (found.speed, found.unread) == (None, f"maxspeed={word}")


@pytest.mark.parametrize(
    ("tags", "reason", "unread"),
    [
        ({"highway": "construction"}, "closed", "highway=construction"),
        ({"highway": "proposed"}, "closed", "highway=proposed"),
        ({"highway": "platform"}, "no-data", "highway=platform"),
        ({"highway": "raceway"}, "no-data", "highway=raceway"),
        ({"highway": "pedestrian", "area": "yes"}, "no-data", "area=yes"),
    ],
)
def test_what_is_no_road_says_why(tags: dict[str, str], reason: str, unread: str) -> None:
    assert roads.read(tags) == NoRoad(reason, unread)


def test_every_class_has_a_label() -> None:
    assert all(category(name).many.startswith("metres of ") for name in roads.CLASSES)


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("rutland-2018-02.osm.pbf", "2018-02"),
        ("2017-01/rutland-2018-02-27.osm.pbf", "2018-02"),
        ("rutland-180227.osm.pbf", "2018-02"),
        ("rutland-latest.osm.pbf", None),
        ("rutland-181327.osm.pbf", None),
        ("2018-02-to-2018-03.osm", None),
        ("2018-02/rutland.osm.pbf", None),
    ],
)
def test_a_name_says_the_month(name: str, month: str | None) -> None:
    assert roads.month_of(name) == month


def test_the_options_say_the_month() -> None:
    options = roads.Options(as_of="2025-01")
    assert roads.SOURCE.configured(options).as_of == "2025-01"
    assert roads.SOURCE.configured(roads.Options()).as_of is None
    with pytest.raises(pydantic.ValidationError, match="is not a month"):
        roads.Options(as_of="January")
