"""Publishers' rules, written out."""

import numpy as np
import pytest

from geointel.disclosure.source_floor import source_floor
from geointel.errors import MethodError


def test_nhs_rule():
    found = source_floor([0, 1, 7, 8, 12, 13, 1234], "nhs")
    np.testing.assert_array_equal(found.value, [0, np.nan, np.nan, 10, 10, 15, 1235])
    assert found.status == ["shown", "suppressed", "suppressed", "shown", "shown", "shown", "shown"]


def test_ndtms_rule_hides_zeros_too():
    found = source_floor(np.array([0, 1, 4, 5, 6]), "ndtms")
    np.testing.assert_array_equal(found.value, [np.nan, np.nan, np.nan, 5, 6])
    np.testing.assert_array_equal(found.hidden, [True, True, True, False, False])


def test_a_hidden_value_is_nowhere_in_the_result():
    found = source_floor([3], "nhs")
    assert np.isnan(found.value).all()


@pytest.mark.parametrize("counts", [[-1], [1.5], [np.nan]])
def test_only_counts(counts):
    with pytest.raises(MethodError, match="negative or not a whole number"):
        source_floor(counts, "nhs")


def test_an_unknown_rule_is_named():
    with pytest.raises(MethodError, match="named 'ons'"):
        source_floor([1], "ons")  # type: ignore[arg-type]
