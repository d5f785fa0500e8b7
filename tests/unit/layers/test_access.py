"""Access: minutes and places, to services that are what is asked for, for the people whom they are for."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps import DETOUR
from geointel.layers.base import kinds
from geointel.layers.care.reach import USUAL_KMH

from .care.town import CELLS, EAST, PEOPLE, computed, rows_of, service, town

EARTH_KM = 6371.0088


def minutes_to(lat: float, lng: float, *, kmh: float = USUAL_KMH["drive"]) -> np.ndarray:
    """Great-circle minutes from every cell with the detour, by the spherical law of cosines: another formula than the layer's."""
    from geointel.grid import centres

    points = np.radians(centres(CELLS))
    y, x = np.radians(lat), np.radians(lng)
    cosine = np.sin(y) * np.sin(points[:, 1]) + np.cos(y) * np.cos(points[:, 1]) * np.cos(points[:, 0] - x)
    return np.arccos(np.clip(cosine, -1, 1)) * EARTH_KM * DETOUR / kmh * 60


def test_minutes_are_those_to_the_nearest_service() -> None:
    near, far = service("near", 0), service("far", 5)
    found = rows_of(computed("access", town(near, far), "drug-treatment"))
    both = np.sort(np.stack([minutes_to(one["lat"], one["lng"]) for one in (near, far)]), axis=0)
    assert found["value"] == pytest.approx(both[0], abs=1e-3)
    assert found["minutes_2"] == pytest.approx(both[1], abs=1e-3)


def test_a_closed_service_does_not_count_and_the_map_changes_when_it_opens() -> None:
    """A closed service never gets as far as the table of services; here it comes back."""
    one, other = service("one", -5), service("other", 5)
    closed = rows_of(computed("access", town(one), "drug-treatment"))["value"]
    opened = rows_of(computed("access", town(one, other), "drug-treatment"))["value"]
    assert (opened <= closed + 1e-9).all()
    assert opened[EAST].mean() < closed[EAST].mean() - 1


def test_places_of_all_services_come_out_exactly() -> None:
    cube = town(service("a", -3), service("b", 2, capacity=40.0))
    layer = computed("access", cube, "drug-treatment", measure="places")
    found = rows_of(layer)
    assert (found["value"] * PEOPLE).sum() / 1000 == pytest.approx(140.0, rel=1e-9)
    coarse = rows_of(layer, resolution=7)
    assert coarse["value"].shape[0] < found["value"].shape[0]


def test_without_the_capacity_of_every_service_there_are_no_places() -> None:
    found = rows_of(
        computed("access", town(service("a", 0), service("b", 1, capacity=None)), "drug-treatment", measure="places")
    )
    assert set(found["status"]) == {"no-data"}
    assert np.isfinite(found["minutes_1"].astype(float)).all()


def test_a_service_is_for_its_own_residents_unless_borders_are_open() -> None:
    cube = town(service("ours", 1, eligible_areas=["E"]))
    ours = rows_of(computed("access", cube, "drug-treatment"))
    open_borders = rows_of(computed("access", cube, "drug-treatment", borders="open"))
    assert set(ours["status"][~EAST]) == {"insufficient"}
    assert set(ours["status"][EAST]) == {"shown"}
    assert set(open_borders["status"]) == {"shown"}


def test_only_services_that_say_so_count_for_what_is_asked() -> None:
    said, silent = service("said", 4, substances=["alcohol"]), service("silent", 0)
    layer = computed("access", town(said, silent), "drug-treatment", substance="alcohol")
    assert rows_of(layer)["value"] == pytest.approx(minutes_to(said["lat"], said["lng"]), abs=1e-3)
    assert layer.spec.notes["offered"] == {"services": 1, "not_stated": 1, "others": 0}
    with pytest.raises(MethodError, match="None of 1"):
        computed("access", town(silent), "drug-treatment", substance="alcohol")


def test_evening_and_weekend_have_minutes_of_their_own() -> None:
    late = service("late", 5, hours="tu 18:30-20:00; sa 10:00-12:00; su closed")
    found = rows_of(computed("access", town(service("day", 0), late), "drug-treatment"))
    assert found["minutes_evening"] == pytest.approx(minutes_to(late["lat"], late["lng"]), abs=1e-3)
    assert found["minutes_saturday"] == pytest.approx(found["minutes_evening"])
    assert np.isnan(found["minutes_sunday"].astype(float)).all()
    only = rows_of(computed("access", town(service("day", 0), late), "drug-treatment", open="evening"))
    assert only["value"] == pytest.approx(found["minutes_evening"])


def test_a_cell_without_residents_has_a_journey_and_nobody_in_reach() -> None:
    people = PEOPLE.copy()
    people[:5] = 0
    found = rows_of(computed("access", town(service("a", 0), people=people), "drug-treatment"))
    assert (found["support"][:5] == 0).all()
    assert np.isfinite(found["value"][:5].astype(float)).all()


def test_what_a_scenario_needs_is_kept_and_straight_lines_are_not() -> None:
    layer = computed("access", town(service("a", 0)), "drug-treatment", deprivation="deprivation")
    assert set(layer.inputs) == {"cells", "services", "areas"}
    assert layer.inputs["cells"]["residents"].to_numpy().sum() == pytest.approx(PEOPLE.sum())


def test_an_old_list_and_a_missing_date_are_said() -> None:
    old = computed("access", town(service("a", 0, as_of="2020-01"), service("b", 1)), "drug-treatment")
    assert "services-old" not in old.spec.caveats  # one source, whose newest date counts
    undated = computed("access", town(service("a", 0, as_of=None), service("b", 1)), "drug-treatment")
    assert "services-undated" in undated.spec.caveats
    assert "straight-line" in undated.spec.caveats


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "public-transport"}, "timetables"),
        ({"within": 60, "longest": 50}, "longest"),
        ({"age": -1}, "greater"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kinds()["access"].options.model_validate({"residents": "residents", **options})
