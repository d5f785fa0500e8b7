"""A map as one SVG file: for print, for a browser without WebGL, for a report.

Complete by itself: title, description, key and caveat are inside; no script, no outside reference.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from geointel.content import status_label
from geointel.tiles.canvas import LETTER, TENTHS, Canvas

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from geointel.model import ClassStyle
    from geointel.tiles.canvas import Outline

_PATTERNS = {
    "suppressed": '<circle cx="3" cy="3" r="1.4" fill="#505a5f"/>',
    "coarsened": '<path d="M3,1v4M1,3h4" stroke="#505a5f" stroke-width=".8"/>',
    "no-support": '<circle cx="3" cy="3" r=".7" fill="#505a5f"/>',
    "no-data": '<path d="M1.5,1.5l3,3M4.5,1.5l-3,3" stroke="#505a5f" stroke-width=".7"/>',
    "insufficient": '<path d="M0,3h4" stroke="#505a5f" stroke-width=".8"/>',
}
"""One mark for each status, on white: none can be taken for a class, least of all "not significant"."""
_TILE = 6

BOLD = 1.15
"""How much wider bold letters are."""
_MARGIN, _KEY_WIDTH, _SWATCH = 16, 250, 18
_TITLE, _TEXT, _SMALL = 20, 13, 12
_LEADING = 1.35
_OUTLINED_FROM = 6.0
"""Pixels: narrower cells have no outline of their own, it would hide their colour."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Picture:
    """Everything beside the cells.

    Attributes
    ----------
    title, description
        Heading, and the same in words for people who do not see the picture.
    key
        Heading of the key, such as the value's name.
    caveats, credit
        Lines under the map: what must be known to read it, and whose data it is.
    bbox
        West, south, east, north in degrees: what the map shows.
    outlines
        Areas drawn over the cells, with their names.
    size
        Width and height in pixels.
    """

    title: str
    description: str
    key: str
    caveats: tuple[str, ...]
    credit: str
    bbox: tuple[float, float, float, float]
    outlines: tuple[Outline, ...] = ()
    size: tuple[int, int] = (960, 720)


def drawn_classes(classes: Iterable[str | None], statuses: Iterable[str]) -> list[str]:
    """Say what each cell is drawn as: its class, or its status where it has none."""
    return [
        (status if status != "shown" else "no-data") if slug is None else slug
        for slug, status in zip(classes, statuses, strict=True)
    ]


