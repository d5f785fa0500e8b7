"""The nouns: periods, table schemas, facts, layers. No arithmetic beyond calendar months."""

from geointel.model.facts import HexFacts, ReleasedFacts
from geointel.model.layer import SIGNED_CLASSES, ClassStyle, Column, Layer, LayerSpec
from geointel.model.period import (
    Window,
    format_month,
    in_order,
    month_label,
    months_between,
    parse_month,
    windows_over,
)
from geointel.model.tables import (
    ALL,
    AREA_FACTS,
    FACTS,
    FIGURES,
    INCIDENTS,
    NAMES,
    PROFILE,
    ROADS,
    SERVICES,
    SPECIAL,
    SUPPORT,
    UNMAPPED,
    Status,
)

__all__ = [
    "ALL",
    "AREA_FACTS",
    "FACTS",
    "FIGURES",
    "INCIDENTS",
    "NAMES",
    "PROFILE",
    "ROADS",
    "SERVICES",
    "SIGNED_CLASSES",
    "SPECIAL",
    "SUPPORT",
    "UNMAPPED",
    "ClassStyle",
    "Column",
    "HexFacts",
    "Layer",
    "LayerSpec",
    "ReleasedFacts",
    "Status",
    "Window",
    "format_month",
    "in_order",
    "month_label",
    "months_between",
    "parse_month",
    "windows_over",
]
