"""Answers that are awaited, on both sides: a reminder three days before the time is over, and then the end.

Every row is done in one transaction with what makes it due no longer, so that this may run twice, by two workers at
once, late, or be killed: each thing happens once. When the database reminds is in migrations/0002.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from deals.tasks import each_due
from identity.actors import Actor

from ..models import Referral, VendorReferral
from ..states import Substatus
from . import actions

AWAITED = Substatus.RECEIVED


def expire_due(*, now: datetime) -> int:
    """Let what nobody answered in time expire, on both sides; returns how many did."""
    by = Actor.system()
    ours = Referral.objects.filter(substatus=AWAITED, expires_at__lte=now).order_by("expires_at", "id")
    done = each_due(ours, lambda held: actions.expire_referral(held, by=by, now=now))
    return done + each_due(
        _vendor_sides(expires_at__lte=now), lambda held: actions.expire_vendor_side(held, by=by, now=now)
    )


def remind_due(*, now: datetime) -> int:
    """Remind whoever has a few days left to answer; returns how many sides were reminded."""
    by = Actor.system()
    ours = Referral.objects.filter(substatus=AWAITED, remind_at__lte=now, expires_at__gt=now)
    done = each_due(
        ours.order_by("expires_at", "id"),
        lambda held: actions.remind_of_referral(held, by=by, now=now),
    )
    return done + each_due(
        _vendor_sides(remind_at__lte=now, expires_at__gt=now),
        lambda held: actions.remind_of_vendor_side(held, by=by, now=now),
    )


def _vendor_sides(**due: datetime) -> QuerySet[VendorReferral]:
    found = VendorReferral.objects.filter(substatus=AWAITED, **due).select_related("referral")
    return found.order_by("expires_at", "id")
