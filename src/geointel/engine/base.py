"""The socket an engine plugs into. Ibis says *what*; an engine knows *where*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Locate = Callable[[pa.Table], NDArray[np.int64]]
    """Distinct points → the cell of each; the engine decides where it runs."""


@dataclass(frozen=True)
class Reject:
    """A line of a text file that is no row: which of the files read, which line (the header is 1), why."""

    file: int
    line: int
    kind: str


class Engine(Protocol):
    """Where tables are executed: seven verbs."""

    name: str

    def stage_text(
        self, paths: Sequence[Path], columns: Sequence[str], *, transform: Callable[[ir.Table], ir.Table], target: Path
    ) -> tuple[Reject, ...]:
        """Read delimited text files of one header as text, transform their rows, write one Parquet file.

        ``columns`` are the names of the header, in order. The text table has the column ``file`` too: the
        position of the row's file in ``paths``. Rows keep their order. Returns the lines that are no rows.
        Raises ``SchemaError`` when a file cannot be read.
        """

    def read(self, paths: Sequence[Path]) -> ir.Table:
        """Parquet files as one table."""

    def read_numbered(self, paths: Sequence[Path]) -> ir.Table:
        """``read`` with a column ``row``: the position of each row in its Parquet file."""

    def register(self, name: str, table: pa.Table) -> ir.Table:
        """A small Arrow table as a table of the engine."""

    def index_points(self, points: ir.Table, locate: Locate, **more: Locate) -> ir.Table:
        """``points`` (already distinct) with a column ``cell`` added by ``locate``, and others by name; below 0 is null there."""

    def collect(self, expr: ir.Table) -> pa.Table:
        """Run an expression and fetch its rows. Big becomes small before this."""

    def write(self, expr: ir.Table, path: Path) -> None:
        """Run an expression and write its rows to one Parquet file."""

    def close(self) -> None:
        """Let go of memory, files and threads."""
