"""How far the sale is, and how it ends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from identity.actors import Actor

from ...models import Referral
from ...states import SalesStage, Status, Substatus
from ...told.telling import tell_deal
from ..possible import why_not_lose, why_not_stage, why_not_win
from . import ground
from .ground import BadContent
from .reasons import given


@transaction.atomic
def set_stage(referral: Referral, stage: str, *, version: int | None, by: Actor, now: datetime) -> Referral:
    """Say how far the sale is: a SalesStage but the last, which comes with `win`. The same one again changes nothing.

    Raises BadContent, NotPossible, DealClosed, DealChanged.
    """
    held = ground.held_for(why_not_stage, referral, version=version, by=by, now=now)
    if stage not in SalesStage.values:
        raise BadContent({"stage": [_("This is none of the values there are.")]})
    if stage == SalesStage.WON:
        raise BadContent({"stage": [_("This stage comes with winning the deal: close it as won.")]})
    if stage != held.stage:
        ground.store(held, "stage", by=by, now=now, detail={"from": held.stage, "to": stage}, stage=stage)
        tell_deal("referral.stage", held, by=by, now=now, site_side=True, staff_side=True)
    return held


@transaction.atomic
def win(referral: Referral, *, version: int | None, by: Actor, now: datetime) -> Referral:
    """The customer bought. The deal is closed for good. Raises NotPossible, DealClosed, DealChanged."""
    held = ground.held_for(why_not_win, referral, version=version, by=by, now=now)
    ground.store(
        held, "won", by=by, now=now, status=Status.CLOSED, substatus=Substatus.WON, closed_at=now,
        stage=SalesStage.WON,
    )  # fmt: skip
    tell_deal("referral.won", held, by=by, now=now, site_side=True, staff_side=True)
    return held


@transaction.atomic
def lose(
    referral: Referral, *, reason: str, text: str = "", version: int | None, by: Actor, now: datetime
) -> Referral:
    """The customer did not buy, for a PartnerReason. The deal is closed for good.

    Raises BadContent, NotPossible, DealClosed, DealChanged.
    """
    held = ground.held_for(why_not_lose, referral, version=version, by=by, now=now)
    reason, text = given(reason, text)
    ground.store(
        held, "lost", by=by, now=now, status=Status.CLOSED, substatus=Substatus.LOST, closed_at=now,
        reason=reason, reason_text=text, detail={"reason": reason},
    )  # fmt: skip
    tell_deal("referral.lost", held, by=by, now=now, site_side=True, staff_side=True)
    return held
