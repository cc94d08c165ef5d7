"""What the portal itself does while others act: it reminds partners of an expiry, and the vendor of its promises.

None of this raises the deal's version: whoever has a form of the deal open is not disturbed by it.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from identity.actors import Actor
from identity.models import Site

from ..clock import next_reminder, valid_until
from ..models import Deal
from ..notices.watching import tell_of_expiry, tell_of_late_decision
from ..queries import rules_in_force
from ..states import WAITING, Status
from .ground import DealNotOpen, Happened, audit, happened, locked


@transaction.atomic
def remind_of_expiry(deal: Deal, *, by: Actor, now: datetime) -> bool:
    """Remind the partner of the expiry if that is due, and note when to do so next, by the rules in force now.

    One reminder stands for all that became due since the last one, or become due later on the same day: it says how
    many days are left now. Nobody is reminded of what has run out meanwhile. Returns whether the partner was
    reminded. Raises DealNotOpen when no reminder is due.
    """
    deal = locked(deal)
    if deal.remind_at is None or deal.remind_at > now or deal.expires_at is None:
        raise DealNotOpen(deal.status)
    rules = rules_in_force()
    time_zone = Site.objects.values_list("time_zone", flat=True).get(id=deal.site_id)
    tonight = valid_until(now, time_zone, days=0)
    deal.remind_at = next_reminder(deal.expires_at, time_zone, rules.reminder_days, after=tonight)
    deal.save(update_fields=["remind_at"])
    if deal.expires_at <= now:
        return False
    happened(Happened.REMINDED, deal, by=by, now=now)
    tell_of_expiry(deal, rules, days=days_left(deal.expires_at, time_zone, now), by=by, now=now)
    return True


def days_left(expires_at: datetime, time_zone: str, now: datetime) -> int:
    """Days until the expiry as the partner's site counts them; 0 on the last day."""
    zone = ZoneInfo(time_zone)
    return (expires_at.astimezone(zone).date() - now.astimezone(zone).date()).days


@transaction.atomic
def escalate_deal(deal: Deal, *, by: Actor, now: datetime) -> Deal:
    """Tell deal desk and channel operations, once, that a promised decision is late: on the deal or on an extension.

    The partner sees it. Nothing is ever decided by this. Raises DealNotOpen when no promise is broken, or it was
    escalated before.
    """
    deal = locked(deal)
    if not is_late(deal, now):
        raise DealNotOpen(deal.status)
    deal.escalated_at = now
    deal.save(update_fields=["escalated_at"])
    happened(Happened.ESCALATED, deal, by=by, now=now)
    audit("deal.escalated", deal, by=by, now=now)
    tell_of_late_decision(deal, by=by, now=now)
    return deal


def is_late(deal: Deal, now: datetime) -> bool:
    """Whether a promised decision is late that nobody was told of yet."""
    if deal.status in WAITING:
        return deal.escalated_at is None and deal.decision_due_at is not None and deal.decision_due_at < now
    if deal.extension_asked_at is None or deal.extension_due_at is None or deal.status != Status.APPROVED:
        return False
    # An earlier promise may have been broken too: that of the approval, or of an extension before.
    told_of_it = deal.escalated_at is not None and deal.escalated_at >= deal.extension_asked_at
    return not told_of_it and deal.extension_due_at < now
