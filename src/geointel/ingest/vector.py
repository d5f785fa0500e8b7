"""A layer of points that OGR reads, such as GeoPackage, in batches."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyogrio

from geointel.errors import SchemaError
from geointel.ingest.arrow_text import points_of, text_of
from geointel.ingest.lines import BROKEN, system_refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geointel.sources.base import RawFile

ROWS = 50_000
UNREADABLE = (
    *BROKEN, pa.ArrowException, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError, pyogrio.errors.FieldError, pyogrio.errors.GeometryError, ValueError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True)
class About:
    """Columns of a layer, those of the file's other layers, and the layer's points."""

    layer: str
    names: tuple[str, ...]
    elsewhere: tuple[str, ...]
    geometry: str | None
    crs: str | None
    rows: int


def about(raw: RawFile, layer: str | None) -> About:
    """What a file holds. Raises ``SchemaError`` when it cannot be read, or has no such layer."""
    with _reading(raw):
        layers = [str(name) for name, _ in pyogrio.list_layers(_path(raw))]
        if not layers or layer not in (None, *layers):
            message = f"there is no layer {layer!r} among its {len(layers)}."
            raise SchemaError(message, file=raw.name, remedy="Correct `layer` of the source.")
        chosen = layers[0] if layer is None else layer
        info: dict[str, Any] = pyogrio.read_info(_path(raw), layer=chosen, force_feature_count=True)
        others = [pyogrio.read_info(_path(raw), layer=name)["fields"] for name in layers if name != chosen]
    return About(
        layer=chosen,
        names=tuple(str(name) for name in info["fields"]),
        elsewhere=tuple(str(name) for names in others for name in names),
        geometry=None if info["geometry_type"] is None else (info["geometry_name"] or "wkb_geometry"),
        crs=info["crs"],
        rows=int(info["features"]),
    )


def rows(raw: RawFile, about: About, wanted: Sequence[str]) -> Iterator[tuple[list[list[str]], list[str], list[str]]]:
    """Texts of the columns asked for, with ``x`` and ``y`` of the points where the layer has them."""
    read = 0
    with (
        _reading(raw),
        pyogrio.raw.open_arrow(
            _path(raw),
            layer=about.layer,
            columns=list(dict.fromkeys(wanted)),
            read_geometry=about.geometry is not None,
            batch_size=ROWS,
            use_pyarrow=True,
            datetime_as_string=True,
        ) as (_, reader),
    ):
        for batch in reader:
            read += batch.num_rows
            x, y = points_of(batch[batch.num_columns - 1]) if about.geometry else ([], [])
            yield [text_of(batch[name]) for name in wanted], x, y
    if read != about.rows:
        message = f"the layer {about.layer!r} says that it has {about.rows} rows, and {read} can be read."
        raise SchemaError(message, file=raw.name, remedy="Ask for the file again.")


def _path(raw: RawFile) -> str:
    path = str(raw.path.resolve())
    return f"/vsigzip/{path}" if path.lower().endswith(".gz") else path


@contextmanager
def _reading(raw: RawFile) -> Iterator[None]:
    """Turn what OGR raises into ``SchemaError``; what it only warns of shows in the number of rows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    except UNREADABLE as error:
        if system_refused(error):
            raise
        message = f"the file cannot be read as points ({type(error).__name__})."
        remedy = "Ask for it again, as GeoPackage or as CSV in UTF-8."
        raise SchemaError(message, file=raw.name, remedy=remedy) from error
