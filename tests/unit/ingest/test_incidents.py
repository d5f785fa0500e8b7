"""What becomes of every row: the reasons, their order, and the rule for a Crime ID that comes again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

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

REASONS = [
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
    (row(month="2025-1 "), "bad-date"),
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
    (row(month="2025-12"), None),
    (row(crime_type="Anti-social behaviour"), None),
    (row(area=("", "")), None),
]
WRONG_FIRST = {
    "bad-row": {"crime_type": "Piracy"},
    "bad-date": {"month": "2025-13"},
    "outside-period": {"month": "2019-01"},
    "no-location": {"point": ("", "")},
    "bad-coordinates": {"point": PLACEHOLDER},
    "outside-area": {"point": ELSEWHERE},
}
ORDER = [
    (row(**{**WRONG_FIRST[second], **WRONG_FIRST[first]}), first)
    for n, first in enumerate(WRONG_FIRST)
    for second in list(WRONG_FIRST)[n + 1 :]
    if not WRONG_FIRST[first].keys() & WRONG_FIRST[second].keys()
]
LINES = REASONS + ORDER


def numbered(line, number):
    """The line with a number in place of its Last outcome, carried in the area's code."""
    fields = line.split(",")
    fields[7] = f"line-{number}"
    return ",".join(fields)


@pytest.fixture(scope="module")
def reasons(tmp_path_factory):
    """What became of every line, from one reading."""
    lines = [numbered(line, number) for number, (line, _) in enumerate(LINES)]
    found = ingest(tmp_path_factory.mktemp("reasons"), {"all.csv": text(*lines)}, period=YEAR)
    return {row["area_code"]: row["reason"] for row in found.rows}


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


@pytest.mark.parametrize("number", range(len(LINES)), ids=lambda n: f"{n}-{LINES[n][1]}")
def test_a_row_has_the_first_reason_that_applies(reasons, number):
    assert reasons[f"line-{number}"] == LINES[number][1]


def test_the_order_of_every_pair_of_reasons_is_tried():
    assert len(ORDER) == 15 - 1 - 3


def test_lines_that_are_no_rows(tmp_path):
    lines = ["," * 11, "only,three,fields", row() + ",one,more", "x"]
    found = ingest(tmp_path, {NAME: text(row(), *lines, row())})
    assert (len(found.mapped), found.unmapped, found.read) == (2, {"bad-row": 4}, 6)


@pytest.mark.parametrize("blank", ["", "   ", "\t"])
def test_a_blank_line_is_no_line(tmp_path, blank):
    found = ingest(tmp_path, {NAME: text(row(), blank, row())})
    assert (len(found.mapped), found.unmapped, found.read) == (2, {}, 2)


def test_without_a_period_every_month_is_inside(tmp_path):
    months = ["2000-01", "2010-12", "2025-01", "2099-12"]
    found = ingest(tmp_path, {"all.csv": text(*[row(month=month) for month in months])})
    assert sorted(format_month(row["month"]) for row in found.mapped) == months
    assert found.months == tuple(months)


def test_an_unknown_crime_type_is_named(tmp_path):
    lines = [row(crime_type=word) for word in ("Piracy", "Piracy", "", "Drugs", "Arson at sea")]
    found = ingest(tmp_path, {NAME: text(*lines)})
    assert found.words == (("Piracy", 2), ("Arson at sea", 1), ("(blank)", 1))
    assert found.unmapped == {"bad-row": 4}


def test_equal_rows_without_an_id_all_stay(tmp_path):
    found = ingest(tmp_path, {NAME: text(*[ASB] * 7, *[row()] * 3)})
    assert [found.read, len(found.mapped), found.unmapped] == [10, 10, {}]


def test_the_edge_of_the_study_area_is_the_touching_leaf(tmp_path):
    """A record on the shore, just outside the boundary but in a leaf that touches it, is inside."""
    shore, sea = ("-3.1005", "53.82"), ("-3.1200", "53.82")
    found = ingest(tmp_path, {NAME: text(row(point=shore), row(point=sea))})
    assert (found.one()["cell"], found.unmapped) == (cell(shore), {"outside-area": 1})


