"""Which columns of a layer travel in its tiles; the rest are for the API."""

from __future__ import annotations

PROPERTIES = ("value", "class", "support", "status", "count", "q", "raw_class")
"""In this order, as far as the layer's kind has them. A null is left out: it is not a zero."""
