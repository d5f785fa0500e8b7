"""What a source of travel times must say."""

from __future__ import annotations

from typing import Any

import pydantic
import pytest

from geointel.sources.base import Origins
from geointel.sources.travel_matrix import SOURCE, Options

BUS = {"mode": "public-transport", "departure": "2026-03-10T09:00", "services": "ours"}


def test_options_become_the_kind() -> None:
    places = {"file": "origins.csv", "id": "oa"}
    found = SOURCE.configured(
        Options.model_validate({**BUS, "percentile": 75, "origins": places, "columns": {"minutes": "t"}})
    )
    assert (found.mode, found.departure, found.percentile) == ("public-transport", "2026-03-10T09:00", 75.0)
    assert found.services == ("ours",)
    assert found.origins == Origins(file="origins.csv", id="oa", lat="lat", lng="lng")
    assert (found.origin, found.destination, found.minutes) == ("from_id", "to_id", "t")


def test_several_lists_of_services_keep_their_order() -> None:
    options = Options.model_validate({"mode": "drive", "services": ["b", "a"]})
    assert SOURCE.configured(options).services == ("b", "a")
    assert SOURCE.configured(options).departure is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"departure": None}, "hold for one day and time"),
        ({"departure": "2026-03-10"}, "is not a day and time"),
        ({"departure": "2026-13-10T09:00"}, "is not a day and time"),
        ({"departure": "2026-03-10T09:00Z"}, "is not a day and time"),
        ({"mode": "bus"}, "public-transport"),
        ({"services": []}, "services"),
        ({"percentile": 0}, "percentile"),
        ({"percentile": 100}, "percentile"),
        ({"origins": {"id": "id"}}, "file"),
        ({"windows": 10}, "windows"),
    ],
)
def test_what_cannot_be_right_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=said):
        Options.model_validate({**BUS, **wrong})
