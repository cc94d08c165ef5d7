"""What is said about a deal: comments, the vendor's own notes, and questions that the partner is to answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from identity.actors import Actor, Kind
from identity.models import public_id

from ..models import Deal, DealEvent, VisibleTo
from ..notices.conversation import tell_of_answer, tell_of_comment, tell_of_question
from ..states import WAITING, Status
from .ground import DealNotOpen, Happened, add_event, audit, given, happened, locked, store


@transaction.atomic
def comment_on_deal(
    deal: Deal, *, text: str, by: Actor, now: datetime, visible_to: str = VisibleTo.ALL
) -> DealEvent:
    """Add a comment to the timeline, in any state but a draft; the others are told.

    `visible_to` "staff" is the vendor's own note. What the partner says answers the deal desk's question, if one is
    open. Raises ReasonMissing for an empty text, DealNotOpen for a draft.
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
    answers = by.kind is Kind.RESELLER and _answered(deal, now)
    add_event(event, deal, by)
    tell = tell_of_answer if answers else tell_of_comment
    tell(deal, event.text, public=public, by=by, now=now, key=public_id())
    return event


def _answered(deal: Deal, now: datetime) -> bool:
    """Whether a question of the deal desk was open; it is not any more."""
    if deal.question_at is None:
        return False
    current = locked(deal)
    if current.question_at is None:
        return False
    current.question_at = None
    store(current, {"question_at"}, now)
    return True


@transaction.atomic
def ask_partner(deal: Deal, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Ask the partner something while the deal waits: it stays where it is, and the promise goes on running.

    The partner's next comment answers it; so do a resubmission and any decision. Another question may follow.
    Raises ReasonMissing, DealNotOpen, DealChanged.
    """
    text = given(text)
    deal = locked(deal, version)
    if deal.status not in WAITING:
        raise DealNotOpen(deal.status)
    deal.question_at = now
    store(deal, {"question_at"}, now)
    happened(Happened.ASKED, deal, by=by, now=now, text=text)
    audit("deal.asked", deal, by=by, now=now)
    tell_of_question(deal, text, by=by, now=now)
    return deal
