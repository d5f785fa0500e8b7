"""Pharmacies with their opening hours, in the shape of the NHSBSA's consolidated list (``pharmacies``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from geointel.sources.base import ServiceKind
from geointel.sources.service_list import ServiceOptions, configure_services, hours_of_days, service_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAYS = tuple(
    f"opening_hours_{day}"
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)  # fmt: skip
CATEGORIES = {"pharmacy": "every row"}


def read(rows: ir.Table) -> ir.Table:
    """Text columns → canonical text columns."""
    return service_columns(
        rows,
        id=rows["organisation_data_service_code"].strip(),
        name=rows["pharmacy_name"].strip(),
        category=ibis.literal("pharmacy"),
        address=rows["address"].strip(),
        postcode=rows["postcode"],
        hours=hours_of_days([rows[day] for day in DAYS]),
    )


SOURCE = ServiceKind(
    kind="pharmacies",
    title="Pharmacies and their opening hours",
    public=True,
    licence="Open Government Licence v3.0",
    attribution="NHS Business Services Authority, consolidated pharmaceutical list. Contains public sector information "
    "licensed under the Open Government Licence v3.0.",
    caveats=("services-listed",),
    required=(
        ("pharmacy_name",),
        ("address",),
        ("postcode",),
        ("organisation_data_service_code",),
        *((day,) for day in DAYS),
    ),
    categories=CATEGORIES,
    options=ServiceOptions,
    configure=configure_services,
    read=read,
)
