"""What is said about a deal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from identity.actors import Actor, Kind
from identity.models import public_id

from ..models import Deal, DealEvent, VisibleTo
from ..notices import tell_of_comment
from ..states import Status
from .ground import DealNotOpen, Happened, add_event, given


@transaction.atomic
def comment_on_deal(
    deal: Deal, *, text: str, by: Actor, now: datetime, visible_to: str = VisibleTo.ALL
) -> DealEvent:
    """Add a comment to the timeline, in any state but a draft; the others are told.

    `visible_to` "staff" is the vendor's own note.
    Raises ReasonMissing for an empty text, DealNotOpen for a draft.
    """
    if deal.status == Status.DRAFT:
        raise DealNotOpen(deal.status)
    public = visible_to == VisibleTo.ALL or by.kind is not Kind.STAFF
    event = DealEvent(
        at=now,
        kind=Happened.COMMENTED,
        text=given(text),
        visible_to=VisibleTo.ALL if public else VisibleTo.STAFF,
    )
    add_event(event, deal, by)
    tell_of_comment(deal, event.text, public=public, by=by, now=now, key=public_id())
    return event
