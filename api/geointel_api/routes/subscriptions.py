"""Who is told of alerts, and what became of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from geointel_api.access import may_act, person_of
from geointel_api.alert_documents import NewSubscriptionDocument, OneSubscriptionDocument, SubscriptionsDocument
from geointel_api.alert_views import delivery_documents, subscription_document
from geointel_api.alerts import check_category, place_of
from geointel_api.answers import json_answer
from geointel_api.errors import AlertNotFoundError, WritingRefusedError
from geointel_api.links import base_of
from geointel_api.parameters import Visiting  # noqa: TC001 - FastAPI reads annotations
from geointel_api.state import outbox, subscriptions
from geointel_api.state.requests import NewSubscription  # noqa: TC001 - FastAPI reads annotations

if TYPE_CHECKING:
    from geointel_api.door import Visit
    from geointel_api.state.desk import Desk

router = APIRouter(prefix="/v1/subscriptions", tags=["alerts"])


@router.get("", response_model=SubscriptionsDocument, summary="Subscriptions")
def get_subscriptions(visit: Visiting, request: Request) -> Response:
    """Who is told of what, with the number of deliveries by state. Not for the open edition."""
    desk = _reading(request, visit)
    if desk is None:
        return json_answer({"subscriptions": []})
    with desk.database.reading() as connection:
        counts = outbox.counts(connection)
        found = [subscription_document(one, counts) for one in subscriptions.all_of(connection)]
    return json_answer({"subscriptions": found})


@router.get("/{subscription}", response_model=OneSubscriptionDocument, summary="One subscription")
def get_subscription(visit: Visiting, request: Request, subscription: str) -> Response:
    """One subscription with its newest deliveries: how each stands, and why it did not arrive."""
    desk = _reading(request, visit)
    if desk is None:
        message = "There is no such subscription."
        raise AlertNotFoundError(message)
    with desk.database.reading() as connection:
        found = subscriptions.find(connection, subscription)
        rows = outbox.listed(connection, subscription)
        newest = delivery_documents(rows, outbox.positions(connection, [row.id for row in rows]))
        document = subscription_document(found, outbox.counts(connection))
    return json_answer({**document, "newest": newest})


@router.post("", response_model=NewSubscriptionDocument, status_code=HTTPStatus.CREATED, summary="Subscribe")
def post_subscription(visit: Visiting, request: Request, wanted: NewSubscription) -> Response:
    """By areas and categories, to a webhook (signed, at once) or a daily e-mail. The secret is in this answer and in no other."""
    alerts = request.app.state.alerts
    desk: Desk = alerts.writing(visit)
    for at, category in enumerate(wanted.categories):
        check_category(visit.edition, category, f"categories.{at}")
    for at, place in enumerate(wanted.areas):
        place_of(visit.edition, place, f"areas.{at}")
    settings = alerts.settings
    target = subscriptions.target_of(
        wanted.channel, loopback=settings.webhook_loopback, mail=bool(settings.smtp_host and settings.smtp_sender)
    )
    found = desk.subscribe(wanted, person_of(wanted.who, visit.role, visit.visitor), target=target)
    document = {**subscription_document(found, {}), "secret": found.secret or None}
    answer = json_answer(document, status=HTTPStatus.CREATED)
    answer.headers["location"] = f"{base_of(request)}/v1/subscriptions/{found.id}"
    return answer


@router.delete("/{subscription}", status_code=HTTPStatus.NO_CONTENT, response_class=Response, summary="Unsubscribe")
def delete_subscription(visit: Visiting, request: Request, subscription: str) -> Response:
    """End a subscription. Its address and secret are forgotten, and what was waiting is not sent."""
    desk: Desk = request.app.state.alerts.writing(visit)
    desk.unsubscribe(subscription)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _reading(request: Request, visit: Visit) -> Desk | None:
    if not may_act(visit.edition):
        message = "Subscriptions are not for the open edition."
        raise WritingRefusedError(message, remedy="Use an edition for partners, or follow /v1/alerts.atom.")
    desk: Desk | None = request.app.state.alerts.desk()
    return desk
