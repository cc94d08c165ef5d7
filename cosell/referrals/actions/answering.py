"""A partner answers a deal that came to it: from the vendor, or from another partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from identity.actors import Actor

from ...models import Referral
from ...states import Status, Substatus
from ...told.telling import tell_deal
from ..content import Teammate, content_of, problems_of
from ..possible import why_not_accept, why_not_decline
from . import ground
from .ground import BadContent
from .reasons import given


@transaction.atomic
def accept(
    referral: Referral,
    *,
    team: Sequence[Teammate] = (),
    crm_id: str = "",
    version: int | None,
    by: Actor,
    now: datetime,
) -> Referral:
    """Take a deal on: from now on it can be worked on. Whoever knows already says who does (`team`), and under which
    number the deal is in their own system; else both are said by editing.

    Raises BadContent, NotPossible, DealClosed, DealChanged.
    """
    held = ground.held_for(why_not_accept, referral, version=version, by=by, now=now)
    crm_id = crm_id or held.crm_id
    if errors := _problems(held, team, crm_id):
        raise BadContent(errors)
    ground.store(
        held, "accepted", by=by, now=now, status=Status.ACTIVE, substatus=Substatus.ACCEPTED, accepted_at=now,
        remind_at=None, crm_id=crm_id,
    )  # fmt: skip
    ground.add_team(held, team)
    tell_deal("referral.accepted", held, by=by, now=now, site_side=True, staff_side=True)
    return held


def _problems(held: Referral, team: Sequence[Teammate], crm_id: str) -> dict[str, list[str]]:
    """What is wrong with what was said besides; of the rest of the deal nothing is asked now."""
    before = content_of(held)
    content = replace(before, team=(*before.team, *team), crm_id=crm_id)
    found = ground.merged(problems_of(content), ground.strangers_in(content, held.site_id))
    return {
        field: said
        for field, said in found.items()
        if field == "crm_id" or (team and field.startswith("team"))
    }


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