def test_special_points(tmp_path):
    special = ["Police Station", "Prison", "Supermarket", "Theatre/Concert Hall"]
    usual = ["On or near Parking Area", "On or near ", "Police Station", "No Location", ""]
    lines = [row(location=f"On or near {place}", area=("special", "")) for place in special]
    found = ingest(tmp_path, {NAME: text(*lines, *[row(location=place, area=("usual", "")) for place in usual])})
    assert {(row["area_code"], row["special"]) for row in found.mapped} == {("special", True), ("usual", False)}


# --- a Crime ID that comes again ---------------------------------------------------------------

JAN, FEB, MAR = "2025-01", "2025-02", "2025-03"
STORIES = {
    "twice in a month": (
        [("b", JAN, INSIDE, "Drugs"), ("b", JAN, THERE, "Robbery")],
        (JAN, THERE, "robbery"),
        ["superseded"],
    ),
    "in two months": (
        [("b", JAN, INSIDE, "Drugs"), ("c", MAR, THERE, "Robbery")],
        (JAN, THERE, "robbery"),
        ["superseded"],
    ),
    "the later month first in the file": (
        [("b", MAR, THERE, "Robbery"), ("b", JAN, INSIDE, "Drugs")],
        (JAN, THERE, "robbery"),
        ["superseded"],
    ),
    "the month decides before the path": (
        [("a", MAR, THERE, "Drugs"), ("c", JAN, INSIDE, "Drugs")],
        (JAN, THERE, "drugs"),
        ["superseded"],
    ),
    "the path decides before the row": (
        [("c", JAN, THERE, "Drugs"), ("a", JAN, INSIDE, "Drugs"), ("b", JAN, INSIDE, "Drugs")],
        (JAN, THERE, "drugs"),
        ["superseded", "superseded"],
    ),
    "a file with another header between": (
        [("a", JAN, INSIDE, "Drugs"), ("short", JAN, THERE, "Drugs"), ("c", JAN, INSIDE, "Drugs")],
        (JAN, INSIDE, "drugs"),
        ["superseded", "superseded"],
    ),
    "a last row without a location": (
        [("a", FEB, THERE, "Drugs"), ("b", MAR, ("", ""), "Drugs")],
        (FEB, THERE, "drugs"),
        ["no-location"],
    ),
    "a first row without a location": (
        [("a", JAN, ("", ""), "Drugs"), ("b", MAR, THERE, "Drugs")],
        (MAR, THERE, "drugs"),
        ["no-location"],
    ),
    "rows that earlier reasons took": (
        [
            ("a", FEB, THERE, "Drugs"),
            ("b", MAR, PLACEHOLDER, "Drugs"),
            ("b", MAR, INSIDE, "Piracy"),
            ("b", "2024-12", INSIDE, "Drugs"),
            ("b", "2025-99", INSIDE, "Drugs"),
        ],
        (FEB, THERE, "drugs"),
        ["bad-coordinates", "bad-date", "bad-row", "outside-period"],
    ),
    "a last row outside the area": (
        [("a", JAN, INSIDE, "Drugs"), ("b", JAN, ELSEWHERE, "Drugs")],
        None,
        ["outside-area", "superseded"],
    ),
    "a first row outside the area": (
        [("a", JAN, ELSEWHERE, "Drugs"), ("b", FEB, INSIDE, "Drugs")],
        (JAN, INSIDE, "drugs"),
        ["superseded"],
    ),
    "once": ([("a", JAN, INSIDE, "Drugs")], (JAN, INSIDE, "drugs"), []),
    "Once": ([("b", JAN, INSIDE, "Drugs")], (JAN, INSIDE, "drugs"), []),
    "once ": ([("b", JAN, INSIDE, "Drugs")], (JAN, INSIDE, "drugs"), []),
}
SHORT_HEADER = "Month,Crime ID,LSOA code,Longitude,Latitude,Location,Crime type"


