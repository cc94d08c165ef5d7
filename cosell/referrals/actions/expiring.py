"""What happens by itself while an answer is awaited, on both sides: a reminder, and the end. Called by the jobs, which
hold the row.
"""

from __future__ import annotations

from datetime import datetime

from identity.actors import Actor

from ...models import Referral, VendorReferral
from ...states import Status, Substatus
from ...told.telling import tell_deal
from . import ground


def expire_referral(held: Referral, *, by: Actor, now: datetime) -> None:
    """The partner has not answered in time."""
    ground.store(
        held, "expired", by=by, now=now, status=Status.CLOSED, substatus=Substatus.EXPIRED, closed_at=now,
        remind_at=None,
    )  # fmt: skip
    tell_deal("referral.expired", held, by=by, now=now, site_side=True, staff_side=True)


def remind_of_referral(held: Referral, *, by: Actor, now: datetime) -> None:
    """The partner has a few days left to answer."""
    held.remind_at = None
    held.save(update_fields=["remind_at"])
    tell_deal("referral.answer_due", held, by=by, now=now, site_side=True, staff_side=False)


def expire_vendor_side(held: VendorReferral, *, by: Actor, now: datetime) -> None:
    """The vendor has not answered in time: no reason is given (C7)."""
    held.status, held.substatus, held.closed_at = Status.CLOSED, Substatus.EXPIRED, now
    held.remind_at, held.reason, held.version = None, "", held.version + 1
    held.save(update_fields=["status", "substatus", "closed_at", "remind_at", "reason", "version"])
    ground.audit("vendor_referral.expired", held.referral, by=by, now=now)
    tell_deal("vendor.expired", held.referral, by=by, now=now, site_side=True, staff_side=True)


def remind_of_vendor_side(held: VendorReferral, *, by: Actor, now: datetime) -> None:
    """The vendor has a few days left to answer."""
    held.remind_at = None
    held.save(update_fields=["remind_at"])
    tell_deal("vendor.answer_due", held.referral, by=by, now=now, site_side=False, staff_side=True)
