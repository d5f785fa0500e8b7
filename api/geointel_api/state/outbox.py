"""The outbox: what is to be sent is written in the transaction that makes it true, and sent afterwards, at least once.

A server takes a lease on what is due. When it is killed in the middle, the lease runs out and another attempt is made, under the
same key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, insert, or_, select, update

from geointel_api.state.tables import deliveries, items

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection, Row

WAITING, SENT, FAILED, CANCELLED = DELIVERY_STATES = ("waiting", "sent", "failed", "cancelled")
KEYS = UUID("6f1d2a52-5f0e-4b7e-9a55-6d3f8c0c7a11")
"""Name space of the keys of deliveries."""
LONGEST_ERROR = 300
TOLD = 50
"""Most deliveries that are listed of one subscription."""


@dataclass(frozen=True)
class Retries:
    """How often and how late again. Seconds."""

    attempts: int = 12
    first: float = 30.0
    longest: float = 6 * 3600.0
    lease: float = 60.0

    def pause(self, attempts: int, chance: random.Random) -> float:
        """How long to wait after so many attempts: twice as long each time, and half as long or half more by chance."""
        return min(self.longest, self.first * 2.0 ** min(attempts - 1, 32)) * chance.uniform(0.5, 1.5)


class Batch(NamedTuple):
    """What is sent together: the hash of one event, or the day of a digest; and when."""

    name: str
    due: float


@dataclass(frozen=True)
class Leased:
    """One delivery that this server alone may try now. ``items`` are positions in the log with what to say of them."""

    id: str
    subscription: str
    channel: str
    attempts: int
    lease: str
    batch: str
    items: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Result:
    """What came of an attempt. ``again`` is when to try again, if at all."""

    state: str
    error: str = ""
    again: float | None = None


def post(connection: Connection, item: tuple[int, str], *, subscription: Any, batch: Batch, now: float) -> None:
    """Put one event for one subscription into its batch, and begin the batch if there is none."""
    position, body = item
    key = str(uuid5(KEYS, f"{subscription.id}/{batch.name}"))
    if connection.execute(select(deliveries.c.id).where(deliveries.c.id == key)).first() is None:
        row = {"id": key, "subscription": subscription.id, "batch": batch.name, "channel": subscription.channel}
        row |= {"state": WAITING, "attempts": 0, "due": batch.due, "error": "", "created": now}
        connection.execute(insert(deliveries).values(**row))
    connection.execute(insert(items).values(delivery=key, position=position, body=body))


def begun(connection: Connection, subscription: str, batch: str) -> bool:
    """Whether a batch has been tried already, so that nothing more can go into it."""
    own = select(deliveries.c.attempts, deliveries.c.state).where(
        deliveries.c.subscription == subscription, deliveries.c.batch == batch
    )
    row = connection.execute(own.with_for_update()).first()
    return row is not None and (row.attempts > 0 or row.state != WAITING)


def is_due(connection: Connection, now: float) -> bool:
    """Whether anything is to be tried now."""
    return connection.execute(_due(now).limit(1)).first() is not None


def lease(connection: Connection, now: float, *, seconds: float, most: int) -> list[Leased]:
    """Take what is due, and not being tried by another server, for some seconds."""
    due = _due(now).order_by(deliveries.c.due).limit(most)
    rows = connection.execute(due.with_for_update(skip_locked=True)).all()
    return [_leased(connection, row, until=now + seconds) for row in rows]


def _due(now: float) -> Any:
    free = or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now)
    return select(deliveries).where(deliveries.c.state == WAITING, deliveries.c.due <= now, free)


def _leased(connection: Connection, row: Row[Any], *, until: float) -> Leased:
    token = str(uuid4())
    change = update(deliveries).where(deliveries.c.id == row.id)
    connection.execute(change.values(lease=token, lease_until=until, attempts=row.attempts + 1))
    inside = select(items.c.position, items.c.body).where(items.c.delivery == row.id).order_by(items.c.position)
    told = tuple((position, body) for position, body in connection.execute(inside))
    return Leased(row.id, row.subscription, row.channel, row.attempts + 1, token, row.batch, told)


def finish(connection: Connection, leased: Leased, result: Result, *, now: float) -> bool:
    """Write what came of an attempt. ``False`` when the lease had run out, and another took over."""
    mine = update(deliveries).where(deliveries.c.id == leased.id, deliveries.c.lease == leased.lease)
    values: dict[str, Any] = {"state": result.state, "error": result.error[:LONGEST_ERROR]}
    values |= {"lease": None, "lease_until": None}
    values |= {"finished": now} if result.again is None else {"due": result.again}
    return connection.execute(mine.values(**values)).rowcount == 1


def cancel(connection: Connection, subscription: str, *, reason: str, now: float) -> None:
    """Send nothing more of a subscription."""
    waiting = update(deliveries).where(deliveries.c.subscription == subscription, deliveries.c.state == WAITING)
    connection.execute(waiting.values(state=CANCELLED, error=reason, finished=now, lease=None, lease_until=None))


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """Number of deliveries by subscription and state."""
    found: dict[str, dict[str, int]] = {}
    grouped = select(deliveries.c.subscription, deliveries.c.state, func.count()).group_by(
        deliveries.c.subscription, deliveries.c.state
    )
    for subscription, state, number in connection.execute(grouped):
        found.setdefault(subscription, dict.fromkeys(DELIVERY_STATES, 0))[state] = number
    return found


def listed(connection: Connection, subscription: str) -> Sequence[Row[Any]]:
    """The newest deliveries of a subscription."""
    own = select(deliveries).where(deliveries.c.subscription == subscription)
    return connection.execute(own.order_by(deliveries.c.created.desc(), deliveries.c.id).limit(TOLD)).all()


def positions(connection: Connection, keys: Iterable[str]) -> dict[str, list[int]]:
    """Positions in the log of what each delivery tells."""
    wanted = list(keys)
    found: dict[str, list[int]] = {key: [] for key in wanted}
    inside = select(items.c.delivery, items.c.position).where(items.c.delivery.in_(wanted)).order_by(items.c.position)
    for key, position in connection.execute(inside):
        found[key].append(position)
    return found
