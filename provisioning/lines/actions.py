"""Every change that people make of a line before it is set up: contact, start date, the mail again, opening again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from identity.actors import Actor
from identity.audit import record
from identity.places import time_zones
from identity.privileges import Refusal
from notifications.tasks import rouse
from orders.models import Order

from ..links import demand_few, mail_link, make_link
from ..models import Handing, LineStatus, SetupLine, SetupLink, Waiting
from . import notices
from .due import GOES_AHEAD, go_on, go_on_again
from .possible import not_theirs, refusal
from .times import day_there, mail_at, rules_in_force

LONGEST_WAIT = timedelta(days=366)
Change = Callable[[SetupLine], None]


class NotPossible(Exception):
    """The line's state, or who is asking (`of_person`), does not allow it. `refusal` says why."""

    def __init__(self, refused: Refusal, *, of_person: bool = False) -> None:
        super().__init__(str(refused.reason))
        self.refusal, self.of_person = refused, of_person


class LineChanged(Exception):
    """Somebody changed the line since it was shown. `line` is as it is now."""

    def __init__(self, line: SetupLine) -> None:
        super().__init__(line.version)
        self.line = line


class NotAnAddress(Exception):
    """A contact is an e-mail address."""


class BadStart(Exception):
    """A start date is today where the customer is, or a day within a year from then. `today` is that day."""

    def __init__(self, today: date) -> None:
        super().__init__(today.isoformat())
        self.today = today


class UnknownTimeZone(Exception):
    """There is no such time zone."""


# ------------------------------------------------------------------------------------------------ contact


