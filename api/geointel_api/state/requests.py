"""What may be sent about alerts and subscriptions, checked for form. What may follow what is checked in ``steps``."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from geointel_api.state.free_text import line, plain


class Sent(BaseModel):
    """A JSON object. A key that it does not have is refused: a point, say, has no place here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Who = Annotated[
    str,
    Field(
        max_length=100,
        pattern=r"\w\W*\w",
        description="name of the person who does this; two approvers must be two people",
    ),
    AfterValidator(line),
    Field(min_length=3),
]
Why = Annotated[str, Field(max_length=500, description="why, for the log"), AfterValidator(line), Field(min_length=3)]
Title = Annotated[
    str,
    Field(max_length=120, description="one line that stands by itself", examples=["Blue tablets with a strong opioid"]),
    AfterValidator(line),
    Field(min_length=5),
]
Harm = Annotated[
    str,
    Field(max_length=1_000, description="what happened, to people in general: no names, no places"),
    AfterValidator(plain),
    Field(min_length=3),
]
Short = Annotated[str, Field(max_length=120), AfterValidator(line), Field(min_length=2)]
Advice = Annotated[str, Field(max_length=2_000, description="what to do"), AfterValidator(plain), Field(min_length=3)]
Moment = Annotated[
    str,
    Field(
        max_length=40,
        description="date or time; without an offset, by the clock in England",
        examples=["2026-03-31T14:30"],
    ),
]
Category = Annotated[str, Field(max_length=60, description="a class of substances, or a category of the snapshot")]


class Place(Sent):
    """An area of the edition. Nothing finer can be given."""

    level: str = Field(max_length=60, description="level of areas, such as `lad`")
    code: str = Field(max_length=60, description="code of the area at that level")


class ManualSource(Sent):
    """A report by a person."""

    kind: Literal["report"]
    organisation: Short = Field(description="who reported it, as an organisation")


class SignalSource(Sent):
    """A statistical signal that a person has looked at."""

    kind: Literal["signal"]
    id: str = Field(pattern=r"^[\w.:@/-]{1,120}$", description="id of the signal")


class Report(Sent):
    """What enters the log as received."""

    id: UUID | None = Field(
        default=None, description="an id of your own for the alert: sent again, it is refused and not doubled"
    )
    who: Who
    why: Why
    title: Title
    category: Category
    substance: Short | None = Field(default=None, description="the substance, as far as known")
    harm: Harm
    advice: Advice | None = None
    place: Place
    observed: Moment = Field(description="when it was first noticed; for a signal, the end of its data")
    source: ManualSource | SignalSource = Field(discriminator="kind")


class Step(Sent):
    """One step of an alert. ``sequence`` is the alert's when it was read: if somebody acted since, it is refused."""

    who: Who
    why: Why
    sequence: int = Field(ge=1, description="`sequence` of the alert as you read it")


class Validate(Step):
    """It was looked into, and holds."""

    action: Literal["validate"]


YesNo = Literal["yes", "no", "unknown"]


class Criteria(Sent):
    """What the grade rests on."""

    acute_harm: YesNo
    strength_spike: YesNo = Field(description="much stronger than usual")
    misleading: YesNo = Field(description="sold as something else, or contaminated")
    hazardous_mixing: YesNo = Field(description="dangerous together with what people also take")


class Grade(Step):
    """What the panel decided."""

    action: Literal["grade"]
    outcome: Literal["no action", "information", "alert"]
    criteria: Criteria
    public: bool = Field(default=False, description="an alert that the open edition may show too")
    expires: Moment | None = Field(
        default=None, description="when it ends by itself; a date alone ends with that day. Needed unless `no action`"
    )


class Approve(Step):
    """One of two approvals: of the text and grade as they stand, or of telling that it is withdrawn."""

    action: Literal["approve"]


class Changes(Sent):
    """What is corrected; the rest stays."""

    title: Title | None = None
    category: Category | None = None
    substance: Short | None = None
    harm: Harm | None = None
    advice: Advice | None = None
    place: Place | None = None
    observed: Moment | None = None


class Correct(Step):
    """A correction. What was approved stands until the correction has its own two approvals."""

    action: Literal["correct"]
    changes: Changes


class Withdraw(Step):
    """Taken back, and no longer shown. Subscribers are told once two people approve that."""

    action: Literal["withdraw"]


class Expire(Step):
    """Over before its date."""

    action: Literal["expire"]


AnyStep = Annotated[
    Validate | Grade | Approve | Correct | Withdraw | Expire,
    Field(discriminator="action"),
]


class Webhook(Sent):
    """Sent at once, signed, to a program."""

    kind: Literal["webhook"]
    url: str = Field(max_length=500, description="public https address")


class Mail(Sent):
    """Sent once a day as plain text."""

    kind: Literal["mail"]
    address: str = Field(max_length=254, description="e-mail address")


class NewSubscription(Sent):
    """Who wants to be told of what."""

    who: Who
    label: Short = Field(description="whose subscription it is, such as a team")
    areas: tuple[Place, ...] = Field(default=(), max_length=200, description="areas; none means all")
    categories: tuple[Category, ...] = Field(default=(), max_length=50, description="categories; none means all")
    channel: Webhook | Mail = Field(discriminator="kind")
