"""Travel times row by row: formats, reasons, means, and what stops a build."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import h3.api.basic_str as h3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geointel.errors import SchemaError
from geointel.grid.cells import parse_cell
from geointel.ingest import files, travel, travel_files
from geointel.sources.travel_matrix import SOURCE, Options

from ...street import square, write

FINEST, EDGE_KM = 8, 5.0
HERE = h3.latlng_to_cell(53.81, -3.0, FINEST)
KIDS = sorted(h3.cell_to_children(HERE, FINEST + 1))
BESIDE, FAR = h3.latlng_to_cell(53.81, -2.87, FINEST), h3.latlng_to_cell(53.81, -1.5, FINEST)
SERVICES = {"S1": "ours:S1", "ours:S1": "ours:S1", "S2": "ours:S2", "ours:S2": "ours:S2"}
HEADER = "from_id,to_id,travel_time"


def kind(**options: Any) -> Any:
    return SOURCE.configured(Options.model_validate({"mode": "drive", "services": "ours", **options}))


def read(folder: Path, name: str, content: str | bytes, **options: Any) -> travel_files.Texts:
    write(folder, {name: content})
    return travel_files.read(files.find("m", (name,), folder), kind(**options))


def rows(folder: Path, *lines: str, origins: dict[str, int] | None = None) -> pa.Table:
    texts = read(folder, "m.csv", "\n".join([HEADER, *lines]) + "\n")
    return travel.canonical(
        texts.rows, study=square(), resolution=FINEST, edge_km=EDGE_KM, destinations=SERVICES, origins=origins
    )


def reasons(table: pa.Table) -> list[str | None]:
    return table["reason"].to_pylist()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"{HERE},S1,10", None),
        (f" {HERE.upper()} , ours:S1 , 1e1 ", None),
        (f"{HERE},S1,0", None),
        (f"{HERE},S1,1440", None),
        (f"{HERE},S1,1440.5", "bad-row"),
        (f"{HERE},S1,-0.5", "bad-row"),
        (f"{HERE},S1,ten", "bad-row"),
        (f"{HERE},S1,1_0", "bad-row"),
        (f"{HERE},S1,inf", "bad-row"),
        (",S1,10", "bad-row"),
        (f"{HERE}, ,10", "bad-row"),
        ("E01000001,S1,10", "bad-row"),
        (f"{HERE},S3,10", "unmatched"),
        (f"{FAR},S3,10", "unmatched"),
        (f"{FAR},S1,10", "outside-area"),
        (f"{FAR},S1,", "outside-area"),
        (f"{HERE},S1,", "no-data"),
        (f"{HERE},S1,NA", "no-data"),
        (f"{HERE},S1,nan", "no-data"),
        (f"{HERE},S1,2147483647", "no-data"),
    ],
)
def test_a_row_has_the_first_reason_that_applies(tmp_path: Path, line: str, reason: str | None) -> None:
    assert reasons(rows(tmp_path, line)) == [reason]


def test_the_first_of_a_pair_counts_and_lines_that_are_no_rows_are_counted(tmp_path: Path) -> None:
    found = rows(tmp_path, f"{HERE},S1,", f"{HERE.upper()},ours:S1,7", f"{HERE},S2,7", f"{KIDS[0]},S1,7")
    assert reasons(found) == ["no-data", "duplicate", None, None]
    texts = read(tmp_path, "broken.csv", f"{HEADER}\n{HERE},S1\n{HERE},S1,4,5\n{HERE},S1,4\n")
    assert texts.rows.num_rows == 1
    assert dict(texts.bad_lines) == {"broken.csv": 2}


def test_a_cell_s_time_is_the_mean_of_the_finer_ones_that_have_a_time(tmp_path: Path) -> None:
    times = [3.0, 4.0, 8.5]
    lines = [f"{cell},S1,{time}" for cell, time in zip(KIDS, times, strict=False)]
    found = travel.means(rows(tmp_path, *lines, f"{KIDS[3]},S1,NA", f"{KIDS[0]},S1,99", f"{KIDS[1]},S2,0"))
    assert found.to_pylist() == [
        {"origin": parse_cell(HERE), "destination": "ours:S1", "minutes": pytest.approx(np.mean(times))},
        {"origin": parse_cell(HERE), "destination": "ours:S2", "minutes": 0.0},
    ]


def test_means_agree_with_a_count_by_hand(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    cells = sorted({child for near in h3.grid_disk(HERE, 2) for child in h3.cell_to_children(near, 9)})
    drawn = [(cells[i], f"S{j}", float(t)) for i, j, t in zip(
        rng.integers(0, len(cells), 400), rng.integers(1, 3, 400), rng.integers(0, 60, 400), strict=True
    )]  # fmt: skip
    found = travel.means(rows(tmp_path, *(f"{cell},{name},{time}" for cell, name, time in drawn)))
    first: dict[tuple[str, str], float] = {}
    for cell, name, time in drawn:
        first.setdefault((cell, name), time)
    inside = {h3.cell_to_parent(cell, FINEST) for cell, _ in first} & {
        f"{cell:x}" for cell in square().cells(FINEST).tolist()
    }
    assert len(inside) > 5
    groups: dict[tuple[int, str], list[float]] = {}
    for (cell, name), time in first.items():
        groups.setdefault((parse_cell(h3.cell_to_parent(cell, FINEST)), f"ours:{name}"), []).append(time)
    ours = {(row["origin"], row["destination"]): row["minutes"] for row in found.to_pylist()}
    assert list(ours) == sorted(ours)
    assert {pair: ours[pair] for pair in groups if f"{pair[0]:x}" in inside} == pytest.approx(
        {pair: np.mean(times) for pair, times in groups.items() if f"{pair[0]:x}" in inside}
    )


def test_origins_beside_the_border_are_kept_and_not_counted(tmp_path: Path) -> None:
    found = rows(tmp_path, f"{BESIDE},S1,10", f"{BESIDE},S1,11", f"{BESIDE},S2,NA", f"{FAR},S1,12", f"{HERE},S1,13")
    assert reasons(found) == ["outside-area"] * 4 + [None]
    assert found["near"].to_pylist() == [True, False, False, False, False]
    assert set(travel.means(found)["minutes"].to_pylist()) == {10.0, 13.0}


def test_origins_can_be_ids_of_a_file_and_two_in_one_cell_are_not_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"places.csv": "oa,y,x\nA,53.81,-3.0\nB,53.8101,-3.0001\n"})
    (raw,) = files.find("m", ("places.csv",), tmp_path)
    own = kind(origins={"file": "places.csv", "id": "oa", "lat": "y", "lng": "x"})
    placed = travel_files.cells_of_ids(raw, own.origins, own, resolution=FINEST)
    assert placed == {"A": parse_cell(HERE), "B": parse_cell(HERE)}
    found = rows(tmp_path, "A,S1,4", "B,S1,6", "A,S1,100", f"{HERE},S1,5", origins=placed)
    assert reasons(found) == [None, None, "duplicate", "unmatched"]
    assert travel.means(found)["minutes"].to_pylist() == [5.0]


@pytest.mark.parametrize("line", ["A,53.9,-3.0", "B,,", "B,91,0", ",53.8,-3.0"])
def test_an_origin_has_one_place(tmp_path: Path, line: str) -> None:
    write(tmp_path, {"places.csv": f"id,lat,lng\nA,53.81,-3.0\nA,53.81,-3.0\n{line}\n"})
    (raw,) = files.find("m", ("places.csv",), tmp_path)
    own = kind(origins={"file": "places.csv"})
    with pytest.raises(SchemaError, match="has no place, or two"):
        travel_files.cells_of_ids(raw, own.origins, own, resolution=FINEST)


def test_cells_coarser_than_the_finest_published_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="cells of resolution 7, and the finest that is published is 8") as refused:
        rows(tmp_path, f"{HERE},S1,4", f"{h3.cell_to_parent(HERE, 7)},S1,4")
    assert "resolution 8 or finer" in refused.value.remedy


@pytest.mark.parametrize(
    ("header", "options", "time", "percentile"),
    [
        ("travel_time", {}, "1", None),
        ("travel_time", {"percentile": 50}, "1", 50.0),
        ("travel_time_p25,travel_time_p50", {}, "2", 50.0),
        ("travel_time_p25,travel_time_p50", {"percentile": 25}, "1", 25.0),
        ("travel_time,travel_time_p50", {}, "2", 50.0),
        ("travel_time_p2.5,x", {"percentile": 2.5}, "1", 2.5),
    ],
)
def test_the_percentile_is_a_column(
    tmp_path: Path, header: str, options: dict[str, Any], time: str, percentile: float | None
) -> None:
    texts = read(
        tmp_path, "m.csv", f"from_id,to_id,{header}\n{HERE},S1,1" + (",2" * header.count(",")) + "\n", **options
    )
    assert texts.rows["time"].to_pylist() == [time]
    assert texts.percentile == percentile


@pytest.mark.parametrize(
    ("header", "options", "said"),
    [
        ("from_id,to_id,travel_time_p25,travel_time_p75", {}, "percentiles of the file are 25, 75"),
        ("from_id,to_id,minutes", {}, "'travel_time': the column is missing"),
        ("from,to_id,travel_time", {}, "'from_id': the column is missing"),
        ("from_id,to_id,to_id,travel_time", {}, "stands in the header twice"),
        ("from_id,to_id,travel_time", {"columns": {"destination": "clinic"}}, "'clinic': the column is missing"),
    ],
)
def test_columns_that_are_missing_are_named(tmp_path: Path, header: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(SchemaError, match=said) as refused:
        read(tmp_path, "m.csv", f"{header}\n", **options)
    assert refused.value.remedy


def test_files_of_one_source_are_of_one_percentile(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": f"{HEADER}\n", "b.csv": f"{HEADER}_p50\n"})
    with pytest.raises(SchemaError, match=r"a\.csv: it has one time for a pair"):
        travel_files.read(files.find("m", ("*.csv",), tmp_path), kind())


def test_parquet_gives_the_same_as_csv(tmp_path: Path) -> None:
    table = pa.table({"from_id": [HERE, KIDS[0]], "to_id": ["S1", "S2"], "travel_time": pa.array([7.0, None])})
    pq.write_table(table, tmp_path / "m.parquet")
    texts = travel_files.read(files.find("m", ("m.parquet",), tmp_path), kind())
    found = travel.canonical(
        texts.rows, study=square(), resolution=FINEST, edge_km=EDGE_KM, destinations=SERVICES, file="m.parquet"
    )
    same = rows(tmp_path, f"{HERE},S1,7", f"{KIDS[0]},S2,")
    assert found.equals(same)


def test_an_empty_matrix_has_no_rows(tmp_path: Path) -> None:
    assert Counter(reasons(rows(tmp_path))) == {}
    assert travel.means(rows(tmp_path)).num_rows == 0
