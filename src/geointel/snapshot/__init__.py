"""An immutable folder of finished answers: write, publish, open, verify.

Lean on purpose: the web service reads through this room, so it imports NumPy and Arrow only.
"""

from geointel.snapshot.pointer import current_id, list_snapshots, prune, rollback
from geointel.snapshot.read import Edition, Snapshot, credits_of, open_snapshot
from geointel.snapshot.verify import Problem, verify
from geointel.snapshot.write import Staging, stage

__all__ = [
    "Edition",
    "Problem",
    "Snapshot",
    "Staging",
    "credits_of",
    "current_id",
    "list_snapshots",
    "open_snapshot",
    "prune",
    "rollback",
    "stage",
    "verify",
]
