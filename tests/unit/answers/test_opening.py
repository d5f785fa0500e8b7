"""Which layer and category a question is about."""

from __future__ import annotations

import pytest

from geointel.answers.opening import LayerNotFoundError, choose, open_world
from geointel.errors import QuestionError

from ..layers.care.town import computed, service, town
from .worlds import NEED, PLACES, Kept, kept, three

TOWN = town(*three(), service("shop", 2, category="pharmacy"))
GAP = computed("gap", TOWN, **PLACES, **NEED)
ACCESS = computed("access", TOWN, "drug-treatment", "pharmacy", **PLACES)
NEEDED = computed("need", TOWN, deprivation="deprivation")


def test_gaps_come_before_access_and_defaults_are_the_layers() -> None:
    assert choose(kept(ACCESS, GAP)) == ("a-gap", "opiate")
    assert choose(kept(ACCESS)) == ("a-access", "drug-treatment")
    assert choose(kept(ACCESS, GAP), "a-access", "pharmacy") == ("a-access", "pharmacy")


def test_a_layer_that_is_not_there_is_not_found() -> None:
    for edition, layer in ((kept(ACCESS), "a-gap"), (Kept({}, {}), None)):
        with pytest.raises(LayerNotFoundError) as caught:
            choose(edition, layer)
        assert caught.value.field == "layer"


def test_a_layer_or_category_that_cannot_be_asked_is_refused_with_its_field() -> None:
    for layer, category, field in (("a-need", None, "layer"), ("a-gap", "gin", "category")):
        with pytest.raises(QuestionError) as caught:
            choose(kept(NEEDED, GAP), layer, category)
        assert caught.value.field == field


@pytest.mark.parametrize("sharing", ["3sfca", "balanced"])
def test_places_that_hang_on_every_service_are_refused(sharing: str) -> None:
    """Where one service changes what all others give, a column cannot be taken out."""
    edition = kept(GAP)
    edition.layers["a-gap"]["parameters"]["sharing"] = sharing
    with pytest.raises(QuestionError, match=sharing) as caught:
        open_world(edition)
    assert caught.value.field == "layer"
    edition.layers["a-gap"]["parameters"]["measure"] = "minutes"
    assert not open_world(edition).shares_places


def test_only_services_of_the_kind_count() -> None:
    world = open_world(kept(ACCESS), "a-access", "pharmacy")
    assert world.ids == ("list:shop",)
    assert len(world.listed) == 4
