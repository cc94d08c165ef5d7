"""Trials end, and what was cancelled is deleted when nobody restored it; both are said soon before.

A row says when to look at it (`due_at`). Each is done in a transaction of its own, so that this may run twice, twice at
once, late, or be killed: what is done has another `due_at`, or none.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime

from identity import tenancy
from identity.actors import Actor

from ..models import Subscription, SubscriptionStatus
from . import notices
from .beginning import end_of
from .changing import let_go, store

log = logging.getLogger(__name__)

S = SubscriptionStatus
BUDGET = 50  # seconds; the next run goes on


def end_due(*, now: datetime, budget: float = BUDGET) -> int:
    """Do what is due; returns how much that was."""
    until = time.monotonic() + budget
    done, failed = 0, list[int]()
    while time.monotonic() < until:
        id_: int | None = None
        try:
            with tenancy.as_system():
                held = _next(now, failed)
                if held is None:
                    return done
                id_ = held.id
                _look_at(held, now=now)
            done += 1
        except Exception:
            if id_ is None:
                raise
            log.exception("What is due of subscription %s could not be done.", id_)
            failed.append(id_)
    return done


def _next(now: datetime, failed: list[int]) -> Subscription | None:
    due = Subscription.objects.select_for_update(of=("self",), skip_locked=True).filter(due_at__lte=now)
    return due.exclude(id__in=failed).order_by("due_at", "id").first()


def _look_at(held: Subscription, *, now: datetime) -> None:
    by, ends = Actor.system(), ends_at(held)
    if ends is not None and now < ends:
        _say_soon(held, ends, by=by, now=now)
    elif held.status == S.TRIAL:
        store(held, "trial_ended", by=by, now=now, status=S.TRIAL_EXPIRED, due_at=None)
        notices.tell_of_change(held, notices.TRIAL_ENDED, by=by, now=now, until=held.trial_ends_on)
    elif held.status == S.CANCELLED:
        let_go(held, by=by, now=now)
    else:
        held.due_at = None
        held.save(update_fields=["due_at"])


def _say_soon(held: Subscription, ends: datetime, *, by: Actor, now: datetime) -> None:
    if held.status == S.TRIAL:
        notices.tell_of_change(held, notices.TRIAL_ENDS, by=by, now=now, until=held.trial_ends_on)
    else:
        notices.tell_of_change(held, notices.WINDOW_ENDS, by=by, now=now, until=ends)
    held.due_at = ends
    held.save(update_fields=["due_at"])


def ends_at(subscription: Subscription) -> datetime | None:
    """When its trial, by the customer's clocks, or its restore window is over; None for what does not end by itself."""
    if subscription.status == S.TRIAL and subscription.trial_ends_on is not None:
        return end_of(subscription.trial_ends_on, subscription.time_zone)
    return subscription.restore_until if subscription.status == S.CANCELLED else None
