"""Space-time Gi* against its definition, and the categories made of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geointel.errors import MethodError
from geointel.hotspots import benjamini_hochberg, gi_star
from geointel.hotspots.emerging import EMERGING_CLASSES, KINDS, emerging, emerging_codes, emerging_names
from geointel.hotspots.space_time import space_time_gi_star


def ring(n: int) -> sparse.csr_array:
    """n cells in a circle."""
    eye = np.eye(n)
    return sparse.csr_array(np.roll(eye, 1, axis=0) + np.roll(eye, -1, axis=0))


@pytest.mark.parametrize("steps_back", [0, 1, 2, 9])
def test_a_neighbourhood_in_space_and_time_is_its_definition(steps_back: int) -> None:
    x = np.random.default_rng(1).poisson(2, (8, 5)).astype(float)
    found = space_time_gi_star(x, ring(8), steps_back=steps_back)
    n = x.size
    for i in range(8):
        for t in range(5):
            near = x[[i - 1, i, (i + 1) % 8], max(0, t - steps_back) : t + 1]
            w = near.size
            expected = (near.sum() - w * x.mean()) / (x.std() * np.sqrt(w * (n - w) / (n - 1)))
            assert found.z[i, t] == pytest.approx(expected, abs=1e-12)
            assert (found.weight[i, t], found.total[i, t]) == (w, near.sum())


def test_one_step_is_the_map() -> None:
    x = np.random.default_rng(2).poisson(2, 9)
    np.testing.assert_allclose(space_time_gi_star(x[:, None], ring(9)).z[:, 0], gi_star(x, ring(9)).z)


def test_a_cube_that_does_not_fit_is_refused() -> None:
    for counts, back in (([1, 2, 3], 1), ([[1, 2]], 1), (np.ones((3, 4)), -1), (np.full((3, 2), np.nan), 1)):
        with pytest.raises(MethodError, match="do not fit"):
            space_time_gi_star(counts, ring(3), steps_back=back)


@settings(deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=10, max_size=14), st.integers(-1, 1))
def test_hot_and_cold_are_mirror_images(bins: list[int], trend: int) -> None:
    names = emerging_names(emerging_codes([bins, [-b for b in bins]], [trend, -trend]))
    swapped = {"hot": "cold", "cold": "hot"}
    kind, _, sign = str(names[0]).rpartition("-")
    assert names[1] == (f"{kind}-{swapped[sign]}" if sign in swapped else "no-pattern")


@settings(deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=10, max_size=14))
def test_the_final_step_picks_the_family(bins: list[int]) -> None:
    name = str(emerging_names(emerging_codes([bins], [0]))[0])
    if bins[-1]:
        assert name.endswith("hot" if bins[-1] > 0 else "cold")
        assert not name.startswith("historical")
    else:
        assert name == "no-pattern" or name.startswith("historical")


def test_there_are_seventeen() -> None:
    assert len(set(EMERGING_CLASSES)) == 17
    assert len(KINDS) == 8


def test_a_planted_rise_emerges_and_noise_does_not() -> None:
    random = np.random.default_rng(7)
    counts = random.poisson(4, (60, 24))
    counts[20:23, 20:] += 14
    counts[40:43, :] += 20
    found = space_time_gi_star(counts, ring(60))
    answer = emerging(found.z, benjamini_hochberg(found.p_normal))
    names = emerging_names(answer.code)
    assert names[21] == "consecutive-hot"
    assert names[41] in {"persistent-hot", "intensifying-hot", "diminishing-hot"}
    assert (names[np.r_[0:18, 26:38, 46:60]] == "no-pattern").mean() > 0.9
    assert answer.share_hot[41] == 1
    assert answer.last_z[21] > 3


def test_a_cube_without_variation_has_no_pattern() -> None:
    found = space_time_gi_star(np.ones((5, 12)), ring(5))
    answer = emerging(found.z, benjamini_hochberg(found.p_normal))
    assert set(emerging_names(answer.code)) == {"no-pattern"}


def test_a_lasting_hotspot_neither_grows_nor_fades() -> None:
    """The z of a first step that looks back over nothing is low, and steps that share counts rise and fall together."""
    named: dict[int, list[str]] = {0: [], 1: []}
    for seed in range(150):
        counts = np.random.default_rng(seed).poisson(4, (60, 12))
        counts[40:43] += np.random.default_rng(seed + 1000).poisson(12, (3, 12))
        z = space_time_gi_star(counts, ring(60)).z
        hot = np.where(np.arange(60)[:, None] == 41, 0.001, 1.0) * np.ones(12)
        for steps_back, names in named.items():
            names.append(str(emerging_names(emerging(z, hot, side=np.ones_like(z), steps_back=steps_back).code)[41]))
    assert np.mean([name == "persistent-hot" for name in named[1]]) >= 0.92
    assert np.mean([name == "intensifying-hot" for name in named[0]]) > 0.08


def test_too_few_steps_that_look_back_over_as_many_are_refused() -> None:
    with pytest.raises(MethodError, match="No trend can be seen in 1 steps"):
        emerging(np.ones((3, 12)), np.ones((3, 12)), steps_back=11)


def test_fewer_than_ten_steps_are_refused() -> None:
    with pytest.raises(MethodError, match="at least 10 steps"):
        emerging_codes(np.ones((3, 9)), np.zeros(3))
    with pytest.raises(MethodError, match="at least 10 steps"):
        emerging(np.ones((3, 9)), np.ones((3, 9)))
    with pytest.raises(MethodError, match="do not fit"):
        emerging_codes(np.ones((3, 12)), np.zeros(2))
