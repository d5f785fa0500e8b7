"""Signals: where more was recorded than expected, for people who look at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query

from geointel_api.answers import json_answer
from geointel_api.parameters import Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.signal_documents import SignalsDocument, SpreadDocument
from geointel_api.signals import Wanted, signals_document, spread_document

if TYPE_CHECKING:
    from starlette.responses import Response

router = APIRouter(prefix="/v1/signals", tags=["signals"])

Layer = Annotated[str | None, Query(description="a layer of the kind signals; default: the first")]
Category = Annotated[str | None, Query(description="category; default: all")]
Level = Annotated[str | None, Query(description="level of areas, `cell` or `cluster`; default: all")]
Month = Annotated[str | None, Query(description="month, as `2025-12`; default: all")]
Area = Annotated[str | None, Query(description="code of an area in which the signal lies; default: all")]


def wanted_of(
    layer: Layer = None, category: Category = None, level: Level = None, window: Month = None, area: Area = None
) -> Wanted:
    """Return what is asked for."""
    return Wanted(layer, category, level, window, area)


Wanting = Annotated[Wanted, Depends(wanted_of)]


@router.get("", response_model=SignalsDocument, summary="Signals")
def get_signals(visit: Visiting, wanted: Wanting) -> Response:
    """Statistical rises, the newest first. Editions that the public may open have none: 404."""
    return json_answer(signals_document(visit, wanted))


@router.get("/spread", response_model=SpreadDocument, summary="Order in which areas rose")
def get_spread(visit: Visiting, wanted: Wanting) -> Response:
    """First month of a lasting rise in each area that has one: in what order a rise reached them."""
    return json_answer(spread_document(visit, wanted))
