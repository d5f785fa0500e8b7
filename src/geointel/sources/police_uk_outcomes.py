"""Outcomes of crimes as data.police.uk publishes them (``police-uk-outcomes``).

One CSV per force and month, named ``YYYY-MM-<force>-outcomes.csv``, ten columns. A row says what came of a
crime, whose place and category stand in the street files: see ``docs/sources/police-uk-outcomes.md``.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pydantic

from geointel.sources.base import OutcomeKind, month_of

WORDS: dict[str, tuple[str, ...]] = {
    "charged": ("Suspect charged", "Suspect charged as part of another case"),
    "court": (
        "Awaiting court outcome",
        "Court result unavailable",
        "Court case unable to proceed",
        "Defendant found not guilty",
        "Defendant sent to Crown Court",
        "Offender sent to prison",
        "Offender given suspended prison sentence",
        "Offender given community sentence",
        "Offender given conditional discharge",
        "Offender given absolute discharge",
        "Offender fined",
        "Offender ordered to pay compensation",
        "Offender deprived of property",
        "Offender otherwise dealt with",
    ),
    "caution-or-warning": (
        "Offender given a caution",
        "Offender given a drugs possession warning",
        "Offender given penalty notice",
    ),
    "local-resolution": ("Local resolution",),
    "no-suspect": ("Investigation complete; no suspect identified",),
    "unable-to-prosecute": ("Unable to prosecute suspect",),
    "not-in-public-interest": (
        "Formal action is not in the public interest",
        "Further action is not in the public interest",
        "Further investigation is not in the public interest",
    ),
    "other-organisation": ("Action to be taken by another organisation",),
    "none-yet": ("Under investigation", "Status update unavailable"),
}
"""Group → the words of the files, of every year: sentences until 2019, "Court result unavailable" from 2021."""


class Options(pydantic.BaseModel):
    """Whose outcomes they are."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    of: str | None = None
    """Id of the source that has the crimes; all street sources when left out."""


def is_member(name: str) -> bool:
    """Whether an archive's member is a file of outcomes."""
    return name.lower().endswith("-outcomes.csv")


def read(rows: ir.Table) -> ir.Table:
    """Text columns → canonical text columns; ``category`` is the group of outcomes. Adds no row and drops none."""
    blank, no = ibis.null(str), ibis.literal(False)  # noqa: FBT003 - ibis has no keyword
    word = rows["Outcome type"]
    return rows.select(
        "file",
        id=rows["Crime ID"],
        month=rows["Month"],
        category=ibis.cases(*((word == known, group) for group, words in WORDS.items() for known in words)),
        word=word,
        x=blank,
        y=blank,
        osgb=no,
        special=no,
        area_code=blank,
        area_name=blank,
    )


SOURCE = OutcomeKind(
    kind="police-uk-outcomes",
    title="Outcomes of police recorded crime",
    public=True,
    snapped=True,
    licence="Open Government Licence v3.0",
    attribution="Home Office, data.police.uk. Contains public sector information licensed under the "
    "Open Government Licence v3.0.",
    caveats=("map-points", "recorded-not-all", "outcomes"),
    month_of=month_of,
    is_member=is_member,
    read=read,
    options=Options,
    required=(("Crime ID",), ("Month",), ("Outcome type",)),
    measures={f"outcome-{group}": group for group in WORDS},
    note="rows have the outcome {word!r}, which is not known",
    joins="police-uk-street",
)
