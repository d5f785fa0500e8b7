"""Noise of editions upon each other: unbiased, bounded, and nothing to gain from seeing two."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2_contingency

from geointel.disclosure.noise import Noise, noise_of, turned
from geointel.disclosure.perturbation import perturb, perturbation_table
from geointel.disclosure.policy import Rule
from geointel.errors import MethodError

OPEN = Rule(max_noise=5, variance=3, never_show=2, stay=0.5)
PARTNER = Rule(max_noise=2, variance=1)
COUNTS = range(13)
KEYS = np.random.default_rng(5).integers(0, 2**64, size=60_000, dtype=np.uint64)


def shown(noise: Noise, count: int) -> NDArray[np.int64]:
    return noise.shown(np.full(len(KEYS), count), KEYS)


def candidates(one: Noise, other: Noise) -> dict[tuple[int, int], set[int]]:
    """What two editions show together → the counts that it can be of."""
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for count in range(COUNTS.stop + 12):
        for pair in set(zip(shown(one, count).tolist(), shown(other, count).tolist(), strict=True)):
            found[pair].add(count)
    return found


def test_one_rule_is_its_own_table() -> None:
    table = perturbation_table(5, 3, never_show=2, stay=0.5)
    for count in COUNTS:
        assert (shown(noise_of(OPEN), count) == perturb(np.full(len(KEYS), count), KEYS, table)).all()
    assert noise_of(OPEN).most == 5


def test_an_edition_upon_another_keeps_the_bounds_of_its_policy() -> None:
    noise = noise_of(OPEN, [PARTNER])
    assert noise.most == OPEN.max_noise
    for count in COUNTS:
        change = shown(noise, count) - count
        assert np.abs(change).max() <= OPEN.max_noise
        assert abs(change.mean()) < 4 * 1.8 / np.sqrt(len(KEYS))
        assert not set(shown(noise, count).tolist()) & {1, 2}
        assert change.var() < OPEN.variance + 0.1
        if count > OPEN.max_noise:
            assert change.var() > OPEN.variance - 0.05
    assert (shown(noise, 0) == 0).all()


def test_seeing_both_editions_tells_no_more_than_the_one_with_less_noise() -> None:
    """Given the partners' number, the open one falls alike whatever the count is: it says nothing more of it."""
    noise, partner = noise_of(OPEN, [PARTNER]), noise_of(PARTNER)
    tables: dict[int, dict[int, NDArray[np.int64]]] = defaultdict(dict)
    for count in COUNTS:
        given = shown(partner, count)
        for number in np.unique(given):
            both = shown(noise, count)[given == number]
            tables[int(number)][count] = np.bincount(both, minlength=COUNTS.stop + 10)
    tested = [chi2_of(np.array(list(rows.values()))) for rows in tables.values() if len(rows) > 1]
    assert len(tested) > 10
    assert min(tested) > 1e-4


def chi2_of(table: NDArray[np.int64]) -> float:
    """The chance of rows as unlike as these, where every column holds enough."""
    held = table[:, table.sum(axis=0) >= 40]
    if min(held.shape) < 2:
        return 1.0
    return float(chi2_contingency(held).pvalue)


def test_tables_of_one_key_would_give_counts_away() -> None:
    """What the chain is for: with the same key some pairs have one reason."""
    pairs = candidates(noise_of(OPEN), noise_of(PARTNER))
    assert pairs[4, 2] == {1}


def test_a_step_that_no_table_can_have_is_the_rule_s_own() -> None:
    noise = noise_of(Rule(max_noise=3, variance=2.5, never_show=2), [PARTNER])
    assert noise.most == 5
    with pytest.raises(MethodError):
        noise_of(Rule(max_noise=2, variance=9))


def test_turned_keys_are_others_and_as_many() -> None:
    assert turned(KEYS, 0) is KEYS
    one, two = turned(KEYS, 1), turned(KEYS, 2)
    assert len(np.unique(one)) == len(np.unique(KEYS))
    assert not (one == two).any()
    for other in (one, two):
        assert abs(np.corrcoef(KEYS.astype(float), other.astype(float))[0, 1]) < 0.02
        assert abs(other.astype(float).mean() / 2**64 - 0.5) < 0.01


def test_the_first_turned_keys_are_those_of_splitmix64() -> None:
    """SplitMix64 from the seed 0, as its authors publish it."""
    assert turned(np.zeros(1, dtype=np.uint64), 1).tolist() == [0xE220A8397B1DCDAF]
    assert turned(np.zeros(1, dtype=np.uint64), 2).tolist() == [0x6E789E6AA1B965F4]


def test_rounding_goes_to_the_multiples_beside_and_is_right_on_average() -> None:
    noise = noise_of(Rule(method="rounding", base=5))
    assert noise.most == 4
    for count in COUNTS:
        found = shown(noise, count)
        assert set(found.tolist()) == {count // 5 * 5, -(-count // 5) * 5}
        assert abs(found.mean() - count) < 4 * 2.5 / np.sqrt(len(KEYS))


def test_rounding_beside_an_edition_with_less_noise_tells_nothing_more() -> None:
    """Given the partners' number, the rounded one falls alike whatever the count is."""
    both, partner = noise_of(Rule(method="rounding", base=5), [PARTNER]), noise_of(PARTNER)
    assert both.most == 6
    for seen in range(2, 8):
        tables = []
        for count in range(max(seen - 2, 1), seen + 3):
            own = shown(both, count)[shown(partner, count) == seen]
            if len(own) > 500:
                tables.append([int((own == multiple).sum()) for multiple in (seen // 5 * 5, seen // 5 * 5 + 5)])
                assert sum(tables[-1]) == len(own)
        assert len(tables) > 1
        if seen % 5:
            assert chi2_contingency(tables).pvalue > 1e-4


def test_noise_upon_rounded_counts_is_the_whole_of_its_table() -> None:
    noise = noise_of(OPEN, [Rule(method="rounding", base=3)])
    assert noise.most == OPEN.max_noise + 2
    assert not set(np.concatenate([shown(noise, count) for count in COUNTS]).tolist()) & {1, 2}
