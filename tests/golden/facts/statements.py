"""The facts as SQL of each engine: what changes here changes on every engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ibis

from geointel import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
DIALECTS = ("duckdb", "pyspark")
RESOLUTIONS = (6, 8)
ROWS = ibis.table(
    {
        "month": "int32",
        "category": "string",
        "cell": "int64",
        "special": "boolean",
        "area_code": "string",
        "area_name": "string",
        "reason": "string",
    },
    name="rows",
)
WEIGHED = ibis.table(
    {**ROWS.schema(), "weight": "int64", "tests": "int64", "weekday": "int8", "hour": "int8"}, name="weighed"
)
MEASURES = {"incidents": "weight", "incidents-special-points": "special", "tests": "tests"}
COUNTS = {"month": "int32", "category": "string", "incidents": "int64"}
LEAVES = ibis.table({"cell": "int64", **COUNTS, "incidents-special-points": "int64"}, name="leaves")
CODED = ibis.table({"level": "string", "code": "string", **COUNTS, "incidents-special-points": "int64"}, name="coded")
MOMENTS = ibis.table({"cell": "int64", **COUNTS, "weekday": "int8", "hour": "int8"}, name="moments")
AREAS = ibis.table({"area_code": "string", "level": "string", "code": "string"}, name="areas")
WINDOWS = ibis.table({"window": "string", "month": "int32"}, name="windows")
MEMBERSHIP = ibis.table({"cell": "int64", "level": "string", "code": "string"}, name="membership")
CELLS = ibis.table({"cell": "int64"}, name="cells")
OWN = ibis.table({"level": "string", "area_code": "string", "own_code": "string"}, name="own")
EXPRESSIONS = {
    "by_leaf": facts.by_leaf(ROWS),
    "by_leaf_weighed": facts.by_leaf(WEIGHED, MEASURES),
    "leaves_outside": facts.leaves_outside(ROWS),
    "by_leaf_beyond": facts.by_leaf_beyond(ROWS, CELLS),
    "by_code": facts.by_code(WEIGHED, AREAS, MEASURES),
    "by_moment": facts.by_moment(WEIGHED),
    "by_moment_tests": facts.by_moment(WEIGHED, {"tests": "tests"}),
    "cell_profile": facts.cell_profile(MOMENTS, WINDOWS, 6),
    "area_profile": facts.area_profile(MOMENTS, WINDOWS, MEMBERSHIP),
    "area_facts_coded": facts.area_facts(LEAVES, WINDOWS, MEMBERSHIP, CODED),
    "cell_facts": facts.cell_facts(LEAVES, WINDOWS, RESOLUTIONS),
    "cell_facts_only": facts.cell_facts(LEAVES, WINDOWS, RESOLUTIONS, CELLS),
    "area_facts": facts.area_facts(LEAVES, WINDOWS, MEMBERSHIP),
    "unmapped_facts": facts.unmapped_facts(ROWS, WINDOWS),
    "support": facts.support(ROWS, RESOLUTIONS),
    "names": facts.names(ROWS, RESOLUTIONS),
    "agreement": facts.agreement(ROWS, MEMBERSHIP, OWN),
    "reconciliation": facts.reconciliation(ROWS),
}


def statements() -> Iterator[tuple[Path, str]]:
    """The file of every statement, and the statement: what `make bless` writes."""
    for name, expression in EXPRESSIONS.items():
        for dialect in DIALECTS:
            yield HERE / f"{name}.{dialect}.sql", str(ibis.to_sql(expression, dialect=dialect)) + "\n"
