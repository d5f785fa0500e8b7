"""Very large files of every kind, made from those of the demonstration: a block of rows again and again.

Ids and exact coordinates differ from block to block. What stands for one area once (figures) or is published as it
is (services) is in the first block only, and elsewhere in all others, as in a file of a whole nation.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import shutil
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.transform import from_bounds
from rasterio.windows import Window

from geointel.sources.base import FigureKind, ServiceKind, TextKind, kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from geointel.sources.base import TextForm

BLOCK = 20_000
MARK = "98765"
"""Digits that are another number in every block."""
IDS = {
    "police-uk-street": ("Crime ID",),
    "incidents": ("incident_id", "person_key"),
    "stats19": ("collision_index",),
    "drug-driving": ("check_id",),
    "services": ("id",),
    "nhs-ods": ("code",),
    "nhs-choices": ("OrganisationID", "OrganisationCode"),
    "pharmacies": ("organisation_data_service_code",),
    "cqc": ("locationId",),
    "population": ("area_code",),
    "area-index": ("lsoa21_code",),
    "area-indicator": ("area_code",),
}
"""Columns that tell rows apart; searches have none. Outcomes are of the same crimes again and again."""
LINKED = ("stats19",)
"""Kinds with several tables whose rows belong to each other: the n-th row of each block of one to that of another."""
EXACT = ("latitude", "longitude", "onspdlatitude", "onspdlongitude")
POSTCODES = ("postcode", "Postcode", "postalCode")
SHEET_ROWS = 1_048_576
"""What a sheet of a workbook can hold, the header too."""
NEAR_WAYS = 10_000
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
MOST_PIXELS_A_TIME = 512


def write(kind: str, ending: str, original: Path, target: Path, rows: int) -> int:
    """Write a file of so many rows like another one; return how many there are."""
    if kind == "postcodes":
        return _write_postcodes(original, target, rows)
    if isinstance(kinds()[kind], TextKind):
        return (
            _write_sheet(kind, original, target, rows)
            if ending == ".xlsx"
            else _write_text(kind, original, target, rows)
        )
    return _write_grid(original, target, rows) if kind == "population-raster" else _write_roads(target, rows)


def _write_text(kind: str, original: Path, target: Path, rows: int) -> int:
    head, first, other = _blocks(kind, original)
    with target.open("wb") as file:
        file.write(head)
        for number, start in enumerate(range(0, rows, BLOCK)):
            block = (other if number else first).replace(MARK.encode(), f"{number:05d}".encode())
            _write_part(file, block, rows - start)
    return rows


def _write_part(file: BinaryIO, block: bytes, left: int) -> None:
    file.write(block if left >= BLOCK else b"".join(block.splitlines(keepends=True)[:left]))


def _blocks(kind: str, original: Path) -> tuple[bytes, bytes, bytes]:
    """The header line, the first block, and what all others are like."""
    found = kinds()[kind]
    form = found.form
    with original.open(encoding=form.encoding, newline="") as file:
        lines = list(csv.reader(file, delimiter=form.separator))
    names = list(form.names[: len(lines[0])]) or lines.pop(0)
    head = b"" if form.names else _text([names], form)
    rows = list(itertools.islice(itertools.cycle(lines), BLOCK))
    own = len(lines) if isinstance(found, FigureKind | ServiceKind) else 0
    return head, _text(_varied(kind, names, rows, own), form), _text(_varied(kind, names, rows, 0), form)


def _varied(kind: str, names: list[str], rows: list[list[str]], own: int) -> Iterator[list[str]]:
    """Rows with ids and coordinates of their own, but for the first ``own``."""
    away = isinstance(kinds()[kind], ServiceKind)
    for number, row in enumerate(rows):
        changed = list(row)
        for place, name in enumerate(names):
            if number < own or not row[place]:
                continue
            if name in IDS.get(kind, ()):
                changed[place] = f"N{MARK}{number:05d}"
            elif name.lower() in EXACT:
                changed[place] = f"{float(row[place]) + 30 * away:.4f}{MARK}"
            elif name in POSTCODES and away:
                changed[place] = "AA1 1AA"
        yield changed


def _write_postcodes(original: Path, target: Path, rows: int) -> int:
    """Places of the original under ``rows`` postcodes: twenty million can be spelt so."""
    with original.open(encoding="ascii", newline="") as file:
        places = [",".join(line[1:]) for line in csv.reader(file)]
    with target.open("w", encoding="ascii") as file:
        file.writelines(f"{_postcode(n)},{places[n % len(places)]}\n" for n in range(rows))
    return rows


def _postcode(number: int) -> str:
    """Two letters, two digits, a space, a digit and two letters."""
    rest, last = divmod(number, len(LETTERS))
    rest, second = divmod(rest, len(LETTERS))
    rest, sector = divmod(rest, 10)
    rest, district = divmod(rest, 90)
    area, first = divmod(rest, len(LETTERS))
    return f"{LETTERS[area]}{LETTERS[first]}{district + 10} {sector}{LETTERS[second]}{LETTERS[last]}"


def _text(rows: Iterable[Sequence[str]], form: TextForm) -> bytes:
    held = io.StringIO()
    csv.writer(held, delimiter=form.separator, lineterminator="\n").writerows(rows)
    return held.getvalue().encode(form.encoding.removesuffix("-sig"))


def _write_sheet(kind: str, original: Path, target: Path, rows: int) -> int:
    """A workbook with one sheet of texts."""
    rows = min(rows, SHEET_ROWS - 1)
    head, first, other = _blocks(kind, original)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/worksheet" Target="s1.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        with archive.open("xl/s1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{main}"><sheetData>'.encode() + _cells(head))
            for number, start in enumerate(range(0, rows, BLOCK)):
                block = _cells(other if number else first, rows - start)
                sheet.write(block.replace(MARK.encode(), f"{number:05d}".encode()))
            sheet.write(b"</sheetData></worksheet>")
    return rows


def _cells(block: bytes, most: int = BLOCK) -> bytes:
    """Rows of a sheet without addresses. The demonstration's texts need no escape."""
    lines = csv.reader(io.StringIO(block.decode(), newline=""))
    cells = ("".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in line) for line in lines)
    return "".join(f"<row>{row}</row>" for row in itertools.islice(cells, most)).encode()


