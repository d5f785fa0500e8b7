"""What becomes of every row: the reasons, their order, and the rule for a Crime ID that comes again."""

from __future__ import annotations

import h3.api.basic_int as h3
import pytest

from geointel.errors import SchemaError
from geointel.model import format_month, parse_month

from ...street import (
    ELSEWHERE,
    HEADER,
    INSIDE,
    LEAF,
    NAME,
    OLD_HEADER,
    PLACEHOLDER,
    archive,
    gzipped,
    ingest,
    old_row,
    row,
    text,
)

YEAR = range(parse_month("2025-01"), parse_month("2026-01"))
ID = "0" * 63
ASB = row(crime_type="Anti-social behaviour", outcome="")
THERE = ("-2.95", "53.80")


def cell(point: tuple[str, str]) -> int:
    return h3.latlng_to_cell(float(point[1]), float(point[0]), LEAF)


# --- one row, one reason -----------------------------------------------------------------------


def test_a_row_is_mapped_to_its_cell(tmp_path):
    found = ingest(tmp_path, {NAME: text(row())})
    assert found.one() == {
        "month": "2025-01",
        "category": "drugs",
        "cell": cell(INSIDE),
        "special": False,
        "area_code": "E01012683",
        "area_name": "Blackpool 006A",
        "reason": None,
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(point=("", "")), "no-location"),
        (row(point=("  ", "")), "no-location"),
        (row(point=('""', '""')), "no-location"),
        (row(point=("-3.05", "")), "bad-coordinates"),
        (row(point=("", "53.82")), "bad-coordinates"),
        (row(point=PLACEHOLDER), "bad-coordinates"),
        (row(point=("0", "0")), "bad-coordinates"),
        (row(point=("0.0", "-0.0")), "bad-coordinates"),
        (row(point=("west", "north")), "bad-coordinates"),
        (row(point=("-3.05", "53.82N")), "bad-coordinates"),
        (row(point=("nan", "53.82")), "bad-coordinates"),
        (row(point=("-181", "53.82")), "bad-coordinates"),
        (row(point=("-3.05", "91")), "bad-coordinates"),
        (row(point=("331000", "436000")), "bad-coordinates"),
        (row(point=ELSEWHERE), "outside-area"),
        (row(point=("0", "53.82")), "outside-area"),
        (row(month="2025-13"), "bad-date"),
        (row(month="2025-00"), "bad-date"),
        (row(month="2025-1"), "bad-date"),
        (row(month=" 2025-1"), "bad-date"),
        (row(month=""), "bad-date"),
        (row(month="2025-01-15"), "bad-date"),
        (row(month="2025/01"), "bad-date"),
        (row(month="01-2025"), "bad-date"),
        (row(month="202501"), "bad-date"),
        (row(month="1999-12"), "bad-date"),
        (row(month="2100-01"), "bad-date"),
        (row(month="January"), "bad-date"),
        (row(month="2024-12"), "outside-period"),
        (row(month="2026-01"), "outside-period"),
        (row(crime_type="Piracy"), "bad-row"),
        (row(crime_type=""), "bad-row"),
        (row(crime_type="drugs"), "bad-row"),
        ("," * 11, "bad-row"),
        ("only,three,fields", "bad-row"),
        (row() + ",one,more", "bad-row"),
        ("   ", "bad-row"),
    ],
)
def test_a_row_has_the_first_reason_that_applies(tmp_path, line, reason):
    found = ingest(tmp_path, {NAME: text(row(), line, row())}, period=YEAR)
    assert found.unmapped == {reason: 1}
    assert (len(found.mapped), found.read) == (2, 3)


WRONG_FIRST = {
    "bad-row": {"crime_type": "Piracy"},
    "bad-date": {"month": "2025-13"},
    "outside-period": {"month": "2019-01"},
    "no-location": {"point": ("", "")},
    "bad-coordinates": {"point": PLACEHOLDER},
    "outside-area": {"point": ELSEWHERE},
}
ORDER = list(WRONG_FIRST)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (first, second)
        for n, first in enumerate(ORDER)
        for second in ORDER[n + 1 :]
        if not WRONG_FIRST[first].keys() & WRONG_FIRST[second].keys()
    ],
)
def test_the_reasons_have_an_order(tmp_path, first, second):
    line = row(**{**WRONG_FIRST[second], **WRONG_FIRST[first]})
    assert ingest(tmp_path, {NAME: text(line)}, period=YEAR).unmapped == {first: 1}


