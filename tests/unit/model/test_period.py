"""Calendar months and the windows built from them."""

from __future__ import annotations

import pytest

from geointel.model import Window, format_month, month_label, months_between, parse_month, windows_over

M = parse_month


def ids(first: str, stop: str, *, rolling: bool = True, without: tuple[str, ...] = ()) -> list[str]:
    months = set(range(M(first), M(stop))) - {M(month) for month in without}
    return [window.id for window in windows_over(months, rolling=rolling)]


@pytest.mark.parametrize("text", ["0001-01", "1999-12", "2025-07", "9999-12"])
def test_a_month_comes_back_as_it_was(text: str) -> None:
    assert format_month(parse_month(text)) == text


def test_the_next_month_is_one_more() -> None:
    assert M("2026-01") - M("2025-12") == 1
    assert list(months_between(M("2025-11"), M("2026-02"))) == [M("2025-11"), M("2025-12"), M("2026-01")]


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-00", "2025-1", "25-01", "2025-01-01", "", " 2025-01", "2025/01", "٢٠٢٥-٠١x"]
)
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM"):
        parse_month(text)


def test_a_full_year_has_months_quarters_and_the_year() -> None:
    found = ids("2025-01", "2026-01")
    assert found == [
        *(f"2025-{month:02d}" for month in range(1, 13)),
        *("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"),
        "12m:2025-12",
    ]


def test_a_missing_month_takes_its_quarter_and_its_years_with_it() -> None:
    found = ids("2024-01", "2026-01", without=("2025-05",))
    assert "2025-05" not in found
    assert "2025-Q2" not in found
    assert {"2025-Q1", "2025-Q3", "2024-Q2"} <= set(found)
    assert [window for window in found if window.startswith("12m")] == [
        "12m:2024-12",
        *(f"12m:2025-{month:02d}" for month in range(1, 5)),
    ]


def test_rolling_years_end_in_every_month() -> None:
    years = [window for window in ids("2024-01", "2025-04") if window.startswith("12m")]
    assert years == ["12m:2024-12", "12m:2025-01", "12m:2025-02", "12m:2025-03"]


def test_without_rolling_only_financial_years_stay() -> None:
    years = [window for window in ids("2023-01", "2026-01", rolling=False) if window.startswith("12m")]
    assert years == ["12m:2024-03", "12m:2025-03"]


def test_months_and_quarters_stay_without_rolling() -> None:
    assert ids("2025-01", "2025-07", rolling=False) == ids("2025-01", "2025-07")


@pytest.mark.parametrize(("first", "stop"), [("2025-02", "2025-05"), ("2024-12", "2025-02"), ("2025-06", "2025-09")])
def test_three_months_are_a_quarter_only_where_the_calendar_says_so(first: str, stop: str) -> None:
    assert not [window for window in ids(first, stop) if "Q" in window]


def test_no_month_no_window() -> None:
    assert windows_over([], rolling=True) == ()


def test_windows_do_not_depend_on_the_order_or_kind_of_collection() -> None:
    months = list(range(M("2024-06"), M("2026-01")))
    assert windows_over(months[::-1], rolling=True) == windows_over(frozenset(months), rolling=True)


def test_a_window_holds_its_months_in_order() -> None:
    windows = {window.id: window for window in windows_over(range(M("2024-10"), M("2026-01")), rolling=True)}
    assert windows["2025-Q4"].months == (M("2025-10"), M("2025-11"), M("2025-12"))
    assert windows["12m:2025-09"].months == tuple(range(M("2024-10"), M("2025-10")))
    assert windows["2025-07"] == Window("2025-07", "month", (M("2025-07"),))


def test_windows_in_words() -> None:
    windows = {window.id: window.label for window in windows_over(range(M("2025-01"), M("2026-01")), rolling=True)}
    assert windows["2025-07"] == month_label(M("2025-07")) == "July 2025"
    assert windows["2025-Q3"] == "July to September 2025"
    assert windows["12m:2025-12"] == "12 months to December 2025"
