"""NHS lists of practices, prescribing cost centres and pharmacy head offices (``nhs-ods``).

The files ``epraccur`` and ``epharmacyhq`` of the NHS Organisation Data Service: 27 quoted columns without a header.
Drug and alcohol services stand among the practices as prescribing cost centres, and only their names tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from geointel.sources.base import ServiceKind, TextForm
from geointel.sources.service_list import ServiceOptions, configure_services, joined, service_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

COLUMNS = (
    "code", "name", "national_grouping", "health_geography", "address_1", "address_2", "address_3", "address_4",
    "address_5", "postcode", "open_date", "close_date", "status", "sub_type", "commissioner", "join_date",
    "left_date", "telephone", "blank_19", "blank_20", "blank_21", "amended", "blank_23", "provider", "blank_25",
    "setting", "blank_27",
)  # fmt: skip
ADDRESS = ("address_1", "address_2", "address_3", "address_4", "address_5")
STATUSES = {"A": "open", "C": "closed", "D": "dormant", "P": "dormant"}
"""P is proposed: not open yet."""

SETTINGS = {
    "1": "urgent-care", "2": "urgent-care", "3": "urgent-care", "12": "urgent-care",
    "4": "gp-practice", "26": "gp-practice",
    "8": "community-health", "9": "community-health",
    "10": "hospital",
}  # fmt: skip
"""Prescribing setting → kind of service; any other setting is another service."""

DRUG_SETTINGS = ("0", "8", "9")
"""Settings among which drug services stand: other, public health, community health."""

DRUG_WORDS = (
    "DRUG", "SUBSTANCE", "SUBST", "MISUSE", "ADDICTION", "ADDACTION", "ALCOHOL", "RECOVERY", "CGL", "CRI",
    "CHANGE GROW LIVE", "TURNING POINT", "WE ARE WITH YOU", "INSPIRE", "CRANSTOUN", "DELPHI", "SWANSWELL",
    "AQUARIUS", "FORWARD TRUST", "HUMANKIND", "EARLY BREAK", "VIA", "DRUGAID", "SUBS", "DRUGS", "ADDICTIONS",
)  # fmt: skip
"""Words of names and addresses, whole, that make a cost centre of such a setting a drug service."""

ALCOHOL_WORDS = ("ALCOHOL",)
OTHER_THAN_ALCOHOL = ("DRUG", "DRUGS", "SUBSTANCE", "SUBST", "SUBS", "MISUSE")

MENTAL_HEALTH_WORDS = (
    "MH", "MENTAL HEALTH", "CMHT", "PSYCHOSIS", "PSYCHIATRY", "PSYCHIATRIC", "OUTREACH RECOVERY",
    "COMMUNITY RECOVERY TEAM", "COMM RECOVERY TEAM", "RECOVERY AT HOME", "IPU", "REHABILITATION", "REHAB", "CICS",
)  # fmt: skip
"""Words that tell a mental health or physical rehabilitation "recovery" team from a drug service."""

CLEARLY_DRUGS = ("DRUG", "DRUGS", "SUBSTANCE", "SUBST", "SUBS", "ADDICTION", "ADDICTIONS", "ALCOHOL")
"""Words that outweigh those of mental health."""

CATEGORIES = {
    "alcohol-treatment": "prescribing cost centre for alcohol alone",
    "community-health": "settings 8 and 9",
    "drug-treatment": "prescribing cost centre with a drug service's name",
    "gp-practice": "settings 4 and 26",
    "hospital": "setting 10",
    "other-service": "any other setting",
    "pharmacy-head-office": "rows without status and setting",
    "urgent-care": "settings 1, 2, 3 and 12",
}


def read(rows: ir.Table) -> ir.Table:
    """Text columns → canonical text columns. A list without status is one of pharmacy head offices."""
    status, setting = rows["status"].fill_null("").strip(), rows["setting"].fill_null("").strip()
    head_office = (status == "") & (setting == "")
    return service_columns(
        rows,
        id=rows["code"].strip(),
        name=rows["name"].strip(),
        category=ibis.cases((head_office, "pharmacy-head-office"), else_=_category(rows, setting)),
        word=setting,
        status=ibis.cases((status == "", "dated"), *((status == word, slug) for word, slug in STATUSES.items())),
        closed=rows["close_date"],
        address=joined([rows[name] for name in ADDRESS]),
        postcode=rows["postcode"],
    )


def _category(rows: ir.Table, setting: ir.StringValue) -> ir.StringValue:
    name = rows["name"].upper()
    text = joined([rows[name] for name in ("name", *ADDRESS[:2])], between=" ").fill_null("").upper()
    mental = _has(text, MENTAL_HEALTH_WORDS) & ~_has(text, CLEARLY_DRUGS)
    drugs = setting.isin(DRUG_SETTINGS) & _has(text, DRUG_WORDS) & ~mental
    alcohol = drugs & _has(name, ALCOHOL_WORDS) & ~_has(name, OTHER_THAN_ALCOHOL)
    by_setting = ((setting == code, slug) for code, slug in SETTINGS.items())
    return ibis.cases((alcohol, "alcohol-treatment"), (drugs, "drug-treatment"), *by_setting, else_="other-service")


def _has(text: ir.StringValue, words: tuple[str, ...]) -> ir.BooleanValue:
    """Whether any of the words stands in a text, whole."""
    return text.re_search(rf"(^|[^A-Z])({'|'.join(words)})([^A-Z]|$)")


SOURCE = ServiceKind(
    kind="nhs-ods",
    title="NHS practices, prescribing cost centres and pharmacy head offices",
    public=True,
    licence="Open Government Licence v3.0",
    attribution="NHS England, Organisation Data Service. Contains public sector information licensed under the "
    "Open Government Licence v3.0.",
    caveats=("services-listed", "cost-centres"),
    form=TextForm(names=COLUMNS),
    categories=CATEGORIES,
    once_at=("alcohol-treatment", "drug-treatment"),
    options=ServiceOptions,
    configure=configure_services,
    read=read,
)