def test_without_a_period_every_month_is_inside(tmp_path):
    months = ["2000-01", "2010-12", "2025-01", "2099-12"]
    found = ingest(tmp_path, {"all.csv": text(*[row(month=month) for month in months])})
    assert [format_month(row["month"]) for row in found.mapped] == months
    assert found.months == tuple(months)


def test_an_unknown_crime_type_is_named(tmp_path):
    lines = [row(crime_type="Piracy")] * 2 + [row(crime_type=""), row(), row(crime_type="Arson, at sea".replace(",", ""))]
    found = ingest(tmp_path, {NAME: text(*lines)})
    assert found.words == (("Piracy", 2), ("(blank)", 1), ("Arson at sea", 1))
    assert found.unmapped == {"bad-row": 4}


def test_equal_rows_without_an_id_all_stay(tmp_path):
    found = ingest(tmp_path, {NAME: text(*[ASB] * 7, *[row()] * 3)})
    assert [found.read, len(found.mapped), found.unmapped] == [10, 10, {}]


def test_the_edge_of_the_study_area_is_the_touching_leaf(tmp_path):
    """A record on the shore, just outside the boundary but in a leaf that touches it, is inside."""
    shore, sea = ("-3.1005", "53.82"), ("-3.1200", "53.82")
    found = ingest(tmp_path, {NAME: text(row(point=shore), row(point=sea))})
    assert (found.one()["cell"], found.unmapped) == (cell(shore), {"outside-area": 1})


@pytest.mark.parametrize(
    ("place", "special"),
    [
        ("On or near Police Station", True),
        ("On or near Prison", True),
        ("On or near Supermarket", True),
        ("On or near Theatre/Concert Hall", True),
        ("On or near Parking Area", False),
        ("On or near ", False),
        ("Police Station", False),
        ("No Location", False),
        ("", False),
    ],
)
def test_special_points(tmp_path, place, special):
    assert ingest(tmp_path, {NAME: text(row(location=place))}).one()["special"] is special


# --- a Crime ID that comes again ---------------------------------------------------------------


def test_an_id_twice_in_a_month_is_one_incident_with_the_last_row_s_place_and_type(tmp_path):
    first, last = row(ID), row(ID, point=THERE, crime_type="Robbery", area=("E01000002", "Fylde 001A"))
    found = ingest(tmp_path, {NAME: text(first, row(), last)})
    (kept,) = [row for row in found.mapped if row["category"] == "robbery"]
    assert (kept["cell"], kept["area_code"]) == (cell(THERE), "E01000002")
    assert (len(found.mapped), found.unmapped) == (2, {"superseded": 1})


def test_an_id_in_two_months_has_the_month_of_its_first_row(tmp_path):
    early, late = row(ID, month="2025-01"), row(ID, month="2025-03", point=THERE, crime_type="Robbery")
    for number, lines in enumerate(([early, late], [late, early])):
        found = ingest(tmp_path / str(number), {"any.csv": text(*lines)})
        kept = found.one()
        assert (kept["month"], kept["cell"], kept["category"]) == ("2025-01", cell(THERE), "robbery")
        assert found.unmapped == {"superseded": 1}


def test_a_superseded_row_keeps_its_own_month(tmp_path):
    lines = [row(ID, month=f"2025-0{month}") for month in (2, 3, 5)]
    found = ingest(tmp_path, {"any.csv": text(*lines)})
    gone = sorted(format_month(row["month"]) for row in found.rows if row["reason"] == "superseded")
    assert (found.one()["month"], gone) == ("2025-02", ["2025-02", "2025-03"])


def test_within_a_month_the_path_decides_then_the_row(tmp_path):
    files = {
        "b/2025-01-x-street.csv": text(row(ID, point=INSIDE), row("1", point=INSIDE), row("1", point=THERE)),
        "a/2025-01-y-street.csv": text(row(ID, point=THERE), row(ID, point=ELSEWHERE)),
    }
    found = ingest(tmp_path, files)
    assert sorted(row["cell"] for row in found.mapped) == sorted([cell(INSIDE), cell(THERE)])
    assert found.unmapped == {"superseded": 3}


def test_the_month_decides_before_the_path(tmp_path):
    files = {
        "a.csv": text(row(ID, month="2025-02", point=THERE)),
        "b.csv": text(row(ID, month="2025-01", point=INSIDE)),
    }
    kept = ingest(tmp_path, files).one()
    assert (kept["month"], kept["cell"]) == ("2025-01", cell(THERE))


