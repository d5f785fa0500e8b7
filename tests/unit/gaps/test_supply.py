"""Which services count as help for whom."""

import numpy as np
from scipy.sparse import csr_array

from geointel.gaps.supply import Asked, Offers, counts_for, for_residents_of

OFFERS = Offers(
    substances=[["opiates", "crack"], None, ["alcohol"]],
    min_age=[18, None, 11],
    max_age=[None, None, 17],
    nsp_level=[3, 1, None],
    supervised=[True, None, False],
    naloxone=[None, True, True],
)


def test_nothing_asked_counts_every_service() -> None:
    assert counts_for(OFFERS, Asked()).tolist() == [1, 1, 1]


def test_what_is_not_said_is_neither_yes_nor_no() -> None:
    assert counts_for(OFFERS, Asked(substance="opiates")).tolist() == [1, -1, 0]
    assert counts_for(OFFERS, Asked(nsp_level=2)).tolist() == [1, 0, -1]
    assert counts_for(OFFERS, Asked(supervised=True)).tolist() == [1, -1, 0]
    assert counts_for(OFFERS, Asked(naloxone=True)).tolist() == [-1, 1, 1]


def test_an_age_limit_that_is_not_given_is_none() -> None:
    assert counts_for(OFFERS, Asked(age=16)).tolist() == [0, 1, 1]
    assert counts_for(OFFERS, Asked(age=40)).tolist() == [1, 1, 0]


def test_one_known_no_outweighs_what_is_not_said() -> None:
    assert counts_for(OFFERS, Asked(substance="alcohol", nsp_level=2)).tolist() == [0, 0, -1]


def matrix() -> csr_array:
    return csr_array((np.array([0.0, 5.0, 7.0, 9.0]), np.array([0, 1, 0, 1]), np.array([0, 2, 3, 4])), shape=(3, 2))


def test_a_commissioned_service_is_for_its_own_residents_alone() -> None:
    kept = for_residents_of(matrix(), [np.array([1.0, 0.49, 0.0]), None])
    assert kept.data.tolist() == [0.0, 5.0, 9.0]
    assert kept.indices.tolist() == [0, 1, 1]
    assert kept.indptr.tolist() == [0, 2, 2, 3]