@transaction.atomic
def change_contact(
    line: SetupLine,
    *,
    email: str,
    language: str = "",
    all_lines: bool = False,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> list[SetupLine]:
    """Let somebody else set a line up, or all lines of its order that can still be changed; returns those changed.

    Whose line was mailed already is mailed a link of their own, and the former one ends. Raises NotPossible,
    LineChanged, NotAnAddress, TooManyMails.
    """
    try:
        validate_email(email)
    except ValidationError:
        raise NotAnAddress from None
    first = _held(line, "contact", by, version)
    changed = [first, *(_others(first, by) if all_lines else [])]
    for each in changed:
        before = each.contact_email
        each.contact_email, each.contact_language = email, language or each.contact_language
        if each.status == LineStatus.AWAITING_DETAILS:
            _mail(each, by=by, now=now)
        elif each.called_at is not None:  # nobody was named when the mail was due
            each.called_at, each.due_at = None, mail_at(each.requested_start_on, each.time_zone, now)
            _wake()
        _store(each, "contact_changed", by=by, now=now, was=before, to=email)
        notices.tell_changed(each, by=by, now=now)
    return changed


def _others(line: SetupLine, by: Actor) -> list[SetupLine]:
    """The order's other lines of which this can be changed, held."""
    found = SetupLine.objects.filter(
        order_number=line.order_number, reseller_id=line.reseller_id, onboarded_at__isnull=True,
        status__in=[LineStatus.ORDERED, LineStatus.AWAITING_DETAILS],
    ).exclude(id=line.id)  # fmt: skip
    held = found.select_for_update(no_key=True, of=("self",)).order_by("line_number", "id")
    return [each for each in held if refusal("contact", each, by) is None]


# ------------------------------------------------------------------------------------------------ date


@transaction.atomic
def change_start(
    line: SetupLine,
    *,
    start_on: date,
    time_zone: str = "",
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> SetupLine:
    """Choose another day for the mail, and by which clocks it goes out. A link that was mailed before ends.

    Raises NotPossible, LineChanged, BadStart, UnknownTimeZone.
    """
    line = _held(line, "start", by, version)
    _begin_on(line, start_on, time_zone, now)
    _store(line, "start_changed", by=by, now=now, start=start_on.isoformat())
    notices.tell_changed(line, by=by, now=now)
    return line


@transaction.atomic
def reopen_line(
    line: SetupLine,
    *,
    start_on: date,
    time_zone: str = "",
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> SetupLine:
    """Open a line again that closed because nobody set it up: its mail goes out on the new start date.

    Where the organisations are confirmed already the date stands, and whoever had the link is mailed at once. Raises
    NotPossible, LineChanged, BadStart, UnknownTimeZone, TooManyMails.
    """
    line = _held(line, "reopen", by, version)
    if line.onboarded_at is None:
        _begin_on(line, start_on, time_zone, now)
    else:
        _mail_holder(line, by=by, now=now)
    line.closed_at = None
    _store(line, "reopened", by=by, now=now, start=line.requested_start_on.isoformat())
    notices.tell_reopened(line, by=by, now=now)
    return line


def _begin_on(line: SetupLine, start_on: date, time_zone: str, now: datetime) -> None:
    """Have a line wait for its mail anew."""
    zone_name = time_zone or line.time_zone
    if zone_name not in time_zones():
        raise UnknownTimeZone
    today = day_there(now, zone_name)
    if not today <= start_on <= today + LONGEST_WAIT:
        raise BadStart(today)
    line.requested_start_on, line.time_zone = start_on, zone_name
    line.status, line.waits_for = LineStatus.ORDERED, Waiting.MAIL
    line.due_at = mail_at(start_on, zone_name, now)
    line.called_at = line.closes_at = None
    line.handed_to = Handing.NOBODY
    SetupLink.objects.filter(line=line, revoked_at__isnull=True).update(revoked_at=now)
    if line.due_at <= now:
        _wake()


def _wake() -> None:
    from ..tasks import lines_now

    transaction.on_commit(lambda: rouse(lines_now), robust=True)


# ------------------------------------------------------------------------------------------------ mail, set up now


@transaction.atomic
def resend_link(line: SetupLine, *, by: Actor, now: datetime, version: int | None = None) -> SetupLine:
    """Mail the contact a new link; the former one ends. The day on which the line closes stays.

    Raises NotPossible, LineChanged, TooManyMails.
    """
    line = _held(line, "resend", by, version)
    _mail(line, by=by, now=now)
    _store(line, "resent", by=by, now=now, to=line.contact_email)
    return line


@transaction.atomic
def note_called(line: SetupLine, *, by: Actor, now: datetime, version: int | None = None) -> SetupLine:
    """That the account representative has called: the line is not to be called about any more.

    Raises NotPossible, LineChanged.
    """
    line = _held(line, "called", by, version)
    line.called_at = None
    _store(line, "called", by=by, now=now)
    return line


@transaction.atomic
def begin_here(line: SetupLine, *, by: Actor, now: datetime, version: int | None = None) -> str:
    """Go on to the set-up oneself, without a mail: returns the secret of a new link. A link that was mailed ends.

    Raises NotPossible, LineChanged, TooManyMails.
    """
    line = SetupLine.objects.get(
        id=line.id
    )  # nothing of it is changed, and one that is confirmed cannot be held
    _demand("begin", line, by, version)
    demand_few(line, now)
    secret = make_link(line, to=by.email, handed_to=Handing.PARTNER, now=now)
    _audit("link_made", line, by=by, now=now)
    return secret


def _mail(line: SetupLine, *, by: Actor, now: datetime) -> None:
    """Mail the contact a new link."""
    demand_few(line, now)
    secret = make_link(line, to=line.contact_email, now=now)
    line.handed_to = Handing.NOBODY  # the contact decides anew
    go_on_again(line, rules_in_force(), now)
    mail_link(
        line, secret, to=line.contact_email, handed_to="", language=line.contact_language, by=by, now=now
    )


def _mail_holder(line: SetupLine, *, by: Actor, now: datetime) -> None:
    """Mail a new link to whoever had the last: the organisations are confirmed, and who sets up is, too."""
    demand_few(line, now)
    last = SetupLink.objects.filter(line=line).order_by("-sent_at", "-id").first()
    if last is None:
        last = SetupLink(sent_to=line.contact_email, handed_to=line.handed_to)
    secret = make_link(line, to=last.sent_to, handed_to=last.handed_to, entered=last.entered, now=now)
    go_on(line, rules_in_force(), now)
    mail_link(
        line, secret, to=last.sent_to, handed_to=last.handed_to, language=line.contact_language, by=by,
        now=now,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ the ground


def is_accepted(line: SetupLine) -> bool:
    """Whether the vendor has taken the order."""
    return Order.objects.filter(number=line.order_number, status__in=GOES_AHEAD).exists()


def _held(line: SetupLine, deed: str, by: Actor, version: int | None) -> SetupLine:
    """The line as it is now, held until the transaction ends, of which this can be done."""
    if refused := not_theirs(deed, by):
        raise NotPossible(refused, of_person=True)
    # A reseller can only hold what it may still change, so that what it cannot is read without.
    held = SetupLine.objects.select_for_update(no_key=True, of=("self",)).filter(id=line.id).first()
    current = held or SetupLine.objects.get(id=line.id)
    _demand(deed, current, by, version)
    return current


def _demand(deed: str, line: SetupLine, by: Actor, version: int | None) -> None:
    if refused := refusal(deed, line, by, accepted=is_accepted(line)):
        raise NotPossible(refused, of_person=not_theirs(deed, by) is not None)
    if version is not None and line.version != version:
        raise LineChanged(line)


STORED = [
    "contact_email", "contact_language", "requested_start_on", "time_zone", "status", "handed_to", "waits_for",
    "due_at", "mailed_at", "called_at", "closes_at", "closed_at", "version",
]  # fmt: skip


def _store(line: SetupLine, event: str, *, by: Actor, now: datetime, **detail: Any) -> None:
    line.version += 1
    line.save(update_fields=STORED)
    _audit(event, line, by=by, now=now, **detail)


def _audit(event: str, line: SetupLine, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        f"setup_line.{event}", by=by, now=now, object_type="setup_line", object_id=line.public_id,
        label=str(line), site_id=line.reseller_id, **detail,
    )  # fmt: skip
