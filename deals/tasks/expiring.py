"""Approvals run out. A million may do so on one evening, so this is set-based: a few statements for each batch.

What is written is what `actions.expire_deal` writes for one deal: tests/deals/test_jobs_expiring.py compares them row
by row.
"""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.db import connection
from django.utils import timezone

from identity import tenancy
from identity.actors import Actor
from identity.audit import record_many
from identity.privileges import Privilege
from notifications.actions import tell_many
from notifications.clock import once_per_slot
from notifications.values import pack

from ..models import VisibleTo
from ..notices.ground import OUTCOMES
from ..notices.moves import EXPIRED, MOVED
from ..states import Status
from .due import BUDGET

BATCH = 5_000  # whoever would change one of these deals meanwhile waits for about a second


@shared_task(name="deals.expire")
def expire(every: int = 60) -> None:
    """Let approvals run out whose time has come."""
    now = timezone.now()
    if once_per_slot("deals.expire", timedelta(seconds=every), now):
        expire_due(now=now, budget=BUDGET)


# A deal that somebody holds is left for the next run. Neither does one expire whose extension nobody has decided yet.
MOVE = """
UPDATE deals_deal
SET status = 'expired', closed_at = %(now)s, remind_at = NULL, extension_text = '', extension_due_at = NULL,
    version = version + 1, updated_at = %(now)s
WHERE status = 'approved' AND id = ANY (ARRAY(
    SELECT id FROM deals_deal
    WHERE status = 'approved' AND expires_at <= %(now)s AND extension_asked_at IS NULL
    ORDER BY expires_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
))
RETURNING id
"""
NOTE = """
INSERT INTO deals_dealevent
    (deal_id, site_id, reader_id, submitted, at, kind, actor_kind, actor_name, visible_to, code, text)
SELECT id, site_id, reader_id, submitted, %(now)s, 'expired', %(actor_kind)s, %(actor_name)s, %(visible_to)s, '', ''
FROM deals_deal WHERE id = ANY (%(ids)s) ORDER BY id
"""
AUDITED = """
SELECT public_id AS object_id, btrim(number || ' ' || name) AS label, site_id FROM deals_deal WHERE id = ANY (%(ids)s)
"""
# As notices.ground.tell_of_deal has it.
TOLD = """
SELECT jsonb_build_array(jsonb_build_object('to', 'site', 'site_id', {site}, 'privilege', %(privilege)s)) AS audiences,
    jsonb_build_object(
        'reference', number, 'name', name, 'customer', customer_name, 'site', site_name, 'outcome', %(outcome)s::jsonb,
        'due', '', 'expires', jsonb_build_object('moment', to_char(expires_at AT TIME ZONE 'UTC', {iso})),
        'reason', '', 'text', '', 'appeal', '', 'author', %(actor_name)s) AS context,
    '/deals/' || public_id || '/' AS href,
    %(prefix)s || public_id || ':' || version AS dedupe_key
FROM deals_deal WHERE id = ANY (%(ids)s) AND {site} IS NOT NULL ORDER BY id
"""
# A moment as Python writes it: microseconds only where there are any.
ISO = """CASE WHEN expires_at = date_trunc('second', expires_at)
        THEN 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"' ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"' END"""


def expire_due(*, now: datetime, batch: int = BATCH, budget: float | None = None) -> int:
    """Expire what is due, a batch and a transaction at a time, for `budget` seconds at most; returns how many.

    Deals that somebody holds are left for the next run. What a batch has done stays done, whatever befalls the next.
    """
    until = time.monotonic() + budget if budget is not None else None
    expired = 0
    while True:
        with tenancy.as_system():
            moved = _expire_batch(now, batch)
        expired += moved
        if moved < batch or (until is not None and time.monotonic() > until):
            return expired


def _expire_batch(now: datetime, batch: int) -> int:
    portal = Actor.system()
    params: dict[str, Any] = {"now": now, "actor_kind": portal.kind.value, "actor_name": portal.name}
    with connection.cursor() as cursor:
        cursor.execute(MOVE, {**params, "batch": batch})
        params["ids"] = [id_ for (id_,) in cursor.fetchall()]
        if not params["ids"]:
            return 0
        cursor.execute(NOTE, {**params, "visible_to": VisibleTo.ALL.value})
    record_many("deal.expired", AUDITED, params, object_type="deal", by=portal, now=now)
    params["privilege"] = Privilege.DEAL_VIEW.value
    params["outcome"] = json.dumps(pack(OUTCOMES)[Status.EXPIRED])
    for kind, site in ((EXPIRED, "site_id"), (MOVED, "distributor_id")):
        rows = TOLD.format(site=site, iso=ISO)
        tell_many(kind, rows, {**params, "prefix": f"{kind.name}:"}, by=portal, now=now)
    return len(params["ids"])
