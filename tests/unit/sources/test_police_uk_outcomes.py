"""Outcomes as data.police.uk publishes them."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from geointel.sources import police_uk_outcomes as outcomes

GROUPS = {
    "Suspect charged": "charged",
    "Suspect charged as part of another case": "charged",
    "Court result unavailable": "court",
    "Offender sent to prison": "court",
    "Offender fined": "court",
    "Offender given a drugs possession warning": "caution-or-warning",
    "Offender given penalty notice": "caution-or-warning",
    "Local resolution": "local-resolution",
    "Investigation complete; no suspect identified": "no-suspect",
    "Unable to prosecute suspect": "unable-to-prosecute",
    "Further investigation is not in the public interest": "not-in-public-interest",
    "Action to be taken by another organisation": "other-organisation",
    "Status update unavailable": "none-yet",
    "Keelhauled": None,
    None: None,
}


@pytest.mark.parametrize(("word", "group"), GROUPS.items())
def test_words_of_every_year_belong_to_a_group(word: str | None, group: str | None) -> None:
    given = {"file": "0", "Crime ID": "abc", "Month": "2021-03", "Outcome type": word}
    table = ibis.memtable(pa.table({name: pa.array([value], pa.string()) for name, value in given.items()}))
    (row,) = ibis.duckdb.connect().to_pyarrow(outcomes.read(table)).to_pylist()
    assert (row["id"], row["month"], row["category"], row["word"]) == ("abc", "2021-03", group, word)


def test_a_word_belongs_to_one_group() -> None:
    words = [word for group in outcomes.WORDS.values() for word in group]
    assert len(words) == len(set(words)) == 28
    assert set(outcomes.SOURCE.measures.values()) == set(outcomes.WORDS)


@pytest.mark.parametrize(
    ("name", "member"),
    [("2021-03/2021-03-lancashire-outcomes.csv", True), ("2021-03/2021-03-lancashire-street.csv", False)],
)
def test_members_of_an_archive(name: str, member: bool) -> None:
    assert outcomes.is_member(name) is member
