"""Locations of the Care Quality Commission's register, in the columns of its API (``cqc``).

Lists stand in one quoted field each, as text. A field never holds a line break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from geointel.sources.base import ServiceKind
from geointel.sources.service_list import ServiceOptions, configure_services, joined, service_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

ADDRESS = ("postalAddressLine1", "postalAddressLine2", "postalAddressTownCity", "postalAddressCounty")
KINDS = (
    ("'Hospital'", "hospital"),
    ("(?i)substance", "drug-treatment"),
    ("'Doctors/Gps'", "gp-practice"),
    ("'Urgent care centres'", "urgent-care"),
    ("Community services|'Clinic'|'Long-term conditions'", "community-health"),
)
"""Pattern of ``gacServiceTypes`` → kind of service, the first that matches: a hospital offers much else."""

CATEGORIES = {
    "community-health": "community services, clinics",
    "drug-treatment": "services for people who use substances",
    "gp-practice": "Doctors/Gps",
    "hospital": "Hospital",
    "other-service": "any other",
    "urgent-care": "Urgent care centres",
}
STATUSES = {"Registered": "open", "Deregistered": "closed"}


def read(rows: ir.Table) -> ir.Table:
    """Text columns → canonical text columns. Beds are no places of treatment, so they give no capacity."""
    types, status = rows["gacServiceTypes"], rows["registrationStatus"].strip()
    dormant = rows["dormancy"].strip() == "Y"
    return service_columns(
        rows,
        id=rows["locationId"].strip(),
        name=rows["name"].strip(),
        category=ibis.cases(*((types.re_search(words), slug) for words, slug in KINDS), else_="other-service"),
        status=ibis.cases(
            ((status == "Registered") & dormant, "dormant"),
            *((status == word, slug) for word, slug in STATUSES.items()),
        ),
        closed=rows["deregistrationDate"],
        address=joined([rows[name] for name in ADDRESS]),
        postcode=rows["postalCode"],
        x=rows["onspdLongitude"],
        y=rows["onspdLatitude"],
    )


SOURCE = ServiceKind(
    kind="cqc",
    title="Care Quality Commission register of locations",
    public=True,
    licence="Open Government Licence v3.0",
    attribution="Care Quality Commission. Contains public sector information licensed under the "
    "Open Government Licence v3.0.",
    caveats=("services-listed",),
    required=(
        ("locationId",),
        ("name",),
        ("registrationStatus",),
        ("dormancy",),
        ("deregistrationDate",),
        ("postalCode",),
        ("onspdLatitude",),
        ("onspdLongitude",),
        ("gacServiceTypes",),
        *((name,) for name in ADDRESS),
    ),
    categories=CATEGORIES,
    options=ServiceOptions,
    configure=configure_services,
    read=read,
)
