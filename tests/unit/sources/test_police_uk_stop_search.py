"""Stop and search as data.police.uk publishes it."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest
from pydantic import ValidationError

from geointel.sources import police_uk_stop_search as searches

LAW, AIM = "Misuse of Drugs Act 1971 (section 23)", "Controlled drugs"
PACE = "Police and Criminal Evidence Act 1984 (section 1)"
NOTHING = "A no further action disposal"
ROW = {
    "file": "0",
    "Type": "Person search",
    "Date": "2020-01-01T00:46:34+00:00",
    "Latitude": "53.416083",
    "Longitude": "-3.056528",
    "Self-defined ethnicity": "White - Irish",
    "Officer-defined ethnicity": "White",
    "Legislation": LAW,
    "Object of search": AIM,
    "Outcome": NOTHING,
    "Outcome linked to object of search": None,
}


def read(drugs: str = "either", **columns: str | None) -> dict[str, object]:
    """One row of a file with these columns, read."""
    given = {**ROW, **{name.replace("_", " "): value for name, value in columns.items()}}
    table = ibis.memtable(pa.table({name: pa.array([value], pa.string()) for name, value in given.items()}))
    kind = searches.SOURCE.configured(searches.Options(drugs=drugs))
    (row,) = ibis.duckdb.connect().to_pyarrow(kind.read(table)).to_pylist()
    return dict(row)


@pytest.mark.parametrize(
    ("name", "force"),
    [
        ("2019-12/2019-12-merseyside-stop-and-search.csv", "merseyside"),
        ("2020-01-city-of-london-stop-and-search.csv.gz", "city-of-london"),
        ("2024-01-lancashire-stop-and-search.excerpt.csv", "lancashire"),
        ("searches.csv", None),
        ("2019-12-merseyside-street.csv", None),
    ],
)
def test_the_force_in_a_file_s_name(name: str, force: str | None) -> None:
    assert searches.force_of(name) == force


@pytest.mark.parametrize(
    ("law", "aim", "by"),
    [
        (LAW, AIM, {"legislation", "object", "either"}),
        (LAW, "Articles for use in criminal damage", {"legislation", "either"}),
        (LAW, None, {"legislation", "either"}),
        (PACE, AIM, {"object", "either"}),
        (None, AIM, {"object", "either"}),
        (PACE, "Fireworks", set()),
        (None, None, set()),
    ],
)
@pytest.mark.parametrize("drugs", ["legislation", "object", "either"])
def test_searches_for_drugs_by_legislation_by_object_or_by_either(
    law: str | None, aim: str | None, by: set[str], drugs: str
) -> None:
    row = read(drugs, Legislation=law, Object_of_search=aim)
    assert (row["category"] == "stop-search-drugs") is (drugs in by)


@pytest.mark.parametrize(
    ("law", "aim", "category"),
    [
        (PACE, "Offensive weapons", "stop-search-weapons"),
        ("Firearms Act 1968 (section 47)", None, "stop-search-weapons"),
        (PACE, "Article for use in theft", "stop-search-stolen-property"),
        (PACE, "Stolen goods", "stop-search-stolen-property"),
        (PACE, None, "stop-search-other"),
    ],
)
def test_what_other_searches_were_for(law: str, aim: str | None, category: str) -> None:
    assert read(Legislation=law, Object_of_search=aim)["category"] == category


@pytest.mark.parametrize(
    ("outcome", "linked", "found", "known", "not_stated"),
    [
        ("Arrest", "True", "1", "1", "0"),
        ("Arrest", "False", "0", "1", "0"),
        ("Arrest", None, "0", "0", "1"),
        (NOTHING, None, "0", "1", "0"),
        (NOTHING, "True", "0", "1", "0"),
        (None, "True", "0", "1", "0"),
        (None, None, "0", "0", "0"),
    ],
)
def test_what_a_search_found(outcome: str | None, linked: str | None, found: str, known: str, not_stated: str) -> None:
    row = read(Outcome=outcome, Outcome_linked_to_object_of_search=linked)
    assert (row["found"], row["known"], row["not_stated"]) == (found, known, not_stated)


@pytest.mark.parametrize(
    ("word", "group"),
    [
        ("White - English/Welsh/Scottish/Northern Irish/British", "white"),
        ("Mixed/Multiple ethnic groups - White and Asian", "mixed"),
        ("Black/African/Caribbean/Black British - African", "black"),
        ("Asian", "asian"),
        ("Other ethnic group - Any other ethnic group", "other"),
        ("Other ethnic group - Not stated", "not-stated"),
        (None, "not-stated"),
    ],
)
def test_ethnic_groups_are_few(word: str | None, group: str) -> None:
    given = {"Self-defined ethnicity": word}
    assert read(**given)["self_defined"] == group


def test_the_title_says_which_searches_are_for_drugs() -> None:
    by = {drugs: searches.SOURCE.configured(searches.Options(drugs=drugs)).title for drugs in ("object", "either")}
    assert by["object"].endswith("(searches for drugs by object)")
    assert by["either"].endswith("(searches for drugs by legislation or object)")


def test_another_way_to_find_drugs_is_refused() -> None:
    with pytest.raises(ValidationError):
        searches.Options(drugs="smell")