def draw_svg(cells: NDArray[np.int64], drawn: Sequence[str], *, styles: Sequence[ClassStyle], picture: Picture) -> str:
    """Draw cells by class as a standalone SVG document.

    Parameters
    ----------
    cells, drawn
        n cells, and for each the id of a style or a status word; see ``drawn_classes``.
    styles
        The classes of the key, in the key's order.

    Raises ``ValueError`` for a word that is neither a class nor a status.
    """
    present = set(drawn)
    statuses = [status for status in _PATTERNS if status in present]
    unknown = present - {style.id for style in styles} - set(statuses)
    if unknown:
        message = f"no class or status is called {min(unknown)!r}"
        raise ValueError(message)
    width, height = picture.size
    title = _wrap(picture.title, (width - 2 * _MARGIN) / BOLD, _TITLE)
    notes = (*picture.caveats, picture.credit)
    footer = [line for note in notes for line in _wrap(note, width - 2 * _MARGIN, _SMALL)]
    top = 2 * _MARGIN + _TITLE * _LEADING * len(title)
    bottom = _SMALL * _LEADING * len(footer) + 2 * _MARGIN
    sheet = (max(80.0, width - _KEY_WIDTH - 3 * _MARGIN), max(80.0, height - top - bottom))
    canvas = Canvas.fit(picture.bbox, sheet)
    parts = [
        *_head(picture, statuses),
        *_lines(title, x=_MARGIN, y=_MARGIN + _TITLE, font=_TITLE, weight="bold"),
        *_sheet(canvas, picture, _cells(canvas, cells, drawn, styles=styles), top=top),
        *_key(styles, statuses, heading=picture.key, corner=(width - _KEY_WIDTH - _MARGIN, top)),
        *_lines(footer, x=_MARGIN, y=top + sheet[1] + 2 * _MARGIN, font=_SMALL),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _head(picture: Picture, statuses: Iterable[str]) -> list[str]:
    width, height = picture.size
    patterns = [
        f'<pattern id="geointel-{status}" width="{_TILE}" height="{_TILE}" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale({TENTHS})">'
        f'<rect width="{_TILE}" height="{_TILE}" fill="#ffffff"/>{_PATTERNS[status]}</pattern>'
        for status in statuses
    ]
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="geointel-title geointel-desc" lang="en-GB" '
        'font-family="arial, sans-serif" fill="#0b0c0c">'
    )
    return [
        root,
        f'<title id="geointel-title">{_text(picture.title)}</title>',
        f'<desc id="geointel-desc">{_text(picture.description)}</desc>',
        f"<defs>{''.join(patterns)}</defs>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]


def _cells(
    canvas: Canvas, cells: NDArray[np.int64], drawn: Sequence[str], *, styles: Iterable[ClassStyle]
) -> list[str]:
    """One path for each class and status, in tenths of a pixel."""
    paths, across = canvas.cell_paths(cells)
    outlined = across >= _OUTLINED_FROM
    found: dict[str, list[str]] = {}
    for slug, path in zip(drawn, paths, strict=True):
        found.setdefault(slug, []).append(path)
    fills = [(style.id, _attribute(style.colour), "#ffffff") for style in styles]
    fills += [(status, f"url(#geointel-{status})", "#505a5f") for status in _PATTERNS]
    return [
        f'<path class="{_attribute(slug)}" fill="{fill}"'
        + (f' stroke="{edge}" stroke-width="4"' if outlined else "")
        + f' d="{"".join(found[slug])}"/>'
        for slug, fill, edge in fills
        if any(found.get(slug, ()))
    ]


def _sheet(canvas: Canvas, picture: Picture, cells: Iterable[str], *, top: float) -> list[str]:
    """Lay out the map itself; what reaches beyond its edge is cut."""
    width, height = canvas.size
    areas = "".join(canvas.outline_path(outline) for outline in picture.outlines)
    names = canvas.labels(picture.outlines, _SMALL)
    return [
        f'<svg x="{_MARGIN}" y="{top:g}" width="{width:g}" height="{height:g}" overflow="hidden">',
        f'<g transform="scale({1 / TENTHS:g})">',
        *cells,
        *([f'<path class="area" fill="none" stroke="#0b0c0c" stroke-width="8" d="{areas}"/>'] if areas else []),
        "</g>",
        f'<g font-size="{_SMALL}" text-anchor="middle" paint-order="stroke" stroke="#ffffff" stroke-width="3">',
        *(f'<text x="{name.x:g}" y="{name.y:g}">{_text(name.text)}</text>' for name in names),
        "</g>",
        "</svg>",
    ]


def _key(
    styles: Sequence[ClassStyle], statuses: Iterable[str], *, heading: str, corner: tuple[float, float]
) -> list[str]:
    x, y = corner
    rows = [(_attribute(style.colour), style.label) for style in styles]
    rows += [(f"url(#geointel-{status})", status_label(status)) for status in statuses]
    head = _wrap(heading, _KEY_WIDTH, _TEXT)
    parts = _lines(head, x=x, y=y + _TEXT, font=_TEXT, weight="bold")
    y += _TEXT * _LEADING * len(head) + 8
    for fill, label in rows:
        lines = _wrap(label, _KEY_WIDTH - _SWATCH - 8, _TEXT)
        side = _SWATCH * TENTHS
        parts.append(  # on the map's scale, so that patterns look the same in both
            f'<rect transform="translate({x:g} {y:g}) scale({1 / TENTHS:g})" width="{side}" height="{side}" '
            f'fill="{fill}" stroke="#505a5f" stroke-width="{TENTHS}"/>'
        )
        parts += _lines(lines, x=x + _SWATCH + 8, y=y + _TEXT, font=_TEXT)
        y += max(_SWATCH, _TEXT * _LEADING * len(lines)) + 6
    return parts


def _wrap(text: str, width: float, font: float) -> list[str]:
    """Lines of a text that fit, by the width of an average letter."""
    return textwrap.wrap(text, max(8, int(width / (font * LETTER))))


def _lines(lines: Iterable[str], *, x: float, y: float, font: float, weight: str = "normal") -> list[str]:
    style = f'font-size="{font:g}" font-weight="{weight}"'
    return [
        f'<text x="{x:g}" y="{y + row * font * _LEADING:g}" {style}>{_text(line)}</text>'
        for row, line in enumerate(lines)
    ]


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text), quote=False)


def _attribute(text: str) -> str:
    return escape(_NOT_XML.sub("", text))
