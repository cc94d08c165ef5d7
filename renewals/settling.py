"""Renewals that nobody ordered come to an end: expired, then lapsed; or renewed by themselves.

A day is over when it is over everywhere, since an order on the last day itself is in time wherever it is placed. What
a day brings is the same whenever this runs, and however often: the days that are written are those of the rules.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from identity import tenancy
from identity.actors import Actor
from identity.audit import record_many

BATCH = 2_000
BUDGET = 50  # seconds; the next run goes on
LAST_ZONE = timedelta(hours=12)  # west of Greenwich, where days end last

# The last day on which an item could be ordered at its price is past: it can still be renewed, late.
EXPIRED = """
UPDATE renewals_renewalitem SET status = 'expired', version = version + 1
WHERE id = ANY (ARRAY(
    SELECT id FROM renewals_renewalitem
    WHERE settled_on IS NULL AND due_on < %(day)s AND NOT auto_renew AND status IN ('draft', 'open', 'revised')
    ORDER BY due_on, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
))
RETURNING id
"""
RENEWED = """
UPDATE renewals_renewalitem SET status = 'auto_renewed', settled_on = current_end + 1, version = version + 1
WHERE id = ANY (ARRAY(
    SELECT id FROM renewals_renewalitem
    WHERE settled_on IS NULL AND due_on < %(day)s AND current_end < %(day)s AND auto_renew
    ORDER BY due_on, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
))
RETURNING id
"""
# What was ordered in part is closed: its rest was not wanted.
LAPSED = """
UPDATE renewals_renewalitem
SET status = CASE status WHEN 'ordered_in_part' THEN 'closed' ELSE 'lapsed' END,
    settled_on = greatest(due_on, current_end) + %(days)s + 1, version = version + 1
WHERE id = ANY (ARRAY(
    SELECT id FROM renewals_renewalitem
    WHERE settled_on IS NULL AND due_on < %(day)s AND NOT auto_renew
        AND greatest(due_on, current_end) + %(days)s < %(day)s
    ORDER BY due_on, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
))
RETURNING id
"""
AUDITED = """
SELECT public_id AS object_id, quote_number || '/' || line_number AS label, reseller_id AS site_id
FROM renewals_renewalitem WHERE id = ANY (%(ids)s)
"""
MOVES = (("renewal.expired", EXPIRED), ("renewal.auto_renewed", RENEWED), ("renewal.lapsed", LAPSED))


def day_over(now: datetime) -> date:
    """The first day that is not over everywhere."""
    return (now - LAST_ZONE).date()


def settle_due(*, now: datetime, batch: int = BATCH, budget: float | None = None) -> dict[str, int]:
    """Bring to an end what has come to it; returns how many items, by event. A batch is one transaction."""
    until = time.monotonic() + budget if budget is not None else None
    done: dict[str, int] = {}
    for event, statement in MOVES:
        done[event] = 0
        while until is None or time.monotonic() < until:
            with tenancy.as_system():
                moved = _move(event, statement, now, batch)
            done[event] += moved
            if moved < batch:
                break
    return done


def _move(event: str, statement: str, now: datetime, batch: int) -> int:
    params: dict[str, Any] = {
        "day": day_over(now),
        "days": settings.RENEWAL_LAPSES_AFTER_DAYS,
        "batch": batch,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        params["ids"] = [id_ for (id_,) in cursor.fetchall()]
    if params["ids"]:
        record_many(event, AUDITED, params, object_type="renewal", by=Actor.system(), now=now)
    return len(params["ids"])
