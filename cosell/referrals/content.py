"""What a deal says, as one value; and what it needs before it is kept: the rules of the form, for pages, API and files.

The rules need no database but what the value holds. A rule that takes one (is the location one of theirs?) is the
action's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from identity.models import Membership
from identity.places import countries
from pricing.money import CURRENCIES

from ..models import (
    LARGEST_VALUE,
    Location,
    Readiness,
    Referral,
    ReferralSolution,
    Solution,
    SolutionStatus,
    TeamMember,
)
from ..states import CompanySize, HelpType, SalesStage, Sharing

MOST_TEAMMATES = 50
MOST_SOLUTIONS = 50
LARGEST_QUANTITY = 10**9


@dataclass(frozen=True, slots=True)
class Teammate:
    """Somebody at the partner who works on the deal; `membership` where they are one of its users."""

    first_name: str
    last_name: str
    email: str
    phone: str
    job_title: str = ""
    notify: bool = True
    membership: Membership | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A solution that the deal is about. `price` is of all of them, in minor units of the deal's currency."""

    solution: Solution
    quantity: int | None = None
    price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealContent:
    """Everything of a deal that its partner writes. `value` is in minor units of `currency` (ISO 4217)."""

    name: str
    location: Location
    sharing: str  # a Sharing
    customer_name: str
    address_line1: str
    city: str
    country: str  # ISO 3166-1
    value: int
    currency: str
    close_on: date | None
    team: tuple[Teammate, ...]
    solutions: tuple[Wanted, ...]
    customer: Customer | None = None  # its entry in the directory
    customer_size: str = ""
    address_line2: str = ""
    state: str = ""
    postal_code: str = ""
    duns: str = ""
    contact_first_name: str = ""
    contact_last_name: str = ""
    contact_title: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    stage: str = SalesStage.QUALIFIED
    crm_id: str = ""
    campaign_id: str = ""
    notes: str = ""
    help_type: str = ""
    vendor_notes: str = ""
    consent_share: bool = False
    consent_contact: bool = False
    consent_sellers: bool = False

    @property
    def columns(self) -> dict[str, Any]:
        """What the row of the deal itself takes over: all but its team and solutions."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(field.name for field in fields(DealContent) if field.name not in ("team", "solutions"))


def content_of(referral: Referral) -> DealContent:
    """What a deal says now. Two queries, and one for its location."""
    team = TeamMember.objects.filter(referral=referral).select_related("membership").order_by("id")
    solutions = ReferralSolution.objects.filter(referral=referral).select_related("solution").order_by("id")
    return DealContent(
        **{name: getattr(referral, name) for name in COLUMNS},
        team=tuple(_teammate(member) for member in team),
        solutions=tuple(Wanted(each.solution, each.quantity, each.price) for each in solutions),
    )


def _teammate(member: TeamMember) -> Teammate:
    return Teammate(**{field.name: getattr(member, field.name) for field in fields(Teammate)})


# ------------------------------------------------------------------------------------------ what it needs

Problem = tuple[str, str | Promise]  # the field, and a sentence

_NEEDED: dict[str, str | Promise] = {
    "name": _("Give the deal a name."),
    "customer_name": _("Say who the customer is."),
    "address_line1": _("Give the customer's address."),
    "city": _("Say in which city the customer is."),
    "country": _("Say in which country the customer is."),
    "currency": _("Say in which currency the value is."),
    "close_on": _("Say when you expect to close."),
}
NEEDED_FOR_HELP: dict[str, str | Promise] = {
    "help_type": _("Say what help you ask the vendor for."),
    "contact_first_name": _(
        "The vendor's seller has to know whom to speak to: give the contact's first name."
    ),
    "contact_last_name": _("The vendor's seller has to know whom to speak to: give the contact's last name."),
    "contact_phone": _("The vendor's seller has to know whom to speak to: give the contact's phone number."),
    "contact_email": _(
        "The vendor's seller has to know whom to speak to: give the contact's e-mail address."
    ),
}
_NEEDED_OF_TEAMMATE: dict[str, str | Promise] = {
    "first_name": _("Give the first name."),
    "last_name": _("Give the last name."),
    "email": _("Give the e-mail address."),
    "phone": _("Give the phone number."),
}
NO_EMAIL = _("This is not an e-mail address.")
UNKNOWN = _("This is none of the values there are.")


def problems_of(
    content: DealContent, *, today: date | None = None, before: DealContent | None = None
) -> dict[str, list[str]]:
    """What keeps a deal from being kept: field by field, sentences in the reader's language; empty when nothing does.

    Of the team and the solutions, the fields are `team` and `solutions` (of all of them) and `team.0.email` (of one).
    `today` is the partner's: the close date is not before it. `before` is what the deal said until now: what was right
    once, and is as it was (a day that has passed, a solution that was retired), is no problem.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for field, message in (
        *_missing(content),
        *_too_long(content),
        *_unknown(content),
        *_of_numbers(content, today, before),
        *_of_sharing(content, before),
        *_of_team(content.team),
        *_of_solutions(content, before),
        *_of_place(content, before),
    ):
        found[field].append(str(message))
    return dict(found)


def _missing(content: DealContent) -> Iterator[Problem]:
    yield from _blank(content, _NEEDED)
    if content.sharing == Sharing.COSELL:
        yield from _blank(content, NEEDED_FOR_HELP)


def _blank(of: object, needed: dict[str, str | Promise], prefix: str = "") -> Iterator[Problem]:
    for field, message in needed.items():
        value = getattr(of, field)
        if value is None or (isinstance(value, str) and not value.strip()):
            yield prefix + field, message


