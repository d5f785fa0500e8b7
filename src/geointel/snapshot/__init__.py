"""An immutable folder of finished answers: write, publish, open, verify.

Lean on purpose: the web service reads through this room, so it imports NumPy and Arrow only.
"""

from geointel.snapshot.approve import NOT_RUN, approve, not_audited
from geointel.snapshot.decisions import Approval, Decisions, read_decisions
from geointel.snapshot.pointer import current_id, list_snapshots, prune, rollback, snapshot_ids
from geointel.snapshot.read import Edition, Snapshot, credits_of, open_snapshot, open_whole
from geointel.snapshot.verify import Problem, verify
from geointel.snapshot.withdraw import TakenOut, lift, take_out, withdraw
from geointel.snapshot.write import Staging, stage

__all__ = [
    "NOT_RUN",
    "Approval",
    "Decisions",
    "Edition",
    "Problem",
    "Snapshot",
    "Staging",
    "TakenOut",
    "approve",
    "credits_of",
    "current_id",
    "lift",
    "list_snapshots",
    "not_audited",
    "open_snapshot",
    "open_whole",
    "prune",
    "read_decisions",
    "rollback",
    "snapshot_ids",
    "stage",
    "take_out",
    "verify",
    "withdraw",
]