@pytest.fixture(scope="module")
def stories(tmp_path_factory):
    """Every story's rows, all read together; the area's code carries the story."""
    lines = {name: [] for name in ("a", "b", "c", "short")}
    for story, (told, _, _) in STORIES.items():
        for file, month, point, crime_type in told:
            if file == "short":
                lines[file].append(f"{month},{story},{story},{point[0]},{point[1]},On or near X,{crime_type}")
            else:
                lines[file].append(row(story, month=month, point=point, crime_type=crime_type, area=(story, "")))
    files = {f"{name}.csv": text(*lines[name]) for name in ("a", "b", "c")}
    files["b2.csv"] = text(*lines["short"], header=SHORT_HEADER)
    return ingest(tmp_path_factory.mktemp("stories"), files, period=YEAR)


@pytest.mark.parametrize("story", STORIES)
def test_an_id_that_comes_again_is_one_incident(stories, story):
    told, kept, lost = STORIES[story]
    own = [row for row in stories.rows if row["area_code"] == story]
    assert len(own) == len(told)
    mapped = [row for row in own if row["reason"] is None]
    assert [(format_month(row["month"]), row["cell"], row["category"]) for row in mapped] == (
        [(kept[0], cell(kept[1]), kept[2])] if kept else []
    )
    assert sorted(row["reason"] for row in own if row["reason"] is not None) == lost


def test_a_superseded_row_keeps_its_own_month(tmp_path):
    lines = [row(ID, month=f"2025-0{month}") for month in (2, 3, 5)]
    found = ingest(tmp_path, {"any.csv": text(*lines)})
    gone = sorted(format_month(row["month"]) for row in found.rows if row["reason"] == "superseded")
    assert (found.one()["month"], gone) == ("2025-02", ["2025-02", "2025-03"])


def test_rows_without_an_id_are_never_merged(tmp_path):
    lines = [row(blank) for blank in ("", '""', " ", "   ") for _ in range(3)]
    found = ingest(tmp_path, {NAME: text(*lines)})
    assert (len(found.mapped), found.unmapped) == (12, {})


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

ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
SHORT = "Crime ID,Month,Longitude,Latitude,Location,Crime type"
SHORT_ROW = ",2025-01,-3.05,53.82,On or near X,Drugs"
MIXED = ["rn n n n", "n rn rn rn", "n n rn n", "rn rn n rn", "n n n rn", "rn rn rn n", "r n rn n"]
QUOTES = [
    (["{open}"], 1),
    (["{open}", "{row}"], 1),
    (["{row}", "{open}", "{row}", "{row}"], 1),
    (["{row}", "{row}", "{open}"], 1),
    (["{open}", "{row}", "{open}", "{row}"], 2),
    (["{open}", "{row}", "{close}", "{row}"], 1),
    (["{late}", "{row}", "{close}", "{row}"], 1),
    (["{inside}", "{row}"], 0),
    (["{both}", "{row}"], 0),
]


def rows_by_code(found):
    """How many mapped rows each area code has."""
    return Counter(row["area_code"] for row in found.mapped)


def test_line_ends_byte_order_marks_and_no_final_line_end(tmp_path):
    files = {}
    for start in ("", "\ufeff"):
        for kind, end in ENDS.items():
            for final in ("final", "unended"):
                name = f"{len(start)}-{kind}-{final}"
                content = start + text(*[row(area=(name, ""))] * 3, end=end)
                files[f"{name}.csv"] = content if final == "final" else content.removesuffix(end)
    found = ingest(tmp_path, files)
    assert rows_by_code(found) == {name.removesuffix(".csv"): 3 for name in files}
    assert found.unmapped == {}


def test_mixed_line_ends_spoil_no_last_column(tmp_path):
    files = {}
    for number, ends in enumerate(MIXED):
        marks = [end.replace("r", "\r").replace("n", "\n") for end in ends.split()]
        files[f"{number}.csv"] = "".join(line + end for line, end in zip([SHORT, *[SHORT_ROW] * 3], marks, strict=True))
    found = ingest(tmp_path, files)
    assert (len(found.mapped), found.unmapped) == (3 * len(MIXED), {})


def test_files_of_all_line_ends_are_read_together(tmp_path):
    files = {
        NAME + ".gz": gzipped(text(row(), end="\r\n") + row() + "\n"),
        "2025-02-x-street.csv": text(row(month="2025-02")),
        "2021-03-x-street.csv": text(row(month="2021-03"), end="\r\n"),
        "2021-04-x-street.csv.GZ": gzipped(text(row(month="2021-04"), end="\r\n")),
        "2021-05-x-street.csv.gz": gzipped(text(row(month="2021-05"))) + gzipped(row(month="2021-05") + "\n"),
    }
    found = ingest(tmp_path, files)
    assert (len(found.mapped), found.unmapped, len(found.months)) == (7, {}, 5)