def _write_grid(original: Path, target: Path, rows: int) -> int:
    """The same rectangle in much smaller pixels."""
    side = math.isqrt(rows)
    with rasterio.open(original) as data:
        profile, bounds = data.profile, data.bounds
    profile |= {"width": side, "height": side, "transform": from_bounds(*bounds, side, side), "dtype": "float32"}
    strip = np.full((1, MOST_PIXELS_A_TIME, side), 0.5, dtype=np.float32)
    with rasterio.open(target, "w", **profile) as data:
        for top in range(0, side, MOST_PIXELS_A_TIME):
            height = min(MOST_PIXELS_A_TIME, side - top)
            data.write(strip[:, :height], window=Window(0, top, side, height))
    return side * side


def _write_roads(target: Path, rows: int) -> int:
    """Ways of two nodes each, in a row: the first of them in the town, the others far from it."""
    with target.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n')
        for start in range(0, rows + 1, BLOCK):
            numbers = range(start, min(start + BLOCK, rows + 1))
            file.writelines(
                f'<node id="{n + 1}" lat="{_lat(n):.7f}" lon="{-3 + n % 997 / 10_000:.7f}"/>\n' for n in numbers
            )
        for start in range(0, rows, BLOCK):
            numbers = range(start, min(start + BLOCK, rows))
            file.writelines(
                f'<way id="{n + 1}"><nd ref="{n + 1}"/><nd ref="{n + 2}"/><tag k="highway" v="residential"/></way>\n'
                for n in numbers
            )
        file.write("</osm>\n")
    return rows


def _lat(number: int) -> float:
    return 53.8 + number % 991 / 20_000 if number < NEAR_WAYS else 40 + number % 991 / 20_000


def room_for(target: Path, needed: int) -> bool:
    """Whether the disk has so many bytes left."""
    return shutil.disk_usage(target).free >= needed
