"""Published figures of areas: which columns hold what."""

from __future__ import annotations

import pydantic
import pytest

from geointel.sources.area_indicator import SUBSTANCES, USUAL, Options, columns_of
from geointel.sources.base import FigureKind, kinds

CRIMES = ("Financial_Year", "Financial_Quarter", "Force_Name", "Offence_Code", "Number_of_Offences")


@pytest.mark.parametrize(
    ("have", "part", "found"),
    [
        (("area_code", "indicator", "label"), "label", ("label",)),
        (("area_code", "indicator"), "label", ("indicator",)),
        (("ltla21_code", "year", "value"), "period", ("year",)),
        (CRIMES, "period", ("Financial_Year", "Financial_Quarter")),
        (CRIMES, "code", ("Force_Name",)),
        (("a", "b"), "value", ()),
    ],
)
def test_columns_are_found_by_the_names_that_files_have(
    have: tuple[str, ...], part: str, found: tuple[str, ...]
) -> None:
    assert columns_of(have, part, Options()) == found


def test_a_named_column_goes_before_a_usual_one_and_a_fixed_text_too() -> None:
    options = Options.model_validate({"value": "n", "group": ["sex", "age"], "fixed": {"period": "2024"}})
    have = ("area_code", "value", "n", "sex", "age", "period")
    assert columns_of(have, "value", options) == ("n",)
    assert columns_of(have, "group", options) == ("sex", "age")
    assert columns_of(have, "period", options) == ()


def test_what_is_named_is_required_and_what_is_fixed_is_not() -> None:
    kind = kinds()["area-indicator"]
    found = kind.configured(Options.model_validate({"value": "n", "fixed": {"indicator": "treatment"}}))
    assert set(found.required) == {("n",), USUAL["code"], USUAL["period"]}


def test_the_publisher_is_named_by_the_source() -> None:
    kind = kinds()["area-indicator"]
    found = kind.configured(Options(attribution="Office A", licence="OGL v3.0", repeats="add", level="pfa"))
    assert isinstance(found, FigureKind)
    assert (found.attribution, found.licence, found.adds, found.level) == ("Office A", "OGL v3.0", True, "pfa")
    assert not found.public


def test_a_fixed_part_that_no_figure_has_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError, match="no part of a figure"):
        Options.model_validate({"fixed": {"colour": "red"}})


def test_the_groups_of_substances_are_those_that_are_planned_for() -> None:
    assert {"opiate", "crack", "opiate-and-crack", "non-opiate", "alcohol", "under-18"} <= set(SUBSTANCES.values())
    assert all(word == word.lower() for word in SUBSTANCES)
