"""Residents on a grid: what the options say."""

from __future__ import annotations

import pydantic
import pytest

from geointel.sources.base import RasterKind, kinds
from geointel.sources.population_raster import Options, is_member


@pytest.mark.parametrize(("unit", "density"), [("count", False), ("per-km2", True)])
def test_a_density_is_only_what_the_source_says_it_is(unit: str, density: bool) -> None:
    found = kinds()["population-raster"].configured(Options.model_validate({"unit": unit, "reference": "2020-07"}))
    assert isinstance(found, RasterKind)
    assert (found.density, found.reference, found.crs) == (density, "2020-07", None)


def test_the_publisher_is_named_by_the_source() -> None:
    kind = kinds()["population-raster"]
    found = kind.configured(Options(attribution="CIESIN", licence="CC BY 4.0", crs="EPSG:27700"))
    assert (found.attribution, found.licence) == ("CIESIN", "CC BY 4.0")
    assert kind.configured(Options()).attribution == kind.attribution


@pytest.mark.parametrize("wrong", [{"unit": "per-mile"}, {"reference": "2020"}, {"bands": 2}])
def test_options_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(pydantic.ValidationError):
        Options.model_validate(wrong)


@pytest.mark.parametrize(("name", "own"), [("a.TIF", True), ("a.tif.gz", True), ("a.asc", True), ("a.csv", False)])
def test_a_grid_is_known_by_its_ending(name: str, own: bool) -> None:
    assert is_member(name) is own