def test_paths_decide_between_files_of_different_headers_too(tmp_path):
    shorter = "Month,Crime ID,Longitude,Latitude,Location,Crime type"
    files = {
        "a.csv": f"{shorter}\n2025-01,{ID},{THERE[0]},{THERE[1]},On or near X,Drugs\n",
        "b.csv": text(row(ID, point=INSIDE)),
        "c.csv": f"{shorter}\n2025-01,{ID},-2.99,53.81,On or near X,Drugs\n",
    }
    found = ingest(tmp_path, files)
    assert (found.one()["cell"], found.unmapped) == (cell(("-2.99", "53.81")), {"superseded": 2})


def test_the_rule_looks_only_at_rows_that_no_earlier_reason_took(tmp_path):
    lines = [
        row(ID, month="2025-02", point=THERE),
        row(ID, month="2025-03", point=("", "")),
        row(ID, month="2025-04", point=PLACEHOLDER),
        row(ID, month="2025-05", crime_type="Piracy"),
        row(ID, month="2024-12"),
    ]
    found = ingest(tmp_path, {"any.csv": text(*lines)}, period=YEAR)
    kept = found.one()
    assert (kept["month"], kept["cell"]) == ("2025-02", cell(THERE))
    assert found.unmapped == {"no-location": 1, "bad-coordinates": 1, "bad-row": 1, "outside-period": 1}


def test_the_last_row_may_be_outside_the_area(tmp_path):
    found = ingest(tmp_path, {NAME: text(row(ID), row(ID, point=ELSEWHERE))})
    assert (found.mapped, found.unmapped) == ([], {"superseded": 1, "outside-area": 1})


def test_an_earlier_row_outside_the_area_is_superseded(tmp_path):
    found = ingest(tmp_path, {NAME: text(row(ID, point=ELSEWHERE), row(ID))})
    assert (found.one()["cell"], found.unmapped) == (cell(INSIDE), {"superseded": 1})


@pytest.mark.parametrize("blank", ["", '""', " ", "   "])
def test_rows_without_an_id_are_never_merged(tmp_path, blank):
    found = ingest(tmp_path, {NAME: text(*[row(blank)] * 4)})
    assert (len(found.mapped), found.unmapped) == (4, {})


def test_ids_differ_in_every_letter(tmp_path):
    found = ingest(tmp_path, {NAME: text(row("a" * 64), row("A" * 64), row("a" * 63))})
    assert (len(found.mapped), found.unmapped) == (3, {})


def test_ids_are_found_again_in_archives_and_compressed_files(tmp_path):
    members = archive({"2025-02/2025-02-x-street.csv": text(row(ID, month="2025-02", point=THERE))})
    files = {"2025.zip": members, "2025-01-x-street.csv.gz": gzipped(text(row(ID)))}
    kept = ingest(tmp_path, files).one()
    assert (kept["month"], kept["cell"]) == ("2025-01", cell(THERE))


def test_archives_with_the_same_bytes_do_not_multiply_rows(tmp_path):
    same = archive({NAME: text(row(ID), row("1"), ASB)})
    found = ingest(tmp_path, {"a.zip": same, "b.zip": same})
    assert (found.read, len(found.mapped), found.unmapped) == (6, 4, {"superseded": 2})


# --- files as they come ------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("final", [True, False])
def test_line_ends_byte_order_marks_and_no_final_line_end(tmp_path, end, start, final):
    content = start + text(row(), ASB, row(), end=end)
    found = ingest(tmp_path, {NAME: content if final else content.removesuffix(end)})
    assert (len(found.mapped), found.unmapped) == (3, {})


SHORT = "Crime ID,Month,Longitude,Latitude,Location,Crime type"
SHORT_ROW = ",2025-01,-3.05,53.82,On or near X,Drugs"


@pytest.mark.parametrize("ends", ["rn n n n", "n rn rn rn", "n n rn n", "rn rn n rn", "n n n rn", "rn rn rn n", "r n rn n"])
def test_mixed_line_ends_spoil_no_last_column(tmp_path, ends):
    marks = [end.replace("r", "\r").replace("n", "\n") for end in ends.split()]
    content = "".join(line + end for line, end in zip([SHORT, *[SHORT_ROW] * 3], marks, strict=True))
    found = ingest(tmp_path, {NAME: content})
    assert (len(found.mapped), found.unmapped) == (3, {})


