"""What the deal desk does with a deal that waits, and with an approval it takes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from identity.actors import Actor
from identity.models import Site
from identity.numbering import with_unused

from .. import living
from ..clock import next_reminder, valid_until
from ..conflicts import Candidate, candidates_of, hold_customers
from ..living import Known
from ..models import Deal, DealEvent, VisibleTo
from ..numbers import new_number
from ..queries import rules_in_force, tier_of
from ..rules import REJECT, Rules
from ..states import WAITING, Status
from .ground import DealConflict, Happened, add_event, demand, given, listed, locked, move


@transaction.atomic
def take_under_review(deal: Deal, *, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Begin to review a submitted deal; the partner sees who does. Raises DealNotOpen, DealChanged."""
    deal = locked(deal, version)
    return move(deal, Status.UNDER_REVIEW, Happened.TAKEN, by=by, now=now, **_reviewed_by(by))


@transaction.atomic
def approve_deal(
    deal: Deal, *, by: Actor, now: datetime, text: str = "", despite: str = "", version: int | None = None
) -> Deal:
    """Approve a deal that waits for a decision: it gets its number, its time, and its discount for good.

    Approved again after a change, it keeps its number, and gets the time back that the decision took. `despite` says
    why it is approved although it is likely that another partner's approved deal is about the same; it is noted for
    the vendor alone. Raises DealConflict, NotNow for an appeal against one's own rejection, DealNotOpen when it was
    decided meanwhile, DealChanged.
    """
    deal = locked(deal, version)
    rules = rules_in_force()
    demand(deal, living.of_judging(Known(deal, now=now, rules=rules), by))
    in_the_way = _in_the_way(deal, rules, now) if deal.status in WAITING else []
    for candidate in in_the_way:
        if candidate.forbids_approval or not despite.strip():
            raise DealConflict(candidate)
    time_zone = Site.objects.values_list("time_zone", flat=True).get(id=deal.site_id)
    expires_at = expiry(deal, rules, time_zone, now)
    tier = tier_of(deal.site_id, rules)
    columns = _decided(by, now, text=text) | {
        "approved_at": deal.approved_at or now,
        "expires_at": expires_at,
        "remind_at": next_reminder(expires_at, time_zone, rules.reminder_days, after=now),
        "tier": tier,
        "discount_bp": rules.discount_bp(tier, deal.deal_type),
        "rules_version": rules.number,
    }
    digits = iter((6, 6, 6, 7, 8))  # a year in which six digits run out goes on with seven

    def numbered() -> dict[str, str]:
        return {"number": deal.number or new_number(now.year, next(digits))}

    approved = with_unused(
        numbered,
        lambda number: move(
            deal, Status.APPROVED, Happened.APPROVED, by=by, now=now, text=text, **columns, **number
        ),
    )
    if in_the_way:
        note = DealEvent(at=now, kind=Happened.COMMENTED, text=despite.strip(), visible_to=VisibleTo.STAFF)
        add_event(note, approved, by)
    return approved


def _in_the_way(deal: Deal, rules: Rules, now: datetime) -> list[Candidate]:
    """Other partners' approved deals that this one may conflict with, the likeliest first.

    Nobody else approves one of them until this transaction has ended: of two at once, the second finds the first's.
    """
    hold_customers([deal])
    found = candidates_of(deal, rules=rules, now=now, most=None)
    return [candidate for candidate in found if candidate.is_approved and not candidate.is_own]


def expiry(deal: Deal, rules: Rules, time_zone: str, now: datetime) -> datetime:
    """Until when the deal would be valid if it were approved now."""
    if deal.expires_at is None:
        return valid_until(now, time_zone, days=rules.valid_days)
    assert deal.waiting_since is not None
    return deal.expires_at + (now - deal.waiting_since)


@transaction.atomic
def return_deal(deal: Deal, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Give a deal back to the partner to be changed, saying what.

    Raises ReasonMissing, DealNotOpen, DealChanged.
    """
    text = given(text)
    deal = locked(deal, version)
    columns = _decided(by, now, text=text) | {"rules_version": rules_in_force().number}
    return move(deal, Status.RETURNED, Happened.RETURNED, by=by, now=now, text=text, **columns)


@transaction.atomic
def reject_deal(
    deal: Deal, *, code: str, text: str, by: Actor, now: datetime, version: int | None = None
) -> Deal:
    """Reject a deal for good; `code` is one of the reasons of the rules. The partner may take it up again in a new one.

    Raises ReasonMissing, NotNow for an appeal against one's own rejection, DealNotOpen, DealChanged.
    """
    rules = rules_in_force()
    code, text = listed(code, rules.offered(REJECT)), given(text)
    deal = locked(deal, version)
    known = Known(deal, now=now, rules=rules)
    demand(deal, living.of_judging(known, by))
    columns = _decided(by, now, code=code, text=text) | {"closed_at": now, "rules_version": rules.number}
    told = {"appeal": valid_until(now, known.time_zone, days=rules.appeal_days).date()}
    return move(
        deal, Status.REJECTED, Happened.REJECTED, by=by, now=now, code=code, text=text, told=told, **columns
    )


@transaction.atomic
def revoke_deal(deal: Deal, *, text: str, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Take an approval back for good, saying why. Raises ReasonMissing, DealNotOpen, DealChanged."""
    text = given(text)
    deal = locked(deal, version)
    columns: dict[str, Any] = {
        "closed_at": now,
        "outcome_text": text,
        "rules_version": rules_in_force().number,
    }
    return move(deal, Status.REVOKED, Happened.REVOKED, by=by, now=now, text=text, **columns)


def _reviewed_by(by: Actor) -> dict[str, Any]:
    return {"reviewer_id": by.user_id, "reviewer_name": by.name}


def _decided(by: Actor, now: datetime, *, code: str = "", text: str = "") -> dict[str, Any]:
    decision = {"decided_at": now, "decision_code": code, "decision_text": text, "decision_due_at": None}
    return decision | _reviewed_by(by)
