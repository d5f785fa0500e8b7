"""Pharmacies and hospitals as NHS Choices published them (``nhs-choices``).

Text files whose separator is the single byte 0xAC and whose encoding is Windows-1252.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from geointel.sources.base import ServiceKind, TextForm
from geointel.sources.service_list import ServiceOptions, configure_services, joined, service_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

ADDRESS = ("Address1", "Address2", "Address3", "City", "County")
CATEGORIES = {"gp-practice": "GP", "hospital": "Hospital", "other-service": "Clinic", "pharmacy": "Pharmacy"}
"""Kind of service → ``OrganisationType``."""

VISIBLE = "Visible"


def read(rows: ir.Table) -> ir.Table:
    """Text columns → canonical text columns. What the site did not show is closed."""
    kind = rows["OrganisationType"].strip()
    shown = rows["OrganisationStatus"].strip() == VISIBLE
    return service_columns(
        rows,
        id=rows["OrganisationCode"].strip(),
        name=rows["OrganisationName"].strip(),
        category=ibis.cases(*((kind == word, slug) for slug, word in CATEGORIES.items())),
        word=kind,
        status=shown.ifelse("open", "closed"),
        address=joined([rows[name] for name in ADDRESS]),
        postcode=rows["Postcode"],
        x=rows["Longitude"],
        y=rows["Latitude"],
    )


SOURCE = ServiceKind(
    kind="nhs-choices",
    title="NHS Choices pharmacies and hospitals",
    public=True,
    licence="Open Government Licence v3.0",
    attribution="NHS Choices. Contains public sector information licensed under the Open Government Licence v3.0.",
    caveats=("services-listed",),
    form=TextForm(separator="\xac", encoding="cp1252"),
    required=(
        ("OrganisationCode",),
        ("OrganisationType",),
        ("OrganisationStatus",),
        ("OrganisationName",),
        ("Postcode",),
        ("Latitude",),
        ("Longitude",),
        *((name,) for name in ADDRESS),
    ),
    categories=CATEGORIES,
    options=ServiceOptions,
    configure=configure_services,
    read=read,
)
