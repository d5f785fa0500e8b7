"""The attacks: what an intruder could work out from the bytes of a snapshot, tried before somebody else does."""

from geointel.audit.audit import audit_edition
from geointel.audit.report import Attack, AuditReport

__all__ = ["Attack", "AuditReport", "audit_edition"]
