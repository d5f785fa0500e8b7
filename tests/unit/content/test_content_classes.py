"""Keys of the map: the right order, words for every class, colours that survive grey."""

from __future__ import annotations

import math
import re
from itertools import combinations, pairwise

import pytest

from geointel import content, model

CLEARLY_DARKER = 5
HOT_AGAINST_COLD = 3.0


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4) for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


Matrix = tuple[tuple[float, float, float], ...]
NORMAL: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
# Machado, Oliveira and Fernandes 2009, severity 1, in linear light
DEUTERANOPIA: Matrix = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
PROTANOPIA: Matrix = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
TO_XYZ: Matrix = (
    (0.4339, 0.3762, 0.1899),  # over the white point D65
    (0.2127, 0.7152, 0.0722),
    (0.0178, 0.1095, 0.8727),
)
CLEARLY_ANOTHER = 20
"""CIE 1976 difference: about ten times the least that can be seen side by side."""


def times(matrix: Matrix, vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def lab(colour: str, seen_by: Matrix) -> tuple[float, float, float]:
    """CIE L*a*b* of ``#rrggbb`` as an eye with such a matrix sees it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4) for part in parts]
    x, y, z = times(TO_XYZ, [min(1.0, max(0.0, part)) for part in times(seen_by, linear)])
    fx, fy, fz = (math.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    return math.dist(one, other)


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


def test_of_seventeen_each_hot_class_is_darker_than_its_cold_mirror_and_none_looks_like_another() -> None:
    colours = {words.id: words.colour for words in content.named_classes("emerging")}
    assert len(set(colours.values())) == len(colours)
    for slug, colour in colours.items():
        if slug.endswith("-hot"):
            assert lightness(colour) < lightness(colours[slug.replace("-hot", "-cold")])
    hot = [slug for slug in colours if not slug.endswith("-cold")]
    pairs = [(one, other) for one in hot for other in hot if one < other]
    for seen_by in (NORMAL, DEUTERANOPIA, PROTANOPIA):
        nearest = min(pairs, key=lambda pair: distance(*(lab(colours[slug], seen_by) for slug in pair)))
        assert distance(*(lab(colours[slug], seen_by) for slug in nearest)) >= CLEARLY_ANOTHER, nearest


def test_a_key_of_many_has_what_occurs_and_one_of_few_all_but_an_idle_cold_half() -> None:
    many, few = content.named_classes("emerging"), content.signed_classes()
    assert [style.id for style in content.in_key(many, {"persistent-hot", "no-pattern", None})] == [
        "no-pattern",
        "persistent-hot",
    ]
    assert content.in_key(many, {None}) == ()
    assert [style.id for style in content.in_key(few, {"none"})] == ["none", "hot-90", "hot-95", "hot-99"]
    assert content.in_key(few, {"cold-90", None}) == few
    assert content.in_key(content.count_classes(), set()) == content.count_classes()


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


DEFICIENT = {
    "full": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""Linear RGB as people with one kind of cone missing see it (Machado, Oliveira and Fernandes, 2009)."""
FAR_APART = 30
"""Difference in CIELAB at which two colours are told apart at a glance, side by side or not."""


def seen(colour: str, by: list[list[float]]) -> tuple[float, float, float]:
    """CIELAB (D65) of a colour as somebody sees it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4) for part in parts]
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in by)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (math.cbrt(t) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("by", DEFICIENT.values(), ids=DEFICIENT.keys())
def test_who_stands_alone_and_who_does_not_are_told_apart_by_everybody(by: list[list[float]]) -> None:
    colours = {words.id: seen(words.colour, by) for words in content.named_classes("moran")}
    assert len(colours) == 5
    for one, other in combinations(colours, 2):
        assert math.dist(colours[one], colours[other]) >= FAR_APART, (one, other)


def test_no_class_looks_like_no_data() -> None:
    blank, outline = content.blank_colours()
    every = [
        *content.signed_classes(),
        *content.named_classes("emerging"),
        *content.named_classes("moran"),
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
