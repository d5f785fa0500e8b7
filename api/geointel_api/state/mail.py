"""The e-mail digest: plain text, once a day."""

from __future__ import annotations

import json
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from geointel.content import alert_words, category
from geointel_api.state.clock import HERE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geointel_api.state.subscriptions import Subscription

PATIENCE = 20.0


@dataclass(frozen=True)
class Post:
    """The server that takes our e-mail. Without a host, none is sent."""

    host: str = ""
    port: int = 587
    sender: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"


@dataclass(frozen=True)
class About:
    """Whose service it is, and whether its data is made up."""

    partnership: str
    synthetic: bool


def digest(items: Sequence[str], *, subscription: Subscription, about: About, key: str, now: datetime) -> EmailMessage:
    """One digest of what was told that day. The key is in its Message-ID, so that a second copy can be known."""
    words = alert_words("mail")
    told = [json.loads(item) for item in items]
    noun = words["one"] if len(told) == 1 else words["many"]
    message = EmailMessage()
    message["Subject"] = words["subject"].format(day=day(now), count=len(told), noun=noun)
    message["To"] = subscription.target
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@geointel.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_text(told, subscription=subscription, about=about))
    return message


def _text(told: Sequence[Mapping[str, Any]], *, subscription: Subscription, about: About) -> str:
    words = alert_words("mail")
    opening = [words["opening"].format(partnership=about.partnership)]
    opening += [words["synthetic"]] if about.synthetic else []
    closing = words["closing"].strip().format(label=subscription.label, subscription=subscription.id)
    parts = ["\n".join(opening), *("\n".join(_lines(one)) for one in told), closing]
    return "\n\n".join(parts) + "\n"


def _lines(one: Mapping[str, Any]) -> Iterator[str]:
    """One alert, line by line. Of one that was withdrawn only that is said."""
    words, alert = alert_words("mail"), one["alert"]
    yield words["heading"].format(kind=alert_words("kind")[one["type"]], title=alert["title"])
    yield words["place"].format(place=alert["place"]["name"])
    if one["type"] == "withdrawn":
        yield words["withdrawn"]
        return
    label = alert_words("category").get(alert["category"]) or category(alert["category"]).label
    yield words["category"].format(category=label)
    for name in ("substance", "harm", "advice"):
        if alert[name]:
            yield words[name].format(**{name: alert[name]})
    yield from basis_words(alert)


def basis_words(alert: Mapping[str, Any]) -> list[str]:
    """What an alert rests on, how late it is, and how long it is in force."""
    words, outcome = alert_words("mail"), alert_words("outcome")[alert["outcome"]]
    return [
        words["grade"].format(outcome=outcome, criteria=met(alert["criteria"])).strip(),
        words["source"].format(source=alert_words("source")[alert["source"]]),
        latency_words(alert["latency_hours"]),
        until_words(alert["expires"]),
    ]


def met(criteria: Mapping[str, str]) -> str:
    """Criteria that are met, in words."""
    words = alert_words("criterion")
    found = [words[name] for name, answer in criteria.items() if answer == "yes"]
    return f"{'; '.join(found)}." if found else ""


def latency_words(hours: float) -> str:
    """How late the report came."""
    words = alert_words("latency")
    if hours < 1:
        return words["at_once"]
    unit, number = ("hour", round(hours)) if hours < 72 else ("day", round(hours / 24))
    return words[unit if number == 1 else f"{unit}s"].format(number=number)


def until_words(expires: str) -> str:
    """Until when it is in force. Midnight is the end of the day before."""
    ends = datetime.fromisoformat(expires).astimezone(HERE)
    words = alert_words("feed")
    if ends.time() == time():
        return words["ends_with"].format(day=day(ends - timedelta(days=1)))
    return words["expires"].format(until=f"{ends:%H:%M} on {day(ends)}")


def day(moment: datetime) -> str:
    """A day as people in England write it."""
    here = moment.astimezone(HERE)
    return f"{here.day} {here:%B %Y}"


def send(message: EmailMessage, post: Post) -> None:
    """Hand a message to the server. Raises ``OSError`` (``smtplib``'s errors are among them) when it does not take it."""
    message["From"] = post.sender
    safe = ssl.create_default_context()
    if post.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(post.host, post.port, timeout=PATIENCE, context=safe)
    else:
        server = smtplib.SMTP(post.host, post.port, timeout=PATIENCE)
    with server:
        if post.security == "starttls":
            server.starttls(context=safe)
        if post.user:
            server.login(post.user, post.password)
        server.send_message(message)
