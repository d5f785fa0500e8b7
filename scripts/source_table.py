"""Every real file, what was read of it, and what became of its rows: ``docs/validation/sources.md``.

Run from the root of the repository, with the data folder and the extras ``roads`` and ``postcodes``::

    python scripts/source_table.py ../shared/data --out docs/validation/sources.md
"""

from __future__ import annotations

import argparse
import json
import re
import runpy
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from geointel.build import look
from geointel.config import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.build import Looked, SourceReport

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "tests" / "flow" / "real_files.py"
"""Which file is read by which kind, in which partnership."""
SINGLE = re.compile(r"the postcode '|and \d+ other postcodes|.*, row \d+ \(")
"""Beginnings of notes that are about single rows."""
FOUND = re.compile(r"postcodes of rows were found \((.+)\)")
PLACED = ("nhs-ods", "pharmacies")
"""Kinds whose files have no coordinates: their postcodes say where the services are."""

HEAD = """\
# Every file of the real data

What `geointel check` finds in each file of the data folder that the examples and tests use: published open data of
Lancashire, West Mercia and a few other forces, under the Open Government Licence v3.0 (`osm/`: © OpenStreetMap contributors, ODbL
1.0; `raster/gpw-*`: CIESIN GPWv4.11, CC BY 4.0). Monthly files of one force are one line, those of street crime a line for March 2021
to March 2022 and one for 2025. Of every line, rows read = rows mapped + rows unmapped, by reason.

- **mapped** rows lie in the area named above the table, or are of it. A file that covers more than that area has rows
  that are `outside-area`: they are of no interest here, and not lost.
- The reasons are explained on the page of each kind, under `docs/sources/`.

Run it again with:

```
python scripts/source_table.py ../shared/data --out docs/validation/sources.md
```

`tests/flow/test_every_file.py` counts the rows of every file a second time, with other means, compares them with this page,
and fails when a file is added that nothing reads.
"""
POSTCODES = """\
## Postcodes of services

Lists without coordinates are placed by their postcodes. The files of Code-Point Open in the data folder hold the eight postcode areas
of the two forces, and no postcode that is retired. The ONS Postcode Directory, the extra `postcodes`, knows both.
Of the rows that have only a postcode, **found** are those whose postcode is known.

| file | found, files alone | with the directory | `not-geocoded` | with the directory | mapped | with the directory |
|---|--:|--:|--:|--:|--:|--:|
"""
OUTLINES = """\
## Outlines and lookups

Outlines are read by the area levels and the option `outlines`, lookups by `lookup` and `vintages`.

| file | areas or rows |
|---|--:|
"""
NOT_READ = """\
## Files that no source reads

| file | why |
|---|---|
"""
TABLE = """\
| file | kind | files | read | mapped | unmapped | note |
|---|---|--:|--:|--:|---|---|
"""


def text_of(place: Any, folder: Path, *, directory: bool) -> str:
    """The partnership file of a place, one source a line; ``directory`` adds the postcode directory as ``directory``."""
    sources = [
        f'[[source]]\nid = "line-{number}"\nkind = "{line.kind}"\nfiles = "{line.files}"\npublic = true\n{line.options}\n'
        for number, line in enumerate(place.lines)
    ]
    if directory:
        sources.append('[[source]]\nid = "directory"\nkind = "postcodes"\npackage = true\n')
    head = '[partnership]\nid = "real"\nname = "Real"\n'
    area = place.area.replace("{folder}", folder.as_posix())
    return "\n".join([head, area, *sources, '[edition.open]\npolicy = { method = "none" }\n'])


def look_at(place: Any, data: Path, *, directory: bool = False) -> dict[str, Looked]:
    """What became of the rows of each line, by its files. Raises ``ValueError`` when a file cannot be read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if place.box is not None:
            outline = {"type": "Feature", "properties": {"code": "box"}, "geometry": shapely.box(*place.box)}
            outline["geometry"] = shapely.geometry.mapping(outline["geometry"])
            (folder / "box.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [outline]}))
        config = folder / "partnership.toml"
        config.write_text(text_of(place, folder, directory=directory or place.directory), encoding="utf-8")
        found = look(load(config), data=data)
    if found.faults:
        raise ValueError("; ".join(fault.message for fault in found.faults))
    reports = {looked.report.id: looked for looked in found.sources}
    return {line.files: reports[f"line-{number}"] for number, line in enumerate(place.lines)}


def row(line: Any, looked: Looked) -> str:
    """One line of the table."""
    report = looked.report
    unmapped = ", ".join(f"{reason} {rows:,}" for reason, rows in report.unmapped.items())
    cells = (f"`{line.files}`", line.kind, f"{report.files}", f"{report.read:,}", f"{report.mapped:,}", unmapped)
    return f"| {' | '.join(cells)} | {note(looked)} |"


def note(looked: Looked) -> str:
    """What the check says of a source as a whole; what it says of single rows is left out."""
    return "; ".join(text for text in looked.report.notes if not SINGLE.match(text))


def share(report: SourceReport) -> str:
    """Share of the postcodes that were found, as the note says it; there is none where all were."""
    notes = [match[1] for text in report.notes if (match := FOUND.search(text)) is not None]
    return notes[0] if notes else "100.0%"


def placed_by_postcode(places: Any, data: Path, found: Mapping[str, Looked]) -> list[str]:
    """Lines of the table of postcodes: each list once more with the directory."""
    lines = []
    for place in places:
        lists = tuple(line for line in place.lines if line.kind in PLACED)
        if not lists or place.directory:
            continue
        own = tuple(line for line in place.lines if line.kind == "postcodes")
        again = look_at(replace(place, lines=(*own, *lists)), data, directory=True)
        for line in lists:
            both = [reports[line.files].report for reports in (found, again)]
            cells = [share(report) for report in both]
            cells += [f"{report.unmapped.get('not-geocoded', 0)}" for report in both]
            lines.append(f"| `{line.files}` | {' | '.join([*cells, *(f'{report.mapped}' for report in both)])} |")
    return lines


def tables(catalogue: Mapping[str, Any]) -> dict[str, int]:
    """Files of outlines and lookups, and their areas or rows."""
    folders = {"boundaries": catalogue["BOUNDARIES"], "lookups": catalogue["LOOKUPS"]}
    return {f"{folder}/{name}": n for folder, names in folders.items() for name, n in names.items()}


def page(catalogue: Mapping[str, Any], data: Path) -> str:
    """The whole document."""
    found: dict[str, Looked] = {}
    parts = [HEAD]
    for place in catalogue["PLACES"]:
        found |= look_at(place, data)
        rows = [row(line, found[line.files]) for line in place.lines]
        parts.append(f"## {place.title}\n\n{TABLE}" + "\n".join(rows) + "\n")
    parts.append(POSTCODES + "\n".join(placed_by_postcode(catalogue["PLACES"], data, found)) + "\n")
    parts.append(OUTLINES + "\n".join(f"| `{name}` | {n:,} |" for name, n in tables(catalogue).items()) + "\n")
    parts.append(NOT_READ + "\n".join(f"| `{name}` | {why} |" for name, why in catalogue["WITHOUT_A_KIND"].items()))
    return "\n".join(parts) + "\n"


def main() -> int:
    """Read every file, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="data folder of the examples")
    parser.add_argument("--out", type=Path, help="file to write; default: print")
    options = parser.parse_args()
    text = page(runpy.run_path(str(CATALOGUE)), options.data)
    if options.out is None:
        print(text)
    else:
        options.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
