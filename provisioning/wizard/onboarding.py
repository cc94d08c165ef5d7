"""What is done before services are set up: begun, handed over, stopped, and both organisations confirmed (D6–D11).

Everything here is done as the guest that holds a link (`by`); each locks the line first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from customers.names import search_name
from identity.actors import Actor
from identity.audit import record
from identity.privileges import StaffRole
from notifications.actions import Audience, post_mail, tell

from ..lines.due import go_on_again
from ..lines.times import days_later, days_until_close, rules_in_force
from ..links import demand_few, mail_link, make_link
from ..models import (
    Handing,
    LineStatus,
    Organisation,
    OrganisationKind,
    OrganisationPerson,
    SetupLine,
    SetupLink,
    Waiting,
)
from ..models.lines import LINE_OPEN
from . import notices
from .addresses import address_key, candidates, domain_of, is_taken, partner_organisation


class LineEnded(Exception):
    """The line was closed, cancelled or handed on meanwhile."""


class AlreadyOnboarded(Exception):
    """The organisations of this line are confirmed; they stand."""


class AddressTaken(Exception):
    """The address belongs to another organisation; `field` says which of the two that were entered."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class PartnerOrganisationChanged(Exception):
    """The partner organisation is not what was reviewed: it was made meanwhile, or is another one."""


class OrganisationGone(Exception):
    """The organisation that was chosen is none that this line may be set up in."""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What is known of an organisation that is to be made. The country is an ISO 3166-1 code."""

    name: str
    country: str
    address: str
    administrator_email: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was entered and confirmed. A partner or organisation that exists is given by its public id."""

    handed_to: str  # who sets up: Handing.PARTNER, COLLEAGUE or CUSTOMER
    administrator_email: str  # the customer's
    partner: (
        NewOrganisation | str | None
    )  # None: the customer sets up, and the partner's is nobody's business
    organisation: NewOrganisation | str


# ---------------------------------------------------------------------------------------------- begun, handed over


@transaction.atomic
def begin(line: SetupLine, *, by: Actor, now: datetime) -> None:
    """Somebody acts in the wizard: nobody has to be called any more. The first time since the last mail counts."""
    line = SetupLine.objects.select_for_update(of=("self",)).get(id=line.id)
    if line.begun_at is not None and (line.mailed_at is None or line.begun_at >= line.mailed_at):
        return
    line.begun_at = now
    if line.waits_for == Waiting.CALL and line.closes_at is not None:
        line.waits_for, line.due_at = Waiting.CLOSE, line.closes_at
    line.save(update_fields=["begun_at", "waits_for", "due_at"])
    _audit("setup_line.begun", line, by=by, now=now)


@transaction.atomic
def hand_over(
    line: SetupLine, *, link_id: int, to: str, handed_to: str, language: str, by: Actor, now: datetime
) -> None:
    """Have somebody else go on: the holder's link ends, and a new one is mailed to `to`, in `language`.

    Raises LineEnded when it is not theirs to give any more, AlreadyOnboarded, TooManyMails, ValidationError for what
    is no address.
    """
    line = _not_onboarded(line)
    if not SetupLink.objects.filter(id=link_id, revoked_at=None, expires_at__gt=now).exists():
        raise LineEnded
    demand_few(line, now)
    line.handed_to = handed_to
    go_on_again(line, rules_in_force(), now)
    line.version += 1
    line.save(update_fields=[*WAITS, "handed_to", "version"])
    secret = make_link(line, to=to, handed_to=handed_to, now=now)
    mail_link(line, secret, to=to, handed_to=handed_to, language=language, by=by, now=now)
    _audit("setup_line.handed_over", line, by=by, now=now, to=to, handed_to=handed_to)
    if handed_to == Handing.CUSTOMER:
        tell(
            notices.HANDED_TO_CUSTOMER, to=_reseller(line), by=by, now=now, href=_page_of(line),
            dedupe_key=f"setup.handed:{line.id}:{line.version}",
            context=_words(line) | {"email": to, "customer": line.customer_name},
        )  # fmt: skip


