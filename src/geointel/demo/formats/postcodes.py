"""Postcodes as Code-Point Open lists them: no header, CRLF, one row without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.demo import table
from geointel.demo.postcode_units import AREA, NOWHERE
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.demo.scene import Scene

PATHS = ("postcodes/codepointopen-demo.csv",)
NO_PLACE = 90


def write(scene: Scene) -> tuple[Written, ...]:
    """Write every postcode of the demonstration."""
    form = table.Form(line_end=table.CRLF, header=False)
    count = table.write(scene.directory / PATHS[0], [], _rows(scene), form)
    what = f"postcodes in the format of Code-Point Open (no header, CRLF): area {AREA}, which does not exist"
    return (Written(PATHS[0], what, count),)


def _rows(scene: Scene) -> Iterator[list[object]]:
    units = scene.units
    for code, quality, place in zip(units.codes, units.quality.tolist(), units.metres.tolist(), strict=True):
        yield [code, quality, *place]
    yield [NOWHERE, NO_PLACE, 0, 0]
