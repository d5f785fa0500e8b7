"""Keys of the map: the right order, words for every class, colours that survive grey."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

from geointel import content, model

CLEARLY_DARKER = 5
HOT_AGAINST_COLD = 3.0


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4) for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def lightness(colour: str) -> float:
    """CIE L*, 0 to 100."""
    return 116 * math.pow(luminance(colour), 1 / 3) - 16


def test_signed_classes_are_the_models() -> None:
    assert tuple(words.id for words in content.signed_classes()) == model.SIGNED_CLASSES


def test_hot_is_darker_than_cold_in_grey() -> None:
    colours = {words.id: words.colour for words in content.signed_classes()}
    for level in ("90", "95", "99"):
        assert lightness(colours[f"hot-{level}"]) < lightness(colours[f"cold-{level}"])
    light, dark = luminance(colours["cold-99"]), luminance(colours["hot-99"])
    assert (light + 0.05) / (dark + 0.05) >= HOT_AGAINST_COLD
    for side in ("hot", "cold"):
        steps = [lightness(colours[slug]) for slug in ("none", f"{side}-90", f"{side}-95", f"{side}-99")]
        assert all(before - after >= CLEARLY_DARKER for before, after in pairwise(steps))


def test_count_classes_darken_step_by_step() -> None:
    steps = [lightness(words.colour) for words in content.count_classes()]
    assert len(steps) == 6
    assert all(before - after >= CLEARLY_DARKER for before, after in pairwise(steps))


@pytest.mark.parametrize("kind", ["rate", "density"])
def test_stepped_classes_darken_step_by_step(kind: str) -> None:
    found = content.stepped_classes(kind)
    assert found[-1].id == "5"
    assert all(
        before - after >= CLEARLY_DARKER for before, after in pairwise(lightness(words.colour) for words in found)
    )


@pytest.mark.parametrize(
    ("breaks", "labels"),
    [
        ([0.5, 1234.5], ["0", "up to 0.50", "0.50 to 1,234.50", "above 1,234.50"]),
        ([], ["0", "any"]),
    ],
)
def test_labels_of_real_numbers_are_those_of_the_page(breaks: list[float], labels: list[str]) -> None:
    """The page's own test has the same numbers."""
    assert [content.band_label(step, breaks, 2) for step in range(len(labels))] == labels


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("density", ["0", "up to 0.25", "above 0.25"]),
        ("rate", ["up to 0.25", "above 0.25"]),
        ("services", ["0", "1", "2 or more"]),
    ],
)
def test_a_key_has_the_bounds_of_its_map(kind: str, labels: list[str]) -> None:
    styles = content.stepped_classes("count" if kind == "services" else kind)
    spec = {
        "kind": kind,
        "classes": [vars(style) for style in styles],
        "columns": [{"id": "value", "digits": 0 if kind == "services" else 2}],
        "breaks": {"8": {"drugs": {"year": [1] if kind == "services" else [0.25]}}},
    }
    found = content.key_classes(spec, resolution=8, category="drugs", window="year")
    assert [style.label for style in found] == labels
    assert content.key_classes(spec, resolution=8, category="drugs", window="month") == styles


def test_no_class_looks_like_no_data() -> None:
    blank, outline = content.blank_colours()
    every = [
        *content.signed_classes(),
        *content.count_classes(),
        *content.ratio_classes(),
        *content.stepped_classes("rate"),
        *content.stepped_classes("density"),
    ]
    assert blank not in {words.colour for words in every}
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in [blank, outline, *(words.colour for words in every)])


@pytest.mark.parametrize(
    ("breaks", "labels"),
    [
        ([1, 2, 4, 8], ["0", "1", "2", "3 to 4", "5 to 8", "9 or more"]),
        ([2, 5, 9, 1200], ["0", "1 to 2", "3 to 5", "6 to 9", "10 to 1,200", "1,201 or more"]),
        ([3], ["0", "1 to 3", "4 or more"]),
        ([], ["0", "1 or more"]),
    ],
)
def test_count_labels_follow_the_breaks(breaks: list[int], labels: list[str]) -> None:
    found = content.count_classes(breaks)
    assert [words.label for words in found] == labels
    assert [words.id for words in found] == [str(number) for number in range(len(labels))]
    plain = content.count_classes()
    assert [words.colour for words in found] == [words.colour for words in plain[: len(found)]]


def test_ratio_classes_have_one_step_more_than_bounds_and_one_around_1() -> None:
    bounds, classes = content.ratio_bounds(), content.ratio_classes()
    assert len(classes) == len(bounds) + 1
    assert list(bounds) == sorted(bounds)
    middle = sum(bound < 1 for bound in bounds)
    assert "as expected" in classes[middle].label
