"""What may be multiplied with people."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.amounts import amounts


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, -2, -3], r"negative at 2 of 3 places, first at \(1,\)"),
        ([[1, 2], [np.nan, 1]], r"not a number at 1 of 4 places, first at \(1, 0\)"),
        ([np.inf], "infinite"),
        (3, "shape"),
    ],
)
def test_the_error_says_what_and_where(values: list, message: str) -> None:
    with pytest.raises(MethodError, match=f"The need .*{message}"):
        amounts(values, "need")


def test_leave_can_be_given() -> None:
    assert np.isnan(amounts([np.nan], "need", unknown=True)).all()
    assert np.isinf(amounts([np.inf], "need", endless=True)).all()
    with pytest.raises(MethodError, match="3 along the last axis"):
        amounts([1, 2], "need", last=3)
