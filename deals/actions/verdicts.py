"""Asking whether a deal conflicts with another before it is handed in."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from identity.actors import Actor

from ..completeness import what_is_missing
from ..models import Deal
from ..queries import rules_in_force
from ..states import EDITABLE
from ..verdicts import Answer, Manner, verdict_on
from .ground import DealIncomplete, DealNotOpen, locked, products_in


@transaction.atomic
def ask_verdict(deal: Deal, *, by: Actor, now: datetime, version: int | None = None) -> Answer:
    """Whether a complete draft, or a returned deal, conflicts with a live registration.

    Complete, so that nobody asks who has not put a deal together. Each question is noted and counted; the same one
    within a day gets the same answer and does not count. Raises DealNotOpen, DealChanged, DealIncomplete.
    """
    deal = locked(deal, version)
    if deal.status not in EDITABLE:
        raise DealNotOpen(deal.status)
    rules, today = rules_in_force(), now.astimezone(ZoneInfo(by.time_zone)).date()
    if missing := what_is_missing(deal, products_in(deal), rules=rules, today=today):
        raise DealIncomplete(missing)
    answer = verdict_on(deal, Manner.ASK, rules=rules, now=now)
    assert answer is not None  # asking always gets an answer
    return answer