def test_a_quote_spoils_its_own_line_and_swallows_no_other(tmp_path):
    files = {}
    for number, (lines, _) in enumerate(QUOTES):
        area = (f"file-{number}", "Blackpool 006A")
        words = {
            "row": row(area=area),
            "open": row(area=area, location='"On or near High Street'),
            "close": row(area=area, location='On or near High Street"'),
            "late": row(area=(area[0], '"Blackpool 006A')),
            "inside": row(area=area, location='On or near 6" Pipe'),
            "both": row(area=area, location='"On or near High Street, ""The Oak"""'),
        }
        files[f"{number}.csv"] = text(*[line.format(**words) for line in lines])
    found = ingest(tmp_path, files)
    assert dict(found.bad_lines) == {f"{number}.csv": bad for number, (_, bad) in enumerate(QUOTES) if bad}
    good = {f"file-{number}": len(lines) - bad for number, (lines, bad) in enumerate(QUOTES)}
    assert rows_by_code(found) == {name: n for name, n in good.items() if n}
    assert found.read == sum(len(lines) for lines, _ in QUOTES)


def test_a_quote_in_a_long_file(tmp_path):
    lines = [row(f"{n:064x}") for n in range(20_000)]
    lines[7_000] = row(location='"On or near High Street')
    lines[12_000] = "few,fields"
    found = ingest(tmp_path, {NAME: text(*lines)})
    assert (found.read, found.unmapped) == (20_000, {"bad-row": 2})


def test_blank_lines_are_no_rows(tmp_path):
    files = {f"{name}.csv": text(row(), "", row(), "", "", end=ENDS[name]) for name in ("LF", "CRLF")}
    found = ingest(tmp_path, files)
    assert (found.read, found.unmapped) == (4, {})


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


def test_no_rows_at_all(tmp_path):
    found = ingest(tmp_path, {NAME: text()})
    assert (found.read, found.months, found.words) == (0, ("2025-01",), ())


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
        (gzipped(text(*[row(f"{n * n:064x}") for n in range(500)]))[:-9], NAME + ".gz", "breaks off or is damaged"),
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
    tower = ("330610", "436050")
    old = text(
        old_row(tower),
        old_row(tower),
        old_row(tower, "Public disorder and weapons"),
        old_row(tower, "Criminal damage"),
        old_row(tower, "Other crime"),
        old_row(("", ""), "Burglary"),
        old_row(("0", "0"), "Burglary"),
        old_row(("-3.05", "53.82"), "Burglary"),
        old_row(("442000", "112000"), "Burglary"),
        header=OLD_HEADER,
    )
    found = ingest(tmp_path, {"2010-12-lancashire-street.csv": old, NAME: text(row())})
    assert found.unmapped == {"no-location": 1, "bad-coordinates": 2, "outside-area": 1}
    then = [row for row in found.mapped if row["month"] == parse_month("2010-12")]
    words = ["criminal-damage-arson", "other-crime", "public-order", "violent-crime", "violent-crime"]
    assert sorted(row["category"] for row in then) == words
    assert {row["cell"] for row in then} == {cell(("-3.0554", "53.8159"))}
    assert {row["area_code"] for row in then} == {None}
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


def test_a_relative_folder_changes_nothing(tmp_path, monkeypatch):
    """The rule for IDs joins rows with files by their paths, so both must spell them alike."""
    monkeypatch.chdir(tmp_path)
    folder = Path("near/../near by")
    (tmp_path / "near").mkdir()
    folder.mkdir()
    files = {"b.csv": text(row(ID, point=THERE)), "a.csv": text(row(ID), row(), row(location='"open'))}
    found = ingest(folder, files)
    assert (len(found.mapped), found.unmapped) == (2, {"superseded": 1, "bad-row": 1})
    assert cell(THERE) in {row["cell"] for row in found.mapped}
