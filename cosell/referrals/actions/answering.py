"""A partner answers a deal that came to it: from the vendor, or from another partner."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from identity.actors import Actor

from ...models import Referral
from ...states import Status, Substatus
from ...told.telling import tell_deal
from ..possible import why_not_accept, why_not_decline
from . import ground
from .reasons import given


@transaction.atomic
def accept(referral: Referral, *, version: int | None, by: Actor, now: datetime) -> Referral:
    """Take a deal on: from now on it can be worked on. Raises NotPossible, DealClosed, DealChanged."""
    held = ground.held_for(why_not_accept, referral, version=version, by=by, now=now)
    ground.store(
        held, "accepted", by=by, now=now, status=Status.ACTIVE, substatus=Substatus.ACCEPTED, accepted_at=now,
        remind_at=None,
    )  # fmt: skip
    tell_deal("referral.accepted", held, by=by, now=now, site_side=True, staff_side=True)
    return held


@transaction.atomic
def decline(
    referral: Referral, *, reason: str, text: str = "", version: int | None, by: Actor, now: datetime
) -> Referral:
    """Turn a deal down for a PartnerReason. It is closed for good; what was declined by accident can be made anew.

    Raises BadContent, NotPossible, DealClosed, DealChanged.
    """
    held = ground.held_for(why_not_decline, referral, version=version, by=by, now=now)
    reason, text = given(reason, text)
    ground.store(
        held, "declined", by=by, now=now, status=Status.CLOSED, substatus=Substatus.DECLINED, closed_at=now,
        remind_at=None, reason=reason, reason_text=text, detail={"reason": reason},
    )  # fmt: skip
    tell_deal("referral.declined", held, by=by, now=now, site_side=True, staff_side=True)
    return held
