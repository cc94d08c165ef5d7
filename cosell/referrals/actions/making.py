"""A new deal of a partner's own: outbound, and active at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from identity.actors import Actor
from identity.models import Role
from identity.privileges import why_not

from ...models import Referral
from ...rights.possible import why_no_new_deal
from ...states import Direction, Origin, Sharing, Status, Substatus
from ...told.telling import tell_deal
from ..content import DealContent, problems_of
from ..possible import P
from . import ground
from .ground import BadContent, NotPossible


@transaction.atomic
def make_deal(content: DealContent, *, by: Actor, now: datetime) -> Referral:
    """Keep a new deal. Where the vendor's help is asked for, its side is there afterwards, with its time to answer.

    Raises NotPossible (C4), BadContent.
    """
    if refused := why_no_new_deal(by):
        raise NotPossible(refused, of_person=why_not(by, P.REFERRAL_MANAGE) is not None)
    if errors := ground.merged(problems_of(content, today=day_of(by, now)), _not_theirs(content, by)):
        raise BadContent(errors)
    referral = new_referral(content, by=by, now=now)
    ground.audit("made", referral, by=by, now=now)
    tell_of_new(referral, by=by, now=now)
    return referral


def new_referral(content: DealContent, *, by: Actor, now: datetime, **columns: Any) -> Referral:
    """The rows of a deal that begins now, at the actor's own site, checked before."""
    assert by.site_id is not None
    assert by.user_id is not None
    referral = Referral.objects.create(
        **content.columns,
        site_id=by.site_id,
        site_name=by.site_name,
        site_number=by.site_number,
        location_name=content.location.name,
        direction=Direction.OUTGOING,
        origin=Origin.PARTNER,
        status=Status.ACTIVE,
        substatus=Substatus.ACCEPTED,
        vendor_answer_by=ground.answer_by(now) if content.sharing == Sharing.COSELL else None,
        team_user_ids=sorted({by.user_id, *ground.user_ids(content.team)}),
        created_by_name=by.name[:120],
        created_at=now,
        updated_at=now,
        accepted_at=now,
        **columns,
    )
    ground.add_team(referral, content.team)
    ground.add_solutions(referral, content.solutions)
    return referral


def tell_of_new(referral: Referral, *, by: Actor, now: datetime) -> None:
    """The vendor's desk, where its help is asked for."""
    if referral.sharing == Sharing.COSELL:
        ground.audit("vendor_referral.received", referral, by=by, now=now)
        tell_deal("vendor.received", referral, by=by, now=now, site_side=False, staff_side=True)


def day_of(by: Actor, now: datetime) -> date:
    """Today, where the actor is."""
    return now.astimezone(ZoneInfo(by.time_zone)).date()


def _not_theirs(content: DealContent, by: Actor) -> dict[str, list[str]]:
    """What of the content belongs to another company, or to a location at which the actor is no administrator."""
    assert by.site_id is not None
    found = ground.strangers_in(content, by.site_id)
    if "location" not in found and content.location.pk not in ground.locations_at(Role.REFERRALS_ADMIN):
        found["location"] = [_("You are not a referrals administrator of this location.")]
    return found
