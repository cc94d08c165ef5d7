"""More time for an approved deal: asked for by the partner, decided by the deal desk.

While a request waits, the deal does not expire: `extension_asked_at` is what the job that lets deals expire goes by.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from calendars.queries import calendar_for
from identity.actors import Actor
from identity.models import Site

from .. import living
from ..clock import next_reminder, promised_by, valid_until
from ..events import TAKEN_BACK
from ..living import Known
from ..models import Deal
from ..notices.extending import tell_of_extension
from ..states import Status
from .ground import DealNotOpen, Happened, audit, demand, given, happened, locked, store

_ENDED: dict[str, Any] = {"extension_asked_at": None, "extension_text": "", "extension_due_at": None}


@transaction.atomic
def ask_extension(deal: Deal, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Ask for more time, saying why; a decision is promised by the vendor's calendar.

    Raises ReasonMissing, NotNow (when the rules do not allow it), DealNotOpen, DealChanged.
    """
    text = given(text)
    deal = locked(deal, version)
    if deal.status != Status.APPROVED:
        raise DealNotOpen(deal.status)
    known = Known(deal, now=now)
    demand(deal, living.of_asking(known))
    country = Site.objects.values_list("country", flat=True).get(id=deal.site_id)
    columns = {
        "extension_asked_at": now,
        "extension_text": text,
        "extension_due_at": promised_by(now, days=known.rules.decision_days, calendar=calendar_for(country)),
        "escalated_at": None,  # a new promise
    }
    return _note(deal, Happened.EXTENSION_ASKED, columns, known, by=by, text=text)


@transaction.atomic
def take_extension_back(deal: Deal, *, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """The partner needs no extension after all. A deal whose time is over then expires.

    Raises NotNow when no request waits, DealNotOpen, DealChanged.
    """
    deal, known = _waiting(deal, version, now)
    return _note(deal, Happened.NOT_EXTENDED, dict(_ENDED), known, by=by, code=TAKEN_BACK)


@transaction.atomic
def extend_deal(deal: Deal, *, by: Actor, now: datetime, text: str = "", version: int | None = None) -> Deal:
    """Give a deal more time: so many days after the day on which it would expire, as the partner counts them.

    Raises NotNow when no request waits, DealNotOpen, DealChanged.
    """
    deal, known = _waiting(deal, version, now)
    rules = known.rules
    assert deal.expires_at is not None
    expires_at = valid_until(deal.expires_at, known.time_zone, days=rules.extension_days)
    columns = _ENDED | {
        "expires_at": expires_at,
        "extensions": deal.extensions + 1,
        "remind_at": next_reminder(expires_at, known.time_zone, rules.reminder_days, after=now),
    }
    return _note(deal, Happened.EXTENDED, columns, known, by=by, text=text.strip())


@transaction.atomic
def refuse_extension(deal: Deal, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Leave a deal's time as it is, saying why. Raises ReasonMissing, NotNow, DealNotOpen, DealChanged."""
    text = given(text)
    deal, known = _waiting(deal, version, now)
    return _note(deal, Happened.NOT_EXTENDED, dict(_ENDED), known, by=by, text=text)


def _waiting(deal: Deal, version: int | None, now: datetime) -> tuple[Deal, Known]:
    deal = locked(deal, version)
    if deal.status != Status.APPROVED:
        raise DealNotOpen(deal.status)
    known = Known(deal, now=now)
    demand(deal, living.of_deciding_extension(known))
    return deal, known


def _note(
    deal: Deal,
    event: str,
    columns: dict[str, Any],
    known: Known,
    *,
    by: Actor,
    text: str = "",
    code: str = "",
) -> Deal:
    for name, value in columns.items():
        setattr(deal, name, value)
    store(deal, set(columns), known.now)
    happened(event, deal, by=by, now=known.now, code=code, text=text, rules_version=known.rules.number)
    audit(f"deal.extension_{code}" if code else f"deal.{event}", deal, by=by, now=known.now)
    tell_of_extension(deal, code or event, by=by, now=known.now, text=text)
    return deal
