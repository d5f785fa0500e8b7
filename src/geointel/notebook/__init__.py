"""A published snapshot in a notebook: tables, geodata frames, maps, and pages that need no network.

It opens snapshots and nothing else, so it can only show what passed the gate.
"""

from geointel.notebook.opened import SnapshotEdition, SnapshotLayer, open_snapshot
from geointel.notebook.page import standalone_html, write_html

__all__ = ["SnapshotEdition", "SnapshotLayer", "open_snapshot", "standalone_html", "write_html"]
