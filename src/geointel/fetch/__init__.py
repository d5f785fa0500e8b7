"""Files that a partnership names, from their official addresses: the only room that opens a connection."""

from geointel.fetch.entries import Entry, catalogue
from geointel.fetch.wanted import Wanted, faults, plan

__all__ = ["Entry", "Wanted", "catalogue", "faults", "plan"]
