"""A number for each record that nobody can guess and that never changes: what a count is changed by depends on it.

A record key is the first 64 bits of HMAC-SHA256 of source and record under the partnership's secret
(the cell key method: Fraser and Wooton 2005; Thompson, Broadfoot and Elazar 2013). A record is known by its ID, so that it keeps its key when it is
corrected; one without an ID by all that it says, and the how-manieth of those that say the same it is.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa

from geointel.model import RECORD_HIGH, RECORD_LOW

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from geointel.engine.base import Engine

DIGEST = "digest"
"""Column of staged rows: what tells a record from others."""
NUMBERS = frozenset({"x", "y", "weight"})
DIGITS = 32
HALF = 32


def digest(rows: ir.Table) -> ir.StringValue:
    """What tells a record from others, as text of 32 digits: of its ID, or of all its columns where it has none.

    SHA-256 is the same on every engine and in every version of it. Who knows an ID can work this out; the key needs the secret.
    """
    text = [name for name, kind in rows.schema().items() if kind.is_string() and name != "id"]
    said = ibis.literal("\x1f").join([_spelled(rows, name) for name in sorted(text)])
    named = "id" in rows.columns
    own = ibis.cases((rows.id.fill_null("").strip() != "", "id\x1f" + rows.id), else_=said) if named else said
    return own.hexdigest("sha256").substr(0, DIGITS)


def _spelled(rows: ir.Table, name: str) -> ir.StringValue:
    """A column as it counts: a number is the same however it is written."""
    text = rows[name].fill_null("")
    return ibis.coalesce(rows[name].try_cast("float64").cast(str), text) if name in NUMBERS else text


def with_record_keys(engine: Engine, rows: ir.Table, *, source: str, secret: bytes) -> ir.Table:
    """Rows with ``record_low`` and ``record_high``, the halves of each one's key. They have ``digest, key, file, row``.

    ``key`` is null for a record without an ID. Rows that share an ID share a key: one of them counts.
    """
    order = ibis.window(group_by=DIGEST, order_by=["file", "row"])
    rows = rows.mutate(nth=ibis.row_number().over(order))
    rows = rows.mutate(turn=rows.key.isnull().ifelse(rows.nth, 0))
    distinct = engine.collect(rows.select(DIGEST, "turn").distinct().order_by(DIGEST, "turn"))
    keys = engine.register("record_keys", distinct_keys(distinct, source=source, secret=secret))
    return rows.left_join(keys, [DIGEST, "turn"])


def distinct_keys(records: pa.Table, *, source: str, secret: bytes) -> pa.Table:
    """``digest, turn`` of records, each once → the same with the halves of their keys, from 0 to 2³² − 1."""
    pairs = zip(records[DIGEST].to_pylist(), records["turn"].to_pylist(), strict=True)
    taken = b"".join(
        hmac.digest(secret, f"record {source}\0{digest}\0{turn}".encode(), "sha256")[:8] for digest, turn in pairs
    )
    key = np.frombuffer(taken, dtype=">u8")
    halves = {RECORD_LOW: key & np.uint64((1 << HALF) - 1), RECORD_HIGH: key >> np.uint64(HALF)}
    columns = {name: pa.array(half.astype(np.int64), pa.int64()) for name, half in halves.items()}
    return pa.table({DIGEST: records[DIGEST], "turn": records["turn"], **columns})
