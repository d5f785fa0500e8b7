"""Locations of the Care Quality Commission, in the columns of its API: nested values are texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.demo import providers, table
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from geointel.demo.providers import Site
    from geointel.demo.scene import Scene

COLUMNS = (
    "locationId", "providerId", "organisationType", "type", "name", "onspdCcgCode", "onspdCcgName", "uprn",
    "registrationStatus", "registrationDate", "dormancy", "numberOfBeds", "website", "postalAddressLine1",
    "postalAddressLine2", "postalAddressTownCity", "region", "postalCode", "onspdLatitude", "onspdLongitude",
    "careHome", "inspectionDirectorate", "mainPhoneNumber", "constituency", "localAuthority", "relationships",
    "locationTypes", "regulatedActivities", "gacServiceTypes", "inspectionCategories", "specialisms",
    "inspectionAreas", "brandId", "brandName", "odsCode", "postalAddressCounty", "lastInspection", "lastReport",
    "currentRatings", "reports", "historicRatings", "deregistrationDate", "providerInspectionAreas",
    "unpublishedReports", "registeredManagerAbsentDate", "alsoKnownAs",
)  # fmt: skip
PATHS = ("services/cqc-demo.csv",)
HOSPITALS = 3
ACTIVITY = "[{'name': 'Treatment of disease, disorder or injury', 'code': 'RA5', 'contacts': []}]"
SUBSTANCE_MISUSE = "[{'code': 'S6', 'primary': 'true', 'name': 'Community services - Substance misuse'}]"
ACUTE = "[{'code': 'H3', 'primary': 'true', 'name': 'Acute hospital - Independent non-specialist'}]"


def write(scene: Scene) -> tuple[Written, ...]:
    """Write drug services, some hospitals, and one location that is no longer registered."""
    clinics = providers.treatment(scene, "clinics", every=2)
    hospitals = providers.sites(scene, "hospitals", HOSPITALS)
    rows = [_row(site, "drug service", registered=site is not clinics[-1]) for site in clinics]
    rows += [_row(site, "hospital", registered=True) for site in hospitals]
    count = table.write(scene.directory / PATHS[0], COLUMNS, rows)
    what = f"locations in the columns of the Care Quality Commission's API ({len(COLUMNS)}); one is deregistered"
    return (Written(PATHS[0], what, count),)


def _row(site: Site, kind: str, *, registered: bool) -> list[object]:
    hospital = kind == "hospital"
    values = {
        "locationId": f"1-DEMO{'H' if hospital else 'D'}{site.number:03d}",
        "providerId": "1-DEMO000",
        "organisationType": "Location",
        "type": "Independent Healthcare Org",
        "name": f"Demonstration {'Hospital' if hospital else 'Drug Service'} {site.town} {site.number} (synthetic)",
        "registrationStatus": "Registered" if registered else "Deregistered",
        "registrationDate": "2015-04-01",
        "deregistrationDate": None if registered else "2023-06-30",
        "dormancy": "N",
        "numberOfBeds": "40.0" if hospital else "0.0",
        "postalAddressLine1": site.street,
        "postalAddressTownCity": site.town,
        "postalAddressCounty": "Lancashire",
        "region": "North West",
        "postalCode": site.postcode,
        "onspdLatitude": site.latitude,
        "onspdLongitude": site.longitude,
        "careHome": "N",
        "inspectionDirectorate": "Hospitals",
        "localAuthority": site.town,
        "relationships": "[]",
        "locationTypes": "[]",
        "regulatedActivities": ACTIVITY,
        "gacServiceTypes": "[{'name': 'Hospital', 'description': 'Acute services with overnight beds'}]"
        if hospital
        else "[{'name': 'Substance misuse services', 'description': 'Community based services for people who misuse substances'}]",
        "inspectionCategories": ACUTE if hospital else SUBSTANCE_MISUSE,
        "odsCode": f"ZZ{site.number:03d}",
    }
    return [values.get(name) for name in COLUMNS]
