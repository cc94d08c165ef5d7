"""Handing a deal in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from calendars.queries import calendar_for
from customers.actions import find_or_add_customer, remember_contact
from identity.actors import Actor
from identity.models import Site
from identity.numbering import with_unused

from ..clock import promised_by
from ..completeness import what_is_missing
from ..models import Deal, ProposalStatus
from ..numbers import new_reference
from ..queries import rules_in_force
from ..rules import Rules
from ..states import EDITABLE, Status
from ..verdicts import Manner, verdict_on
from .answering import answer_proposal
from .ground import DealIncomplete, DealNotOpen, Happened, locked, move, products_in
from .opportunities import mark_registered


@transaction.atomic
def submit_deal(deal: Deal, *, by: Actor, now: datetime, version: int | None = None) -> Deal:
    """Hand a draft, or a returned deal, in to the vendor.

    The customer joins the shared directory when it is not there yet, and the contact the site's own. Who
    came first is judged by the first complete submission, so a returned deal keeps that time. The conflict
    verdict is stored with it, or none when the site has asked too much. Raises DealNotOpen, DealChanged,
    DealIncomplete.
    """
    deal = locked(deal, version)
    if deal.status not in EDITABLE:
        raise DealNotOpen(deal.status)
    rules = rules_in_force()
    today = now.astimezone(ZoneInfo(by.time_zone)).date()
    missing = what_is_missing(deal, products_in(deal), rules=rules, today=today)
    if missing:
        raise DealIncomplete(missing)
    if deal.customer is None:
        deal.customer = find_or_add_customer(
            name=deal.customer_name,
            country=deal.customer_country,
            tax_id=deal.customer_tax_id,
            web_domain=deal.customer_domain,
            by=by,
            now=now,
        )
    remember_contact(
        site_id=deal.site_id,
        customer=deal.customer,
        name=deal.contact_name,
        job_title=deal.contact_job_title,
        email=deal.contact_email,
        phone=deal.contact_phone,
    )
    again = deal.submitted_at is not None
    verdict = verdict_on(deal, Manner.HAND_IN, rules=rules, now=now)
    assert verdict is not None  # handing in always gets an answer
    columns: dict[str, Any] = {
        "customer_id": deal.customer.id,
        "typed": {},
        "verdict": verdict.verdict,
        "verdict_rule": verdict.rule,
        **promise(deal, rules, now),
    }
    if again:
        if _came_back_late(deal, rules, now):
            columns["listed_at"] = now
        move(deal, Status.SUBMITTED, Happened.RESUBMITTED, by=by, now=now, **columns)
    else:
        # Another distributor may be named by now, and does not learn who proposed the deal.
        columns |= {"submitted_at": now, "listed_at": now, "proposed_by_name": ""}
        with_unused(
            lambda: {"submission_ref": new_reference()},
            lambda reference: move(
                deal, Status.SUBMITTED, Happened.SUBMITTED, by=by, now=now, **columns, **reference
            ),
        )
        if deal.proposal_ref:
            answer_proposal(deal, ProposalStatus.CONFIRMED, now=now)
        if deal.opportunity_id is not None:
            mark_registered(deal.opportunity_id, by=by, now=now)
    return deal


def promise(deal: Deal, rules: Rules, now: datetime) -> dict[str, Any]:
    """The columns of a deal that begins to wait for a decision now."""
    country = Site.objects.values_list("country", flat=True).get(id=deal.site_id)
    due_at = promised_by(now, days=rules.decision_days, calendar=calendar_for(country))
    return {"waiting_since": now, "decision_due_at": due_at, "escalated_at": None, "question_at": None}


def _came_back_late(deal: Deal, rules: Rules, now: datetime) -> bool:
    """A returned deal keeps its place among those that wait only if it comes back soon (reference: i)."""
    return deal.decided_at is not None and now > deal.decided_at + timedelta(days=rules.keeps_place_days)