def _too_long(content: DealContent) -> Iterator[Problem]:
    yield from _longer(content, Referral, COLUMNS)
    for number, mate in enumerate(content.team):
        yield from _longer(mate, TeamMember, _TEXTS_OF_TEAMMATE, f"team.{number}.")


_TEXTS_OF_TEAMMATE = ("first_name", "last_name", "email", "phone", "job_title")


def _longer(of: object, model: type[Any], names: Iterable[str], prefix: str = "") -> Iterator[Problem]:
    """Texts that the table has no room for. Values of lists are spoken of elsewhere."""
    for name in names:
        field = model._meta.get_field(name)
        longest = getattr(field, "max_length", None)
        value = getattr(of, name)
        if longest and not field.choices and isinstance(value, str) and len(value) > longest:
            text = gettext("This is longer than %(longest)s characters.") % {"longest": longest}
            yield prefix + name, text


def _unknown(content: DealContent) -> Iterator[Problem]:
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("sharing", Sharing.values),
        ("stage", SalesStage.values),
        ("customer_size", ["", *CompanySize.values]),
        ("help_type", ["", *HelpType.values]),
        ("country", ["", *countries()]),
        ("currency", ["", *CURRENCIES]),
    )
    for field, known in lists:
        if getattr(content, field) not in known:
            yield field, UNKNOWN
    if content.stage == SalesStage.WON:
        yield "stage", _("This stage comes with winning the deal: close it as won.")
    if content.duns and not (len(content.duns) == 9 and content.duns.isascii() and content.duns.isdigit()):
        yield "duns", _("A D-U-N-S number has nine digits.")
    if content.contact_email and not _is_email(content.contact_email):
        yield "contact_email", NO_EMAIL


def _of_numbers(content: DealContent, today: date | None, before: DealContent | None) -> Iterator[Problem]:
    if content.value is None or content.value <= 0:
        yield "value", _("Say what the deal is worth: more than zero.")
    elif content.value > LARGEST_VALUE:
        yield "value", _("This is more than any deal is worth here. Check the value.")
    unchanged = before is not None and before.close_on == content.close_on
    if today is not None and content.close_on is not None and content.close_on < today and not unchanged:
        yield "close_on", _("The expected close date is in the past.")


def _of_sharing(content: DealContent, before: DealContent | None) -> Iterator[Problem]:
    """The customer's consent to what the deal type does (the database holds to the first and the last, too)."""
    if content.sharing != Sharing.PRIVATE and not content.consent_share:
        yield "consent_share", _("The vendor sees this deal: say that the customer agreed to that.")
    if content.sharing == Sharing.COSELL:
        if not content.consent_contact:
            yield "consent_contact", _("The vendor's seller may call: say that the customer agreed to that.")
        if not content.consent_sellers:
            yield (
                "consent_sellers",
                _("The vendor's sellers are asked: say that the customer agreed to that."),
            )
    if before is not None and before.sharing != content.sharing:
        yield "sharing", _("The deal type is changed by an upgrade of its own, not while editing.")


def _of_team(team: tuple[Teammate, ...]) -> Iterator[Problem]:
    if not team:
        yield "team", _("Name at least one person of your company who works on it.")
    if len(team) > MOST_TEAMMATES:
        yield "team", gettext("A deal has at most %(most)s people.") % {"most": MOST_TEAMMATES}
    known: set[str] = set()
    for number, mate in enumerate(team):
        yield from _blank(mate, _NEEDED_OF_TEAMMATE, f"team.{number}.")
        key = mate.email.strip().casefold()
        if key and not _is_email(mate.email):
            yield f"team.{number}.email", NO_EMAIL
        elif key and key in known:
            yield f"team.{number}.email", _("This person is on the team already.")
        known.add(key)


def _of_solutions(content: DealContent, before: DealContent | None) -> Iterator[Problem]:
    if not content.solutions:
        yield "solutions", _("Choose at least one solution.")
    if len(content.solutions) > MOST_SOLUTIONS:
        yield "solutions", gettext("A deal has at most %(most)s solutions.") % {"most": MOST_SOLUTIONS}
    had = {wanted.solution.pk for wanted in before.solutions} if before else set()
    known: set[int] = set()
    for number, wanted in enumerate(content.solutions):
        field = f"solutions.{number}."
        if wanted.solution.pk in known:
            yield field + "solution", _("This solution was chosen already.")
        known.add(wanted.solution.pk)
        if wanted.solution.status != SolutionStatus.PUBLISHED and wanted.solution.pk not in had:
            yield field + "solution", _("Only published solutions are chosen.")
        yield from _of_amounts(wanted, field)
    had_ready = before is None or not had or _one_is_ready(before)
    if content.solutions and content.sharing == Sharing.COSELL and had_ready and not _one_is_ready(content):
        yield (
            "solutions",
            _("The vendor's sellers help where a solution is co-sell ready: choose at least one."),
        )


def _of_amounts(wanted: Wanted, field: str) -> Iterator[Problem]:
    if wanted.quantity is not None and not 1 <= wanted.quantity <= LARGEST_QUANTITY:
        yield field + "quantity", _("A quantity is a whole number from one on.")
    if wanted.price is not None and not 0 <= wanted.price <= LARGEST_VALUE:
        yield field + "price", _("A price is zero or more, and not more than any deal is worth.")


def _one_is_ready(content: DealContent) -> bool:
    return any(wanted.solution.readiness == Readiness.READY for wanted in content.solutions)


def _of_place(content: DealContent, before: DealContent | None) -> Iterator[Problem]:
    if before is not None and before.location.pk != content.location.pk:
        yield "location", _("The location of a deal never changes.")
    elif before is None and content.location.closed_at is not None:
        yield "location", _("This location is closed; nothing new comes there.")


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