def test_mixed_line_ends_in_a_compressed_file_beside_a_regular_one(tmp_path):
    files = {
        NAME + ".gz": gzipped(text(row(), end="\r\n") + row() + "\n"),
        "2025-02-x-street.csv": text(row(month="2025-02")),
    }
    found = ingest(tmp_path, files)
    assert (len(found.mapped), found.unmapped, found.months) == (3, {}, ("2025-01", "2025-02"))


def test_files_of_both_line_ends_are_read_together(tmp_path):
    files = {"2021-03-x-street.csv": text(row(month="2021-03"), end="\r\n"), NAME: text(row())}
    assert len(ingest(tmp_path, files).mapped) == 2


@pytest.mark.parametrize(
    ("lines", "bad"),
    [
        (["{open}"], 1),
        (["{open}", "{row}"], 1),
        (["{row}", "{open}", "{row}", "{row}"], 1),
        (["{row}", "{row}", "{open}"], 1),
        (["{open}", "{row}", "{open}", "{row}"], 2),
        (["{open}", "{row}", "{close}", "{row}"], 1),
        (["{late}", "{row}", "{close}", "{row}"], 1),
        (["{inside}", "{row}"], 0),
        (["{both}", "{row}"], 0),
    ],
)
def test_a_quote_spoils_its_own_line_and_swallows_no_other(tmp_path, lines, bad):
    words = {
        "row": row(),
        "open": row(location='"On or near High Street'),
        "close": row(location='On or near High Street"'),
        "late": row(area=("E01012683", '"Blackpool 006A')),
        "inside": row(location='On or near 6" Pipe'),
        "both": row(location='"On or near High Street, ""The Oak"""'),
    }
    found = ingest(tmp_path, {NAME: text(*[line.format(**words) for line in lines])})
    assert found.read == len(lines)
    assert found.unmapped == ({"bad-row": bad} if bad else {})
    assert dict(found.bad_lines) == ({NAME: bad} if bad else {})


def test_a_quote_in_a_long_file(tmp_path):
    lines = [row(f"{n:064x}") for n in range(20_000)]
    lines[7_000] = row(location='"On or near High Street')
    lines[12_000] = "few,fields"
    found = ingest(tmp_path, {NAME: text(*lines)})
    assert (found.read, found.unmapped) == (20_000, {"bad-row": 2})


def test_blank_lines_are_no_rows(tmp_path):
    for number, end in enumerate(("\n", "\r\n")):
        found = ingest(tmp_path / str(number), {NAME: text(row(), "", row(), "", "", end=end)})
        assert (found.read, found.unmapped) == (2, {})


def test_a_row_that_is_not_utf_8_spoils_itself_alone(tmp_path):
    content = text(row(), row(location="On or near Caf\xe9"), row())
    found = ingest(tmp_path, {NAME: content.encode("latin-1")})
    assert (len(found.mapped), found.unmapped) == (2, {"bad-row": 1})


def test_letters_of_other_alphabets_are_fine(tmp_path):
    found = ingest(tmp_path, {NAME: text(row(location="On or near Ffordd y Môr", area=("W01000001", "Môn 001A")))})
    assert found.one()["area_name"] == "Môn 001A"


def test_a_file_with_a_header_only_is_a_month_without_rows(tmp_path):
    files = {NAME: text(), "2025-02-x-street.csv": HEADER, "2025-03-x-street.csv": text(row(month="2025-03"))}
    found = ingest(tmp_path, files)
    assert (found.read, found.months) == (1, ("2025-01", "2025-02", "2025-03"))


