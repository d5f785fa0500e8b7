"""Residents by area: columns and age bands."""

from __future__ import annotations

import pydantic
import pytest

from geointel.sources.base import FigureKind, kinds
from geointel.sources.population import BANDS, Options, bands_of


def test_the_bands_hold_every_age_once() -> None:
    columns = [*map(str, range(90)), "90+"]
    found = bands_of(["lsoa11_code", "total", *columns])
    assert [column for names in found.values() for column in names] == columns
    assert list(found) == list(BANDS)


@pytest.mark.parametrize(
    ("options", "required"),
    [
        ({"code": "here", "total": "n"}, {("here",), ("n",)}),
        ({"code": "here", "by_age": {"age-0-17": ("a", "b")}}, {("here",), ("a",), ("b",)}),
    ],
)
def test_the_columns_that_are_named_are_required(options: dict[str, object], required: set[tuple[str]]) -> None:
    assert set(kinds()["population"].configured(Options.model_validate(options)).required) == required


def test_one_file_of_outlines_needs_no_list() -> None:
    one = {"file": "a.geojson", "code": "LSOA21CD"}
    for outlines in (one, [one]):
        found = kinds()["population"].configured(Options.model_validate({"outlines": outlines}))
        assert isinstance(found, FigureKind)
        assert [file.file for file in found.outlines] == ["a.geojson"]


@pytest.mark.parametrize("wrong", [{"reference": "2021"}, {"outlines": {"file": "a"}}, {"colour": "red"}])
def test_options_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(pydantic.ValidationError):
        Options.model_validate(wrong)
