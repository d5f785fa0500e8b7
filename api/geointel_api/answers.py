"""Finished answers of routes."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from geointel_api.links import JSON


def json_answer(document: Any, media_type: str = JSON, status: int = 200) -> Response:
    """Spell a document as JSON: numbers at full precision, no NaN, no spaces."""
    body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(body.encode(), status_code=status, media_type=media_type)


def file_answer(body: bytes | str, media_type: str, name: str) -> Response:
    """An answer that a browser offers to save under ``name``."""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return Response(body, media_type=media_type, headers={"content-disposition": f'attachment; filename="{safe}"'})