def test_binary_behind_a_header_is_counted(tmp_path):
    junk = b"\x00\x01\x02junk\xff\xfe\n" * 4
    found = ingest(tmp_path, {NAME: text(row()).encode() + junk})
    assert (len(found.mapped), found.unmapped) == (1, {"bad-row": 4})


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", NAME, "the file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), NAME, "not a text file in UTF-8"),
        (archive({"xl/workbook.xml": "<x/>"}), NAME, "not a text file in UTF-8|is missing"),
        (text(row()).replace("Crime type", "Type"), NAME, "the column 'Crime type' is missing"),
        ("Type,Date,Latitude,Longitude,Legislation\n", NAME, "the column 'Month' is missing"),
        (gzipped(text(*[row(f"{n:064x}") for n in range(3000)]))[:9000], NAME + ".gz", "breaks off or is damaged"),
        ("plain text", NAME + ".gz", "cannot be opened"),
        (b"PK\x05\x06", "2025-01.zip", "the archive cannot be read"),
        (archive({"2025-01-x-outcomes.csv": "a"}), "2025-01.zip", "holds no police-uk-street file"),
        (archive({"2025-01-x-street.csv": "a,b\n"}), "2025-01.zip", "2025-01-x-street.csv, row 1.*missing"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_named(tmp_path, content, name, message):
    files = {"2024-12-y-street.csv": text(row(month="2024-12")), name: content}
    with pytest.raises(SchemaError, match=message) as caught:
        ingest(tmp_path, files)
    assert caught.value.message.startswith(name)
    assert caught.value.remedy


def test_names_with_every_sign_name_one_file(tmp_path):
    files = {f"2025-01 {sign}.csv": text(row()) for sign in ("[1]", "1", "*", "?", "é's", "{a,b}", "#%20")}
    found = ingest(tmp_path, files)
    assert (found.read, len(found.mapped)) == (len(files), len(files))


def test_folders_with_every_sign(tmp_path):
    folder = tmp_path / "it's [1] *? é"
    folder.mkdir()
    assert len(ingest(folder, {"data [2]/" + NAME: text(row(), ASB)}).mapped) == 2


def test_columns_may_come_in_any_order_with_others_between(tmp_path):
    header = "path,Crime type,filename,Latitude,Month,,Longitude,Location,row"
    found = ingest(tmp_path, {NAME: f"{header}\nx,Drugs,y,53.82,2025-01,,-3.05,On or near X,7\n"})
    assert found.one()["cell"] == cell(INSIDE)


def test_an_old_file_has_metres_and_old_words_and_no_id(tmp_path):
    old = text(
        old_row(("330610", "436050")),
        old_row(("330610", "436050")),
        old_row(("330610", "436050"), "Public disorder and weapons"),
        old_row(("330610", "436050"), "Criminal damage"),
        old_row(("330610", "436050"), "Other crime"),
        old_row(("", ""), "Burglary"),
        old_row(("0", "0"), "Burglary"),
        old_row(("-3.05", "53.82"), "Burglary"),
        old_row(("442000", "112000"), "Burglary"),
        header=OLD_HEADER,
    )
    found = ingest(tmp_path, {"2010-12-lancashire-street.csv": old, NAME: text(row())})
    assert found.unmapped == {"no-location": 1, "bad-coordinates": 2, "outside-area": 1}
    words = [row["category"] for row in found.mapped]
    assert sorted(words) == [
        *["criminal-damage-arson", "drugs", "other-crime", "public-order", "violent-crime", "violent-crime"]
    ]
    assert {row["cell"] for row in found.mapped if row["category"] != "drugs"} == {cell(("-3.0554", "53.8159"))}
    assert all(row["area_code"] is None for row in found.rows if row["month"] != parse_month("2025-01"))
    assert found.months == ("2010-12", "2025-01")


# --- months and support ------------------------------------------------------------------------


def test_a_file_without_a_month_in_its_name_has_the_months_of_its_rows(tmp_path):
    files = {
        "lancashire.csv": text(row(month="2025-01"), row(month="2025-04", point=("", "")), row(month="2025-99")),
        "2025-07-x-street.csv": text(row(month="2025-08")),
        "2025-09_2025-12.csv": text(row(month="2025-10")),
        "copy of 2024-03-14.csv": text(row(month="2025-02")),
        "2025-11/lancashire.csv": text(row(month="2025-03")),
    }
    assert ingest(tmp_path, files).months == ("2025-01", "2025-02", "2025-03", "2025-04", "2025-07", "2025-10")


def test_any_row_with_a_place_supports_its_cell(tmp_path):
    lines = [
        row(point=INSIDE, month="2019-01"),
        row(point=THERE, crime_type="Piracy"),
        row(point=("-3.01", "53.83"), month="2025-13"),
        row(ID, point=("-3.02", "53.84")),
        row(ID, point=ELSEWHERE),
        row(point=("", "")),
        row(point=PLACEHOLDER),
    ]
    found = ingest(tmp_path, {NAME: text(*lines)}, period=YEAR)
    assert found.mapped == []
    points = [INSIDE, THERE, ("-3.01", "53.83"), ("-3.02", "53.84"), ELSEWHERE]
    assert sorted(row["cell"] for row in found.facts["support"]) == sorted(cell(point) for point in points)