@transaction.atomic
def hand_to_administrator(
    line: SetupLine, *, link_id: int, entered: dict[str, Any], language: str, by: Actor, now: datetime
) -> str:
    """Have the customer's administrator go on with the services, with what was `entered` so far; returns their address.

    Who may administer the organisation is confirmed, and stays as it is. Raises LineEnded,
    TooManyMails.
    """
    line = _open(line)
    link = SetupLink.objects.filter(id=link_id, revoked_at=None, expires_at__gt=now).first()
    if link is None or line.onboarded_at is None:
        raise LineEnded
    demand_few(line, now)
    to, handed_to = line.administrator_email, link.handed_to or Handing.COLLEAGUE
    secret = make_link(line, to=to, handed_to=handed_to, entered=entered, now=now)
    mail_link(line, secret, to=to, handed_to=handed_to, language=language, by=by, now=now)
    _audit("setup_line.handed_over", line, by=by, now=now, to=to)
    return to


@transaction.atomic
def do_not_recognise(line: SetupLine, *, organisation: str, by: Actor, now: datetime) -> None:
    """Whoever sets up says that the partner organisation is not theirs: the account representative is told, once a day.

    Nothing else changes; the same link begins again. Raises LineEnded, AlreadyOnboarded.
    """
    line = _not_onboarded(line)
    _audit("setup_line.not_recognised", line, by=by, now=now, organisation=organisation)
    tell(
        notices.NOT_RECOGNISED, to=[Audience.staff(StaffRole.CHANNEL_OPERATIONS)], by=by, now=now,
        href=_page_of(line), dedupe_key=f"setup.not_recognised:{line.id}:{now:%Y%m%d}",
        context=_words(line) | {
            "reseller": line.reseller_name, "organisation": organisation, "email": by.email,
        },
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- confirmed


@transaction.atomic
def onboard(line: SetupLine, confirmed: Confirmed, *, link_id: int, by: Actor, now: datetime) -> SetupLine:
    """Confirm both organisations (D10): those that do not exist are made, and the line is set up in them.

    The administrator of a new partner organisation is mailed how to set its password (D11). Everything is looked at
    once more, as time has passed since it was entered. Raises LineEnded, AlreadyOnboarded, AddressTaken,
    PartnerOrganisationChanged, OrganisationGone; nothing is changed then.
    """
    line = _not_onboarded(line)
    if not SetupLink.objects.filter(id=link_id, revoked_at=None, expires_at__gt=now).exists():
        raise LineEnded  # somebody else goes on with it
    partner_id = _partner(line, confirmed.partner, by=by, now=now)
    organisation_id, name = _customer(line, confirmed, now=now)
    line.partner_organisation_id, line.organisation_id = partner_id, organisation_id
    line.organisation_name, line.administrator_email = name, confirmed.administrator_email
    line.handed_to = confirmed.handed_to
    line.onboarded_at = now
    line.begun_at = line.begun_at or now
    if line.waits_for != Waiting.NOTHING:
        # The mail and the call are needless now; that it closes when nobody goes on stays.
        line.closes_at = line.closes_at or _closes_unmailed(line, now)
        line.waits_for, line.due_at = Waiting.CLOSE, line.closes_at
    line.version += 1
    line.save(update_fields=ONBOARDED)
    _audit("setup_line.onboarded", line, by=by, now=now, organisation=name, handed_to=confirmed.handed_to)
    tell(
        notices.ONBOARDED, to=_reseller(line), by=by, now=now, href=_page_of(line),
        dedupe_key=f"setup.onboarded:{line.id}", context=_words(line) | {"organisation": name, "email": by.email},
    )  # fmt: skip
    return line


ONBOARDED = (
    "partner_organisation", "organisation", "organisation_name", "administrator_email", "handed_to", "onboarded_at",
    "begun_at", "waits_for", "due_at", "closes_at", "version",
)  # fmt: skip
WAITS = ("status", "status_note", "mailed_at", "called_at", "waits_for", "due_at", "closes_at")


def _closes_unmailed(line: SetupLine, now: datetime) -> datetime:
    """When a line closes that was begun before its mail: as long after the day of the mail as any other."""
    mail_at = max(line.due_at or now, now)
    return days_later(mail_at, days_until_close(line.family, rules_in_force()), line.time_zone)


def _partner(
    line: SetupLine, wanted: NewOrganisation | str | None, *, by: Actor, now: datetime
) -> int | None:
    """The id of the partner's organisation: the one that was reviewed, or a new one. None where it has none yet."""
    known = partner_organisation()
    if wanted is None:
        return known.id if known else None
    if isinstance(wanted, str):
        if known is None or known.public_id != wanted:
            raise PartnerOrganisationChanged
        return known.id
    if known is not None:
        raise PartnerOrganisationChanged
    try:
        with transaction.atomic():
            made = _make(
                line, wanted, kind=OrganisationKind.PARTNER, site_id=line.reseller_id,
                administered_by_id=line.reseller_id, password_asked_at=now, now=now,
            )  # fmt: skip
    except IntegrityError:  # somebody who sets up another order was quicker
        raise PartnerOrganisationChanged from None
    _add_person(line, made, "partner", now=now)
    ask_for_password(made, language=by.language)
    return made.id


def _customer(line: SetupLine, confirmed: Confirmed, *, now: datetime) -> tuple[int, str]:
    """The id and the name of the customer's organisation. The administrators of one that exists stay as they are."""
    wanted, email = confirmed.organisation, confirmed.administrator_email
    if isinstance(wanted, str):
        chosen = next((one for one in candidates(line, email) if one.public_id == wanted), None)
        if chosen is None:
            raise OrganisationGone
        if not chosen.by_address and is_taken(email):
            raise AddressTaken("administrator")
        return chosen.id, chosen.name
    mine = confirmed.handed_to != Handing.CUSTOMER
    made = _make(
        line, wanted, kind=OrganisationKind.CUSTOMER, customer_id=line.customer_id,
        administered_by_id=line.reseller_id if mine else None, now=now,
    )  # fmt: skip
    _add_person(line, made, "administrator", now=now)
    return made.id, made.name


def _make(line: SetupLine, wanted: NewOrganisation, *, now: datetime, **given: object) -> Organisation:
    made = Organisation(
        name=wanted.name, search_name=search_name(wanted.name), country=wanted.country, address=wanted.address,
        domain=domain_of(wanted.administrator_email), administrator_email=wanted.administrator_email,
        made_for=line.id, created_at=now, **given,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def _add_person(line: SetupLine, made: Organisation, field: str, *, now: datetime) -> None:
    """Its administrator, who may belong to no other organisation."""
    try:
        with transaction.atomic():
            OrganisationPerson.objects.create(
                organisation=made, email=made.administrator_email, made_for=line.id, created_at=now,
                email_key=address_key(made.administrator_email),
            )  # fmt: skip
    except IntegrityError:
        raise AddressTaken(field) from None


def ask_for_password(organisation: Organisation, *, language: str) -> None:
    """Mail the administrator of a new partner organisation how to choose the password they sign in with (D11)."""
    sign_up = f"{settings.PORTAL_URL}{reverse('account_signup')}?" + urlencode(
        {"email": organisation.administrator_email}
    )
    with translation.override(language or settings.LANGUAGE_CODE):
        words = {"name": f"\u2068{organisation.name}\u2069"}
        post_mail(
            organisation.administrator_email,
            subject=_("Set the password of your partner organisation"),
            paragraphs=[
                _("The partner organisation %(name)s was created, and you administer it.") % words,
                _(
                    "Choose the password with which you sign in to it. If this address has a vendor ID already, sign"
                    " in with that; the page tells you how to choose a new password."
                ),
            ],
            action=(_("Set the password"), sign_up),
            language=language or settings.LANGUAGE_CODE,
            dedupe_key=f"setup.password:{organisation.public_id}",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- the line


def _open(line: SetupLine) -> SetupLine:
    line = SetupLine.objects.select_for_update(of=("self",)).get(id=line.id)
    if line.status not in LINE_OPEN:
        raise LineEnded
    return line


def _not_onboarded(line: SetupLine) -> SetupLine:
    line = SetupLine.objects.select_for_update(of=("self",)).get(id=line.id)
    if line.onboarded_at is not None:
        raise AlreadyOnboarded
    if LineStatus(line.status) not in LINE_OPEN:
        raise LineEnded
    return line


def _audit(event: str, line: SetupLine, *, by: Actor, now: datetime, **detail: object) -> None:
    record(
        event, by=by, now=now, object_type="setup_line", object_id=line.public_id,
        label=f"{line} {line.customer_name}", site_id=line.reseller_id, **detail,
    )  # fmt: skip


def _reseller(line: SetupLine) -> list[Audience]:
    return [Audience.site(line.reseller_id)] if line.reseller_id else []


def _words(line: SetupLine) -> dict[str, object]:
    return {"order": line.order_number, "line": line.line_number}


def _page_of(line: SetupLine) -> str:
    """The page of the line for the reseller and the vendor's people."""
    try:
        return reverse("provisioning:line", args=[line.public_id])
    except NoReverseMatch:
        return "/"
