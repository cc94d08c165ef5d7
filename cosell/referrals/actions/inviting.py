"""A partner invites another into a deal. What the other one gets is made by the database (migrations/0002)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from identity.actors import Actor
from identity.models import Site

from ...models import Invitation, Location, Referral
from ...states import HelpType, Status, Substatus
from ...told.telling import tell_deal
from ..possible import INVITED_ALREADY, why_not_invite, why_not_partner
from . import ground
from .ground import BadContent, NotPossible

LONGEST = 2000


@transaction.atomic
def invite_partner(
    referral: Referral,
    *,
    site: Site,
    location: Location,
    help_type: str,
    notes: str = "",
    by: Actor,
    now: datetime,
) -> Invitation:
    """Ask another partner, at one of its locations, for help. It gets a deal of its own: a copy of the customer, the
    value and the close date, which it changes as it likes and the inviter cannot. Of that deal the inviter learns the
    state, and nothing else: also where others invited that partner before, the same happens.

    `site` and `location` are known from a public profile (queries.places_in): neither row is the inviter's to read.
    Raises BadContent, NotPossible, DealClosed.
    """
    held = ground.held_for(why_not_invite, referral, version=None, by=by, now=now)
    notes = notes.strip()
    if errors := _problems(held, site, help_type, notes):
        raise BadContent(errors)
    ground.demand(why_not_partner(held, site.pk), by)
    invitation = Invitation(
        engagement=held.engagement, site_id=held.site_id, site_name=held.site_name, referral=held,
        invited_site_id=site.pk, invited_name=site.name, invited_location_id=location.pk, help_type=help_type,
        notes=notes, status=Status.NEW, substatus=Substatus.RECEIVED,
        invited_by_name=by.name[:120], created_at=now, expires_at=ground.answer_by(now),
    )  # fmt: skip
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        rule = ground.broken(error)
        if rule == "invitation_once":  # of another deal of theirs in the engagement, at the same time
            raise NotPossible(INVITED_ALREADY) from None
        if rule in ("invitation_of_place", "invitation_location_of_invited"):
            raise BadContent({"location": [_("This partner has no such location any more.")]}) from None
        raise
    ground.audit("invited", held, by=by, now=now, private=True, partner=site.name)
    tell_deal(
        "referral.invited", held, by=by, now=now, site_side=True, staff_side=False, invitation=invitation
    )  # fmt: skip
    return invitation


def _problems(held: Referral, site: Site, help_type: str, notes: str) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if site.pk == held.site_id:
        errors["site"] = [_("This is your own company.")]
    if help_type not in HelpType.values:
        errors["help_type"] = [_("Say what help you ask this partner for.")]
    if len(notes) > LONGEST:
        errors["notes"] = [_("This is longer than %(longest)s characters.") % {"longest": LONGEST}]
    return errors
