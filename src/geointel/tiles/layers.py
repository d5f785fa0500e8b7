"""Take one layer out of a tile of several, without decoding a feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAYER, _NAME = 0x1A, 0x0A
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_MORE, _LOW = 0x80, 0x7F


def category_layer(tile: bytes, category: str) -> bytes:
    """Slice out the layer of that name, a tile of its own; empty when the tile has none.

    ``tile`` is a vector tile, not compressed. Raises ``ValueError`` for bytes that are not one.
    """
    wanted = category.encode()
    for start, body, end in _layers(tile):
        if _name(tile, body, end) == wanted:
            return tile[start:end]
    return b""


def layer_names(tile: bytes) -> list[str]:
    """Names of a tile's layers, in order. Raises ``ValueError`` for bytes that are not a tile."""
    return [_name(tile, body, end).decode() for _, body, end in _layers(tile)]


def _layers(tile: bytes) -> Iterator[tuple[int, int, int]]:
    """Start of each layer's message, start of its body, and its end."""
    for start, tag, body, end in _fields(tile, 0, len(tile)):
        if tag == _LAYER:
            yield start, body, end


def _name(tile: bytes, body: int, end: int) -> bytes:
    return next((tile[start:stop] for _, tag, start, stop in _fields(tile, body, end) if tag == _NAME), b"")


def _fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Start, tag, start of content and end of every field of a message."""
    while at < end:
        tag, content = _varint(data, at)
        kind = tag & 7
        if kind == _LENGTH:
            length, content = _varint(data, content)
            stop = content + length
        elif kind == _VARINT:
            _, stop = _varint(data, content)
        elif kind in {_EIGHT_BYTES, _FOUR_BYTES}:
            stop = content + (8 if kind == _EIGHT_BYTES else 4)
        else:
            stop = end + 1
        if stop > end:
            message = f"byte {at} is not the start of a field: not a vector tile"
            raise ValueError(message)
        yield at, tag, content, stop
        at = stop


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        byte = data[at]
        value |= (byte & _LOW) << shift
        at += 1
        if byte < _MORE:
            return value, at
        shift += 7
    message = "the tile ends inside a number"
    raise ValueError(message)
